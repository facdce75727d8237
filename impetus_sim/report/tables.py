"""The tables of a brief as rows of texts: means, paired differences, verdicts, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from impetus_sim.planning.comparison.answer import format_number, format_share
from impetus_sim.report.study_content import OptionContent, StudyContent

Entry = Mapping[str, Any]

BETTER, WORSE, SAME, UNSURE = "better", "worse", "no change at all", "no difference seen"

GROUP_METRICS = ("mean_egress_time", "share_out", "share_exposed", "mean_exposure_time")
"""Columns of the table by group, as far as they are measured."""


@dataclass(frozen=True, kw_only=True)
class OptionRow:
    """One option's line in the table of one metric; texts with units.

    Parameters
    ----------
    title
        Of the option.
    mean, mean_interval
        Mean over runs, and its interval.
    difference, difference_interval
        Paired difference, and its interval; empty for the baseline.
    verdict
        `BETTER`, `WORSE`, `SAME`, `UNSURE` or empty.
    best
        Probability of being best.
    pairing
        Correlation and variance ratio.
    note
        Censored runs.
    """

    title: str
    mean: str
    mean_interval: str
    difference: str = ""
    difference_interval: str = ""
    verdict: str = ""
    best: str = ""
    pairing: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class MetricTable:
    """All options on one metric."""

    name: str
    label: str
    unit: str
    better: str
    rows: tuple[OptionRow, ...]


def build_metric_tables(content: StudyContent) -> list[MetricTable]:
    """Return one table per metric, the primary one first."""
    tables = []
    for name in content.metric_names:
        base = content.base.metrics[name]
        rows = tuple(
            _build_row(option, option.metrics[name], content)
            for option in content.compared
            if name in option.metrics
        )
        tables.append(
            MetricTable(
                name=name,
                label=str(base["label"]),
                unit=str(base["unit"]) or "%",
                better=str(base["better"]),
                rows=rows,
            )
        )
    return tables


def _build_row(option: OptionContent, entry: Entry, content: StudyContent) -> OptionRow:
    n_censored = int(entry.get("n_censored") or 0)
    best = entry.get("probability_best")
    return OptionRow(
        title="Baseline" if option is content.base else option.title,
        mean=format_mean(entry),
        mean_interval=format_interval(entry, entry),
        difference=format_difference(entry),
        difference_interval=format_interval(entry, entry.get("difference")),
        verdict=judge(entry),
        best=format_share(best) if best is not None else "",
        pairing=_format_pairing(entry.get("difference")),
        note=f"{n_censored} of {entry['n']} runs ended before it was over" if n_censored else "",
    )


def format_mean(entry: Entry) -> str:
    """Return a mean with its unit."""
    scale, unit = _scale(entry)
    return f"{_format(scale, entry['mean'], entry)}{unit}"


def format_difference(entry: Entry) -> str:
    """Return a paired difference with sign and unit; empty for the baseline."""
    difference = entry.get("difference")
    if not difference:
        return ""
    if difference.get("is_identical"):
        return "0, identical in every run"
    scale, unit = _scale(entry)
    sign = "+" if difference["mean"] > 0 else ""
    return f"{sign}{_format(scale, difference['mean'], difference)}{' points' if unit == ' %' else unit}"


def format_interval(entry: Entry, values: Entry | None) -> str:
    """Return the interval of a mean or a difference, without unit; empty where there is none.

    Parameters
    ----------
    entry
        Of the metric; says the unit.
    values
        The entry itself, or its difference.
    """
    if not values or values.get("low") is None or values.get("high") is None or values.get("is_identical"):
        return ""
    scale, unit = _scale(entry)
    low, high = values["low"], values["high"]
    if values is entry:  # counts, times and shares: an interval for them does not reach below nothing
        low, high = max(low, 0.0), min(high, 1.0) if unit == " %" else high
    return f"{_format(scale, low, values)} to {_format(scale, high, values)}"


def format_quantiles(entry: Entry) -> str:
    """Return the range of nine runs in ten; empty where the study did not keep it."""
    if entry.get("p5") is None or entry.get("p95") is None or not entry.get("sd"):
        return ""
    scale, unit = _scale(entry)
    low, high = (format_number(scale * entry[key], scale * entry["sd"]) for key in ("p5", "p95"))
    return f"9 of 10 runs: {low} to {high}{unit}"


def format_tail(entry: Entry) -> str:
    """Return the mean of the worst runs (CVaR at 95 %); empty where the study did not keep it."""
    if entry.get("cvar95") is None or not entry.get("sd"):
        return ""
    scale, unit = _scale(entry)
    return f"worst 5 % of runs: {format_number(scale * entry['cvar95'], scale * entry['sd'])}{unit}"


def format_regret(entry: Entry) -> str:
    """Return what is lost on average by not taking the best option; empty where the study did not keep it."""
    if entry.get("regret") is None:
        return ""
    scale, unit = _scale(entry)
    return f"regret {_format(scale, entry['regret'], entry)}{' points' if unit == ' %' else unit}"


def _scale(entry: Entry) -> tuple[float, str]:
    return (1.0, f" {entry['unit']}") if entry["unit"] else (100.0, " %")


def _format(scale: float, value: float, values: Entry) -> str:
    spread = values.get("half_width") or abs(values["mean"])
    return format_number(scale * value, scale * spread)


def judge(entry: Entry) -> str:
    """Return in a word whether an option is better than the baseline; empty where neither side is better."""
    difference = entry.get("difference")
    if not difference:
        return ""
    if difference.get("is_identical"):
        return SAME
    if not difference.get("is_distinguishable"):
        return UNSURE
    if not entry["better"]:
        return "differs"
    return BETTER if (difference["mean"] < 0) == (entry["better"] == "lower") else WORSE


def _format_pairing(difference: Entry | None) -> str:
    if not difference or difference.get("correlation") is None or difference.get("variance_ratio") is None:
        return ""
    return f"r {difference['correlation']:.2f}, \u00d7{format_number(difference['variance_ratio'], 1)}"


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """One group's line: name, and mean and interval per option."""

    name: str
    is_worst: bool
    cells: tuple[tuple[str, str], ...]


def build_group_rows(content: StudyContent, metric: str, *, by: str = "profile") -> list[GroupRow]:
    """Return one row per group with the mean of a metric in every compared option.

    Parameters
    ----------
    content
        Of the study.
    metric
        One of `GROUP_METRICS`.
    by
        ``profile`` or ``population``.
    """
    found = {
        group.partition("=")[2]: by_option
        for group, by_option in content.groups.items()
        if group.startswith(f"{by}=")
        and all(metric in by_option.get(option.name, {}) for option in content.compared)
    }
    worst = find_worst_group(content, list(found), metric, by=by)
    return [
        GroupRow(
            name=name.replace("_", " "),
            is_worst=name == worst,
            cells=tuple(
                (format_mean(entry), format_interval(entry, entry))
                for entry in (by_option[option.name][metric] for option in content.compared)
            ),
        )
        for name, by_option in found.items()
    ]


def find_worst_group(content: StudyContent, names: Sequence[str], metric: str, *, by: str) -> str:
    """Return the group with the worst mean in the baseline; empty when none stands out from the best one.

    It stands out when their intervals do not overlap.
    """
    entries = {name: content.groups[f"{by}={name}"][content.base.name][metric] for name in names}
    if len(entries) < 2:
        return ""
    sign = -1.0 if next(iter(entries.values()))["better"] == "higher" else 1.0
    worst, best = (pick(names, key=lambda name: sign * entries[name]["mean"]) for pick in (max, min))
    gap = sign * (entries[worst]["mean"] - entries[best]["mean"])
    halves = sum(entries[name].get("half_width") or 0.0 for name in (worst, best))
    return worst if gap > halves else ""
