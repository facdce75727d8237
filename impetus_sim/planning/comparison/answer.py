"""The answer of a comparison in plain words: how much, how sure, from how many runs; or that nobody knows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]

BASE_TITLE = "the baseline"
"""What the baseline is called in sentences."""

_VERBS = {True: ("shortens", "lengthens"), False: ("lowers", "raises")}


def format_number(value: float, spread: float | None = None) -> str:
    """Write a number with as many digits as its uncertainty deserves (two digits of `spread`).

    Thousands are set apart by a thin gap, the minus sign is a real one.
    """
    scale = spread if spread else abs(value)
    if not scale or not math.isfinite(scale):
        digits = 0
    else:
        digits = max(0, 1 - math.floor(math.log10(scale)))
    text = f"{value:,.{min(digits, 6)}f}".replace(",", "\u202f")
    if set(text) <= set("-0.\u202f"):
        text = text.lstrip("-")
    return text.replace("-", "\u2212")


def scale_difference(unit: str) -> tuple[str, float]:
    """Return the unit in which a difference is written, and the factor: shares in percentage points."""
    return (unit, 1.0) if unit else ("percentage points", 100.0)


def with_unit(text: str, unit: str) -> str:
    """Append a unit to a number, where there is one."""
    return f"{text} {unit}" if unit else text


def describe_difference(entry: Entry, *, title: str, base_title: str, confidence: float) -> str:
    """Say in one sentence how an option differs from the baseline on one metric."""
    difference = entry["difference"]
    label, (unit, scale) = entry["label"], scale_difference(entry["unit"])
    n, mean = difference["n"], scale * difference["mean"]
    if difference["is_identical"]:
        return f"{title} changes nothing: the {label} is identical in all {n} paired runs."
    if difference["low"] is None:
        return f"{title}: only one pair of runs finished, which says nothing about {label}."
    low, high, half = (scale * difference[key] for key in ("low", "high", "half_width"))
    spread = half or abs(mean)
    percent = f"{100 * confidence:g} % interval"
    if not difference["is_distinguishable"]:
        interval = with_unit(f"{format_number(low, spread)} to {format_number(high, spread)}", unit)
        return (
            f"{title} and {base_title} cannot be told apart on {label}: difference "
            f"{with_unit(format_number(mean, spread), unit)} ({percent} {interval}, {n} paired runs)."
        )
    down, up = _VERBS[unit == "s"]
    if mean < 0.0:
        low, high = -high, -low
    interval = with_unit(f"{format_number(low, spread)} to {format_number(high, spread)}", unit)
    return (
        f"{title} {down if mean < 0.0 else up} the {label} by "
        f"{with_unit(format_number(abs(mean), spread), unit)} "
        f"({percent} {interval}, {n} paired runs)."
    )


def answer(
    options: Sequence[Mapping[str, Any]], metric: str, *, confidence: float, notes: Sequence[str] = ()
) -> str:
    """Say what the comparison found on one metric.

    Parameters
    ----------
    options
        Table of the comparison; the first is the baseline. Options without the metric are skipped.
    metric
        Name of the metric to speak about.
    confidence
        Of the intervals.
    notes
        Added as further sentences.
    """
    base = options[0]
    ranked = rank_options([option for option in options if metric in option], metric)
    sentences = [
        describe_difference(
            option[metric], title=option["title"], base_title=BASE_TITLE, confidence=confidence
        )
        for option in ranked
        if option is not base
    ]
    if ranked[0][metric]["probability_best"] is not None and len(ranked) > 2:
        sentences.append(_name_best(ranked, metric, base))
    if base[metric]["restricted_to"] is not None:
        limit = with_unit(format_number(base[metric]["restricted_to"]), base[metric]["unit"])
        sentences.append(f"Some runs ended before everybody was out: times are cut off at {limit}.")
    return " ".join([*sentences, *notes])


def _name_best(ranked: Sequence[Mapping[str, Any]], metric: str, base: Mapping[str, Any]) -> str:
    best = [option for option in ranked if option[metric]["mean"] == ranked[0][metric]["mean"]]
    names = " and ".join(BASE_TITLE if option is base else option["title"] for option in best)
    share = sum(option[metric]["probability_best"] for option in best)
    alike = " alike" if len(best) > 1 else ""
    return f"Best on {base[metric]['label']}: {names}{alike}, with probability {format_share(share)}."


def rank_options(options: Sequence[Mapping[str, Any]], metric: str) -> list[Mapping[str, Any]]:
    """Sort options from best to worst mean; ties and metrics without a better side keep their order."""
    better = options[0][metric]["better"]
    sign = {"lower": 1.0, "higher": -1.0}.get(better, 0.0)
    return sorted(options, key=lambda option: sign * option[metric]["mean"])


def format_share(share: float) -> str:
    """Write a probability that rests on finitely many draws: never 0 or 1."""
    if share > 0.99:
        return "above 99 %"
    if share < 0.01:
        return "below 1 %"
    return f"{100 * share:.0f} %"
