"""The high-voltage ring: from the grid supply point through every substation and back, along mapped lines where
there are any.

A section may leave its substation for the nearest points of mapped lines of high voltage, follow them, and go
straight for the rest. A metre along a mapped line counts less than one of a line that is not on the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Box = tuple[float, float, float, float]

HIGH_KV: Final = 45.0
"""Mapped lines of less are no part of the ring; those without a voltage are."""
DETOUR: Final = 1.3
"""Length of a line over the straight distance (ding0: 1.3)."""
MAPPED_COST: Final = 0.6
"""A metre along a mapped line counts as so many of a straight one with its detour."""
AT_EDGE_M: Final = 2.0
"""A mapped line that ends this close to the edge of the map goes on beyond it."""
LEAST_RING_M: Final = 100.0
"""Shortest section, chosen: its reactance is above 0 where two substations stand side by side."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of the ring: points float64 (n, 2), length_m and of it mapped_m, along mapped lines."""

    points: Floats
    length_m: float
    mapped_m: float


@dataclass(frozen=True, kw_only=True)
class Ring:
    """The ring: place of the grid supply point, whether a mapped line leads there; order of the substations;
    sections, one more than substations."""

    supply_xy: tuple[float, float]
    is_on_line: bool
    order: tuple[int, ...]
    sections: tuple[Section, ...]


class MappedLines:
    """Mapped lines of high voltage as a graph of their points: at float64 (n, 2), links sparse (n, n), lengths."""

    def __init__(self, city: City) -> None:
        layer = city.layers["power_lines"]
        voltage = layer["voltage_kv"].to_numpy(np.float64)
        shapes = layer.geometry.to_numpy()[(voltage == 0.0) | (voltage >= HIGH_KV)]
        coords, line = shapely.get_coordinates(shapes, return_index=True)
        at, node = np.unique(np.round(coords.reshape(-1, 2), 1), axis=0, return_inverse=True)
        self.at, node = at, node.reshape(-1)
        inner = np.flatnonzero((line[1:] == line[:-1]) & (node[1:] != node[:-1]))
        ends = np.unique(np.sort(np.column_stack([node[inner], node[inner + 1]]), axis=1), axis=0)
        self.ends = ends.astype(np.int64).reshape(-1, 2)
        self.length = np.hypot(*(at[self.ends[:, 0]] - at[self.ends[:, 1]]).T)

    def leaving(self, box: Box) -> Floats:
        """Return where lines leave a box, (n, 2)."""
        x, y = self.at[:, 0], self.at[:, 1]
        apart = np.stack([np.abs(x - box[0]), np.abs(y - box[1]), np.abs(x - box[2]), np.abs(y - box[3])])
        return self.at[apart.min(axis=0) <= AT_EDGE_M]


def build_ring(city: City, x: Floats, y: Floats) -> Ring:
    """Return the ring of the substations at x, y."""
    lines = MappedLines(city)
    box = city.bounds
    supply, is_on_line = _place_supply(x, y, box, lines.leaving(city.meta.get("bbox_local") or box))
    order = _short_round_trip(x, y, supply)
    stops = [supply, *((float(x[row]), float(y[row])) for row in order), supply]
    sections = tuple(_lay(lines, a, b) for a, b in pairwise(stops))
    return Ring(supply_xy=supply, is_on_line=is_on_line, order=tuple(order), sections=sections)


def _place_supply(x: Floats, y: Floats, box: Box, leaving: Floats) -> tuple[tuple[float, float], bool]:
    """Return where the grid comes in: where a mapped line leaves the map, else at the edge by a substation."""
    if len(leaving):
        apart = np.hypot(leaving[:, None, 0] - x, leaving[:, None, 1] - y).min(axis=1)
        at = leaving[int(np.argmin(apart))]
        return (float(at[0]), float(at[1])), True
    x0, y0, x1, y1 = box
    edges = np.stack([np.abs(x - x0), np.abs(x1 - x), np.abs(y - y0), np.abs(y1 - y)], axis=1)
    row, side = np.unravel_index(int(np.argmin(edges)), edges.shape)
    at = [(x0, y[row]), (x1, y[row]), (x[row], y0), (x[row], y1)][int(side)]
    return (float(at[0]), float(at[1])), False


def _short_round_trip(x: Floats, y: Floats, start: tuple[float, float]) -> list[int]:
    """Return the substations in the order of a short round trip: nearest next, then crossings undone (2-opt)."""
    left, order, at = list(range(len(x))), [], start
    while left:
        best = min(left, key=lambda row: (np.hypot(x[row] - at[0], y[row] - at[1]), row))
        left.remove(best)
        order.append(best)
        at = (float(x[best]), float(y[best]))
    points = np.array([start, *((float(x[row]), float(y[row])) for row in order), start])
    index = list(range(len(points)))

    def apart(i: int, j: int) -> float:
        return float(np.hypot(*(points[index[i]] - points[index[j]])))

    is_better = True
    while is_better:
        is_better = False
        for i in range(1, len(index) - 2):
            for j in range(i + 1, len(index) - 1):
                if apart(i - 1, j) + apart(i, j + 1) < apart(i - 1, i) + apart(j, j + 1) - 1e-6:
                    index[i : j + 1] = index[i : j + 1][::-1]
                    is_better = True
    return [order[place - 1] for place in index[1:-1]]


def _lay(lines: MappedLines, a: tuple[float, float], b: tuple[float, float]) -> Section:
    """Return the cheapest way from a to b, straight or along mapped lines."""
    n = len(lines.at)
    at = np.concatenate([lines.at, [a, b]])
    access = [(end, node) for end in (n, n + 1) for node in range(n)] + [(n, n + 1)]
    free = np.array(access, np.int64)
    free_m = np.maximum(DETOUR * np.hypot(*(at[free[:, 0]] - at[free[:, 1]]).T), 1e-3)
    ends = np.concatenate([lines.ends, free])
    cost = np.concatenate([MAPPED_COST * lines.length, free_m])
    graph: Any = sparse.csr_matrix((cost, (ends[:, 0], ends[:, 1])), shape=(n + 2, n + 2))
    _, parent = csgraph.dijkstra(graph, directed=False, indices=n, return_predecessors=True)
    way = [n + 1]
    while way[-1] != n:
        way.append(int(parent[way[-1]]))
    way.reverse()
    straight_m = mapped_m = 0.0
    for one, other in pairwise(way):
        length = float(np.hypot(*(at[one] - at[other])))
        if one < n and other < n:
            mapped_m += length
        else:
            straight_m += DETOUR * length
    return Section(points=at[way], length_m=max(straight_m + mapped_m, LEAST_RING_M), mapped_m=mapped_m)
