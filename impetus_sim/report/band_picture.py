"""People over time in every option of a study: the median over its runs, with a band of nine runs in ten."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from impetus_sim.report import style
from impetus_sim.report.egress_curve import format_time_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GAP: Final = 0.075  # between names at the ends of lines, as a share of the axis
_DASHES: Final[tuple[Any, ...]] = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)))
_ROOM: Final = 0.26  # right of the axis for names, as a share of the figure
_LETTERS: Final = 26


def plot_bands(curve: Mapping[str, Any], titles: Mapping[str, str]) -> Figure:
    """Return the figure of one curve.

    Parameters
    ----------
    curve
        Of ``curves`` in a comparison's document (`planning.comparison.curves`).
    titles
        Option name to what it is called, the baseline first.
    """
    figure = style.new_figure(9.0, 3.9)
    axes = figure.add_axes((0.085, 0.16, 0.9 - _ROOM, 0.7))
    options = [option for option in curve["options"] if option["name"] in titles]
    order = list(titles)
    end_s = max(_last_change_s(option) for option in options)
    labels = []
    for option in options:
        index = order.index(option["name"])
        colour = style.OPTION_COLOURS[index % len(style.OPTION_COLOURS)]
        times_s = np.linspace(0.0, option["end_s"], len(option["median"]))
        axes.fill_between(times_s, option["low"], option["high"], color=colour, alpha=0.22, linewidth=0)
        dash = _DASHES[index % len(_DASHES)]
        axes.plot(times_s, option["median"], color=colour, linewidth=2.2, linestyle=dash)
        at_end = float(np.interp(end_s, times_s, option["median"]))
        labels.append(
            (at_end, textwrap.fill(titles[option["name"]], _LETTERS, max_lines=2, placeholder=" …"), colour)
        )
    top = max(max(option["high"]) for option in options)
    axes.set_ylim(0, 1.1 * top)
    format_time_axis(axes, end_s)
    axes.set_ylabel(curve["label"])
    axes.set_title(f"{curve['label'][:1].upper()}{curve['label'][1:]} over time")
    _name_lines(axes, labels, end_s=end_s, top=1.1 * top)
    return figure


def _last_change_s(option: Mapping[str, Any]) -> float:
    """Return a little after the time from which nothing changes in any run."""
    curves = np.array([option["low"], option["median"], option["high"]])
    changed = np.flatnonzero((curves[:, :-1] != curves[:, -1:]).any(axis=0))
    last = (int(changed[-1]) + 1) / (curves.shape[1] - 1) if len(changed) else 1.0
    return float(option["end_s"] * min(1.0, 1.05 * last))


def _name_lines(axes: Axes, labels: list[tuple[float, str, str]], *, end_s: float, top: float) -> None:
    lowest = -np.inf
    for height, text, colour in sorted(labels):
        n_lines = text.count("\n") + 1
        place = max(height, lowest)
        lowest = place + _GAP * top * (0.5 + n_lines)
        axes.text(1.015 * end_s, place, text, color=colour, fontsize=8.5, fontweight="bold", va="center")
