"""The brief: one self-contained HTML file about a study or a run, made to be read and printed.

Nothing is fetched from a network: style is inline, pictures are inlined as PNG. The same study gives the
same bytes: no date of writing, no path of this machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impetus_sim.analysis.by_group import compute_by_group, find_worst_off
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.analysis.people import read_people
from impetus_sim.recording.reader import Recording
from impetus_sim.report import caveats, style
from impetus_sim.report.casualties import describe_run_casualties, describe_study_casualties
from impetus_sim.report.comparison_picture import (
    choose_pair,
    plot_curves,
    plot_density_pair,
    plot_differences,
)
from impetus_sim.report.infrastructure_section import describe_infrastructure
from impetus_sim.report.measures_picture import plot_measures
from impetus_sim.report.picture import plot_run
from impetus_sim.report.pictures_in_pages import Picture, encode
from impetus_sim.report.provenance import read_provenance
from impetus_sim.report.run_measures import describe_measures
from impetus_sim.report.study_content import StudyContent, read_study_content
from impetus_sim.report.tables import GROUP_METRICS, build_group_rows, build_metric_tables
from impetus_sim.report.traffic_section import describe_traffic

_TEMPLATES = Path(__file__).parent / "templates"


def render_brief(study: Any, path: Path) -> Path:
    """Write the brief of a study.

    Parameters
    ----------
    study
        A `planning.study.Study`, or the document its `content` returns.
    path
        Of the HTML file; its folder must be there.
    """
    document: Mapping[str, Any] = study if isinstance(study, Mapping) else study.content()
    content = read_study_content(document)
    recorded = next((option.recording for option in content.options if option.recording is not None), None)
    page = _render(
        "brief.html.j2",
        content=content,
        answer=split_sentences(content.answer),
        tables=build_metric_tables(content),
        pictures=draw_study_pictures(content),
        groups=_build_groups(content),
        casualties=describe_study_casualties(content),
        provenance=read_provenance(recorded),
        caveats=caveats,
        how_to_read=caveats.HOW_TO_READ.format(percent=f"{100 * content.confidence:g}"),
    )
    return _write(path, page)


def render_run_brief(recording: Recording, path: Path) -> Path:
    """Write the brief of a single run, which says that one run decides nothing."""
    metrics = compute_metrics(recording)
    groups = compute_by_group(read_people(recording))
    worst = find_worst_off(groups, "mean_egress_time")
    with style.page_style():
        picture = encode(
            plot_run(recording),
            alt="Density map, paths and people out over time. "
            + "; ".join(f"{metric.label} {metric.text}" for metric in list(metrics.values())[:6]),
            caption="The run on one page.",
        )
        measured = _draw_measures(recording)
        traffic = describe_traffic(recording)
        infrastructure = describe_infrastructure(recording)
    page = _render(
        "run.html.j2",
        provenance=read_provenance(recording),
        measures=describe_measures(metrics.values()),
        groups=[group for group in groups if group.by == "profile"],
        worst=worst,
        casualties=describe_run_casualties(recording),
        picture=picture,
        measured=measured,
        traffic=traffic,
        infrastructure=infrastructure,
        caveats=caveats,
        is_complete=recording.is_complete,
        recorded_until=style.format_time(recording.recorded_until_s),
    )
    return _write(path, page)


def _draw_measures(recording: Recording) -> Picture | None:
    figure = plot_measures(recording)
    if figure is None:
        return None
    return encode(
        figure,
        alt="Speed of those who walk against density, with Weidmann's curve; maps of mean density and speed.",
        caption="How people walked. Left: each dot is a person at a moment, by Voronoi cells; the band holds the "
        "middle half of them, the black line is a published curve for walking in one direction. Right: means over "
        "frames spread evenly over the run.",
    )


def draw_study_pictures(content: StudyContent) -> list[Picture]:
    """Return the figures of a study's brief: differences, and from kept recordings densities and curves."""
    pictures = []
    with style.page_style():
        if len(content.compared) > 1:
            pictures.append(_draw_differences(content))
        if choose_pair(content):
            pictures += [_draw_densities(content), _draw_curves(content)]
    return pictures


def _draw_differences(content: StudyContent) -> Picture:
    label = content.base.metrics[content.primary]["label"]
    return encode(
        plot_differences(content),
        alt=f"Paired differences in {label} from the baseline. {content.answer}",
        caption=f"Difference of each option from the baseline in {label}. The dot is the mean over "
        f"{content.replicates} paired runs, the bar its {100 * content.confidence:g} % interval; a bar that "
        "crosses the line means that no difference is proven.",
    )


def _draw_densities(content: StudyContent) -> Picture:
    pair = choose_pair(content)
    names = " and ".join("the baseline" if option is content.base else option.title for option in pair)
    return encode(
        plot_density_pair(content),
        alt=f"Maps of the highest density in {names}. "
        + " ".join(_say_peak(content, option.name, option.title) for option in pair),
        caption="Highest density at every place during the first run of each option. Inside the black line "
        f"it reached {style.DANGER:g} people per m² or more.",
    )


def _draw_curves(content: StudyContent) -> Picture:
    return encode(
        plot_curves(content),
        alt="People out over time in the first run of each option.",
        caption="People out over time in the first run of each option: the steeper, the faster.",
    )


def _say_peak(content: StudyContent, name: str, title: str) -> str:
    option = next(option for option in content.options if option.name == name)
    entry = option.metrics.get("peak_density")
    label = "Baseline" if option is content.base else title
    return f"{label}: peak density {entry['mean']:.1f} people/m² on average." if entry else ""


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text: cut after a full stop that a space and a capital follow."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z0-9])", text)


def _build_groups(content: StudyContent) -> list[dict[str, Any]]:
    tables = []
    for metric in GROUP_METRICS:
        rows = build_group_rows(content, metric)
        if rows:
            entries = next(iter(content.groups.values()))[content.base.name]
            label = entries[metric]["label"] if metric in entries else metric.replace("_", " ")
            tables.append(
                {"label": label, "rows": rows, "worst": next((r.name for r in rows if r.is_worst), "")}
            )
    return tables


def _render(template: str, **values: Any) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(**values) + "\n"


def _write(path: Path, page: str) -> Path:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(page, "utf-8")
    temporary.replace(path)
    return path
