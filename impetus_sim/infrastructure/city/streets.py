"""The streets as one connected graph for cables and pipes: points at most a step apart, joined along streets.

Parts of the network that no street joins (islands, a drive network cut in two, houses without streets) are joined
by direct synthetic cables, the shortest ones that make it whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import Delaunay, QhullError, cKDTree

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MM: Final = 1e-3
LEAST_M: Final = 0.1
"""Pieces are at least this long, so that no edge of a sparse matrix vanishes."""
AVOIDED: Final = ("motorway", "trunk")
AVOIDED_COST: Final = 4.0
"""A metre along a motorway, a trunk road, a tunnel or a direct cable counts as so many: utilities lay cables there
only where nothing else leads on."""


@dataclass(frozen=True, kw_only=True)
class StreetGraph:
    """Points and pieces between them, in the order of their coordinates; undirected, connected.

    x, y: float64 (nodes,), m. from_node, to_node: int64 (pieces,). length_m, cost: float64 (pieces,). is_street:
    bool (pieces,), False for direct synthetic cables. is_lived_in: bool (pieces,), houses may stand along it.
    """

    x: Floats
    y: Floats
    from_node: Ints
    to_node: Ints
    length_m: Floats
    cost: Floats
    is_street: Bools
    is_lived_in: Bools

    @property
    def n_nodes(self) -> int:
        """Number of points."""
        return len(self.x)

    @cached_property
    def costs(self) -> Any:
        """Symmetric sparse matrix of costs."""
        return self._matrix(self.cost)

    @cached_property
    def lengths(self) -> Any:
        """Symmetric sparse matrix of lengths."""
        return self._matrix(self.length_m)

    @cached_property
    def _tree(self) -> Any:
        return cKDTree(np.column_stack([self.x, self.y]))

    def nearest(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Ints:
        """Return the node nearest to each point."""
        at = np.column_stack([np.atleast_1d(x), np.atleast_1d(y)])
        return np.asarray(self._tree.query(at)[1], np.int64).reshape(len(at))

    def length_between(self, a: Ints, b: Ints) -> Floats:
        """Return the length of the pieces between neighbouring nodes, (n,)."""
        return np.asarray(self.lengths[a, b], np.float64).reshape(-1) if len(a) else np.zeros(0)

    def _matrix(self, values: Floats) -> Any:
        n = self.n_nodes
        both = np.concatenate([values, values])
        rows = np.concatenate([self.from_node, self.to_node])
        columns = np.concatenate([self.to_node, self.from_node])
        return sparse.csr_matrix((both, (rows, columns)), shape=(n, n))


def build_street_graph(city: City, *, step_m: float, houses: Floats) -> StreetGraph:
    """Build the graph of a city: its streets for vehicles, else its ways on foot, else its houses alone.

    Parameters
    ----------
    city
        Any city.
    step_m
        Longest piece.
    houses
        float64 (n, 2), points that stand in where the map has no ways.
    """
    lines, kinds, is_tunnel = _collect_lines(city)
    if len(lines):
        points, pieces = _cut_lines(lines, step_m)
        is_avoided = np.array([kind.startswith(AVOIDED) for kind in kinds], bool) | is_tunnel
    else:
        points, pieces = np.unique(np.round(houses / MM) * MM, axis=0), np.zeros((0, 3))
        is_avoided = np.zeros(0, bool)
    line_of = pieces[:, 2].astype(np.int64)
    ends = pieces[:, :2].astype(np.int64)
    piece_m = _piece_lengths(lines, line_of)
    ends, piece_m, line_of = _keep_shortest(ends, piece_m, line_of)
    joints = _join_parts(points, ends)
    joint_m = np.maximum(np.hypot(*(points[joints[:, 0]] - points[joints[:, 1]]).T), LEAST_M)
    is_hard = np.concatenate([is_avoided[line_of], np.ones(len(joints), bool)])
    length = np.concatenate([piece_m, joint_m])
    both = np.concatenate([ends, joints])
    is_street = np.arange(len(both)) < len(ends)
    return StreetGraph(
        x=points[:, 0],
        y=points[:, 1],
        from_node=both[:, 0],
        to_node=both[:, 1],
        length_m=length,
        cost=np.where(is_hard, AVOIDED_COST, 1.0) * length,
        is_street=is_street,
        is_lived_in=is_street & ~is_hard,
    )


def _collect_lines(city: City) -> tuple[npt.NDArray[Any], list[str], Bools]:
    """Return lines of streets, their classes and whether they run in tunnels; one for both directions."""
    layers = city.layers
    chosen = [layers["drive_edges"], layers["drive_cut_off"]]
    if not any(len(layer) for layer in chosen):
        chosen = [layers["walk_edges"]]
    lines = np.concatenate([layer.geometry.to_numpy() for layer in chosen])
    kinds = np.concatenate([layer["highway"].to_numpy() for layer in chosen]).astype(object)
    tunnel = np.concatenate([layer["tunnel"].to_numpy() for layer in chosen]).astype(bool)
    if not len(lines):
        return lines, [], tunnel
    start = shapely.get_coordinates(shapely.get_point(lines, 0))
    end = shapely.get_coordinates(shapely.get_point(lines, -1))
    is_turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    lines = np.where(is_turned, shapely.reverse(lines), lines)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    low = np.where(is_turned[:, None], end, start)
    high = np.where(is_turned[:, None], start, end)
    key = np.round(np.column_stack([low, high, middle, shapely.length(lines)]), 1)
    # twins drawn a little apart are told apart by exact length and middle, never by their order in the file
    rank = np.lexsort((kinds.astype(str), *middle.T, np.round(shapely.length(lines), 6), *key.T[::-1]))
    is_first = np.ones(len(rank), bool)
    is_first[1:] = (np.diff(key[rank], axis=0) != 0.0).any(axis=1)
    kept = rank[is_first]
    return lines[kept], list(kinds[kept]), tunnel[kept]


def _cut_lines(lines: npt.NDArray[Any], step_m: float) -> tuple[Floats, Floats]:
    """Return the points (n, 2) in the order of their coordinates, and pieces (m, 3): two points and the line."""
    length = shapely.length(lines)
    n_pieces = np.maximum(np.ceil(length / step_m).astype(np.int64), 1)
    is_loop = shapely.equals(shapely.get_point(lines, 0), shapely.get_point(lines, -1))
    n_pieces = np.where(is_loop, np.maximum(n_pieces, 3), n_pieces)
    line_of = np.repeat(np.arange(len(lines)), n_pieces + 1)
    first = np.concatenate([[0], np.cumsum(n_pieces + 1)])
    share = (np.arange(len(line_of)) - first[line_of]) / n_pieces[line_of]
    at = shapely.get_coordinates(shapely.line_interpolate_point(lines[line_of], share, normalized=True))
    points, node = np.unique(np.round(at / MM) * MM, axis=0, return_inverse=True)
    node = node.reshape(-1)
    inner = np.flatnonzero(line_of[1:] == line_of[:-1])
    pieces = np.column_stack([node[inner], node[inner + 1], line_of[inner]]).astype(np.float64)
    return points, pieces


def _piece_lengths(lines: npt.NDArray[Any], line_of: Ints) -> Floats:
    if not len(line_of):
        return np.zeros(0)
    n_pieces = np.bincount(line_of, minlength=len(lines))
    length = np.round(shapely.length(lines) / np.maximum(n_pieces, 1), 3)
    return np.maximum(length[line_of], LEAST_M)


def _keep_shortest(ends: Ints, length: Floats, line_of: Ints) -> tuple[Ints, Floats, Ints]:
    """Return each pair of points once, by the shortest piece."""
    ends = np.sort(ends, axis=1)
    rank = np.lexsort((line_of, length, ends[:, 1], ends[:, 0]))
    rank = rank[ends[rank, 0] != ends[rank, 1]]
    is_first = np.ones(len(rank), bool)
    is_first[1:] = (np.diff(ends[rank], axis=0) != 0).any(axis=1)
    kept = rank[is_first]
    return ends[kept], length[kept], line_of[kept]


def _join_parts(points: Floats, ends: Ints) -> Ints:
    """Return pairs of points (n, 2) whose direct cables make the graph whole, the shortest ones."""
    n = len(points)
    if n < 2:
        return np.zeros((0, 2), np.int64)
    links = sparse.csr_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n, n))
    n_parts, part = csgraph.connected_components(links, directed=False)
    if n_parts == 1:
        return np.zeros((0, 2), np.int64)
    pairs = np.concatenate([_neighbours(points), np.column_stack([np.arange(n - 1), np.arange(1, n)])])
    pairs = pairs[part[pairs[:, 0]] != part[pairs[:, 1]]]
    length = np.maximum(np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T), LEAST_M)
    parts = np.sort(part[pairs], axis=1)
    rank = np.lexsort((pairs[:, 1], pairs[:, 0], length, parts[:, 1], parts[:, 0]))
    is_first = np.ones(len(rank), bool)
    is_first[1:] = (np.diff(parts[rank], axis=0) != 0).any(axis=1)
    best = rank[is_first]
    shape = (n_parts, n_parts)
    between = sparse.csr_matrix((length[best], (parts[best, 0], parts[best, 1])), shape=shape)
    row = sparse.csr_matrix((best + 1.0, (parts[best, 0], parts[best, 1])), shape=shape)
    tree = csgraph.minimum_spanning_tree(between).tocoo()
    chosen = np.asarray(row[tree.row, tree.col]).reshape(-1).astype(np.int64) - 1
    return pairs[np.sort(chosen)]


def _neighbours(points: Floats) -> Ints:
    """Return pairs of points that are neighbours in the plane, (n, 2)."""
    try:
        triangles = Delaunay(points - points.mean(axis=0)).simplices.astype(np.int64)
    except (QhullError, ValueError):  # fewer than three points, or all on one line
        return np.zeros((0, 2), np.int64)
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    return np.unique(np.sort(sides, axis=1), axis=0)
