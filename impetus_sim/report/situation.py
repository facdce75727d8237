"""One moment of a run: where people are, who knows of the danger, how many are out by each exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.analysis.egress import compute_egress_curves
from impetus_sim.analysis.people import NEVER, People, read_people
from impetus_sim.recording.reader import Frame, Recording
from impetus_sim.report import style
from impetus_sim.report.scene import Scene, draw_scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_AWARE, _UNAWARE = "#d55e00", "#0072b2"
_SIZES = ((500, 14.0), (3000, 6.0), (15000, 2.5))  # people up to, dot size in points^2


def draw_situation(axes: Axes, recording: Recording, scene: Scene, *, t_s: float) -> None:
    """Draw everyone inside at the last frame at or before a time, exits labelled with people out so far."""
    people = read_people(recording)
    frame = recording.frame(t_s=t_s)
    times = np.array([frame.t_s])
    by_exit = compute_egress_curves(people, scene.ground)[1:]
    labels = [f"{curve.name}: {style.format_count(int(curve.at(times)[0]))} out" for curve in by_exit]
    draw_scene(axes, scene, exit_labels=labels, t_s=frame.t_s)
    is_aware = _is_aware(frame, people)
    size = next((size for limit, size in _SIZES if len(frame.x) <= limit), 1.2)
    for mask, colour, label in ((~is_aware, _UNAWARE, "not aware"), (is_aware, _AWARE, "aware of danger")):
        axes.scatter(
            frame.x[mask],
            frame.y[mask],
            s=size,
            c=colour,
            linewidths=0,
            zorder=8,
            label=f"{label}: {style.format_count(int(np.count_nonzero(mask)))}",
        )
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2, fontsize=9, markerscale=2.0)
    axes.set_title(f"{style.format_time(frame.t_s)}: {style.format_count(len(frame.x))} people inside")


def _is_aware(frame: Frame, people: People) -> np.ndarray:
    aware_tick = np.full(int(frame.rows.max(initial=-1)) + 1, NEVER, np.int64)
    n = min(len(aware_tick), len(people))
    aware_tick[:n] = people.aware_tick[:n]
    mine = aware_tick[frame.rows]
    return (mine != NEVER) & (mine <= frame.tick)


def plot_situation(recording: Recording, scene: Scene, *, t_s: float) -> Figure:
    """Return a figure of one moment."""
    figure = style.new_figure(8.0, 6.4)
    axes = figure.add_axes((0.03, 0.1, 0.94, 0.82))
    draw_situation(axes, recording, scene, t_s=t_s)
    figure.text(0.03, 0.015, scene.credit, fontsize=7.5, color=style.MUTED)
    return figure
