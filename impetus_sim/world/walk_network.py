"""The walk network as arrays: nodes, links, where each link lies, and where areas of ground cut it.

A link is walked in both directions; direction ``2 k`` of link ``k`` goes from `u` to `v`, ``2 k + 1`` back.
Where a link crosses the border of an area that is simulated in two dimensions it is cut: the new node is a
border node, and the pieces inside the area belong to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
import shapely.ops
from shapely.geometry.base import BaseGeometry

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.highway_classes import DRIVE, LANE_WIDTH_M, SIDEWALK_M, WALK_WIDTH_M

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

LEAST_LENGTH_M = 0.5
"""Shorter pieces of a cut link are left out: the border passes through the junction itself."""
OTHER_WIDTH_M = 2.5

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class WalkNetwork:
    """Nodes and links; static.

    node_x, node_y: float64 (nodes,), m. is_map_edge: bool (nodes,), where the data ends.
    node_area: int64 (nodes,), area on whose border the node lies, -1 for none.
    u, v: int64 (links,), end nodes. length, width: float64 (links,), m. is_width_guessed: bool (links,).
    link_area: int64 (links,), area that the link lies in, -1 for none.
    first: int64 (links + 1,) into the points of all links; point_x, point_y, along: float64, m.
    names: name of each link's street.
    """

    node_x: Floats
    node_y: Floats
    is_map_edge: npt.NDArray[np.bool_]
    node_area: Ints
    u: Ints
    v: Ints
    length: Floats
    width: Floats
    is_width_guessed: npt.NDArray[np.bool_]
    link_area: Ints
    first: Ints
    point_x: Floats
    point_y: Floats
    along: Floats
    names: tuple[str, ...]

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_x)

    @property
    def n_links(self) -> int:
        """Number of links."""
        return len(self.u)

    def lines(self) -> npt.NDArray[np.object_]:
        """Return the links as shapely lines, in order."""
        points = np.column_stack([self.point_x, self.point_y])
        which = np.repeat(np.arange(self.n_links), np.diff(self.first))
        return np.asarray(shapely.linestrings(points, indices=which))


@dataclass(frozen=True, kw_only=True)
class _Piece:
    u: int
    v: int
    line: BaseGeometry
    area: int
    source: int


def build_walk_network(city: City, areas: Sequence[BaseGeometry] = ()) -> WalkNetwork:
    """Build the network of a city, cut at the borders of `areas`.

    Parameters
    ----------
    city
        With layers walk_nodes and walk_edges.
    areas
        Polygons that do not overlap. Tunnels pass beneath them uncut.

    Raises
    ------
    InvalidInputError
        When the map has no walk network.
    """
    nodes, edges = city.layers["walk_nodes"], city.layers["walk_edges"]
    edges = edges[edges["u"] < edges["v"]] if len(edges) else edges  # one of each pair; loops lead nowhere
    edges = edges.sort_values(["u", "v", "key"], kind="stable")
    if not len(edges):
        raise InvalidInputError(
            f"the map '{city.name}' has no walk network",
            hint="leave out crowd.links, or use a map of streets",
        )
    ids = nodes["node_id"].to_numpy()
    index = {int(node): k for k, node in enumerate(ids)}
    points = nodes.geometry.to_numpy()
    node_x, node_y = list(shapely.get_x(points)), list(shapely.get_y(points))
    node_area = [-1] * len(ids)
    pieces: list[_Piece] = []
    tunnels = edges["tunnel"].to_numpy()
    lines = edges.geometry.to_numpy()
    cut = np.full(len(lines), -1)
    for a, area in enumerate(areas):
        shapely.prepare(area)
        cut[shapely.intersects(area, lines) & ~tunnels] = a
    ends = zip(edges["u"].to_numpy(), edges["v"].to_numpy(), strict=True)
    for k, (u, v) in enumerate(ends):
        first, last = index[int(u)], index[int(v)]
        if cut[k] < 0:
            pieces.append(_Piece(u=first, v=last, line=lines[k], area=-1, source=k))
            continue
        at = first
        parts = _split(lines[k], areas)
        for n, (line, area_index) in enumerate(parts):
            if n == len(parts) - 1:
                to = last
            else:
                x, y = line.coords[-1][:2]
                to = len(node_x)
                node_x.append(x)
                node_y.append(y)
                node_area.append(max(area_index, parts[n + 1][1]))
            pieces.append(_Piece(u=at, v=to, line=line, area=area_index, source=k))
            at = to
    sources = np.array([piece.source for piece in pieces])
    width, is_guessed = _widths(edges)
    coords, which = shapely.get_coordinates([piece.line for piece in pieces], return_index=True)
    first_point = np.searchsorted(which, np.arange(len(pieces) + 1))
    step = np.hypot(*np.diff(coords, axis=0, prepend=coords[:1]).T)
    step[first_point[:-1]] = 0.0
    total = np.cumsum(step)
    along = total - np.repeat(total[first_point[:-1]], np.diff(first_point))
    n_new = len(node_x) - len(ids)
    names = edges["name"].to_numpy()
    return WalkNetwork(
        node_x=np.array(node_x),
        node_y=np.array(node_y),
        is_map_edge=np.concatenate([nodes["at_map_edge"].to_numpy().astype(bool), np.zeros(n_new, bool)]),
        node_area=np.array(node_area, np.int64),
        u=np.array([piece.u for piece in pieces], np.int64),
        v=np.array([piece.v for piece in pieces], np.int64),
        length=np.maximum(along[first_point[1:] - 1], LEAST_LENGTH_M),
        width=width[sources],
        is_width_guessed=is_guessed[sources],
        link_area=np.array([piece.area for piece in pieces], np.int64),
        first=first_point.astype(np.int64),
        point_x=np.ascontiguousarray(coords[:, 0]),
        point_y=np.ascontiguousarray(coords[:, 1]),
        along=along,
        names=tuple(str(names[k]) for k in sources),
    )


def _split(line: BaseGeometry, areas: Sequence[BaseGeometry]) -> list[tuple[BaseGeometry, int]]:
    """Return the pieces of a line from its start to its end, each with the area it lies in or -1."""
    marks = {0.0, line.length}
    for area in areas:
        hit = shapely.intersection(line, area.boundary)
        marks |= {float(line.project(shapely.Point(p))) for p in shapely.get_coordinates(hit)}
    ordered = sorted(marks)
    at = [m for k, m in enumerate(ordered) if k == 0 or m - ordered[k - 1] > 1e-6]
    parts: list[tuple[float, float, int]] = []
    for a, b in pairwise(at):
        middle = line.interpolate(0.5 * (a + b))
        inside = next((k for k, area in enumerate(areas) if area.contains(middle)), -1)
        is_short = b - a < LEAST_LENGTH_M
        if parts and (parts[-1][2] == inside or is_short):
            parts[-1] = (parts[-1][0], b, parts[-1][2])
        elif parts and parts[-1][1] - parts[-1][0] < LEAST_LENGTH_M:
            parts[-1] = (parts[-1][0], b, inside)
        else:
            parts.append((a, b, inside))
    return [(shapely.ops.substring(line, a, b), area) for a, b, area in parts]


def _widths(edges: object) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the width of each edge, m, and whether it is guessed from its highway class."""
    columns = edges.columns  # type: ignore[attr-defined]
    highway = edges["highway"].to_numpy()  # type: ignore[index]
    guess = np.array([guess_width_m(str(kind)) for kind in highway])
    known = edges["width_m"].to_numpy() if "width_m" in columns else np.zeros(len(guess))  # type: ignore[index]
    source = edges["width_source"].to_numpy() if "width_m" in columns else np.full(len(guess), "guessed")  # type: ignore[index]
    is_guessed = (known <= 0.0) | (source == "guessed")
    return np.where(known > 0.0, known, guess).astype(np.float64), is_guessed


def guess_width_m(highway: str) -> float:
    """Return the usual width of a class: carriageway and sidewalks, or the width of a footway."""
    if highway in WALK_WIDTH_M:
        return WALK_WIDTH_M[highway]
    kind = DRIVE.get(highway)
    if kind is None:
        return OTHER_WIDTH_M
    return kind.lanes * LANE_WIDTH_M + (2.0 * SIDEWALK_M if kind.sidewalks else 0.0)
