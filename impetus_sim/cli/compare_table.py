"""Tables of a comparison for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.table import Table

from impetus_sim.analysis.metrics import COMPARED_METRICS
from impetus_sim.planning.comparison.answer import format_number, format_share, scale_difference

if TYPE_CHECKING:
    from impetus_sim.planning.comparison.study import Study


def build_tables(study: Study, *, has_details: bool = False) -> list[Table]:
    """Return a table of the primary metric, then of each of `COMPARED_METRICS` that some option changes.

    Each may be followed by one of its details; the last says who is worst off.
    """
    others = [name for name in COMPARED_METRICS if name in study.metrics and name != study.primary]
    tables = []
    for name in [study.primary, *others]:
        if _is_shown(study, name):
            tables.append(build_table(study, name))
            tables += [build_detail_table(study, name)] if has_details else []
    worst_off = study.comparison.get("worst_off") or []
    return [*tables, build_worst_off_table(study)] if worst_off else tables


def build_detail_table(study: Study, metric: str) -> Table:
    """Return quantiles, worst tail, regret and bootstrap interval of one metric: a row per option."""
    first = study.options[0][metric]
    unit, scale = ("%", 100.0) if not first["unit"] else (first["unit"], 1.0)
    tail = {"upper": "worst 5 % (highest)", "lower": "worst 5 % (lowest)", None: "worst 5 %"}
    table = Table(title=f"{first['label']} in {unit}: details", title_justify="left")
    table.add_column("option")
    for column in ("5 %", "50 %", "95 %", tail[first["cvar95_tail"]], "regret", "bootstrap interval"):
        table.add_column(column, justify="right")
    for option in study.options:
        entry = option.get(metric)
        if entry is None:
            continue
        spread = scale * (entry["half_width"] or 0.0) or None
        numbers = [entry[key] for key in ("p5", "p50", "p95", "cvar95", "regret")]
        table.add_row(
            option["name"],
            *("" if number is None else format_number(scale * number, spread) for number in numbers),
            _bootstrap_text(entry),
        )
    return table


def build_worst_off_table(study: Study) -> Table:
    """Return who is worst off in the option that looks best, and whose change is worst: a row per metric."""
    option = study.comparison["recommended"]
    table = Table(title=f"worst off with {option}", title_justify="left")
    for column in ("measure", "by", "worst off", "change is worst for"):
        table.add_column(column)
    for row in study.comparison["worst_off"]:
        unit, scale = ("%", 100.0) if not row["unit"] else (row["unit"], 1.0)
        change = ""
        if row["difference"] is not None:
            amount = format_number(scale * row["difference"], _half_width(row, scale))
            change = (
                f"{row['difference_group'].replace('_', ' ')} ({amount} {scale_difference(row['unit'])[0]})"
            )
        mean = f"{format_number(scale * row['mean'])} {unit}"
        table.add_row(row["label"], row["by"], f"{row['group'].replace('_', ' ')} ({mean})", change)
    return table


def _half_width(row: Mapping[str, Any], scale: float) -> float | None:
    if row["difference_low"] is None:
        return None
    return 0.5 * scale * float(row["difference_high"] - row["difference_low"]) or None


def build_table(study: Study, metric: str) -> Table:
    """Return the table of one metric: a row per option."""
    first = study.options[0][metric]
    unit, scale = ("%", 100.0) if not first["unit"] else (first["unit"], 1.0)
    confidence = 100 * study.comparison["rule"]["confidence"]
    title = f"{first['label']} in {unit} ({first['n']} paired runs)"
    if first["restricted_to"] is not None:
        title += f", cut off at {format_number(scale * first['restricted_to'])} {unit}"
    table = Table(title=title, title_justify="left")
    table.add_column("option")
    table.add_column("mean", justify="right")
    table.add_column(f"paired difference [{confidence:g} % interval]", justify="right")
    table.add_column("best", justify="right")
    table.add_column("correlation", justify="right")
    table.add_column("variance ratio [interval]", justify="right")
    for option in study.options:
        entry = option.get(metric)
        if entry is None:
            table.add_row(option["name"], "", f"{option['n_failed']} runs failed", "", "", "")
            continue
        share = entry["probability_best"]
        after = option.get("dropped_after")
        table.add_row(
            option["name"] if after is None else f"{option['name']} (dropped after {after})",
            format_number(scale * entry["mean"], scale * (entry["half_width"] or 0.0) or None),
            _difference_text(entry),
            "" if share is None else format_share(share),
            *_pairing_texts(entry["difference"]),
        )
    return table


def _is_shown(study: Study, metric: str) -> bool:
    differences = [option[metric]["difference"] for option in study.options[1:] if metric in option]
    return metric == study.primary or any(not difference["is_identical"] for difference in differences)


def _difference_text(entry: Mapping[str, Any]) -> str:
    difference = entry["difference"]
    if difference is None:
        return ""
    if difference["is_identical"]:
        return "identical"
    if difference["low"] is None:
        return "one pair only"
    _, scale = scale_difference(entry["unit"])
    mean, low, high, half = (scale * difference[key] for key in ("mean", "low", "high", "half_width"))
    spread = half or abs(mean)
    return (
        f"{format_number(mean, spread)} [{format_number(low, spread)} to {format_number(high, spread)}]"
    ).replace("[", "\\[")


def _bootstrap_text(entry: Mapping[str, Any]) -> str:
    difference = entry["difference"]
    if difference is None or difference["is_identical"] or difference["bootstrap_low"] is None:
        return ""
    _, scale = scale_difference(entry["unit"])
    spread = scale * difference["half_width"] or None
    low, high = (format_number(scale * difference[f"bootstrap_{end}"], spread) for end in ("low", "high"))
    return f"\\[{low} to {high}]"


def _pairing_texts(difference: Mapping[str, Any] | None) -> tuple[str, str]:
    if difference is None:
        return "", ""
    correlation, ratio = difference["correlation"], difference["variance_ratio"]
    if ratio is None:
        ratio_text = "not defined"
    else:
        low, high = difference["variance_ratio_low"], difference["variance_ratio_high"]
        ratio_text = f"{ratio:.1f} \\[{low:.1f} to {high:.1f}]"
    return "not defined" if correlation is None else f"{correlation:.2f}", ratio_text
