"""The measures of one run as rows of texts: what was measured, and what passed each exit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from impetus_sim.analysis.metric import Metric, format_value

EXIT_MEASURES = ("flow", "mean_flow", "specific_flow")
"""Names of metrics before the dot and the exit, in the order of columns."""


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    """One measure: its words, its value, and what is to be said of it."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ExitRow:
    """One exit: highest flow, mean flow while busy, flow per metre; a dash where one is not defined."""

    name: str
    flows: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RunMeasures:
    """Rows of both tables, and the exits that nobody used."""

    rows: tuple[MeasureRow, ...]
    exits: tuple[ExitRow, ...]
    unused: tuple[str, ...]


def describe_measures(metrics: Iterable[Metric]) -> RunMeasures:
    """Return measures as texts; those of exits by exit."""
    rows: list[MeasureRow] = []
    flows: dict[str, dict[str, Metric]] = {}
    for metric in metrics:
        kind, dot, exit_name = metric.name.partition(".")
        if dot and kind in EXIT_MEASURES:
            flows.setdefault(exit_name, {})[kind] = metric
        else:
            rows.append(MeasureRow(label=metric.label, value=_value(metric), note=metric.note))
    used = {name: held for name, held in flows.items() if held["flow"].value}
    return RunMeasures(
        rows=tuple(rows),
        exits=tuple(
            ExitRow(
                name=name,
                flows=tuple(
                    _value(held[kind]) if held[kind].is_defined else "\N{EN DASH}" for kind in EXIT_MEASURES
                ),
            )
            for name, held in used.items()
        ),
        unused=tuple(name for name in flows if name not in used),
    )


def _value(metric: Metric) -> str:
    if metric.value is None:
        return "not defined"
    text = format_value(metric.value, metric.unit)
    return f"> {text}" if metric.is_censored else text
