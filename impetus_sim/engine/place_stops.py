"""Stops of lines on streets: by which link a bus comes to each, of those near enough and on the right side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.world.drive_network import DriveNetwork

WRONG_SIDE_M = 20.0
"""A link with the stop on the other side counts as that much farther away."""
END_SHARE = 0.05
"""The way from a stop to the end of a link, where buses stand, counts by this share: a stop at a junction belongs
to the links that end there."""
LEAST_OFFSET_M = 1.0
"""A stop nearer than this to the middle of a street is on neither side."""
ALIKE_M = 5.0
"""Links that are farther than the best by no more than this may be meant."""
MOST_LINKS = 6
_S_PER_M = 0.5
"""What being farther away counts, s/m: the far side is not chosen to save a detour of a few seconds."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class NearLinks:
    """Links by which a stop may be reached: number of each, and how much farther it is than the best, m."""

    link: Ints
    farther_m: Floats


class StopPlacer:
    """Finds links for stops, and the best of them for stops in a row.

    Buses stop at the downstream end of the link.

    Parameters
    ----------
    network
        The streets.
    """

    def __init__(self, network: DriveNetwork) -> None:
        self._network = network
        self._lines = network.lines()
        self._tree = shapely.STRtree(self._lines)
        self._time_s = network.length / network.speed
        self._times: dict[int, Floats] = {}

    def near(self, x: float, y: float, *, reach_m: float, side: str) -> NearLinks | None:
        """Return the links by which a stop at a point may be reached; None when every street is too far away."""
        point = shapely.Point(x, y)
        links = np.sort(self._tree.query(point, predicate="dwithin", distance=reach_m))
        if not len(links):
            return None
        lines = self._lines[links]
        along = shapely.line_locate_point(lines, point)
        ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(along, 0.5) + 0.5))
        back = shapely.get_coordinates(
            shapely.line_interpolate_point(lines, np.minimum(along, shapely.length(lines)) - 0.5)
        )
        forward = ahead - back
        to_left = forward[:, 0] * (y - back[:, 1]) - forward[:, 1] * (x - back[:, 0])
        offset = to_left / np.maximum(np.hypot(*forward.T), 1e-9)
        is_wrong = (offset > LEAST_OFFSET_M) if side == "right" else (offset < -LEAST_OFFSET_M)
        to_end = shapely.length(lines) - along
        score = shapely.distance(lines, point) + np.where(is_wrong, WRONG_SIDE_M, 0.0) + END_SHARE * to_end
        order = np.argsort(score, kind="stable")[:MOST_LINKS]
        kept = order[score[order] <= score[order[0]] + ALIKE_M]
        return NearLinks(link=links[kept], farther_m=score[kept] - score[kept[0]])

    def choose(self, stops: Sequence[NearLinks]) -> list[int | None]:
        """Return the link for each of some stops in a row so that the whole way is shortest in time.

        Returns
        -------
        None for a stop to which no way leads from the one before it; the way goes on without it.
        """
        network = self._network
        cost = stops[0].farther_m * _S_PER_M
        reached, came_from = [0], [np.zeros(len(cost), np.int64)]
        for k, stop in enumerate(stops[1:], 1):
            before = stops[reached[-1]].link
            way_s = np.array([self._times_from(int(network.to_node[link])) for link in before])
            way_s = way_s[:, network.from_node[stop.link]] + self._time_s[stop.link]
            way_s[before[:, None] == stop.link] = 0.0
            total = cost[:, None] + way_s + stop.farther_m * _S_PER_M
            if np.isfinite(total).any():
                cost = total.min(axis=0)
                reached.append(k)
                came_from.append(np.argmin(total, axis=0))
        chosen: list[int | None] = [None] * len(stops)
        best = int(np.argmin(cost))
        for k, by in zip(reversed(reached), reversed(came_from), strict=True):
            chosen[k] = int(stops[k].link[best])
            best = int(by[best])
        return chosen

    def _times_from(self, node: int) -> Floats:
        # Times from a junction to all others on empty streets, s.
        if node not in self._times:
            from scipy.sparse import csr_array
            from scipy.sparse.csgraph import dijkstra

            network = self._network
            order = np.lexsort((self._time_s, network.to_node, network.from_node))
            pair = network.from_node[order] * network.n_nodes + network.to_node[order]
            kept = order[np.concatenate([[True], np.diff(pair) > 0])]
            graph = csr_array(
                (self._time_s[kept], (network.from_node[kept], network.to_node[kept])),
                shape=(network.n_nodes, network.n_nodes),
            )
            self._times[node] = dijkstra(graph, indices=node)
        return self._times[node]
