"""What `impetus library match` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impetus_sim.planning.comparison.answer import format_number, format_share, with_unit

Document = Mapping[str, Any]


def describe_match(document: Document) -> list[str]:
    """Return the lines about a match."""
    lines = [
        document["told"],
        f"p-values: {document['p_as_replicate']:.3g} as another run of a situation in the library, "
        f"{document['p_as_neighbour']:.3g} as a situation between those in it "
        f"({document['counts_used']} counts used, {document['counts_missing']} missing)",
        "nearest situations:",
    ]
    lines += [
        f"  {each['name']}  weight {each['weight']:.2f}  {_list_values(each['values'])}"
        for each in document["nearest"]
    ]
    if document["verdict"] != "poor":
        lines += _describe_options(document)
    return [*lines, *document["notes"]]


def _describe_options(document: Document) -> list[str]:
    metric = next(iter(document["metrics"]))
    about = document["metrics"][metric]
    level = f"{100 * document['interval']:.0f} %"
    lines = [f"expected {about['label']}, {level} of runs between, and probability of best:"]
    for option in document["options"]:
        told = option["metrics"][metric]
        mean, low, high = (
            format_number(told[key], told["high"] - told["low"]) for key in ("mean", "low", "high")
        )
        mark = "*" if option["name"] == document["recommended"] else " "
        lines.append(
            f" {mark} {option['name']}: {with_unit(mean, about['unit'])} ({low} to {high}), "
            f"{format_share(option['probability_best'])}  {option['title']}"
        )
    regret = document["regret"]
    held_back = (
        "" if regret["held_back"] is None else f", {100 * regret['held_back']:.1f} % on those held back"
    )
    lines.append(f"recommended: {document['recommended']}")
    loss = format_number(document["expected_loss"])
    lines.append(
        f"regret of acting on this match: {100 * regret['near']:.1f} % in the {regret['near_situations']} nearest "
        f"situations when left out ({100 * regret['left_out']:.1f} % in all{held_back}); "
        f"expected loss {with_unit(loss, about['unit'])}"
    )
    return lines


def describe_fresh(fresh: Document) -> list[str]:
    """Return the lines about fresh runs."""
    fit = (
        "runs of it count as observed"
        if fresh["fits"]
        else "BUT runs of it do not count as observed either: this is the nearest that the library's factors give"
    )
    return [
        f"fresh runs: {_list_values(fresh['values'])}; {fit} (p {fresh['p_as_replicate']:.3g})",
        fresh["answer"],
        f"best in the fresh runs: {fresh['recommended']}",
        f"scenario: {fresh['scenario']}",
        f"comparison: {fresh['folder']}",
    ]


def _list_values(values: Document) -> str:
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in values.items()
    )
