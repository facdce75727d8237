"""Who is worst off: by group of people, in the option that looks best and in what it changes for them.

Groups are told apart by profile (age and mobility in one: adult, older adult, child, wheelchair user ...), by
population and, in runs with infrastructure, by district. Groups with fewer than `MIN_GROUP` people are never named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from impetus_sim.analysis.by_group import MIN_GROUP
from impetus_sim.planning.comparison.answer import format_number, rank_options, scale_difference, with_unit

Entry = Mapping[str, Any]
Grouped = Mapping[str, Sequence[Mapping[str, Entry]]]
"""Group (``profile=child``) to the table of every compared option, the baseline first: metric name to entry."""

WORST_OFF_METHOD = (
    "the group with the worst mean in the option that has the best mean of the primary metric, and the group whose "
    f"paired difference from the baseline is worst; groups of at least {MIN_GROUP} people"
)
"""How the worst-off group is found, as printed beside it."""


def choose_recommended(options: Sequence[Mapping[str, Any]], primary: str) -> str:
    """Return the name of the compared option with the best mean of the primary metric; the first on a tie."""
    return str(rank_options([option for option in options if primary in option], primary)[0]["name"])


def find_worst_off(groups: Grouped, *, option: int) -> list[dict[str, Any]]:
    """Return who is worst off on every metric of groups, for each way of telling them apart.

    Parameters
    ----------
    groups
        From `planning.comparison.evaluate.compare_groups`.
    option
        Row of the option to look at; 0 is the baseline, which has no differences.

    Returns
    -------
    Rows with ``by``, ``metric``, ``label``, ``unit``, ``group`` and its ``mean``; ``difference_group`` with its
    ``difference`` (mean), ``difference_low``, ``difference_high``, ``is_worse`` and ``is_better`` (surely worse,
    surely better than in the baseline), all None for the baseline. No row where fewer than two groups are large
    enough or all are equal.
    """
    rows = []
    for by in dict.fromkeys(group.partition("=")[0] for group in groups):
        tables = {
            group: options[option]
            for group, options in groups.items()
            if group.partition("=")[0] == by and _is_large(options[option])
        }
        for metric in dict.fromkeys(name for table in tables.values() for name in table):
            entries = {group: table[metric] for group, table in tables.items() if metric in table}
            if len(entries) > 1 and next(iter(entries.values()))["better"]:
                rows += _find_worst(by, metric, entries)
    return rows


def _is_large(table: Mapping[str, Entry]) -> bool:
    people = table.get("people")
    return people is not None and people["mean"] >= MIN_GROUP


def _find_worst(by: str, metric: str, entries: Mapping[str, Entry]) -> list[dict[str, Any]]:
    first = next(iter(entries.values()))
    sign = -1.0 if first["better"] == "higher" else 1.0
    means = {group: sign * entry["mean"] for group, entry in entries.items()}
    if max(means.values()) == min(means.values()):
        return []
    worst = max(means, key=lambda group: means[group])
    row: dict[str, Any] = {
        "by": by,
        "metric": metric,
        "label": first["label"],
        "unit": first["unit"],
        "group": worst.partition("=")[2],
        "mean": entries[worst]["mean"],
        **dict.fromkeys(
            ("difference_group", "difference", "difference_low", "difference_high", "is_worse", "is_better"),
            None,
        ),
    }
    differences = {group: entry["difference"] for group, entry in entries.items() if entry["difference"]}
    if differences:
        hit = max(differences, key=lambda group: sign * differences[group]["mean"])
        found = differences[hit]
        row |= {
            "difference_group": hit.partition("=")[2],
            "difference": found["mean"],
            "difference_low": found["low"],
            "difference_high": found["high"],
            "is_worse": bool(found["is_distinguishable"] and sign * found["mean"] > 0.0),
            "is_better": bool(found["is_distinguishable"] and sign * found["mean"] < 0.0),
        }
    return [row]


def describe_worst_off(rows: Sequence[Mapping[str, Any]], metric: str, *, title: str) -> list[str]:
    """Say in a sentence for each way of telling groups apart who is worst off on one metric.

    Parameters
    ----------
    rows
        From `find_worst_off`.
    metric
        The one to speak about; nothing is said when groups do not have it.
    title
        Of the option looked at, as in sentences.
    """
    return [_describe(row, title) for row in rows if row["metric"] == metric and row["by"] != "population"]


def _describe(row: Mapping[str, Any], title: str) -> str:
    unit, scale = scale_difference(row["unit"])
    mean = with_unit(format_number(scale * row["mean"]), row["unit"] or "%")
    text = f"Worst off by {row['by']} with {title}: {_words(row['group'])} ({row['label']} {mean})"
    if row["difference"] is None:
        return f"{text}."
    spread = None
    if row["difference_low"] is not None:
        spread = 0.5 * scale * (row["difference_high"] - row["difference_low"]) or None
    change = with_unit(format_number(scale * row["difference"], spread), unit)
    group = _words(row["difference_group"])
    if row.get("is_better"):  # results from before do not have it
        return f"{text}; {group} gains least: {change}."
    return (
        f"{text}; {group} loses most: {change}."
        if row["is_worse"]
        else f"{text}; the change is worst for {group}: {change}."
    )


def _words(group: str) -> str:
    return group.replace("_", " ")
