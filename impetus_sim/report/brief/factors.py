"""What an experiment says of its factors, for its own brief and for that of a study: means, indices, a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from impetus_sim.analysis.metric import format_number, format_value
from impetus_sim.planning.experiments.effects import variant_titles
from impetus_sim.report import style
from impetus_sim.report.brief.content import Block, Cell, Figure, Paragraph, Row, Table
from impetus_sim.report.brief.figures import encode
from impetus_sim.report.experiment_picture import plot_experiment

MOST_METRICS: Final = 2
"""Measures of an experiment that a brief shows: the first ones it names."""


def say_factors(document: Mapping[str, Any]) -> list[Block]:
    """Return what was varied, and for the first measures the means by value and the figure."""
    document = {**document, "metrics": dict(list(document["metrics"].items())[:MOST_METRICS])}
    failed = f", of which {document['failed']} failed" if document["failed"] else ""
    blocks: list[Block] = [
        Paragraph(
            text=f"Varied in an experiment of {document['runs']} runs{failed} ({document['points']} points, "
            f"{document['replicates']} runs at each): {document['title'].rstrip('.')}."
        )
    ]
    blocks += [
        table for metric in document["metrics"] if (table := _build_effects(document, metric)) is not None
    ]
    blocks += [
        table
        for metric, differences in (document.get("differences") or {}).items()
        if metric in document["metrics"] and (table := _build_differences(document, metric, differences))
    ]
    blocks.append(_draw(document))
    return blocks


def _build_differences(
    document: Mapping[str, Any], metric: str, differences: Mapping[str, Any]
) -> Table | None:
    described = document["metrics"][metric]
    titles = variant_titles(document)
    rows = []
    for variant, found in differences.items():
        known = [
            (document["factors"][name], row)
            for name, each in found["factors"].items()
            for row in each
            if row["mean"] is not None
        ]
        if found["over_all"]["mean"] is None or not known:
            continue
        ends = [choose(known, key=lambda pair: pair[1]["mean"]) for choose in (min, max)]
        rows.append(
            Row(
                head=Cell(text=titles[variant]),
                cells=(
                    _extreme({**found["over_all"], "value": "all states"}, described["unit"], {"unit": ""}),
                    *(_extreme(_named(row, factor), described["unit"], factor) for factor, row in ends),
                ),
            )
        )
    if not rows:
        return None
    label, first = str(described["label"]), next(iter(titles.values()))
    return Table(
        caption=f"{label[:1].upper()}{label[1:]}: difference from '{first}' in the same state",
        note="paired differences, means with 95 % intervals",
        columns=("what is done", "over all", "lowest", "highest"),
        rows=tuple(rows),
    )


def _named(row: Mapping[str, Any], factor: Mapping[str, Any]) -> dict[str, Any]:
    value = f"{row['value']:.4g}" if isinstance(row["value"], float) else row["value"]
    return {**row, "value": f"{factor['label']} {value} {factor['unit']}".rstrip()}


def _build_effects(document: Mapping[str, Any], metric: str) -> Table | None:
    described, effects = document["metrics"][metric], document["effects"].get(metric) or {}
    rows = []
    for name, values in effects.items():
        known = [row for row in values if row["mean"] is not None]
        if len(known) < 2:
            continue
        low, high = min(known, key=lambda row: row["mean"]), max(known, key=lambda row: row["mean"])
        rows.append(
            Row(
                head=Cell(text=document["factors"][name]["label"]),
                cells=(
                    _extreme(low, described["unit"], document["factors"][name]),
                    _extreme(high, described["unit"], document["factors"][name]),
                    Cell(text=format_value(high["mean"] - low["mean"], described["unit"])),
                ),
            )
        )
    if not rows:
        return None
    label = str(described["label"])
    return Table(
        caption=f"{label[:1].upper()}{label[1:]} by what was varied",
        note="means over runs, with 95 % intervals",
        columns=("what was varied", "lowest mean", "highest mean", "between them"),
        rows=tuple(rows),
    )


def _extreme(row: Mapping[str, Any], unit: str, factor: Mapping[str, Any]) -> Cell:
    error = row.get("standard_error")
    value = row["value"]
    value = (factor.get("titles") or {}).get(str(value), value)
    small = [f"at {value:.4g} {factor['unit']}".rstrip() if isinstance(value, float) else f"at {value}"]
    if error:
        half = 1.96 * error
        small.append(f"{format_value(row['mean'] - half, unit)} to {format_value(row['mean'] + half, unit)}")
    return Cell(text=format_value(row["mean"], unit), small=tuple(small))


def _draw(document: Mapping[str, Any]) -> Figure:
    labels = ", ".join(described["label"] for described in document["metrics"].values())
    varied = ", ".join(factor["label"] for factor in document["factors"].values())
    with style.page_style():
        return encode(
            plot_experiment(document),
            alt=f"{labels} by {varied}. {_say_strongest(document)}",
            caption=f"{labels[:1].upper()}{labels[1:]} by each of what was varied; bars are 95 % intervals.",
        )


def _say_strongest(document: Mapping[str, Any]) -> str:
    metric = next(iter(document["metrics"]))
    found = document["sensitivity"].get(metric) or {}
    told = []
    for name, indices in (found.get("factors") or {}).items():
        index = indices.get("ST") or indices.get("mu_star")
        if index and index["value"] is not None:
            told.append(f"{document['factors'][name]['label']} {format_number(index['value'])}")
    return f"Indices of sensitivity: {'; '.join(told)}." if told else ""
