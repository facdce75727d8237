"""An experiment on one page: the mean of each metric by value of each factor, or indices of sensitivity."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from impetus_sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN: Final = 13.0
ROW_IN: Final = 2.9
MOST_METRICS: Final = 6
"""The first of those that the experiment names; all are in its tables."""
INDEX_NAMES: Final = {
    "S1": "alone",
    "ST": "with all its interactions",
    "mu_star": "change when the factor moves: mean size of elementary effects",
}


def save_experiment_picture(document: Mapping[str, Any], path: Path) -> Path:
    """Write the page as PNG."""
    with style.page_style():
        return style.save_png(plot_experiment(document), path)


def plot_experiment(document: Mapping[str, Any]) -> Figure:
    """Return the page."""
    metrics = list(document["metrics"])[:MOST_METRICS]
    told = f"{document['points']} points, {document['runs']} runs"
    if document["failed"]:
        told += f", {document['failed']} failed"
    lines = textwrap.wrap(document["question"], 130, max_lines=3, placeholder=" …")
    lines += [f"{told}. Lines: {_say_bars(document)}."]
    failures = _say_failures(document)
    head = 1.05 + 0.23 * len(lines)
    height = head + ROW_IN * len(metrics) + 0.25 * len(failures)
    figure = style.new_figure(WIDTH_IN, height)
    title = textwrap.shorten(document["title"], 80, placeholder=" …")
    figure.text(0.03, 1.0 - 0.4 / height, title, fontsize=19, fontweight="bold", va="center")
    figure.text(
        0.03,
        1.0 - 0.68 / height,
        "\n".join(lines),
        fontsize=10.5,
        color=style.MUTED,
        va="top",
        linespacing=1.45,
    )
    for k, metric in enumerate(metrics):
        bottom = 1.0 - (head + ROW_IN * (k + 1) - 0.65) / height
        _draw_row(figure, document, metric, bottom=bottom, height=(ROW_IN - 1.15) / height)
    for k, sentence in enumerate(reversed(failures)):
        figure.text(0.03, (0.12 + 0.25 * k) / height, sentence, fontsize=10.5)
    return figure


def _say_bars(document: Mapping[str, Any]) -> str:
    if document["sensitivity"]:
        return "95 % bootstrap intervals of the indices"
    over = "replicates" if document["design"]["kind"] == "factorial" else "points"
    return f"about 95 % (1.96 standard errors over {over})"


def _say_failures(document: Mapping[str, Any]) -> list[str]:
    found = document.get("failures")
    if found is None:
        return []
    text = "; ".join(box["text"] for box in found["boxes"]) or found["note"]
    return textwrap.wrap(f"{found['rule']}: {text}.", 140)


def _draw_row(
    figure: Figure, document: Mapping[str, Any], metric: str, *, bottom: float, height: float
) -> None:
    described = document["metrics"][metric]
    unit = f" ({described['unit']})" if described["unit"] else ""
    figure.text(0.03, bottom + height * 1.12, f"{described['label']}{unit}", fontsize=12, fontweight="bold")
    found = document["sensitivity"].get(metric)
    if found is not None:
        if "note" in found:
            figure.text(0.03, bottom + height / 2, f"no indices: {found['note']}", color=style.MUTED)
        else:
            _draw_indices(figure.add_axes((0.22, bottom, 0.7, height)), document, found)
        return
    factors = document["effects"][metric]
    width = 0.94 / len(factors)
    shown: list[Axes] = []
    for k, (name, rows) in enumerate(factors.items()):
        axes = figure.add_axes(
            (0.06 + width * k, bottom, width * 0.8, height), sharey=shown[0] if shown else None
        )
        _draw_effect(axes, rows, _axis(document["factors"][name], rows))
        shown.append(axes)


def _axis(factor: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> str:
    # values with their own unit stand as the file has them
    has_units = any(any(letter.isalpha() for letter in _text(row["value"]).replace("to", "")) for row in rows)
    return factor["label"] if has_units or not factor["unit"] else f"{factor['label']} ({factor['unit']})"


def _draw_effect(axes: Axes, rows: Sequence[Mapping[str, Any]], label: str) -> None:
    known = [row for row in rows if row["mean"] is not None]
    places = range(len(known))
    axes.errorbar(
        places,
        [row["mean"] for row in known],
        yerr=[1.96 * (row["standard_error"] or 0.0) for row in known],
        fmt="o-",
        color=style.OPTION_COLOURS[1],
        ecolor=style.MUTED,
        capsize=3,
        markersize=5,
    )
    axes.set_xticks(
        list(places), [textwrap.shorten(_text(row["value"]), 18, placeholder="…") for row in known]
    )
    axes.set_xlabel(label)
    axes.margins(x=0.15)


def _draw_indices(axes: Axes, document: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    names = list(found["factors"])
    indices = [k for k, value in found["factors"][names[0]].items() if isinstance(value, dict)]
    size = 0.8 / len(indices)
    for k, index in enumerate(indices):
        places = [n + (k - (len(indices) - 1) / 2) * size for n in range(len(names))]
        axes.barh(
            places,
            [found["factors"][name][index]["value"] or 0.0 for name in names],
            xerr=[found["factors"][name][index]["half_width"] or 0.0 for name in names],
            height=size * 0.9,
            color=style.OPTION_COLOURS[k + 1],
            ecolor=style.MUTED,
            label=INDEX_NAMES.get(index, index),
        )
    axes.set_yticks(range(len(names)), [document["factors"][name]["label"] for name in names])
    axes.invert_yaxis()
    axes.axvline(0.0, color=style.FAINT, linewidth=0.8)
    if len(indices) > 1:
        axes.set_xlabel("share of the variance")
        axes.legend(frameon=False, fontsize=9, loc="lower right")
    else:
        axes.set_xlabel(INDEX_NAMES.get(indices[0], indices[0]))


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
