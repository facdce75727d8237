"""People out over time: one run by exit with its events, or options with a band over their runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.analysis.causes import Event
from impetus_sim.analysis.egress import EgressCurve
from impetus_sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_MARKS = 6
_MARK_WIDTH = 0.04  # of a mark, as a share of the time axis
MAX_EXITS = 6
"""The busiest exits have their own curve; more cannot be told apart."""

BAND = (0.05, 0.95)
_N_TIMES = 400
LONGEST_NAME = 19
"""Letters of a curve's name that fit beside it."""


def choose_end_s(curves: Sequence[EgressCurve], followed_s: float, n_people: int) -> float:
    """Return where the time axis ends: a little after the last person left, or the time followed."""
    last = max((float(curve.times_s[-1]) for curve in curves if len(curve.times_s)), default=followed_s)
    n_out = max((int(curve.n_left[-1]) for curve in curves if len(curve.n_left)), default=0)
    return min(followed_s, 1.12 * last) if n_out >= n_people else followed_s


def draw_egress_curve(
    axes: Axes, curves: Sequence[EgressCurve], *, n_people: int, end_s: float, events: Sequence[Event] = ()
) -> None:
    """Draw people out over time, in total and by exit, with events as numbered marks.

    Parameters
    ----------
    axes
        To draw on.
    curves
        All exits first, as `compute_egress_curves` returns them.
    n_people
        Everybody who was ever inside.
    end_s
        End of the time axis.
    events
        At most `MAX_MARKS` are marked.
    """
    total, *by_exit = curves
    used = sorted(
        ((index, curve) for index, curve in enumerate(by_exit) if len(curve.times_s)),
        key=lambda numbered: -int(numbered[1].n_left[-1]),
    )[:MAX_EXITS]
    used = used if len(used) > 1 else []  # one exit alone is the total
    labels = []
    colours = style.assign_exit_colours(
        [int(curve.n_left[-1]) if len(curve.n_left) else 0 for curve in by_exit]
    )
    for index, curve in used:
        colour = colours[index]
        _step(axes, curve, end_s, color=colour, linewidth=1.6)
        labels.append((float(curve.n_left[-1]), curve.name, colour, "normal"))
    _step(axes, total, end_s, color=style.INK, linewidth=2.4)
    n_out = int(total.n_left[-1]) if len(total.n_left) else 0
    labels.append((float(n_out), f"all: {style.format_count(n_out)}", style.INK, "bold"))
    top = max(n_people, 1)
    axes.axhline(top, color=style.MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    if n_out < n_people:
        _write_total(axes, n_people, top)
    _write_ends(axes, labels, end_s, gap=0.062 * top)
    _mark_events(axes, events, end_s)
    format_time_axis(axes, end_s)
    axes.set_ylim(0, top * 1.12)
    axes.set_ylabel("people out")


def _write_total(axes: Axes, n_people: int, top: float) -> None:
    text = f" {style.format_count(n_people)} people in all"
    axes.text(0, top * 1.015, text, fontsize=8.5, color=style.MUTED, va="bottom")


def _step(axes: Axes, curve: EgressCurve, end_s: float, **line: object) -> None:
    times = np.concatenate(
        [[0.0], curve.times_s, [max(end_s, curve.times_s[-1] if len(curve.times_s) else 0)]]
    )
    counts = np.concatenate([[0], curve.n_left, [curve.n_left[-1] if len(curve.n_left) else 0]])
    axes.plot(times, counts, drawstyle="steps-post", solid_joinstyle="round", **line)  # type: ignore[arg-type]


def _write_ends(axes: Axes, labels: list[tuple[float, str, str, str]], end_s: float, *, gap: float) -> None:
    """Name curves at their right end, moved apart where they would overlap."""
    lowest = -gap
    for height, text, colour, weight in sorted(labels):
        lowest = max(height, lowest + gap)
        shown = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1].rstrip()}…"
        axes.text(end_s * 1.015, lowest, shown, color=colour, fontsize=8.5, fontweight=weight, va="center")


def _mark_events(axes: Axes, events: Sequence[Event], end_s: float) -> None:
    shown = [event for event in events if event.t_s <= end_s][:MAX_MARKS]
    lines = []
    free_from = [-math.inf, -math.inf]  # on two rows, so that no mark covers another
    for number, event in enumerate(shown, start=1):
        row = (number - 1) % 2
        x = max(event.t_s, free_from[row])
        free_from[row] = x + _MARK_WIDTH * end_s
        axes.axvline(event.t_s, color=style.THREAT, linewidth=0.8, alpha=0.6, zorder=0)
        axes.text(
            x,
            1.035 + 0.075 * row,
            str(number),
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="center",
            fontsize=7.5,
            fontweight="bold",
            color=style.PAPER,
            bbox={"boxstyle": "circle,pad=0.22", "facecolor": style.THREAT, "edgecolor": "none"},
            zorder=9,
        )
        name = event.kind.replace("_", " ")
        about = (
            f" ({event.subject.replace('_', ' ')})" if event.subject and event.subject != event.kind else ""
        )
        lines.append(f"{number}  {style.format_time(event.t_s)}  {name}{about}")
    if lines:
        axes.text(
            0.0,
            -0.24,
            "\n".join(lines),
            transform=axes.transAxes,
            fontsize=8,
            va="top",
            color=style.INK,
            linespacing=1.4,
        )


def draw_option_curves(
    axes: Axes, curves: Mapping[str, Sequence[EgressCurve]], *, n_people: int, end_s: float
) -> None:
    """Draw one line per option, the median over its runs, with a band from the 5th to the 95th percentile.

    Parameters
    ----------
    axes
        To draw on.
    curves
        Title of each option, the baseline first, to the total curve of each of its runs.
    n_people
        Everybody who was ever inside.
    end_s
        End of the time axis.
    """
    times = np.linspace(0.0, end_s, _N_TIMES)
    labels = []
    for index, (title, runs) in enumerate(curves.items()):
        colour = style.OPTION_COLOURS[index % len(style.OPTION_COLOURS)]
        counts = np.stack([curve.at(times) for curve in runs])
        middle = np.median(counts, axis=0)
        if len(runs) > 1:
            low, high = np.quantile(counts, BAND, axis=0)
            axes.fill_between(times, low, high, color=colour, alpha=0.2, linewidth=0)
        line: Any = (0, (5, 2)) if index == 0 else "-"
        axes.plot(times, middle, color=colour, linewidth=2.2, linestyle=line)
        labels.append((title, colour, line))
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=c, linewidth=2.2, linestyle=line, label=title) for title, c, line in labels
    ]
    axes.legend(handles=handles, loc="lower right", fontsize=9)
    top = max(n_people, 1)
    axes.axhline(top, color=style.MUTED, linewidth=0.8, linestyle=(0, (1, 2)))
    _write_total(axes, n_people, top)
    format_time_axis(axes, end_s)
    axes.set_ylim(0, top * 1.12)
    axes.set_ylabel("people out")


def format_time_axis(axes: Axes, end_s: float) -> None:
    """Label a time axis in minutes and seconds from the start of the run."""
    end_s = max(end_s, 1.0)
    axes.set_xlim(0, end_s)
    axes.set_xticks(np.arange(0, end_s + 1e-9, style.choose_time_step(end_s)))
    axes.xaxis.set_major_formatter(lambda seconds, _: style.format_minutes(seconds))
    axes.yaxis.set_major_formatter(lambda count, _: style.format_count(count))
    axes.set_xlabel("time since the start, min:s")
    axes.grid(axis="y", color=style.FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
