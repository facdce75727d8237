"""The brief of a comparison: from the document of a study to what its brief says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from impetus_sim.analysis.economic_loss import ECONOMIC_LOSS
from impetus_sim.analysis.run_curves import PEOPLE_OUT
from impetus_sim.report import caveats
from impetus_sim.report.brief.content import (
    Block,
    Brief,
    Bullets,
    Cell,
    Command,
    Finding,
    Item,
    Paragraph,
    Row,
    Section,
    Subheading,
    Table,
)
from impetus_sim.report.brief.grounds import (
    say_assumptions,
    say_limits,
    say_sources,
    say_versions,
    say_where,
)
from impetus_sim.report.brief.harm import build_casualty_section
from impetus_sim.report.brief.option_tables import (
    build_annex_table,
    build_criteria_table,
    build_effort_table,
    build_primary_table,
    name_option,
)
from impetus_sim.report.brief.study_figures import draw_courses, draw_differences
from impetus_sim.report.brief.what_if import say_what_would_change
from impetus_sim.report.brief.worst_off import say_who_is_worst_off
from impetus_sim.report.casualties import describe_study_casualties
from impetus_sim.report.provenance import read_folder_provenance, read_provenance
from impetus_sim.report.study_content import OptionContent, StudyContent, read_study_content
from impetus_sim.report.tables import MetricTable, build_metric_tables

PAIRING_NOTE: Final = (
    "Small print under a difference: r is the correlation of option and baseline within pairs; "
    "\N{MULTIPLICATION SIGN} is how many times more independent runs the same interval would have taken."
)
LOSS_IN_EUROS: Final = (
    "The economic loss counts hours lost by vehicles and residents at the values that the scenario states; damage, "
    "trade and harm to people are not in it."
)
NO_LOSS_IN_EUROS: Final = (
    "Economic effects are told as time and service lost; the scenario does not say what an hour is worth, so no "
    "loss in euros is computed."
)
NOBODY_PREDICTED: Final = "Nobody is predicted to be hurt: 'exposed' means within reach of the danger."
_DIGEST: Final = 16  # letters of a digest that are shown


def build_study_brief(document: Mapping[str, Any], *, sensitivity: Mapping[str, Any] | None = None) -> Brief:
    """Return the brief of a study.

    Parameters
    ----------
    document
        From `planning.comparison.study.Study.content`.
    sensitivity
        Document of an experiment (``experiment.json``) on the same question, or None.
    """
    content = read_study_content(document)
    recorded = next((option.recording for option in content.options if option.recording is not None), None)
    provenance = (
        read_folder_provenance(Path(document.get("folder", "")) / "scenarios", "baseline.yaml")
        if recorded is None and document.get("folder")
        else read_provenance(recorded)
    )
    tables = build_metric_tables(content)
    opening: list[Block] = [Paragraph(text=provenance.description)] if provenance.description else []
    opening += [Paragraph(text=note, tone="note") for note in content.notes if note not in content.answer]
    sections = [
        Section(key="options", title="The options", blocks=_say_options(content)),
        Section(
            key="compared",
            title="Options compared",
            blocks=(
                build_primary_table(tables[0], content),
                Paragraph(text=f"Intervals: {100 * content.confidence:g} %. {PAIRING_NOTE}", tone="small"),
                *draw_differences(content),
            ),
        ),
        Section(key="effects", title="What it means for the city", blocks=_say_effects(tables, content)),
        *build_casualty_section(describe_study_casualties(content)),
    ]
    figures = draw_courses(content, credit=provenance.map_credit)
    if figures:
        sections.append(Section(key="pictures", title="Where and when", blocks=tuple(figures)))
    sections += [
        say_who_is_worst_off(content, document),
        say_what_would_change(content, sensitivity),
        say_limits(),
        say_assumptions(*_assume(content)),
        say_sources(provenance),
        Section(
            key="repeat",
            title="How to repeat it",
            blocks=(*_say_command(content), *say_versions(provenance), *_say_methods(content)),
        ),
    ]
    annex = _build_annex(tables, content)
    if annex:
        sections.append(Section(key="all", title="Annex: every measure", blocks=annex))
    return Brief(
        title=content.title,
        subtitle="options compared",
        where=say_where(provenance),
        question=content.question,
        findings=tuple(
            Finding(text=text, n_runs=content.replicates) for text in split_sentences(content.answer)
        ),
        below_answer=(
            Paragraph(text=content.stop_reason),
            Paragraph(text=caveats.HOW_TO_READ.format(percent=f"{100 * content.confidence:g}"), tone="small"),
        ),
        opening=tuple(opening),
        sections=tuple(sections),
    )


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text: cut after a full stop that a space and a capital follow."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z0-9])", text)


def _say_options(content: StudyContent) -> tuple[Block, ...]:
    items = Bullets(
        items=tuple(
            Item(lead=f"{name_option(option, content).rstrip('.')}.", text=_describe(option, content))
            for option in content.options
        )
    )
    effort = build_effort_table(content)
    return (items,) if effort is None else (items, effort)


def _describe(option: OptionContent, content: StudyContent) -> str:
    text = option.change_text
    if not text and option is content.base:
        text = f"The scenario as it is: {option.title.rstrip('.')}."
    if option.n_failed:
        text = f"{text} {option.n_failed} of its {content.replicates} runs failed.".strip()
    return text


def _say_effects(tables: list[MetricTable], content: StudyContent) -> tuple[Block, ...]:
    is_valued = ECONOMIC_LOSS in content.metric_names
    note = f"{LOSS_IN_EUROS if is_valued else NO_LOSS_IN_EUROS} {NOBODY_PREDICTED}"
    return build_criteria_table(tables, content), Paragraph(text=note, tone="small")


def _assume(content: StudyContent) -> tuple[str, ...]:
    names = content.metric_names
    has_traffic = "total_delay" in names
    has_services = any(name.startswith("person_hours_without") for name in names) or any(
        name != PEOPLE_OUT for name in content.curves
    )
    return (caveats.TRAFFIC_ASSUMPTIONS if has_traffic else ()) + (
        caveats.INFRASTRUCTURE_ASSUMPTIONS if has_services else ()
    )


def _say_command(content: StudyContent) -> tuple[Block, ...]:
    versions = "; ".join(f"{part} {version}" for part, version in content.versions.items())
    rows = tuple(
        Row(
            head=Cell(text=name_option(option, content)),
            cells=tuple(
                Cell(text=text[:_DIGEST] or "not known", is_code=bool(text))
                for text in (
                    option.scenario_digest,
                    option.map_digest,
                    option.run_keys[0] if option.run_keys else "",
                )
            ),
        )
        for option in content.options
    )
    return (
        Command(text=content.command),
        Paragraph(
            text="Same in, same out: the seed below, the same scenario, map and version give the same table, digit "
            "for digit.",
            tone="small",
        ),
        Table(
            caption="What was run",
            columns=("option", "scenario digest", "map digest", "run key of the first run"),
            rows=rows,
        ),
        Paragraph(
            text=f"Seed {content.seed}, replicates 0 to {content.replicates - 1}."
            + (f" {versions}." if versions else ""),
            tone="small",
        ),
    )


def _say_methods(content: StudyContent) -> tuple[Block, ...]:
    if not content.methods:
        return ()
    items = tuple(
        Item(lead=f"{name.replace('_', ' ')}:", text=text) for name, text in content.methods.items()
    )
    return (Subheading(text="How the numbers were made"), Bullets(items=items, tone="small"))


def _build_annex(tables: list[MetricTable], content: StudyContent) -> tuple[Block, ...]:
    by_place = [table for table in tables if "." in table.name and not table.name.startswith("casualties")]
    others = [table for table in tables if table not in by_place]
    blocks = [build_annex_table("Every measure", others, content)]
    if by_place:
        blocks.append(build_annex_table("Every measure by exit or place", by_place, content))
    return tuple(blocks)
