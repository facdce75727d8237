"""Small networks for tests of traffic."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.road import Links, one_lane_links
from impetus_sim.traffic.signals import Phase, SignalPlan
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles

BLOCK_M, SPEED = 300.0, 13.89


def build_grid(side: int) -> Links:
    """Return a square grid of one-lane streets both ways."""
    rows = [
        (i * side + j, (i + di) * side + j + dj)
        for i in range(side)
        for j in range(side)
        for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0))
        if 0 <= i + di < side and 0 <= j + dj < side
    ]
    return one_lane_links(side * side, np.array(rows), length_m=BLOCK_M, speed_m_s=SPEED)


def grid_plans(links: Links, side: int, control: str = "fixed") -> list[SignalPlan]:
    """Return two-phase signals of 30 s each at every junction."""
    plans = []
    for node in range(links.n_nodes):
        into = np.flatnonzero(links.to_node == node)
        along = {int(k): int(abs(links.from_node[k] - node) == side) for k in into}
        phases = [Phase(groups=(0,), green_s=30.0), Phase(groups=(1,), green_s=30.0)]
        plans.append(SignalPlan(node=node, phases=phases, group_of_link=along, control=control))
    return plans


@pytest.fixture
def jam():
    """A function that builds a jammed grid of six by six."""

    def build(n: int = 4000, control: str = "fixed", **options: object) -> TrafficSystem:
        side = 6
        links = build_grid(side)
        generator = np.random.default_rng(3)
        origin = generator.integers(0, side * side, n)
        goal = (origin + generator.integers(1, side * side, n)) % (side * side)
        trips = Trips(depart_s=np.sort(generator.uniform(0.0, 1200.0, n)), origin=origin, goal=goal)
        return TrafficSystem(
            links,
            build_vehicles(trips),
            np.arange(side * side),
            plans=grid_plans(links, side, control),
            every_s=120.0,
            **options,
        )

    return build


def _require_same(one: TrafficSystem, other: TrafficSystem) -> None:
    assert [table.name for table in one.state] == [table.name for table in other.state]
    for a, b in zip(one.state, other.state, strict=True):
        assert a.columns.keys() == b.columns.keys()
        for name in a.columns:
            np.testing.assert_array_equal(a.columns[name], b.columns[name], err_msg=f"{a.name}.{name}")


@pytest.fixture
def require_same():
    """A function that requires every column of the states of two systems to be equal."""
    return _require_same


@pytest.fixture
def require_restored():
    """A function that requires a jam restored at 500 s to go on, until a time in s, as one never stopped."""

    def require(build, until_s: int) -> None:
        whole = build()
        whole.advance(500_000_000)
        assert whole.counts()["on_links"] > 400
        saved = {table.name: {n: c.copy() for n, c in table.columns.items()} for table in whole.state}
        whole.advance(until_s * 1_000_000)
        branch = build()
        for table in branch.state:
            table.load(saved[table.name])
        branch.refresh()
        branch.advance(until_s * 1_000_000)
        _require_same(whole, branch)

    return require
