"""Which links and signals the hazards and interventions of a scenario are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.engine.couplings.flood import water_key
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.flood import FloodSpec
from impetus_sim.scenario.departure_stages import DepartureStages
from impetus_sim.scenario.places import locate
from impetus_sim.scenario.roads import AtSignals, AtTurns, IntoArea, OnRoads
from impetus_sim.traffic.road_orders import Ordered
from impetus_sim.world.drive_network import REACH_M

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.scenario.spec import Spec
    from impetus_sim.traffic.lanes import Contraflow
    from impetus_sim.traffic.signals import SignalPlan
    from impetus_sim.traffic.staging import Staging
    from impetus_sim.world.drive_network import DriveNetwork

Ints = npt.NDArray[np.int64]


def find_ordered(
    scenario: Scenario,
    city: City,
    network: DriveNetwork,
    plans: Sequence[SignalPlan],
    *,
    contraflows: Mapping[str, Contraflow],
    set_plans: Mapping[str, Mapping[int, SignalPlan]],
    stagings: Mapping[str, Staging],
    signal_assets: Mapping[str, int],
) -> Ordered:
    """Return what each part of a drawn scenario is about; what is not found by a place alone is found before.

    `signal_assets`: junction of each asset that is a signal, by its id, under which orders about it go.

    Raises
    ------
    InvalidInputError
        When there is no street or signal at a place.
    """
    links: dict[str, Ints] = {}
    nodes = np.array([plan.node for plan in plans], np.int64)
    row_at = {int(node): row for row, node in enumerate(nodes)}
    signals = {
        name: np.array([row_at[node]], np.int64) for name, node in signal_assets.items() if node in row_at
    }
    for key, name, spec in _parts(scenario):
        if isinstance(spec, FloodSpec):
            links |= {water_key(link): np.array([link], np.int64) for link in range(network.n_links)}
        with about(f"{key}.{name}.at"):
            if isinstance(spec, OnRoads):
                links[name] = links_of(spec, city, network)
            elif isinstance(spec, AtSignals):
                signals[name] = signals_of(spec, city, network, nodes)
    return Ordered(links=links, signals=signals, contraflows=contraflows, plans=set_plans, stagings=stagings)


def require_traffic(scenario: Scenario) -> None:
    """Check that what is about streets for vehicles has them.

    Raises
    ------
    InvalidInputError
        When the scenario has no traffic.
    """
    for key, name, spec in _parts(scenario):
        if isinstance(spec, OnRoads | AtSignals | AtTurns | IntoArea | DepartureStages):
            raise InvalidInputError(
                f"{key}.{name}: {spec.kind} is about vehicles on streets, and there is no traffic",
                hint="add the section traffic",
            )


def _parts(scenario: Scenario) -> Iterator[tuple[str, str, Spec]]:
    for key in ("hazards", "interventions"):
        for name, spec in getattr(scenario, key).items():
            yield key, name, spec


def links_of(spec: OnRoads, city: City, network: DriveNetwork) -> Ints:
    """Return the links that a part is about.

    Raises
    ------
    InvalidInputError
        When there is none at its place.
    """
    place = locate(spec.at, city)
    links = network.links_along(place)
    if getattr(spec, "into_only", False):
        links = links[~_starts_in(place, network, links) & _ends_in(place, network, links)]
    if spec.towards is not None:
        links = links[_leads_towards(locate(spec.towards, city), network, links)]
    if not len(links):
        raise InvalidInputError(f"there is no street for vehicles at '{spec.at}'", hint="move or widen it")
    return links


def _starts_in(place: BaseGeometry, network: DriveNetwork, links: Ints) -> npt.NDArray[np.bool_]:
    node = network.from_node[links]
    return np.asarray(shapely.contains_xy(place, network.node_x[node], network.node_y[node]))


def _ends_in(place: BaseGeometry, network: DriveNetwork, links: Ints) -> npt.NDArray[np.bool_]:
    node = network.to_node[links]
    return np.asarray(shapely.contains_xy(place, network.node_x[node], network.node_y[node]))


def _leads_towards(place: BaseGeometry, network: DriveNetwork, links: Ints) -> npt.NDArray[np.bool_]:
    points = np.asarray(shapely.points(network.node_x, network.node_y))
    distance = shapely.distance(points, place)
    return np.asarray(distance[network.to_node[links]] < distance[network.from_node[links]])


def signals_of(spec: AtSignals, city: City, network: DriveNetwork, nodes: Ints) -> Ints:
    """Return the rows of the signals that a part is about, of those at `nodes`, (signals,).

    Raises
    ------
    InvalidInputError
        When there is none at its place.
    """
    place = locate(spec.at, city)
    points = np.asarray(shapely.points(network.node_x[nodes], network.node_y[nodes]))
    distance = shapely.distance(points, place)
    if place.area > 0.0:
        found = np.flatnonzero(distance == 0.0)
    elif len(nodes) and float(distance.min()) <= REACH_M:
        found = np.array([int(np.argmin(distance))], np.int64)
    else:
        found = np.zeros(0, np.int64)
    if not len(found):
        raise InvalidInputError(f"there is no signal at '{spec.at}'", hint="move or widen it")
    return found
