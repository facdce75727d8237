"""Walkable ground as walls, exits and grids.

Walls are the rings of the walkable polygons, cut into segments. A stretch of a ring can be the line of an
exit: open, people walk through it and have left; closed, it is a wall like the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from impetus_sim.errors import InvalidInputError
from impetus_sim.kernels import raster
from impetus_sim.world.gates import GateLine, cut_gates

MARGIN_M = 1.0
"""Free border of the grids around the ground, so that no kernel leaves them."""
BAND_M = 1.5
"""Wall distances are exact up to here."""
NEAR_WALL_M = 0.9
"""Walls farther than this neither push nor stop anybody in one step."""
SIGHT_WALL_M = 3.0
"""Walls farther than this cannot stand between two people who react to each other."""
WALL_CELL_M = 0.5
SNAP_M = 1.0
"""An exit line must lie this close to the edge of the walkable ground."""
BODY_ROOM_M = 0.2
"""Where no point is this far from every wall there is no way: a body, which keeps this distance, cannot pass."""
MAX_GRID_CELLS = 6_000_000


@dataclass(frozen=True, kw_only=True)
class ExitLine:
    """One exit as drawn: a line or an area on (or within `SNAP_M` of) the edge of the walkable ground."""

    name: str
    geometry: BaseGeometry
    width_m: float | None = None


@dataclass(frozen=True, kw_only=True)
class WallList:
    """Walls near each cell of the wall grid, as one running list.

    start: int32 (cells + 1,), of: int32 (total,) wall indices, ascending inside a cell.
    """

    start: npt.NDArray[np.int32]
    of: npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Walkable ground of one run; static, but for `walkable`, `wall_distance`, `wall_is_solid`, which follow gates.

    walls: float64 (n, 4), m, interior on the left; gates come last. wall_exit: int32 (n,), exit index or -1.
    Passages are lines like exits, numbered after them, across which people come to another part of the ground.
    wall_gate: int32 (n,), gate index or -1. wall_is_solid: uint8 (n,), 0 for the lines of open gates.
    walkable: uint8 (rows, columns), cells wholly inside. inside: uint8, cells whose centre is inside.
    wall_distance: float32 (rows, columns), m, up to `BAND_M`.
    """

    polygon: Polygon | MultiPolygon
    exit_names: tuple[str, ...]
    walls: npt.NDArray[np.float64]
    wall_exit: npt.NDArray[np.int32]
    x0: float
    y0: float
    cell: float
    walkable: npt.NDArray[np.uint8]
    inside: npt.NDArray[np.uint8]
    wall_distance: npt.NDArray[np.float32]
    wall_columns: int
    near: WallList
    sight: WallList
    wall_gate: npt.NDArray[np.int32]
    wall_is_solid: npt.NDArray[np.uint8]
    gate_names: tuple[str, ...] = ()
    passage_names: tuple[str, ...] = ()

    @property
    def line_names(self) -> tuple[str, ...]:
        """Names of all lines that people can cross, by their index: exits, then passages."""
        return (*self.exit_names, *self.passage_names)

    @property
    def shape(self) -> tuple[int, int]:
        """Grid rows and columns."""
        return self.walkable.shape[0], self.walkable.shape[1]

    def exit_segments(self, index: int) -> npt.NDArray[np.float64]:
        """Return the segments of one exit, float64 (m, 4), interior on the left."""
        return self.walls[self.wall_exit == index]

    def gate_segments(self, index: int) -> npt.NDArray[np.float64]:
        """Return the segments of one gate, float64 (m, 4)."""
        return self.walls[self.wall_gate == index]

    def exit_width_m(self, index: int) -> float:
        """Return the clear width of one exit."""
        segments = self.exit_segments(index)
        return float(np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]).sum())

    def holds(self, x: float, y: float, *, room_m: float = 0.0) -> bool:
        """Tell whether a point lies in a walkable cell, with at least so much room to every wall."""
        row, column = int((y - self.y0) // self.cell), int((x - self.x0) // self.cell)
        if not (0 <= row < self.shape[0] and 0 <= column < self.shape[1]):
            return False
        # the distance is that of the cell's middle: anywhere in it there is at most half a diagonal less
        needed = room_m + 0.71 * self.cell if room_m > 0.0 else 0.0
        return bool(self.walkable[row, column] == 1 and self.wall_distance[row, column] >= needed)

    def cells_of(self, area: BaseGeometry, *, with_edges: bool = False) -> npt.NDArray[np.int64]:
        """Return the flat indices of walkable cells whose centre lies in an area, ascending.

        `with_edges` adds the cells that walls cut: people can stand there, although no way leads through.
        """
        rows, columns = np.nonzero(np.ones_like(self.walkable) if with_edges else self.walkable)
        x = self.x0 + (columns + 0.5) * self.cell
        y = self.y0 + (rows + 0.5) * self.cell
        hit = shapely.contains_xy(area, x, y)
        return (rows[hit] * self.shape[1] + columns[hit]).astype(np.int64)


def build_ground(
    walkable: BaseGeometry,
    *,
    exits: Sequence[ExitLine],
    border_exits: Sequence[tuple[str, Sequence[tuple[float, float]]]] = (),
    passages: Sequence[ExitLine] = (),
    gates: Sequence[GateLine] = (),
    cell: float = 0.25,
) -> Ground:
    """Build ground from a walkable polygon and its exits.

    Parameters
    ----------
    walkable
        Polygon or MultiPolygon in local metres.
    exits
        Exits as drawn; order does not matter (they are sorted by name).
    border_exits
        More exits as named runs of ring points (`impetus_sim.world.border`).
    passages
        Lines to other parts of the ground, in the order in which they are numbered after the exits.
    gates
        Lines inside the ground that can be closed; the grids are those with all of them open.
    cell
        Grid cell, m; doubled until the grid has at most `MAX_GRID_CELLS` cells.

    Raises
    ------
    InvalidInputError
        When an exit is not on the edge of the ground, two exits overlap, or there is no ground.
    """
    polygons = [orient(p) for p in getattr(walkable, "geoms", [walkable]) if p.area > 0]
    if not polygons:
        raise InvalidInputError(
            "there is no walkable ground here", hint="check the place and radius of crowd.focus"
        )
    polygons, drawn = _cut_out_inner_exits(polygons, exits)
    rings = [ring for p in polygons for ring in (p.exterior, *p.interiors)]
    names = sorted({e.name for e in exits} | {name for name, _ in border_exits})
    n_exits = len(names)
    names += [line.name for line in passages]
    drawn += passages
    stretches: dict[int, list[tuple[float, float, int]]] = {}
    for line in drawn:
        ring, spans = _find_stretch(rings, line)
        stretches.setdefault(ring, []).extend((a, b, names.index(line.name)) for a, b in spans)
    for name, points in border_exits:
        ring, a, b = _stretch_of_points(rings, points)
        stretches.setdefault(ring, []).append((a, b, names.index(name)))
    pieces = [_cut_ring(ring, stretches.get(k, []), names) for k, ring in enumerate(rings)]
    walls = np.ascontiguousarray(np.concatenate([w for w, _ in pieces]))
    wall_exit = np.concatenate([e for _, e in pieces])
    polygon = MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]
    segments, of_gate = cut_gates(polygon, gates)
    return _with_grids(
        polygon, names, n_exits, walls, wall_exit, segments, of_gate, cell, [g.name for g in gates]
    )


def _cut_out_inner_exits(
    polygons: list[Polygon], exits: Sequence[ExitLine]
) -> tuple[list[Polygon], list[ExitLine]]:
    # An exit area inside the ground (a metro stair, a shelter) becomes a hole whose ring is the exit.
    drawn = []
    for line in exits:
        geometry = line.geometry
        if geometry.geom_type == "Polygon":
            for k, polygon in enumerate(polygons):
                if polygon.contains(geometry):
                    left = polygon.difference(geometry)
                    polygons[k : k + 1] = [orient(p) for p in getattr(left, "geoms", [left])]
                    break
        drawn.append(line)
    return polygons, drawn


def _find_stretch(rings: list[LineString], line: ExitLine) -> tuple[int, list[tuple[float, float]]]:
    geometry = line.geometry
    anchor = geometry.centroid if geometry.geom_type != "Point" else geometry
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        touched = [(ring.intersection(geometry.buffer(1e-6)).length, k) for k, ring in enumerate(rings)]
        length, k = max(touched)
        if length <= 0:
            raise InvalidInputError(
                f"exit '{line.name}' does not touch the edge of the walkable ground",
                hint="draw its area across the edge, or as a line on it",
            )
        parts = rings[k].intersection(geometry.buffer(1e-6))
        return k, [_span_of(rings[k], part) for part in _lines(parts)]
    distance, k = min((ring.distance(anchor), k) for k, ring in enumerate(rings))
    ring = rings[k]
    if geometry.geom_type == "Point":
        if distance > max(SNAP_M, line.width_m or 0.0):
            raise _off_edge(line.name, distance)
        centre = ring.project(geometry)
        half = 0.5 * (line.width_m or 2.0)
        return k, [(centre - half, centre + half)]
    ends = [Point(geometry.coords[0]), Point(geometry.coords[-1])]
    # the ring on which both ends lie, rather than the one nearest to the middle (a gap may be open ground)
    worst, k = min((max(r.distance(ends[0]), r.distance(ends[1])), j) for j, r in enumerate(rings))
    if worst > SNAP_M:
        raise _off_edge(line.name, worst)
    return k, [_span(rings[k], geometry.coords[0], geometry.coords[-1])]


def _off_edge(name: str, distance: float) -> InvalidInputError:
    return InvalidInputError(
        f"exit '{name}' is {distance:.1f} m away from the edge of the walkable ground (at most {SNAP_M:g} m)",
        hint="draw the exit on the edge, for instance across a gap in the fence",
    )


def _lines(geometry: BaseGeometry) -> list[LineString]:
    merged = shapely.line_merge(geometry)
    return [g for g in getattr(merged, "geoms", [merged]) if g.geom_type == "LineString" and g.length > 0]


def _span_of(ring: LineString, part: LineString) -> tuple[float, float]:
    # A part that is the whole ring (the rim of a stair) has no ends to tell apart.
    if part.is_ring or part.length > ring.length - 1e-5:
        return 0.0, ring.length
    a, b = _span(ring, part.coords[0], part.coords[-1])
    is_shorter_way = abs(b - a - part.length) < abs(ring.length - (b - a) - part.length)
    return (a, b) if is_shorter_way else (b, a + ring.length)


def _span(ring: LineString, start: Sequence[float], end: Sequence[float]) -> tuple[float, float]:
    # The shorter way along the ring from one end to the other.
    a, b = sorted((ring.project(Point(start)), ring.project(Point(end))))
    return (a, b) if b - a <= ring.length - (b - a) else (b, a + ring.length)


def _stretch_of_points(
    rings: list[LineString], points: Sequence[tuple[float, float]]
) -> tuple[int, float, float]:
    middle = Point(points[len(points) // 2])
    _, k = min((ring.distance(middle), k) for k, ring in enumerate(rings))
    ring = rings[k]
    along = [ring.project(Point(p)) for p in points]
    a, b = along[0], along[-1]
    return k, a, b if b > a else b + ring.length


def _cut_ring(
    ring: LineString, spans: list[tuple[float, float, int]], names: list[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    # Walk the ring from cut to cut: between two neighbouring cuts everything belongs to one exit or to none.
    length = ring.length
    spans = sorted((a % length, a % length + (b - a), e) for a, b, e in spans)
    following = [*spans[1:], *((a + length, b + length, e) for a, b, e in spans[:1])]
    for (_, b, e), (a, _, f) in zip(spans, following, strict=True):
        if a < b - 1e-6 and e != f:
            raise InvalidInputError(f"exits '{names[e]}' and '{names[f]}' overlap", hint="move or narrow one")
    coords = np.asarray(ring.coords)[:, :2]
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(coords, axis=0).T))])
    cuts = sorted({*(a for a, _, _ in spans), *(b % length for _, b, _ in spans)})
    marks = sorted({*np.round(at[:-1], 9), *np.round(cuts, 9)})
    marks = [m for k, m in enumerate(marks) if k == 0 or m - marks[k - 1] > 1e-7]
    points = np.column_stack([np.interp(marks, at, coords[:, 0]), np.interp(marks, at, coords[:, 1])])
    walls = np.hstack([points, np.roll(points, -1, axis=0)])
    ends = np.append(marks[1:], marks[0] + length)
    middles = 0.5 * (np.asarray(marks) + ends)
    wall_exit = np.full(len(walls), -1, np.int32)
    for a, b, e in spans:
        for shift in (0.0, length):
            wall_exit[(middles + shift > a) & (middles + shift < b)] = e
    return walls, wall_exit


def _with_grids(
    polygon: Polygon | MultiPolygon,
    names: list[str],
    n_exits: int,
    walls: npt.NDArray[np.float64],
    wall_exit: npt.NDArray[np.int32],
    segments: npt.NDArray[np.float64],
    of_gate: npt.NDArray[np.int32],
    cell: float,
    gate_names: list[str],
) -> Ground:
    left, bottom, right, top = polygon.bounds
    x0, y0 = left - MARGIN_M, bottom - MARGIN_M
    while ((right - x0 + MARGIN_M) / cell) * ((top - y0 + MARGIN_M) / cell) > MAX_GRID_CELLS:
        cell *= 2.0
    shape = (int(np.ceil((top + MARGIN_M - y0) / cell)), int(np.ceil((right + MARGIN_M - x0) / cell)))
    inside = np.empty(shape, np.uint8)
    raster.fill_inside(walls, x0, y0, cell, inside)
    crossed = np.zeros(shape, np.uint8)
    raster.mark_crossed(walls[wall_exit < 0], x0, y0, cell, crossed)
    distance = np.empty(shape, np.float32)
    raster.fill_distance(walls[wall_exit < 0], x0, y0, cell, BAND_M, distance)
    wall_gate = np.concatenate([np.full(len(walls), -1, np.int32), of_gate])
    walls = np.ascontiguousarray(np.concatenate([walls, segments]))
    wall_exit = np.concatenate([wall_exit, np.full(len(segments), -1, np.int32)])
    wall_rows = int(np.ceil(shape[0] * cell / WALL_CELL_M)) + 1
    wall_columns = int(np.ceil(shape[1] * cell / WALL_CELL_M)) + 1
    lists = []
    for reach in (NEAR_WALL_M, SIGHT_WALL_M):
        start = np.zeros(wall_rows * wall_columns + 1, np.int32)
        total = raster.count_segments_near(walls, x0, y0, WALL_CELL_M, wall_columns, reach, start)
        of = np.empty(total, np.int32)
        raster.list_segments_near(walls, x0, y0, WALL_CELL_M, wall_columns, reach, start, of)
        lists.append(WallList(start=start, of=of))
    walkable = inside & (1 - crossed)
    is_solid = ((wall_exit < 0) & (wall_gate < 0)).astype(np.uint8)
    raster.drop_narrow(
        walls, is_solid, x0, y0, cell, WALL_CELL_M, wall_columns, lists[0].start, lists[0].of, BODY_ROOM_M,
        distance, walkable,
    )  # fmt: skip
    return Ground(
        polygon=polygon,
        exit_names=tuple(names[:n_exits]),
        passage_names=tuple(names[n_exits:]),
        walls=walls,
        wall_exit=wall_exit,
        x0=x0,
        y0=y0,
        cell=cell,
        walkable=walkable,
        inside=inside,
        wall_distance=distance,
        wall_columns=wall_columns,
        near=lists[0],
        sight=lists[1],
        wall_gate=wall_gate,
        wall_is_solid=(wall_gate < 0).astype(np.uint8),
        gate_names=tuple(gate_names),
    )
