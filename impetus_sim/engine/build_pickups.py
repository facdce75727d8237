"""Car parks and bus stops behind exits: lines of one stop, whose vehicles each go once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.engine.naming import about
from impetus_sim.engine.require_ways import no_such_exit
from impetus_sim.engine.transit_draft import Call, StopPoint, TransitDraft, uids_of
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.pickups import BusStop, CarPark, Pickup
from impetus_sim.scenario.places import locate
from impetus_sim.traffic.kernels.records import NEVER
from impetus_sim.traffic.transit.plan import Pool

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.world.drive_network import DriveNetwork
    from impetus_sim.world.world import World


def exit_number(name: str, key: str, world: World) -> int:
    """Return the number of an exit of the ground.

    Raises
    ------
    InvalidInputError
        When there is none of that name.
    """
    if name not in world.ground.exit_names:
        raise no_such_exit(key, name, world.ground.exit_names)
    return world.ground.exit_names.index(name)


def add_pickup(
    name: str,
    entry: Pickup,
    draft: TransitDraft,
    city: City,
    network: DriveNetwork,
    world: World,
    *,
    seed: int,
    replicate: int,
) -> None:
    """Add the stop, the vehicles and the runs of one pickup.

    Raises
    ------
    InvalidInputError
        When the exit or the destination is missing, or both lie at one junction.
    """
    with about(f"traffic.pickups.{name}"):
        number = exit_number(entry.exit, f"traffic.pickups.{name}.exit", world)
        line = world.ground.exit_segments(number).reshape(-1, 2)
        centre = locate(entry.destination, city).centroid
        at = np.array([[*line.mean(axis=0)], [centre.x, centre.y]])
        origin, goal = (int(node) for node in network.nearest_node(at[:, 0], at[:, 1]))
        if origin == goal:
            raise InvalidInputError(f"exit '{entry.exit}' and '{entry.destination}' lie at the same junction")
        points = [
            StopPoint(x=x, y=y, moved_m=float(np.hypot(network.node_x[node] - x, network.node_y[node] - y)))
            for (x, y), node in zip(at.tolist(), (origin, goal), strict=True)
        ]
        stop = draft.add_stop(f"pickup {name}", entry, points[0], exit_number=number, exit_name=entry.exit)
        end = draft.add_stop(f"pickup {name}, destination", entry, points[1])
    n = int(entry.vehicles)
    uids = uids_of(f"pickup {name}", n)
    latest_us = np.full(n, NEVER)
    if isinstance(entry, CarPark):
        draws = rng.draw_uniforms(seed, replicate, "traffic.occupancy", uids)[:, 0]
        seats = 1 + _poisson(float(entry.people_per_car) - 1.0, draws)
        pool = draft.add_pool(_car_park(name, entry), "car")
    else:
        assert isinstance(entry, BusStop)
        seats = np.full(n, int(entry.seats))
        latest_us = np.rint(1e6 * (float(entry.first) + np.arange(n) * float(entry.every))).astype(np.int64)
        pool = draft.add_pool(_bus_stop(name, entry), "bus")
    draft.add_carriers(pool, seats, origin, uids)
    for k, due_us in enumerate(latest_us.tolist()):
        draft.add_run(
            pool,
            f"{name} {k + 1}",
            [Call(stop=stop, place=origin, due_us=due_us), Call(stop=end, place=goal)],
        )


def _car_park(name: str, entry: CarPark) -> Pool:
    return Pool(
        name=name,
        leaves_full=True,
        wait_us=round(float(entry.wait) * 1e6),
        fetch_us=round(float(entry.fetch) * 1e6),
        headway_us=round(1e6 / float(entry.capacity)),
        goes_by_itself=True,
    )


def _bus_stop(name: str, entry: BusStop) -> Pool:
    board_us = round(float(entry.boarding) * 1e6)
    return Pool(name=name, leaves_full=True, board_us=board_us, goes_by_itself=True, on_call=entry.on_call)


def _poisson(mean: float, draws: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    # By inversion, at most 8.
    terms = np.exp(-mean) * np.cumprod(np.concatenate([[1.0], mean / np.arange(1.0, 9.0)]))
    return np.searchsorted(np.cumsum(terms)[:-1], draws, side="right").astype(np.int64)
