"""An experiment on one page: the mean of each metric by value of each factor, or indices of sensitivity."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from impetus_sim.analysis.metric import label_with_unit
from impetus_sim.planning.experiments.effects import variant_titles
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
    differences = document.get("differences") or {}
    rows: list[tuple[Any, str]] = []
    for metric in metrics:
        rows.append((_draw_row, metric))
        if differences.get(metric):
            rows.append((_draw_differences, metric))
    height = head + ROW_IN * len(rows) + 0.25 * len(failures)
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
    for k, (draw, metric) in enumerate(rows):
        bottom = 1.0 - (head + ROW_IN * (k + 1) - 0.65) / height
        draw(figure, document, metric, bottom=bottom, height=(ROW_IN - 1.15) / height)
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
    _write_head(figure, label_with_unit(document["metrics"][metric]), bottom=bottom, height=height)
    found = document["sensitivity"].get(metric)
    if found is not None:
        if "note" in found:
            figure.text(0.03, bottom + height / 2, f"no indices: {found['note']}", color=style.MUTED)
        else:
            _draw_indices(figure.add_axes((0.22, bottom, 0.7, height)), document, found)
        return
    factors = document["effects"][metric]
    panels = _add_panels(figure, len(factors), bottom=bottom, height=height)
    for axes, (name, rows) in zip(panels, factors.items(), strict=True):
        _draw_means(axes, rows, colour=style.OPTION_COLOURS[1])
        _set_values(axes, rows, document["factors"][name])


def _write_head(figure: Figure, text: str, *, bottom: float, height: float) -> None:
    figure.text(0.03, bottom + height * 1.12, text, fontsize=12, fontweight="bold")


def _add_panels(figure: Figure, n: int, *, bottom: float, height: float) -> list[Axes]:
    # side by side, with one scale
    width = 0.94 / n
    panels: list[Axes] = []
    for k in range(n):
        place = (0.06 + width * k, bottom, width * 0.8, height)
        panels.append(figure.add_axes(place, sharey=panels[0] if panels else None))
    return panels


def _draw_differences(
    figure: Figure, document: Mapping[str, Any], metric: str, *, bottom: float, height: float
) -> None:
    titles = variant_titles(document)
    first = next(iter(titles.values()))
    head = (
        f"{label_with_unit(document['metrics'][metric])}: difference from \N{LEFT SINGLE QUOTATION MARK}{first}"
        "\N{RIGHT SINGLE QUOTATION MARK} in the same state"
    )
    _write_head(figure, head, bottom=bottom, height=height)
    variants = document["differences"][metric]
    factors = next(iter(variants.values()))["factors"]  # every variant meets the same states
    panels = _add_panels(figure, len(factors), bottom=bottom, height=height)
    for axes, (name, rows) in zip(panels, factors.items(), strict=True):
        axes.axhline(0.0, color=style.INK, linewidth=0.8)
        for n, (variant, found) in enumerate(variants.items()):
            colour = style.OPTION_COLOURS[(n + 1) % len(style.OPTION_COLOURS)]
            _draw_means(axes, found["factors"][name], colour=colour, label=titles[variant])
        _set_values(axes, rows, document["factors"][name])
    panels[-1].legend(
        frameon=False, fontsize=9, loc="lower right", ncols=len(variants),
        bbox_to_anchor=(0.97, bottom + 1.08 * height), bbox_transform=figure.transFigure,
    )  # fmt: skip


def _axis(factor: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> str:
    # values with their own unit stand as the file has them
    has_units = any(any(letter.isalpha() for letter in _text(row["value"]).replace("to", "")) for row in rows)
    return factor["label"] if has_units or not factor["unit"] else f"{factor['label']} ({factor['unit']})"


def _draw_means(axes: Axes, rows: Sequence[Mapping[str, Any]], *, colour: str, label: str = "") -> None:
    known = [(k, row) for k, row in enumerate(rows) if row["mean"] is not None]
    axes.errorbar(
        [k for k, _ in known],
        [row["mean"] for _, row in known],
        yerr=[1.96 * (row["standard_error"] or 0.0) for _, row in known],
        fmt="o-",
        color=colour,
        ecolor=style.MUTED,
        capsize=3,
        markersize=5,
        label=label,
    )


def _set_values(axes: Axes, rows: Sequence[Mapping[str, Any]], factor: Mapping[str, Any]) -> None:
    # beneath each place what the factor takes there; names and ranges in two lines, so that neighbours keep apart
    titles = factor.get("titles") or {}
    texts = [titles.get(str(row["value"]), _text(row["value"])).replace(" to ", "\nto ") for row in rows]
    texts = [
        text if "\n" in text else textwrap.fill(text, 24, max_lines=2, placeholder=" …") for text in texts
    ]
    axes.set_xticks(range(len(rows)), texts)
    axes.set_xlabel(_axis(factor, rows))
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
