"""The border between links and two-dimensional ground: which links lead through which exit, and spots inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
import shapely.ops

from impetus_sim.crowd.kernels.choose import cost_at
from impetus_sim.crowd.links.routes import REFERENCE_SPEED_M_S, Crossings
from impetus_sim.world.goals import Goals
from impetus_sim.world.ground import Ground
from impetus_sim.world.walk_network import WalkNetwork

TIE_M = 5.0
"""A link leads through an exit whose line it meets within this distance."""
INSET_M = 0.3
"""People come in this far inside the exit line, plus the widest radius."""
SPOT_EVERY_M = 0.1
_JUST_INSIDE_M = 0.01


@dataclass(frozen=True, kw_only=True)
class Border:
    """Exits and the links that lead to them.

    in_start: int64 (exits + 1,) into in_dirs, directed links that end at each exit (their opposites lead away).
    spot_start: int64 (exits + 1,) into spot_x, spot_y, m, and spot_nx, spot_ny, unit vectors inwards.
    area_of_exit: int64 (exits,), area that each exit borders, -1 for none known.
    crossings: see `routes`. n_blind: links that end at a border where there is no exit.
    """

    in_start: npt.NDArray[np.int64]
    in_dirs: npt.NDArray[np.int64]
    spot_start: npt.NDArray[np.int64]
    spot_x: npt.NDArray[np.float64]
    spot_y: npt.NDArray[np.float64]
    spot_nx: npt.NDArray[np.float64]
    spot_ny: npt.NDArray[np.float64]
    area_of_exit: npt.NDArray[np.int64]
    crossings: Crossings
    n_blind: int

    def dirs_in(self, exit_index: int) -> npt.NDArray[np.int64]:
        """Return the directed links that end at an exit."""
        return self.in_dirs[self.in_start[exit_index] : self.in_start[exit_index + 1]]


def build_border(network: WalkNetwork, ground: Ground, goals: Goals, *, widest_m: float) -> Border:
    """Tie the network's border nodes to the exits of the ground.

    Parameters
    ----------
    network
        Cut at the borders of the ground's areas.
    widest_m
        Largest body radius, m.
    """
    n_exits = len(ground.exit_names)
    nodes = np.flatnonzero(network.node_area >= 0)
    exit_of = np.full(network.n_nodes, -1, np.int64)
    near = np.zeros((network.n_nodes, 2))
    for e in range(n_exits):
        line = shapely.MultiLineString(list(ground.exit_segments(e).reshape(-1, 2, 2)))
        for node in nodes:
            point = shapely.Point(network.node_x[node], network.node_y[node])
            distance = line.distance(point)
            if distance <= TIE_M and (
                exit_of[node] < 0 or distance < np.hypot(*(near[node] - (point.x, point.y)))
            ):
                exit_of[node] = e
                near[node] = shapely.ops.nearest_points(line, point)[0].coords[0]
    outside = network.link_area < 0
    dirs: list[list[int]] = [[] for _ in range(n_exits)]
    area_of_exit = np.full(n_exits, -1, np.int64)
    for d, node in enumerate(np.column_stack([network.v, network.u]).ravel()):
        if exit_of[node] >= 0 and outside[d >> 1]:
            dirs[exit_of[node]].append(d)
            area_of_exit[exit_of[node]] = network.node_area[node]
    tied = nodes[exit_of[nodes] >= 0]
    cost_s = np.full((len(tied), n_exits), np.inf)
    goal_s = np.full((len(tied), len(goals.names)), np.inf)
    for k, node in enumerate(tied):
        x, y = near[node]
        for g in range(len(goals.names)):
            way = cost_at(goals.costs[g], x, y, ground.x0, ground.y0, ground.cell)
            goal_s[k, g] = way / REFERENCE_SPEED_M_S
        cost_s[k] = goal_s[k, :n_exits]
    spots = [_spots(ground, e, widest_m) for e in range(n_exits)]
    stacked = np.concatenate(spots) if spots else np.empty((0, 4))
    return Border(
        in_start=np.concatenate([[0], np.cumsum([len(d) for d in dirs])]).astype(np.int64),
        in_dirs=np.array([d for held in dirs for d in held], np.int64),
        spot_start=np.concatenate([[0], np.cumsum([len(s) for s in spots])]).astype(np.int64),
        spot_x=stacked[:, 0].copy(),
        spot_y=stacked[:, 1].copy(),
        spot_nx=stacked[:, 2].copy(),
        spot_ny=stacked[:, 3].copy(),
        area_of_exit=area_of_exit,
        crossings=Crossings(node=tied, exit=exit_of[tied], cost_s=cost_s, goal_s=goal_s),
        n_blind=int(np.count_nonzero(exit_of[nodes] < 0)),
    )


def _spots(ground: Ground, exit_index: int, widest_m: float) -> npt.NDArray[np.float64]:
    """Return x, y, nx, ny of spots inside an exit that a body reaches from the line without touching a wall."""
    found = []
    shapely.prepare(ground.polygon)
    walls = shapely.MultiLineString(list(ground.walls[ground.wall_exit != exit_index].reshape(-1, 2, 2)))
    shapely.prepare(walls)
    inset = INSET_M + widest_m
    for ax, ay, bx, by in ground.exit_segments(exit_index):
        length = float(np.hypot(bx - ax, by - ay))
        nx, ny = -(by - ay) / length, (bx - ax) / length  # the ground lies to the left of its walls
        n = max(1, int(length / SPOT_EVERY_M))
        for t in (np.arange(n) + 0.5) / n:
            px, py = ax + t * (bx - ax), ay + t * (by - ay)
            way = shapely.LineString(
                [(px + _JUST_INSIDE_M * nx, py + _JUST_INSIDE_M * ny), (px + inset * nx, py + inset * ny)]
            )
            spot = shapely.Point(px + inset * nx, py + inset * ny)
            if shapely.contains_properly(ground.polygon, way) and not shapely.dwithin(walls, spot, widest_m):
                found.append((spot.x, spot.y, nx, ny))
    return np.array(found, np.float64).reshape(-1, 4)
