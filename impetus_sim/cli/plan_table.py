"""The tables of ``impetus plan``: sets with what they take and bring, and how they stand in uncertain states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from impetus_sim.analysis.metric import label_with_unit
from impetus_sim.planning.comparison.answer import format_share
from impetus_sim.planning.search.as_good import say_as_good

if TYPE_CHECKING:
    from rich.console import RenderableType

_MOST_ROWS: Final = 15


def describe_plan(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Yield tables and sentences about a plan."""
    yield _table_sets(document)
    left = len(document["sets"]) - _MOST_ROWS
    if left > 0:
        yield f"{left} more sets are in plan.json"
    if _has_levels(document):
        yield f"Ranges were searched at {document['methods']['ranges']}; --search guided takes any value."
    yield _answer(document)
    yield from filter(None, [say_as_good(document, _call)])
    if "robust" in document:
        yield from _describe_robust(document)


def _table_sets(document: Mapping[str, Any]) -> RenderableType:
    from rich.table import Table

    names = document["objectives"]
    primary = next(iter(names))
    rows = document["sets"][:_MOST_ROWS]
    has_price = any(row["gain_per_1000_eur"] is not None for row in rows)
    table = Table(
        title=f"{document['sets_looked_at']} sets, {document['runs']} runs",
        caption="* no other set is as good in all and better in one" if len(names) > 1 else None,
    )
    table.add_column("set", overflow="fold", min_width=18)
    for head in ("EUR", "staff", "lead", *map(label_with_unit, names.values())):
        table.add_column(head, justify="right")
    if has_price:
        table.add_column("gain for 1 000 EUR", justify="right")
    for head in ("runs", "best with"):
        table.add_column(head, justify="right")
    for row in rows:
        gain = row["gain_per_1000_eur"]
        price = "" if gain is None else f"{gain:.3g} {names[primary]['unit']}".strip()
        table.add_row(
            row["name"] + (" *" if row["is_pareto"] and len(names) > 1 else ""),
            f"{row['cost']:g}",
            str(row["staff"]),
            f"{row['lead_time_s']:g} s",
            *(_interval(row["objectives"][name]) for name in names),
            *([price] if has_price else []),
            str(row["replicates"]),
            _chance(row),
        )
    return table


def _chance(row: Mapping[str, Any]) -> str:
    chance = "" if row["probability_best"] is None else format_share(row["probability_best"])
    return f"{chance}\nas good" if row["standing"] == "as_good" else chance


def _has_levels(document: Mapping[str, Any]) -> bool:
    return document["search"] == "every" and document["has_ranges"]


def _interval(summary: Mapping[str, Any]) -> str:
    if summary["mean"] is None:
        return "not defined"
    if summary["low"] is None:
        return f"{summary['mean']:.4g}"
    return f"{summary['mean']:.4g} ± {0.5 * (summary['high'] - summary['low']):.2g}"


def _answer(document: Mapping[str, Any]) -> str:
    best = document["sets"][0]
    label = next(iter(document["objectives"].values()))["label"]
    chance = best["probability_best"]
    sure = "" if chance is None else f", best of the last round with probability {format_share(chance)}"
    return f"On {label}: {_call(best)}{sure} ({best['replicates']} paired runs of each set in that round)."


def _call(row: Mapping[str, Any]) -> str:
    return str(row["name"]) if row["choices"] else "doing nothing more"


def _describe_robust(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    from rich.table import Table

    robust = document["robust"]
    described = document["objectives"][robust["objective"]]
    table = Table(
        "set", f"mean of {label_with_unit(described)}", "worst state", "largest regret", "good enough in",
        title=f"{robust['states']} states of the world, {robust['replicates']} runs of each set in each",
    )  # fmt: skip
    for row in robust["sets"]:
        share = row["satisficing_share"]
        table.add_row(
            row["name"],
            _interval(row),
            f"{row['worst']:.4g}",
            f"{row['minimax_regret']:.4g}",
            "no limit given" if share is None else f"{100.0 * share:.0f} % of the states",
        )
    yield table
    if robust["left_out"]:
        yield f"left out: {robust['left_out']} states in which a run failed or does not define the metric"
    for row in robust["sets"]:
        if "failures" not in row:
            continue
        texts = [box["text"] for box in row["failures"]["boxes"]] or [row["failures"]["note"]]
        yield f"{row['name']} ({robust['fail_when']['text']}): {'; '.join(texts)}."
