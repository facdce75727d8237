"""From cause to harm on one page: steps down the page in the order of time, with arrows from cause to effect."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from impetus_sim.analysis.cause_words import describe_step
from impetus_sim.errors import InvalidInputError
from impetus_sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from impetus_sim.analysis.cause_graph import CauseGraph, Link, Step

WIDTH_IN: Final = 13.0
ROW_IN: Final = 0.42
HEAD_IN: Final = 1.3
MOST_STEPS: Final = 80
"""More do not fit on a page that anybody reads."""
_ROOT, _STEP, _HARM = style.THREAT, "#e4edf4", "#f9b44a"
_BOX_LEFT, _BOX_RIGHT = 0.33, 0.985
_LANES: Final = 9


def save_cause_picture(graph: CauseGraph, path: Path, *, title: str) -> Path:
    """Write the page as PNG.

    Raises
    ------
    InvalidInputError
        When there is nothing to draw, or more than `MOST_STEPS` steps.
    """
    if not graph.steps:
        raise InvalidInputError("nothing happened in this run that has a cause or an effect")
    if len(graph.steps) > MOST_STEPS:
        raise InvalidInputError(
            f"{len(graph.steps)} steps do not fit on one picture, {MOST_STEPS} do",
            hint="leave out --output to have them as text, or --asset ID for one subject",
        )
    with style.page_style():
        return style.save_png(plot_causes(graph, title=title), path)


def plot_causes(graph: CauseGraph, *, title: str) -> Figure:
    """Return the page."""
    n = len(graph.steps)
    height = HEAD_IN + ROW_IN * n + 0.5
    figure = style.new_figure(WIDTH_IN, height)
    heading = textwrap.shorten(title, 85, placeholder=" …")
    figure.text(0.02, 1.0 - 0.38 / height, heading, fontsize=18, fontweight="bold", va="center")
    n_roots = sum(step.is_root for step in graph.steps)
    people = sum(step.people for step in graph.steps)
    roots = "1 first cause" if n_roots == 1 else f"{n_roots} first causes"
    outcome = f"{people:,} people harmed".replace(",", " ") if people else "nobody is recorded as harmed"
    told = f"{roots}, {n} steps, {outcome}. Arrows lead from cause to effect, with the shortest delay."
    figure.text(0.02, 1.0 - 0.78 / height, told, fontsize=11, color=style.MUTED, va="center")
    axes = figure.add_axes((0.02, 0.4 / height, 0.96, ROW_IN * n / height))
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(n - 0.5, -0.5)
    axes.axis("off")
    for k, step in enumerate(graph.steps):
        _draw_step(axes, k, step)
    lanes = _Lanes()
    for link in sorted(graph.links, key=lambda link: (link.effect - link.cause, link.cause)):
        if link.cause != link.effect:
            _draw_link(axes, link, lanes.take(link))
    return figure


class _Lanes:
    # Columns left of the steps in which arrows run: the first in which the rows are free.
    def __init__(self) -> None:
        self._taken: list[list[tuple[int, int]]] = [[] for _ in range(_LANES)]

    def take(self, link: Link) -> int:
        low, high = sorted((link.cause, link.effect))
        for lane, spans in enumerate(self._taken):
            if all(high <= a or low >= b for a, b in spans):
                spans.append((low, high))
                return lane
        self._taken[-1].append((low, high))
        return _LANES - 1


def _draw_step(axes: Axes, row: int, step: Step) -> None:
    colour = _ROOT if step.is_root else (_HARM if step.is_harm else _STEP)
    axes.add_patch(
        style.make_rectangle(
            _BOX_LEFT, row - 0.36, _BOX_RIGHT - _BOX_LEFT, 0.72, facecolor=colour, edgecolor="none"
        )
    )
    ink = style.PAPER if step.is_root else style.INK
    text = textwrap.shorten(describe_step(step), 105, placeholder=" …")
    axes.text(_BOX_LEFT + 0.008, row, text, fontsize=10, color=ink, va="center")
    clock = style.format_time(step.first_s)
    axes.text(0.005, row, clock, fontsize=10, fontweight="bold", color=style.INK, va="center")


def _draw_link(axes: Axes, link: Link, lane: int) -> None:
    x = _BOX_LEFT - 0.022 - lane * 0.024
    start, end = link.cause + 0.16, link.effect - 0.16
    line: dict[str, Any] = {"color": style.MUTED, "linewidth": 0.9, "solid_capstyle": "round"}
    axes.plot((_BOX_LEFT, x, x), (start, start, end), **line)
    axes.annotate(
        "",
        xy=(_BOX_LEFT, end),
        xytext=(x, end),
        arrowprops={"arrowstyle": "-|>", "color": style.MUTED, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0},
    )
    delay = (
        f"+{style.format_time(link.least_delay_s)}"
        if link.least_delay_s >= 60.0
        else _short(link.least_delay_s)
    )
    axes.text(
        x - 0.002, end + 0.02, delay, fontsize=7, color=style.MUTED, ha="right", va="center",
        bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.6},
    )  # fmt: skip


def _short(seconds: float) -> str:
    return f"+{seconds:.0f} s" if seconds >= 10.0 or seconds == 0.0 else f"+{seconds:.1f} s"
