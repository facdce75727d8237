"""A small city: streets of all lengths, one-way streets, signals; what a closure, order and sameness ask of it."""

from __future__ import annotations

import numpy as np

from impetus_sim.traffic.road import CAR_M, Links, capacity_of, one_lane_links
from impetus_sim.traffic.signals import Phase, SignalPlan
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles


def build_grid(side: int, *, length_m: float = 300.0, speed_m_s: float = 13.89) -> Links:
    """Return a square grid of one-lane streets both ways."""
    ends = np.array(
        [
            (i * side + j, (i + di) * side + j + dj)
            for i in range(side)
            for j in range(side)
            for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0))
            if 0 <= i + di < side and 0 <= j + dj < side
        ]
    )
    return one_lane_links(side * side, ends, length_m=length_m, speed_m_s=speed_m_s)


def build_city(side: int, seed: int) -> Links:
    """Return a grid with streets of 4 to 400 m, one to three lanes, 8 to 22 m/s, a tenth of them one-way.

    The outer streets stay both ways, so that every junction can be reached from every other.
    """
    grid = build_grid(side)
    generator = np.random.default_rng(seed)
    i, j = grid.from_node // side, grid.from_node % side
    k, m = grid.to_node // side, grid.to_node % side
    is_outer = ((i == k) & np.isin(i, (0, side - 1))) | ((j == m) & np.isin(j, (0, side - 1)))
    kept = is_outer | (generator.random(grid.n_links) > 0.1)
    n = int(kept.sum())
    speed = generator.uniform(8.0, 22.0, n)
    return Links(
        n_nodes=grid.n_nodes,
        from_node=grid.from_node[kept],
        to_node=grid.to_node[kept],
        length_m=generator.choice([4.0, 12.0, 60.0, 150.0, 400.0], n),
        speed_m_s=speed,
        n_lanes=generator.integers(1, 4, n),
        lane_capacity=capacity_of(speed),
        car_m=np.full(n, CAR_M),
    )


def signal_every_junction(links: Links, *, green_s: float = 30.0) -> list[SignalPlan]:
    """Return signals of two phases, one for each axis of a grid."""
    plans = []
    side = round(links.n_nodes**0.5)
    for node in range(links.n_nodes):
        into = np.flatnonzero(links.to_node == node)
        axis: dict[int | tuple[int, int], int] = {
            int(k): int(abs(int(links.from_node[k]) - node) == side) for k in into
        }
        phases = [Phase(groups=(g,), green_s=green_s) for g in range(2)]
        plans.append(SignalPlan(node=node, phases=phases, group_of_link=axis))
    return plans


def random_traffic(
    links: Links,
    n: int,
    duration_s: float,
    *,
    seed: int = 3,
    plans: list[SignalPlan] | None = None,
    every_s: float = 120.0,
) -> TrafficSystem:
    """Return trips between random junctions, departures uniform over a time."""
    generator = np.random.default_rng(seed)
    origin = generator.integers(0, links.n_nodes, n)
    goal = (origin + generator.integers(1, links.n_nodes, n)) % links.n_nodes
    trips = Trips(depart_s=np.sort(generator.uniform(0.0, duration_s, n)), origin=origin, goal=goal)
    return TrafficSystem(
        links, build_vehicles(trips), np.arange(links.n_nodes), plans=plans or [], every_s=every_s
    )
