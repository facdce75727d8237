"""Car parks and bus stops of a scenario: their vehicles in the fleet, and who leads people there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.engine.naming import about
from impetus_sim.engine.require_ways import no_such_exit
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.pickups import BusStop, CarPark, Pickup
from impetus_sim.scenario.places import locate
from impetus_sim.traffic.pickups import PARKED_US, Pickups, Stop
from impetus_sim.traffic.vehicles import KINDS, Trips

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.traffic import Traffic
    from impetus_sim.traffic.system import TrafficSystem
    from impetus_sim.world.drive_network import DriveNetwork
    from impetus_sim.world.world import World

Uids = npt.NDArray[np.uint64]


def pickup_trips(
    name: str, entry: Pickup, city: City, network: DriveNetwork, world: World
) -> tuple[Trips, Uids]:
    """Return the trips of the vehicles of one pickup, with goals as junctions, and their ids.

    Raises
    ------
    InvalidInputError
        When the exit or the destination is missing, or both lie at one junction.
    """
    with about(f"traffic.pickups.{name}"):
        if entry.exit not in world.ground.exit_names:
            raise no_such_exit(f"traffic.pickups.{name}.exit", entry.exit, world.ground.exit_names)
        line = world.ground.exit_segments(world.ground.exit_names.index(entry.exit)).reshape(-1, 2)
        centre = locate(entry.destination, city).centroid
        at = np.array([[*line.mean(axis=0)], [centre.x, centre.y]])
        origin, goal = network.nearest_node(at[:, 0], at[:, 1])
        if origin == goal:
            raise InvalidInputError(f"exit '{entry.exit}' and '{entry.destination}' lie at the same junction")
    n = int(entry.vehicles)
    uid = (np.uint64(rng.stable_hash(f"pickup {name}") & 0xFFFFFFFF) << np.uint64(32)) + np.arange(
        n, dtype=np.uint64
    )
    kind = KINDS.index("bus" if isinstance(entry, BusStop) else "car")
    trips = Trips(
        depart_s=np.zeros(n), origin=np.full(n, origin), goal=np.full(n, goal), kind=np.full(n, kind)
    )
    return trips, uid


def build_pickups(
    spec: Traffic, flow: TrafficSystem, uid: Uids, world: World, *, first: int, seed: int, replicate: int
) -> Pickups | None:
    """Build the pickups; None where there are none.

    Parameters
    ----------
    first
        Row of the fleet at which their vehicles begin, in the order of the entries.

    Raises
    ------
    InvalidInputError
        When two pickups are behind one exit.
    """
    if not spec.pickups:
        return None
    exits = [entry.exit for entry in spec.pickups.values()]
    twice = [name for name in exits if exits.count(name) > 1]
    if twice:
        raise InvalidInputError(
            f"traffic.pickups: two are behind exit '{twice[0]}'", hint="use one exit for each"
        )
    stops = []
    for entry in spec.pickups.values():
        rows = np.arange(first, first + int(entry.vehicles))
        first += len(rows)
        number = world.ground.exit_names.index(entry.exit)
        if isinstance(entry, CarPark):
            draws = rng.draw_uniforms(seed, replicate, "traffic.occupancy", uid[rows])[:, 0]
            stops.append(_car_park(entry, number, rows, draws))
        else:
            assert isinstance(entry, BusStop)
            stops.append(_bus_stop(entry, number, rows))
    return Pickups(flow, stops)


def _car_park(
    entry: CarPark, number: int, rows: npt.NDArray[np.int64], draws: npt.NDArray[np.float64]
) -> Stop:
    return Stop(
        exit=number,
        vehicles=rows,
        seats=1 + _poisson(float(entry.people_per_car) - 1.0, draws),
        latest_us=np.full(len(rows), PARKED_US),
        wait_us=round(float(entry.wait) * 1e6),
        board_us=0,
        fetch_us=round(float(entry.fetch) * 1e6),
        headway_us=round(1e6 / float(entry.capacity)),
    )


def _bus_stop(entry: BusStop, number: int, rows: npt.NDArray[np.int64]) -> Stop:
    latest = np.rint(1e6 * (float(entry.first) + np.arange(len(rows)) * float(entry.every))).astype(np.int64)
    return Stop(
        exit=number,
        vehicles=rows,
        seats=np.full(len(rows), int(entry.seats)),
        latest_us=latest,
        wait_us=None,
        board_us=round(float(entry.boarding) * 1e6),
        fetch_us=0,
        headway_us=0,
    )


def _poisson(mean: float, draws: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    # By inversion, at most 8.
    terms = np.exp(-mean) * np.cumprod(np.concatenate([[1.0], mean / np.arange(1.0, 9.0)]))
    return np.searchsorted(np.cumsum(terms)[:-1], draws, side="right").astype(np.int64)
