"""A city as large as UXsim does not finish: 30 000 junctions, 1 000 zones, 100 000 trips."""

from __future__ import annotations

import numpy as np

from impetus_sim.traffic.road import CAR_M, Links, capacity_of
from impetus_sim.verification.traffic_speed.cases import Demand, TrafficCase

SIDE, N_ZONES, N_TRIPS = 173, 1000, 100_000
BLOCK_M = (60.0, 180.0)
STREET_M_S, ARTERIAL_M_S = 8.33, 16.67
ARTERIAL_EVERY, ARTERIAL_LANES = 8, 2
DEPARTURES_S, HORIZON_S, EVERY_S = 7200.0, 14_400.0, 300.0


def build_city() -> TrafficCase:
    """Return the city: rows and columns of streets at uneven distances, every eighth an arterial of two lanes.

    One- and two-lane links both ways (119 024 in all), no signals; zones are junctions drawn at random, and so are
    the ends of trips among them; departures are uniform over two hours, ways are renewed every 300 s.
    """
    generator = np.random.default_rng(1)
    x, y = (np.cumsum(generator.uniform(*BLOCK_M, SIDE)) for _ in range(2))
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)  # row, column
    along = np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()])
    across = np.column_stack([node[:-1].ravel(), node[1:].ravel()])
    ends = np.concatenate([along, along[:, ::-1], across, across[:, ::-1]])
    street = np.concatenate(
        [np.tile(along[:, 0] // SIDE, 2), np.tile(across[:, 0] % SIDE, 2)]
    )  # number of the row or column that a link belongs to
    is_arterial = street % ARTERIAL_EVERY == 0
    xy = np.column_stack([np.tile(x, SIDE), np.repeat(y, SIDE)])
    speed = np.where(is_arterial, ARTERIAL_M_S, STREET_M_S)
    n = len(ends)
    zones = generator.choice(SIDE * SIDE, N_ZONES, replace=False)
    origin = generator.integers(0, N_ZONES, N_TRIPS)
    goal = (origin + generator.integers(1, N_ZONES, N_TRIPS)) % N_ZONES
    depart_s = np.sort(generator.uniform(0.0, DEPARTURES_S, N_TRIPS))
    return TrafficCase(
        name="city 30k junctions",
        links=Links(
            n_nodes=SIDE * SIDE,
            from_node=ends[:, 0],
            to_node=ends[:, 1],
            length_m=np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T),
            speed_m_s=speed,
            n_lanes=np.where(is_arterial, ARTERIAL_LANES, 1),
            lane_capacity=capacity_of(speed),
            car_m=np.full(n, CAR_M),
        ),
        node_xy=xy,
        demand=lambda size: Demand(
            depart_s=depart_s[::size], origin=zones[origin[::size]], goal=zones[goal[::size]], size=size
        ),
        horizon_s=HORIZON_S,
        every_s=EVERY_S,
    )
