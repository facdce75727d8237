"""Who is supplied where: people and peak load of each building, or by rule along streets without buildings.

Load is the share of a building in the common peak, by use and floor area. With the people of
`maps.building_uses` the densities give 0.2 to 2.8 kW per person by use, 0.5 to 0.9 for a usual mix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city.grouping import sum_by
from impetus_sim.infrastructure.city.spec import CitySpec
from impetus_sim.infrastructure.city.streets import StreetGraph
from impetus_sim.maps.building_uses import M2_PER_1000_FT2, PEOPLE_PER_1000_FT2

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WATTS_PER_M2: Final[Mapping[str, float]] = {
    "residential": 20.0,
    "office": 35.0,
    "retail": 40.0,
    "school": 25.0,
    "university": 35.0,
    "healthcare": 45.0,
    "hotel": 35.0,
    "industrial": 30.0,
    "assembly": 25.0,
    "transport": 35.0,
    "unknown": 20.0,
    "outbuilding": 3.0,
}
"""Use to share in the common peak per m2 of gross floor. Recalled: dwellings 1.5-2 kW each after diversity on 80-90
m2 (British network operators' ADMD for homes heated by gas or district heat); others about half of the installed
densities of BSRIA's Rules of Thumb (BG 9) and CIBSE Guide F, which is their usual diversity."""
OTHER_USE: Final = "unknown"
NEAR_BUILDINGS_M: Final = 100.0
"""Along streets no people are set closer than this to a mapped building."""


@dataclass(frozen=True, kw_only=True)
class Premises:
    """Customers, in the order of their coordinates.

    Parameters
    ----------
    x, y
        float64 (n,), m.
    people, load_kw
        float64 (n,), at the peak.
    building
        Row in the city's layer of buildings, int64 (n,); -1 for places made by a rule.
    findings
        What was made by a rule, in sentences.
    """

    x: Floats
    y: Floats
    people: Floats
    load_kw: Floats
    building: Ints
    findings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.x)


def building_premises(city: City) -> Premises:
    """Return the buildings of a city with their people and load."""
    buildings = city.layers["buildings"]
    shapes = buildings.geometry.to_numpy()
    at = shapely.get_coordinates(shapely.centroid(shapes)).reshape(-1, 2)
    floor = shapely.area(shapes) * buildings["storeys"].to_numpy(np.float64)
    watts = np.array([WATTS_PER_M2.get(use, WATTS_PER_M2[OTHER_USE]) for use in buildings["use"]], np.float64)
    names = buildings["osm_id"].to_numpy().astype(str)
    rank = np.lexsort((floor, names, np.round(at[:, 1], 3), np.round(at[:, 0], 3)))
    return Premises(
        x=at[rank, 0],
        y=at[rank, 1],
        people=buildings["people_estimate"].to_numpy(np.float64)[rank],
        load_kw=(floor * watts / 1000.0)[rank],
        building=rank.astype(np.int64),
    )


def nothing_to_supply(city: City) -> InvalidInputError:
    """Return the error of a map that holds no customers."""
    return InvalidInputError(
        f"map '{city.name}' has no buildings, streets or ground to supply",
        hint="use a map of streets or buildings, or leave out infrastructure",
    )


def fill_premises(city: City, graph: StreetGraph, known: Premises, spec: CitySpec) -> Premises:
    """Return the customers of a city: its buildings, and people along its streets where buildings are not mapped.

    Raises
    ------
    InvalidInputError
        When the map has neither buildings nor streets nor ground.
    """
    street_km = float(graph.length_m[graph.is_street].sum()) / 1000.0
    has_people = known.people.sum() > 0.0
    if has_people and len(known) >= spec.houses_per_km * street_km:
        return known
    if street_km > 0.0:
        return _along_streets(graph, known, spec)
    return known if has_people else _on_open_ground(city, known)


def _along_streets(graph: StreetGraph, known: Premises, spec: CitySpec) -> Premises:
    """Add people at the points of streets that are not close to a mapped building."""
    counted = graph.is_lived_in if graph.is_lived_in.any() else graph.is_street
    half_km = np.where(counted, graph.length_m, 0.0) / 2000.0
    km = sum_by(graph.from_node, half_km, graph.n_nodes)
    km += sum_by(graph.to_node, half_km, graph.n_nodes)
    is_free = km > 0.0
    if len(known):
        tree = shapely.STRtree(shapely.points(known.x, known.y))
        points = shapely.points(graph.x, graph.y)
        near, _ = tree.query_nearest(points, max_distance=NEAR_BUILDINGS_M, return_distance=True)
        is_free[near[0]] = False
    nodes = np.flatnonzero(is_free)
    consumers = km[nodes] * spec.consumers_per_km
    finding = (
        f"{len(known)} buildings on {graph.length_m[graph.is_street].sum() / 1000:.1f} km of streets: the map does"
        f" not hold the buildings; {consumers.sum() * spec.people_per_consumer:.0f} people are set along"
        f" {km[nodes].sum():.1f} km of streets by rule ({spec.consumers_per_km:g} consumers per km)"
    )
    joined = Premises(
        x=np.concatenate([known.x, graph.x[nodes]]),
        y=np.concatenate([known.y, graph.y[nodes]]),
        people=np.concatenate([known.people, consumers * spec.people_per_consumer]),
        load_kw=np.concatenate([known.load_kw, consumers * spec.kw_per_consumer]),
        building=np.concatenate([known.building, np.full(len(nodes), -1, np.int64)]),
        findings=(finding,),
    )
    return _sorted(joined)


def _on_open_ground(city: City, known: Premises) -> Premises:
    """Take each part of the walkable ground as one storey of a place of assembly."""
    shapes = city.layers["walkable"].geometry.to_numpy()
    area = shapely.area(shapes)
    shapes, area = shapes[area > 0.0], area[area > 0.0]
    if not len(shapes):
        raise nothing_to_supply(city)
    at = shapely.get_coordinates(shapely.point_on_surface(shapes))
    people = area * PEOPLE_PER_1000_FT2["assembly"][0] / M2_PER_1000_FT2
    finding = (
        f"no buildings with people and no streets: {area.sum():.0f} m2 of ground are taken as one storey of a place"
        f" of assembly with {people.sum():.0f} people"
    )
    joined = Premises(
        x=np.concatenate([known.x, at[:, 0]]),
        y=np.concatenate([known.y, at[:, 1]]),
        people=np.concatenate([known.people, people]),
        load_kw=np.concatenate([known.load_kw, area * WATTS_PER_M2["assembly"] / 1000.0]),
        building=np.concatenate([known.building, np.full(len(at), -1, np.int64)]),
        findings=(finding,),
    )
    return _sorted(joined)


def _sorted(premises: Premises) -> Premises:
    rank = np.lexsort((premises.building, np.round(premises.y, 3), np.round(premises.x, 3)))
    return Premises(
        x=premises.x[rank],
        y=premises.y[rank],
        people=premises.people[rank],
        load_kw=premises.load_kw[rank],
        building=premises.building[rank],
        findings=premises.findings,
    )
