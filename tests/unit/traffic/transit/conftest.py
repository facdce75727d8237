"""Streets and services of a few stops, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.kernels.records import NEVER, NONE
from impetus_sim.traffic.road import Links, capacity_of
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.transit.plan import Carriers, Passengers, Plan, Pool, Runs, Stops
from impetus_sim.traffic.transit.service import Service, park
from impetus_sim.traffic.vehicles import KINDS, Trips, build_vehicles

S = 1_000_000


def runs_of(calls, places, *, opens_us=None):
    """Return runs from a (stop, due_us) for each call of each; everywhere people may get on and off."""
    n = len(calls)
    flat = np.array([call for run in calls for call in run], np.int64).reshape(-1, 2)
    return Runs(
        names=tuple(map(str, range(n))),
        pool=np.zeros(n, np.int64),
        opens_us=np.array(opens_us or [0] * n, np.int64),
        first_call=np.cumsum([0, *map(len, calls)]),
        stop=flat[:, 0],
        place=np.array(places, np.int64)[flat[:, 0]],
        due_us=flat[:, 1],
        may_board=np.ones(len(flat), bool),
        may_alight=np.ones(len(flat), bool),
    )


@pytest.fixture
def ring():
    """Return streets of 300 m and 20 s each, once round through so many junctions; link k leaves junction k."""

    def build(n=4, both_ways=False):
        a = np.arange(n)
        b = (a + 1) % n
        from_node, to_node = (np.append(a, b), np.append(b, a)) if both_ways else (a, b)
        speed = np.full(len(from_node), 15.0)
        return Links(
            n_nodes=n,
            from_node=from_node,
            to_node=to_node,
            length_m=20.0 * speed,
            speed_m_s=speed,
            n_lanes=np.ones(len(speed), int),
            lane_capacity=capacity_of(speed),
            car_m=np.full(len(speed), 7.5),
        )

    return build


@pytest.fixture
def serve():
    """Return traffic and a service: one pool with vehicles of some seats, runs, and stops at places."""

    def build(
        links,
        places,
        calls,
        seats,
        *,
        passengers=None,
        start=None,
        kind="bus",
        exits=None,
        opens_us=None,
        walks_s=None,
        **rules,
    ):
        n = len(seats)
        at = np.full(n, places[0] if start is None else start)
        goals = np.array(places)
        vehicles = build_vehicles(
            Trips(
                depart_s=np.zeros(n),
                origin=at,
                goal=np.zeros(n, int),
                kind=np.full(n, KINDS.index(kind)),
            )
        )
        park(vehicles, np.arange(n))
        flow = TrafficSystem(links, vehicles, goals)
        n_stops = len(places)
        plan = Plan(
            stops=Stops(
                names=tuple("ABCDEFGH"[:n_stops]),
                x=np.zeros(n_stops),
                y=np.zeros(n_stops),
                moved_m=np.zeros(n_stops),
                exit=np.full(n_stops, NONE) if exits is None else np.array(exits),
                walks_after_us=np.full(n_stops, NEVER if walks_s is None else walks_s * S),
            ),
            runs=runs_of(calls, places, opens_us=opens_us),
            pools=(Pool(name="line", **rules),),
            carriers=Carriers(
                row=np.arange(n),
                pool=np.zeros(n, int),
                seats=np.array(seats),
                place=at,
                free_us=np.zeros(n, int),
            ),
            passengers=passengers or Passengers(),
            goal_of_place={(0, int(place)): k for k, place in enumerate(places)},
        )
        return flow, Service(flow, plan, step_us=S)

    return build


@pytest.fixture
def run():
    """Return a function that runs traffic and a service, with the laws checked at every step."""

    def go(flow, service, until_s, came=None):
        for second in range(flow.now_us // S + 1, until_s + 1):
            flow.advance(second * S)
            if came is not None:
                service.people_come(came(second))
            service.advance()
            flow.require_conserved()
            service.require_laws(service.stops.n_came)

    return go


@pytest.fixture
def people():
    """Return passengers from (came_s, stop, goal) each, and how long they wait."""

    def build(*given, walks_s=None):
        came, stop, goal = np.array(given, np.int64).reshape(-1, 3).T
        after = np.full(len(came), NEVER if walks_s is None else walks_s * S)
        return Passengers(came_us=came * S, stop=stop, goal=goal, walks_after_us=after)

    return build
