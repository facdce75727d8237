"""Tables of a study: options on one measure, on the three criteria of consequences, and what they take.

The three criteria (casualties, economic effects, public effects) are those by which the European directive on
critical infrastructures judges an incident; CIPRNet's consequence analysis uses them likewise.
Source: Council Directive 2008/114/EC, Article 3(2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from impetus_sim.analysis.economic_loss import ECONOMIC_LOSS
from impetus_sim.report import style
from impetus_sim.report.brief.content import Cell, Row, Table
from impetus_sim.report.study_content import OptionContent, StudyContent
from impetus_sim.report.tables import MetricTable, OptionRow, format_quantiles, format_regret, format_tail

CASUALTIES: Final = (
    "people_dead",
    "people_injured",
    "people_incapacitated",
    "people_exposed",
    "exposure_time",
    "peak_density",
    "time_above_4",
    "time_above_6",
)
ECONOMIC: Final = (
    ECONOMIC_LOSS,
    "total_delay",
    "longest_queue",
    "vehicles_arrived",
    "signal_hours_out",
    "most_assets_out",
    "hospital_hours_out",
)
PUBLIC: Final = (
    "mean_egress_time",
    "clearance_time",
    "share_out",
    "person_hours_without_power",
    "person_hours_without_water",
    "person_hours_without_phone",
    "emergency_time_median",
    "time_to_decide",
)
CRITERIA: Final = (
    ("Casualties: people in danger", CASUALTIES, "not measured in these runs"),
    (
        "Economic effects: money, time and service lost",
        ECONOMIC,
        "not measured: the runs have neither vehicles nor infrastructure",
    ),
    ("Public effects: people kept waiting or without service", PUBLIC, "not measured in these runs"),
)
"""Title, measures in order, and what is said when there are none."""


def name_option(option: OptionContent, content: StudyContent) -> str:
    """Return what an option is called in tables."""
    return "Baseline" if option is content.base else option.title


def build_primary_table(table: MetricTable, content: StudyContent) -> Table:
    """Return the table of the measure to decide by: mean, difference, verdict, chance."""
    options = {name_option(option, content): option for option in content.compared}
    rows = []
    for row in table.rows:
        entry = options[row.title].metrics[table.name]
        spread = format_quantiles(entry)
        rows.append(
            Row(
                head=Cell(text=row.title),
                cells=(
                    Cell(text=row.mean, small=_some(row.mean_interval, spread, format_tail(entry), row.note)),
                    Cell(text=row.difference, small=_some(row.difference_interval, row.pairing))
                    if row.difference
                    else Cell(text="\N{EN DASH}"),
                    Cell(text="", verdict=row.verdict) if row.verdict else Cell(text="\N{EN DASH}"),
                    Cell(text=row.best or "\N{EN DASH}", small=_some(format_regret(entry))),
                ),
            )
        )
    columns = (
        "option",
        "mean, interval",
        "paired difference, interval",
        "against baseline",
        "chance of being best",
    )
    return Table(caption=_capitalise(table.label), note=_direct(table), columns=columns, rows=tuple(rows))


def build_criteria_table(tables: Sequence[MetricTable], content: StudyContent) -> Table:
    """Return casualties, economic and public effects of every option in one table."""
    by_name = {table.name: table for table in tables}
    rows: list[Row] = []
    n_options = len(content.compared)
    for title, names, missing in CRITERIA:
        rows.append(Row(head=Cell(text=title)))
        found = [by_name[name] for name in names if name in by_name]
        found = [table for table in found if not _is_zero(table, content)]
        rows += [_measure_row(table) for table in found]
        if not found:
            zero = any(name in by_name for name in names)
            text = "none in any run" if zero else missing
            rows.append(Row(head=Cell(text="All measures"), cells=(Cell(text=text),) * n_options))
    return Table(
        caption="Casualties, economic and public effects",
        note="baseline: mean and interval; options: paired difference and interval",
        columns=("measure", *(name_option(option, content) for option in content.compared)),
        rows=tuple(rows),
    )


def build_annex_table(caption: str, tables: Sequence[MetricTable], content: StudyContent) -> Table:
    """Return any measures of every option in one table."""
    return Table(
        caption=caption,
        note="baseline: mean and interval; options: paired difference and interval",
        columns=("measure", *(name_option(option, content) for option in content.compared)),
        rows=tuple(_measure_row(table) for table in tables),
    )


def build_effort_table(content: StudyContent) -> Table | None:
    """Return cost, staff and lead time of every option; None when a study did not keep them."""
    options = [option for option in content.options if option.effort is not None]
    if not options:
        return None
    rows = []
    for option in options:
        effort = option.effort or {}
        is_base = option is content.base
        rows.append(
            Row(
                head=Cell(text=name_option(option, content)),
                cells=(
                    Cell(text=_stated(f"{style.format_count(effort['cost'])} EUR", effort["cost"], is_base)),
                    Cell(text=_stated(f"{effort['staff']:g} people", effort["staff"], is_base)),
                    Cell(
                        text=_stated(style.format_time(effort["lead_time_s"]), effort["lead_time_s"], is_base)
                    ),
                ),
            )
        )
    return Table(
        caption="What the options take",
        note="beyond the baseline, as the scenario states it or else as is typical of each intervention",
        columns=("option", "cost", "staff", "lead time"),
        rows=tuple(rows),
    )


def _stated(text: str, value: float, is_base: bool) -> str:
    if is_base:
        return "nothing more"
    return text if value else "none stated"


def _measure_row(table: MetricTable) -> Row:
    return Row(
        head=Cell(text=_capitalise(table.label), small=_some(_prefer(table.better))),
        cells=tuple(_value_cell(row, is_base=index == 0) for index, row in enumerate(table.rows)),
    )


def _value_cell(row: OptionRow, *, is_base: bool) -> Cell:
    if is_base:
        return Cell(text=row.mean, small=_some(row.mean_interval, row.note))
    return Cell(text=row.difference, small=_some(row.difference_interval), verdict=row.verdict)


def _is_zero(table: MetricTable, content: StudyContent) -> bool:
    return all(option.metrics[table.name]["mean"] == 0 for option in content.compared)


def _direct(table: MetricTable) -> str:
    return f"{table.unit}; {_prefer(table.better)}" if table.better else table.unit


def _prefer(better: str) -> str:
    return f"{better} is better" if better else ""


def _some(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
