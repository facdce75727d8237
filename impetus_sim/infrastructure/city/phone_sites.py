"""Where cells and exchanges stand: mapped masts, and a grid of cells that is finer where more people are.

A square is cut into four while it holds more people than a cell is for or is wider than a cell reaches; what is
left is one cell at the centre of its people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from impetus_sim.infrastructure.city.grouping import group_tree, middle_of_groups, spanning_tree, sum_by
from impetus_sim.infrastructure.city.places_of_map import MappedPlaces
from impetus_sim.infrastructure.city.premises import Premises
from impetus_sim.infrastructure.city.spec import CitySpec
from impetus_sim.infrastructure.city.streets import StreetGraph
from impetus_sim.infrastructure.telecom.erlang import lines_needed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SAME_MAST_M: Final = 50.0
"""Mapped masts closer than this are one site."""
DIAGONAL: Final = 2.0**0.5
OVERLAP: Final = 1.25
"""A cell reaches this much farther than its part of the grid, so that neighbours can stand in for it."""
LEAST_LINES: Final = 30
"""Calls at once of the smallest site: three sectors with about ten channels each (recalled)."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Sites of the phone network; all arrays (cells,).

    x, y, range_m: m. lines: calls at once. people: in the busy hour. exchange: row of the exchange over which it
    is connected. map_row: row of the map's places, or -1 for a synthetic one.
    """

    x: Floats
    y: Floats
    range_m: Floats
    lines: Ints
    people: Floats
    exchange: Ints
    map_row: Ints

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, kw_only=True)
class Exchanges:
    """Exchanges: x, y float64 (n,), m; people float64 (n,) in its area; map_row int64 (n,), or -1."""

    x: Floats
    y: Floats
    people: Floats
    map_row: Ints

    def __len__(self) -> int:
        return len(self.x)


def place_exchanges(
    graph: StreetGraph, premises: Premises, places: MappedPlaces, spec: CitySpec
) -> Exchanges:
    """Place exchanges, one for each part of the streets with so many people; mapped ones replace the nearest."""
    near = graph.nearest(premises.x, premises.y)
    people = sum_by(near, premises.people, graph.n_nodes)
    group, tops = group_tree(
        spanning_tree(graph), people, most_load=spec.exchange_people, most_span_m=spec.exchange_span_m
    )
    node = np.sort(middle_of_groups(group, len(tops), graph.x, graph.y, people))
    at, row = places.replace_nearest(
        np.column_stack([graph.x[node], graph.y[node]]),
        places.of("telephone_exchange"),
        within_m=spec.exchange_span_m / 2.0,
    )
    _, served = cKDTree(at).query(np.column_stack([premises.x, premises.y]))
    return Exchanges(x=at[:, 0], y=at[:, 1], people=sum_by(served, premises.people, len(at)), map_row=row)


def place_cells(premises: Premises, exchanges: Exchanges, places: MappedPlaces, spec: CitySpec) -> Cells:
    """Place cells where people are, sized for the calls of the busy hour."""
    at, width = _cut_into_squares(premises, spec)
    mapped = _distinct_masts(places)
    mapped_at = places.at(mapped)
    row = np.full(len(at), -1, np.int64)
    is_extra = np.ones(len(mapped), bool)
    if len(mapped):
        apart, nearest = cKDTree(at).query(mapped_at)
        for one in np.argsort(apart, kind="stable").tolist():
            cell = int(nearest[one])
            if row[cell] < 0 and apart[one] <= width[cell] / 2.0:
                at[cell], row[cell], is_extra[one] = mapped_at[one], mapped[one], False
    extra_width = np.full(int(is_extra.sum()), width.max())
    if is_extra.any():
        extra_width = width[cKDTree(at).query(mapped_at[is_extra])[1]]
    at = np.concatenate([at, mapped_at[is_extra]])
    row = np.concatenate([row, mapped[is_extra]])
    width = np.concatenate([width, extra_width])
    rank = np.lexsort((at[:, 1], at[:, 0]))
    at, row, width = at[rank], row[rank], width[rank]
    apart, served = cKDTree(at).query(np.column_stack([premises.x, premises.y]))
    farthest = np.zeros(len(at))
    np.maximum.at(farthest, served, apart)
    people = sum_by(served, premises.people, len(at))
    lines = np.array([lines_needed(n * spec.busy_hour_erlang, spec.blocking) for n in people.tolist()])
    return Cells(
        x=at[:, 0],
        y=at[:, 1],
        range_m=OVERLAP * np.maximum(np.maximum(width / DIAGONAL, farthest), spec.cell_least_m),
        lines=np.maximum(lines, LEAST_LINES).astype(np.int64),
        people=people,
        exchange=cKDTree(np.column_stack([exchanges.x, exchanges.y])).query(at)[1].astype(np.int64),
        map_row=row,
    )


def _distinct_masts(places: MappedPlaces) -> Ints:
    """Return the mapped masts, one for each site."""
    kept: list[int] = []
    for row in places.of("communications_tower").tolist():
        apart = np.hypot(places.x[kept] - places.x[row], places.y[kept] - places.y[row])
        if not kept or apart.min() >= SAME_MAST_M:
            kept.append(row)
    return np.array(kept, np.int64)


def _cut_into_squares(premises: Premises, spec: CitySpec) -> tuple[Floats, Floats]:
    """Return the centre of people (n, 2) and the width (n,) of each square that is left."""
    x, y, people = premises.x, premises.y, premises.people
    x0, y0 = np.floor(x.min()), np.floor(y.min())
    side = max(float(np.ceil(max(x.max() - x0, y.max() - y0))), 1.0)
    widest = spec.cell_most_m * DIAGONAL / OVERLAP
    narrowest = spec.cell_least_m
    centres, widths = [], []
    stack = [(x0, y0, side, np.arange(len(x)))]
    while stack:
        left, low, width, inside = stack.pop()
        held = people[inside]
        is_full = held.sum() > spec.cell_people and width > narrowest
        if width > widest or is_full:
            half = width / 2.0
            east, north = x[inside] >= left + half, y[inside] >= low + half
            for column, row in ((1, 1), (0, 1), (1, 0), (0, 0)):
                part = inside[(east == column) & (north == row)]
                if len(part):
                    stack.append((left + column * half, low + row * half, half, part))
            continue
        weight = np.maximum(held, 1e-6)
        centres.append((np.average(x[inside], weights=weight), np.average(y[inside], weights=weight)))
        widths.append(width)
    return np.array(centres), np.array(widths)
