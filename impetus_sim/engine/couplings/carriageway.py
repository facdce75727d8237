"""Which part of the two-dimensional ground is carriageway of which link, and how many people stand on it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.ops import substring

from impetus_sim.traffic.people_lights import crossing_widths_m

if TYPE_CHECKING:
    from impetus_sim.traffic.city_traffic import Streets
    from impetus_sim.traffic.road import Links
    from impetus_sim.world.world import World

STRETCH_M = 15.0
"""Density is taken over stretches of this length, two cars in a jam: the fullest one decides about its link."""
LEAST_SHARE = 0.25
"""Stretches of which less than this share is ground are left out."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Carriageway:
    """Stretches of links on the ground; static.

    link: int64 (stretches,). area: float64 (stretches,), m2 of ground. start, end: float64 (stretches,), m along
    the link.
    cell, stretch: int64 (pairs,), flat cells of the ground grid, ascending, and the stretch each belongs to; a cell
    of a street with two directions belongs to both.
    """

    link: Ints
    area: Floats
    start: Floats
    end: Floats
    cell: Ints
    stretch: Ints

    def stretches_of(self, cells: Ints) -> tuple[Ints, Ints]:
        """Return the stretches that cells belong to: which of the cells, and the stretch, (pairs,)."""
        first = np.searchsorted(self.cell, cells, side="left")
        n = np.searchsorted(self.cell, cells, side="right") - first
        which = np.repeat(np.arange(len(cells)), n)
        pair = np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n) + np.repeat(first, n)
        return which, self.stretch[pair]

    def holds(self, cells: Ints) -> npt.NDArray[np.bool_]:
        """Return which cells are carriageway."""
        k = np.minimum(np.searchsorted(self.cell, cells), len(self.cell) - 1)
        return np.asarray(self.cell[k] == cells)

    def density(self, cells: Ints) -> Floats:
        """Return the people per m2 on each stretch, from the cells in which people stand."""
        _, stretch = self.stretches_of(cells)
        return np.bincount(stretch, minlength=len(self.link)) / self.area


def cells_at(world: World, x: Floats, y: Floats) -> Ints:
    """Return the flat cell of the ground grid at each point; points lie on the grid."""
    ground = world.ground
    rows = ((y - ground.y0) / ground.cell).astype(np.int64)
    columns = ((x - ground.x0) / ground.cell).astype(np.int64)
    return rows * ground.shape[1] + columns


def build_carriageway(world: World, links: Links, streets: Streets) -> Carriageway:
    """Find the carriageway on the ground: a band around each link as wide as the lanes of both directions."""
    which = np.repeat(np.arange(links.n_links), np.diff(streets.first))
    lines = np.asarray(shapely.linestrings(streets.points, indices=which))
    width = crossing_widths_m(links)
    near = np.flatnonzero(shapely.dwithin(lines, world.ground.polygon, width / 2.0))
    link: list[int] = []
    area: list[float] = []
    spans: list[tuple[float, float]] = []
    cells: list[Ints] = []
    stretch: list[Ints] = []
    for k in near:
        for span, band in _bands(lines[k], float(width[k])):
            found = _cells_in(world, band)
            held = len(found) * world.ground.cell**2
            if held >= LEAST_SHARE * band.area:
                cells.append(found)
                stretch.append(np.full(len(found), len(link)))
                link.append(int(k))
                area.append(held)
                spans.append(span)
    empty = np.zeros(0, np.int64)
    cell, of = np.concatenate([empty, *cells]), np.concatenate([empty, *stretch])
    order = np.lexsort((of, cell))
    start, end = np.array(spans, np.float64).reshape(-1, 2).T
    return Carriageway(
        link=np.array(link, np.int64),
        area=np.array(area, np.float64),
        start=start,
        end=end,
        cell=cell[order],
        stretch=of[order],
    )


def _bands(line: shapely.LineString, width: float) -> list[tuple[tuple[float, float], shapely.Polygon]]:
    n = max(1, round(line.length / STRETCH_M))
    at = np.linspace(0.0, line.length, n + 1)
    return [
        ((a, b), substring(line, a, b).buffer(width / 2.0, cap_style="flat"))
        for a, b in pairwise(at)
        if b > a
    ]


def _cells_in(world: World, band: shapely.Polygon) -> Ints:
    # Cells of the ground whose centre lies in the band, and at the level of the streets.
    ground = world.ground
    x0, y0, x1, y1 = band.bounds
    rows = np.arange(
        max(0, int((y0 - ground.y0) / ground.cell)),
        min(ground.shape[0], int((y1 - ground.y0) / ground.cell) + 1),
    )
    columns = np.arange(
        max(0, int((x0 - ground.x0) / ground.cell)),
        min(ground.shape[1], int((x1 - ground.x0) / ground.cell) + 1),
    )
    row, column = (a.ravel() for a in np.meshgrid(rows, columns, indexing="ij"))
    x = np.asarray(ground.x0 + (column + 0.5) * ground.cell, np.float64)
    y = np.asarray(ground.y0 + (row + 0.5) * ground.cell, np.float64)
    hit = shapely.contains_xy(band, x, y) & (ground.inside[row, column] == 1)
    hit &= world.sheets.number(x, y) < 0 if len(world.sheets) else True
    return (row[hit] * ground.shape[1] + column[hit]).astype(np.int64)
