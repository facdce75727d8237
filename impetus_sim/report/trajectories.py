"""How people walked: the paths of an even sample, coloured by the exit they left through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.people import People
from impetus_sim.recording.reader import Recording
from impetus_sim.report import style
from impetus_sim.report.scene import Scene, draw_scene

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_PATHS = 160
NOT_OUT = "not out at the end"


LONGEST_STEP_M = 4.0
"""Nobody walks this far between two frames; sheets are farther apart."""


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """One person's path.

    Parameters
    ----------
    row
        Row in the crowd table.
    points
        Positions in the order of time, metres, shape (n, 2).
    """

    row: int
    points: npt.NDArray[np.float64]


def collect_trajectories(recording: Recording, *, n: int = MAX_PATHS) -> list[Trajectory]:
    """Return the paths of about `n` people, evenly spread over the table of people."""
    seen = [frame.rows for frame in recording.frames(every=10)]
    rows = np.unique(np.concatenate(seen)) if seen else np.empty(0, np.int64)
    if not len(rows):
        return []
    chosen = rows[np.unique(np.linspace(0, len(rows) - 1, min(n, len(rows))).astype(np.intp))]
    points: dict[int, list[tuple[float, float]]] = {int(row): [] for row in chosen}
    for frame in recording.frames():
        _, at_frame, at_chosen = np.intersect1d(frame.rows, chosen, assume_unique=True, return_indices=True)
        for i, j in zip(at_frame.tolist(), at_chosen.tolist(), strict=True):
            points[int(chosen[j])].append((float(frame.x[i]), float(frame.y[i])))
    return [Trajectory(row=row, points=np.array(path)) for row, path in points.items() if path]


def draw_trajectories(
    axes: Axes, trajectories: list[Trajectory], people: People, scene: Scene, *, with_key: bool = True
) -> None:
    """Draw sampled paths; a dot marks where each began, its colour the exit it ended at."""
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    names = [way_out.name for way_out in scene.ground.exits]
    draw_scene(axes, scene, exit_labels=None if with_key else ())
    ends = [_end(trajectory, people) for trajectory in trajectories]
    n_left = np.bincount(people.exit[people.has_left & (people.exit >= 0)], minlength=len(names))
    of_exit = style.assign_exit_colours(n_left.tolist())
    colours = [of_exit[end] if end >= 0 else style.INK for end in ends]
    lines = [trajectory.points for trajectory in trajectories]
    # whoever changes storeys goes on elsewhere in the plane: the line is cut there
    parts = [cut_at_jumps(points, scene) for points in lines]
    pieces = [piece for pieces in parts for piece in pieces]
    shades = [colour for pieces, colour in zip(parts, colours, strict=True) for _ in pieces]
    axes.add_collection(
        LineCollection(pieces, colors=shades, linewidths=0.8, alpha=0.75, zorder=6, capstyle="round"),
        autolim=False,
    )
    starts = np.array([line[0] for line in lines]).reshape(-1, 2)
    axes.scatter(starts[:, 0], starts[:, 1], s=9, c=colours, linewidths=0, zorder=7)
    if with_key:
        key = [
            Line2D([], [], color=of_exit[end], linewidth=2, label=names[end])
            for end in sorted(set(ends) - {-1})
        ]
        if -1 in ends:
            key.append(Line2D([], [], color=style.INK, linewidth=2, label=NOT_OUT))
        if key:
            axes.legend(
                handles=key,
                loc="upper center",
                bbox_to_anchor=(0.5, -0.01),
                ncols=min(len(key), 4),
                fontsize=8.5,
                handlelength=1.4,
                columnspacing=1.4,
            )


def cut_at_jumps(points: npt.NDArray[np.float64], scene: Scene) -> list[npt.NDArray[np.float64]]:
    """Return the pieces of a path on each storey and flight; the whole path where there are none."""
    if not scene.ground.sheets:
        return [points]
    jumps = np.flatnonzero(np.hypot(*np.diff(points, axis=0).T) > LONGEST_STEP_M) + 1
    return np.split(points, jumps)


def _end(trajectory: Trajectory, people: People) -> int:
    if trajectory.row < len(people) and people.has_left[trajectory.row]:
        return int(people.exit[trajectory.row])
    return -1
