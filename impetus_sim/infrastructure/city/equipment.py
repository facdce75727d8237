"""Devices of which a map holds few: cameras, sirens, displays, petrol stations. Filled up by people for each.

Maps seldom hold them all: the extract from Monaco to Nice has no camera, and the city of Nice had 4 113. Nothing is
made unless it is asked for; what is made stands along the streets where people are, and is marked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csgraph

from impetus_sim.infrastructure.city.grouping import sum_by
from impetus_sim.infrastructure.city.places_of_map import MappedPlaces
from impetus_sim.infrastructure.city.premises import Premises
from impetus_sim.infrastructure.city.streets import StreetGraph

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

EQUIPMENT_KINDS: Final = ("camera", "siren", "sign", "petrol_station")
"""Kinds that can be filled up; maps hold no signs (displays at stops and over streets)."""
TYPICAL_PEOPLE: Final[Mapping[str, float]] = {
    "transformer": 275.0,
    "cell": 1_000.0,
    "camera": 1_350.0,
    "siren": 1_720.0,
    "sign": 3_500.0,
    "petrol_station": 6_000.0,
}
"""People for each one in a European city. transformer: 125 households of 2.2; 100 to 150 are usual in towns, 46
customers the mean of Enedis (recalled). cell: France had about 64 000 supports with 4G for 67 million people
(ANFR, 2023; recalled). camera: 11 400 in the 50 largest cities of France (CNEWS, 27 October 2021, read), 15.4
million people (recalled); Nice had one for 84 in 2023 (20 Minutes, 10 April 2023, read). siren: about 5 000 fixed
ones for the 8.6 million of Switzerland (Federal Office for Civil Protection, read). sign: 2 500 displays at stops
for 8.9 million in London (Transport for London; recalled). petrol_station: 11 000 for 67 million in France
(recalled)."""


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """Devices of a kind; x, y float64 (n,), m; map_row int64 (n,), row of the map's places, or -1 for made ones."""

    x: Floats
    y: Floats
    map_row: Ints

    def __len__(self) -> int:
        return len(self.x)


def place_equipment(
    kind: str, graph: StreetGraph, premises: Premises, places: MappedPlaces, people_each: float | None
) -> Equipment:
    """Return the mapped devices of a kind and, where a number is given, made ones up to that number.

    The made ones are set at equal shares of the people along the streets; each mapped one takes the place of the
    nearest.

    Parameters
    ----------
    kind
        Of `EQUIPMENT_KINDS`.
    graph, premises, places
        Streets, people, what the map holds.
    people_each
        People for each device; None leaves what the map holds.
    """
    mapped = places.of(kind)
    at = places.at(mapped)
    n_made = 0
    if people_each is not None:
        n_made = max(round(float(premises.people.sum()) / people_each) - len(mapped), 0)
    if n_made:
        wanted = _along_people(graph, premises, n_made + len(mapped), float(people_each or 0.0))
        at = np.concatenate([at, _without_nearest(wanted, at)])
    rows = np.concatenate([mapped, np.full(n_made, -1, np.int64)])
    return Equipment(x=at[:, 0], y=at[:, 1], map_row=rows)


def _along_people(graph: StreetGraph, premises: Premises, n: int, people_each: float) -> Floats:
    """Return n points of the streets, (n, 2), at equal shares of the people, neighbours after neighbours.

    A point with more people than one device is for counts as one with so many, so that devices spread.
    """
    people = sum_by(graph.nearest(premises.x, premises.y), premises.people, graph.n_nodes)
    order = csgraph.depth_first_order(
        csgraph.minimum_spanning_tree(graph.costs), 0, directed=False, return_predecessors=False
    )
    reached = np.cumsum(np.minimum(people, people_each)[order])
    share = (np.arange(n) + 0.5) / n * reached[-1]
    node = np.sort(order[np.searchsorted(reached, share)])
    return np.column_stack([graph.x[node], graph.y[node]])


def _without_nearest(wanted: Floats, mapped: Floats) -> Floats:
    """Return the wanted points without the one nearest to each mapped device, in turn."""
    for one in mapped:
        apart = np.hypot(wanted[:, 0] - one[0], wanted[:, 1] - one[1])
        wanted = np.delete(wanted, int(np.argmin(apart)), axis=0)
    return wanted
