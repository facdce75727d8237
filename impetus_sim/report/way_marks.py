"""Gates and queues in pictures: closed gates solid, open ones dashed; queues as a thin line with their desks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim.analysis.ways import WayMarks
from impetus_sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLOSED_WIDTH, OPEN_WIDTH, QUEUE_WIDTH = 2.6, 1.6, 0.9


def draw_ways(axes: Axes, ways: WayMarks, *, t_s: float | None = None) -> None:
    """Draw gates as they are at a time (at the end when left out), and queues."""
    from matplotlib.collections import LineCollection

    for gate in ways.gates:
        is_open = gate.is_open(t_s)
        lines = LineCollection(
            list(gate.segments.reshape(-1, 2, 2)),
            colors=style.MUTED if is_open else style.INK,
            linewidths=OPEN_WIDTH if is_open else CLOSED_WIDTH,
            linestyles=[(0, (3, 2))] if is_open else "solid",
            zorder=9,
        )
        axes.add_collection(lines, autolim=False)
    for queue in ways.queues:
        axes.plot(*queue.line.T, color=style.MUTED, linewidth=QUEUE_WIDTH, zorder=7)
        axes.plot(*queue.desks.T, "s", color=style.INK, markersize=4.5, linestyle="none", zorder=9)
