"""A calibration on one page: every observed series, the runs before and after fitting, and what was held back."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from impetus_sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN: Final = 11.0
ROW_IN: Final = 2.4
HEAD_IN: Final = 1.5
COLUMNS: Final = 2
MOST_SERIES: Final = 12
"""Pictures beyond these are left out; all series are in the document."""
BEFORE, FITTED, OBSERVED = "as it was", "fitted", "observed"


def save_calibration_picture(document: Mapping[str, Any], path: Path) -> Path:
    """Write the page as PNG."""
    with style.page_style():
        return style.save_png(plot_calibration(document), path)


def plot_calibration(document: Mapping[str, Any]) -> Figure:
    """Return the page."""
    shown = {name: told for name, told in document["series"].items() if told["times_s"]}
    shown = dict(list(shown.items())[:MOST_SERIES])
    n_rows = max(1, -(-len(shown) // COLUMNS))
    height = HEAD_IN + ROW_IN * n_rows
    figure = style.new_figure(WIDTH_IN, height)
    title = textwrap.shorten(document["title"], 80, placeholder=" …")
    figure.text(0.04, 1.0 - 0.4 / height, title, fontsize=17, fontweight="bold", va="center")
    figure.text(0.04, 1.0 - 0.8 / height, _describe_errors(document), color=style.MUTED, va="center")
    for k, (name, told) in enumerate(shown.items()):
        row, column = divmod(k, COLUMNS)
        bottom = 1.0 - (HEAD_IN + ROW_IN * (row + 1) - 0.6) / height
        axes = figure.add_axes((0.06 + 0.49 * column, bottom, 0.41, (ROW_IN - 1.0) / height))
        _draw_series(axes, name, told)
    if figure.axes:
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(
            handles,
            labels,
            loc="upper left",
            bbox_to_anchor=(0.032, 1.0 - 0.92 / height),
            ncols=4,
            fontsize=9,
        )
    return figure


def _describe_errors(document: Mapping[str, Any]) -> str:
    parts = []
    for part, words in (("fitted", "where it was fitted"), ("held_back", "held back")):
        errors = document["errors"][part]
        before, after = (errors[name]["value"] for name in ("base", "fitted"))
        was, now = ("no value" if value is None else f"{value:.2f}" for value in (before, after))
        parts.append(f"{words} {now} (was {was})")
    return f"Error, in standard deviations of what was observed: {'; '.join(parts)}."


def _draw_series(axes: Axes, name: str, told: Mapping[str, Any]) -> None:
    times = np.array(told["times_s"], np.float64)
    for key, label, colour in (
        ("base", BEFORE, style.OPTION_COLOURS[0]),
        ("fitted", FITTED, style.OPTION_COLOURS[1]),
    ):
        low, mean, high = (np.array(told[key][which], np.float64) for which in ("low", "mean", "high"))
        axes.plot(times, mean, color=colour, linewidth=1.6, label=f"{label}, mean of runs")
        if key == "fitted":
            axes.fill_between(times, low, high, color=colour, alpha=0.2, linewidth=0, label="90 % of runs")
    axes.plot(times, told["observed"], "o", color=style.OPTION_COLOURS[2], markersize=3.5, label=OBSERVED)
    held = np.array(told["is_held_back"], bool)
    if held.any():
        begin = 0.0 if held.all() else float(times[~held].max())
        axes.axvspan(begin, float(times.max()), color=style.FAINT, alpha=0.4, linewidth=0)
        axes.text(begin, 1.0, " held back", transform=axes.get_xaxis_transform(), va="top", color=style.MUTED)
    axes.set_title(name, fontsize=10)
    axes.set_xlabel("s")
