"""The brief of a single run, which says that one run decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from impetus_sim.analysis.by_group import compute_by_group, find_worst_off
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.analysis.people import read_people
from impetus_sim.recording.reader import Recording
from impetus_sim.report import caveats, style
from impetus_sim.report.brief.content import (
    Block,
    Brief,
    Cell,
    Command,
    Figure,
    Paragraph,
    Row,
    Section,
    Subheading,
    Table,
    Tree,
    rows_of_texts,
)
from impetus_sim.report.brief.figures import encode
from impetus_sim.report.brief.grounds import (
    say_assumptions,
    say_limits,
    say_sources,
    say_versions,
    say_where,
)
from impetus_sim.report.brief.harm import build_casualty_section
from impetus_sim.report.casualties import describe_run_casualties
from impetus_sim.report.infrastructure_section import InfrastructureSection, describe_infrastructure
from impetus_sim.report.measures_picture import plot_measures
from impetus_sim.report.picture import plot_run
from impetus_sim.report.provenance import Provenance, read_provenance
from impetus_sim.report.run_measures import RunMeasures, describe_measures
from impetus_sim.report.traffic_section import TrafficSection, describe_traffic

GROUP_COLUMNS = (
    ("mean_egress_time", "mean egress time"),
    ("share_out", "out at the end"),
    ("share_exposed", "exposed to danger"),
    ("mean_exposure_time", "time exposed per person"),
)


def build_run_brief(recording: Recording) -> Brief:
    """Return the brief of a run."""
    metrics = compute_metrics(recording)
    provenance = read_provenance(recording)
    with style.page_style():
        picture = encode(
            plot_run(recording),
            alt="Density map, paths and people out over time. "
            + "; ".join(f"{metric.label} {metric.text}" for metric in list(metrics.values())[:6]),
            caption="The run on one page.",
            credit=provenance.map_credit,
        )
        measured = _draw_measures(recording)
        traffic = describe_traffic(recording)
        infrastructure = describe_infrastructure(recording)
    opening: list[Block] = [Paragraph(text=caveats.ONE_RUN_LIMIT, tone="note")]
    if not recording.is_complete:
        until = style.format_time(recording.recorded_until_s)
        opening.append(Paragraph(text=f"The run is unfinished: recorded up to {until}.", tone="note"))
    if provenance.description:
        opening.append(Paragraph(text=provenance.description))
    sections = [
        Section(
            key="measures",
            title="What was measured",
            blocks=(*_say_measures(describe_measures(metrics.values())), *measured),
        )
    ]
    if traffic is not None:
        sections.append(_say_traffic(traffic))
    if infrastructure is not None:
        sections.append(_say_infrastructure(infrastructure))
    sections += build_casualty_section(describe_run_casualties(recording))
    sections += [
        _say_groups(recording),
        say_limits(caveats.ONE_RUN_LIMIT),
        say_assumptions(
            *(caveats.TRAFFIC_ASSUMPTIONS if traffic else ()),
            *(caveats.INFRASTRUCTURE_ASSUMPTIONS if infrastructure else ()),
        ),
        say_sources(provenance),
        _say_how_to_repeat(recording, provenance),
    ]
    return Brief(
        title=provenance.title,
        subtitle="one run",
        where=say_where(provenance),
        opening=(*opening, picture),
        sections=tuple(sections),
    )


def _draw_measures(recording: Recording) -> tuple[Figure, ...]:
    figure = plot_measures(recording)
    if figure is None:
        return ()
    return (
        encode(
            figure,
            alt="Speed of those who walk against density, with Weidmann's curve; maps of mean density and speed.",
            caption="How people walked. Left: each dot is a person at a moment, by Voronoi cells; the band holds "
            "the middle half of them, the black line is a published curve for walking in one direction. Right: "
            "means over frames spread evenly over the run.",
        ),
    )


def _say_measures(measures: RunMeasures) -> list[Block]:
    blocks: list[Block] = [
        Table(
            caption="Measures of this run",
            columns=("measure", "value"),
            rows=tuple(
                Row(
                    head=Cell(text=row.label),
                    cells=(Cell(text=row.value, small=(row.note,) if row.note else ()),),
                )
                for row in measures.rows
            ),
        )
    ]
    if measures.exits:
        blocks.append(
            Table(
                caption="People through each exit",
                columns=("exit", "highest flow, over 10 s", "mean flow while busy", "the same per metre"),
                rows=rows_of_texts((way.name, *way.flows) for way in measures.exits),
            )
        )
        unused = f" Nobody used: {', '.join(measures.unused)}." if measures.unused else ""
        text = f"A dash: fewer than 20 people used it, or all at once.{unused}"
        blocks.append(Paragraph(text=text, tone="small"))
    return blocks


def _say_traffic(traffic: TrafficSection) -> Section:
    table = Table(
        caption="Streets where vehicles lost most time over the whole run",
        columns=("street", "time lost", "mean speed, of the limit", "longest queue"),
        rows=rows_of_texts(
            (street.name, street.lost, street.speed, street.queue) for street in traffic.streets
        ),
    )
    return Section(key="traffic", title="Traffic", blocks=(traffic.page, traffic.curves, table))


def _say_infrastructure(found: InfrastructureSection) -> Section:
    blocks: list[Block] = [Paragraph(text=found.lead)]
    columns: Sequence[str] = (
        "service",
        "people supplied",
        "people without it at worst",
        "from, to",
        "as if all had been without for",
        "person-hours without",
    )
    if found.services:
        blocks.append(
            Table(
                caption="What people were without",
                note="times from the start",
                columns=tuple(columns),
                rows=rows_of_texts(found.services),
            )
        )
    blocks += [figure for figure in (found.page, found.curve) if figure is not None]
    if found.districts:
        blocks.append(
            Table(
                caption="Person-hours without, by district",
                note="hours a person in brackets",
                columns=(
                    "district",
                    "people",
                    *(f"{name}, person-hours" for name in found.district_services),
                ),
                rows=rows_of_texts(found.districts),
            )
        )
    if found.worst:
        blocks.append(Paragraph(text=f"Worst off by hours a person: {found.worst}."))
    if found.failed:
        blocks.append(
            Table(
                caption="What was out of service at some time",
                note="less than half of what it is for; numbers of assets",
                columns=("what", "assets out", "longest", "assets still out at the end"),
                rows=rows_of_texts(found.failed),
            )
        )
    if found.cascades:
        blocks += [
            Subheading(text="What led to what"),
            Paragraph(
                text="Each tree starts with a first cause; lines in bold are services lost. Alike ones are one "
                "line.",
                tone="small",
            ),
            Tree(twigs=found.cascades),
        ]
        if found.n_more_causes:
            text = f"And {found.n_more_causes} more first causes, which cost fewer assets their service."
            blocks.append(Paragraph(text=text, tone="small"))
    return Section(key="infrastructure", title="Power, water and phones", blocks=tuple(blocks))


def _say_groups(recording: Recording) -> Section:
    groups = compute_by_group(read_people(recording))
    worst = find_worst_off(groups, "mean_egress_time")
    blocks: list[Block] = []
    if worst is not None:
        name = worst.name.replace("_", " ")
        text = f"Out last on average: {name}, {worst.metrics['mean_egress_time'].text}."
        blocks.append(Paragraph(text=text))
    rows = rows_of_texts(
        (
            group.name.replace("_", " "),
            f"{style.format_count(group.n_people)} people",
            *(group.metrics[name].text for name, _ in GROUP_COLUMNS),
        )
        for group in groups
        if group.by == "profile"
    )
    if rows:
        columns = ("profile", "people", *(label for _, label in GROUP_COLUMNS))
        blocks.append(Table(caption="By profile", columns=columns, rows=rows))
    else:
        blocks.append(Paragraph(text="Nobody on foot was followed, so nobody can be said to be worst off."))
    return Section(key="groups", title="Who was worst off", blocks=tuple(blocks))


def _say_how_to_repeat(recording: Recording, provenance: Provenance) -> Section:
    table = Table(
        caption="What was run",
        columns=("what", "value"),
        rows=tuple(
            Row(head=Cell(text=name), cells=(Cell(text=value, is_code=True),))
            for name, value in provenance.facts
            if value
        ),
    )
    return Section(
        key="repeat",
        title="How to repeat it",
        blocks=(Command(text=_write_command(recording)), table, *say_versions(provenance)),
    )


def _write_command(recording: Recording) -> str:
    attributes = recording.attributes
    file = str(attributes.get("scenario_file", "")) or "SCENARIO.yaml"
    variant = str(attributes.get("variant", ""))
    reference = f"{file}:{variant}" if variant else file
    seed, replicate = attributes.get("seed", 0), attributes.get("replicate", 0)
    return f"impetus run {reference} --seed {seed} --replicate {replicate} -o run.h5"
