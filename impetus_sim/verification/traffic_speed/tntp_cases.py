"""Sioux Falls and Chicago Sketch as the peer UXsim ships them as its own examples, made from the TNTP files.

Networks and trips: Transportation Networks for Research Core Team, github.com/bstabler/TransportationNetworks.
How UXsim 1.15 makes speeds, lanes and demand of them was read off its files ``dat/sfnetwork.uxsim_scenario`` and
``dat/chicago_sketch.uxsim_scenario``, which these rules give again link by link and pair by pair.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.road import REACTION_S, Links
from impetus_sim.traffic.tables import tntp
from impetus_sim.traffic.tables.table import NetworkTable
from impetus_sim.verification.traffic_speed.cases import Demand, Floats, Ints, TrafficCase

JAM_DENSITY = 0.2
"""Vehicles per metre over all lanes of a link, UXsim's default: each vehicle takes 5 m of the stream."""
EVERY_S = 600.0

SIOUX_PLATOON, SIOUX_HORIZON_S, SIOUX_DEMAND_S = 5, 7200.0, 4800.0
CHICAGO_PLATOON, CHICAGO_HORIZON_S, CHICAGO_DEMAND_S = 30, 10_000.0, 3600.0
SIOUX_RENEWAL, CHICAGO_RENEWAL = 0.75, 0.3
"""Of 0.15, 0.3, 0.5 and 0.75 those with which most arrive: ten minutes are long for news in these networks."""

_MILE_M = 1609.34
_CHICAGO_SPEEDS = (10.0, 40.0)
_CHICAGO_SCALE, _CHICAGO_LEAST = 1.0 / 0.85, 30.0


def build_sioux_falls(folder: Path) -> TrafficCase:
    """Return Sioux Falls: 24 junctions, 76 links, 34 690 vehicles."""
    table = tntp.read_network(_file(folder, "SiouxFalls_net.tntp"))
    trips = tntp.read_demand(_file(folder, "SiouxFalls_trips.tntp"))
    rank = (
        np.floor(table.capacity / 5000.0) + 1.0
    )  # of the road: speed and claim where streams merge follow it
    ends = table.zone_node[trips.origin], table.zone_node[trips.destination]
    flows = np.round(trips.volume / 3.0) * 5e-5, trips.volume * 5e-6  # the file lists every pair twice
    pairs = np.tile(ends[0], 2), np.tile(ends[1], 2)
    _, xy = tntp.read_nodes(_file(folder, "SiouxFalls_node.tntp"))
    return _build_case(
        "sioux-falls", table, np.arange(table.n_links), xy, length_m=1000.0 * table.length,
        speed_m_s=3.0 * rank, lanes=np.ones(table.n_links, np.int64), weight=rank,
        pairs=pairs, flow=np.concatenate(flows), platoon=SIOUX_PLATOON,
        demand_s=SIOUX_DEMAND_S, horizon_s=SIOUX_HORIZON_S, renewal=SIOUX_RENEWAL,
    )  # fmt: skip


def build_chicago(folder: Path) -> TrafficCase:
    """Return Chicago Sketch: 546 junctions, 2 176 links, 968 520 vehicles.

    Connectors to zones are left out: trips begin and end at the through node that their zone is tied to.
    """
    table = tntp.read_network(_file(folder, "ChicagoSketch_net.tntp"))
    trips = tntp.read_demand(_file(folder, "ChicagoSketch_trips.tntp.gz"))
    n_zones = table.n_zones
    kept = np.flatnonzero((table.from_node >= n_zones) & (table.to_node >= n_zones))
    tied = np.flatnonzero(table.from_node < n_zones)
    node_of_zone = np.zeros(n_zones, np.int64)
    node_of_zone[table.from_node[tied]] = table.to_node[tied]
    length_m = np.maximum(table.length[kept] * _MILE_M, 100.0)
    speed = length_m / (60.0 * table.free_time[kept])
    lanes = np.maximum(1, table.capacity[kept] // 1800.0).astype(np.int64)
    lanes[table.link_type[kept] == 2] = 3  # freeways
    counts = (trips.volume * _CHICAGO_SCALE > _CHICAGO_LEAST) & (trips.origin != trips.destination)
    pairs = node_of_zone[trips.origin[counts]], node_of_zone[trips.destination[counts]]
    _, xy = tntp.read_nodes(_file(folder, "ChicagoSketch_node.tntp"))
    return _build_case(
        "chicago-sketch", table, kept, xy, length_m=length_m,
        speed_m_s=np.clip(speed, *_CHICAGO_SPEEDS), lanes=lanes, weight=np.ones(len(kept)),
        pairs=pairs, flow=_CHICAGO_SCALE * trips.volume[counts] / CHICAGO_DEMAND_S, platoon=CHICAGO_PLATOON,
        demand_s=CHICAGO_DEMAND_S, horizon_s=CHICAGO_HORIZON_S, renewal=CHICAGO_RENEWAL,
    )  # fmt: skip


def _file(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.exists():
        raise InvalidInputError(
            f"{path}: not there", hint="IMPETUS_DATA must hold traffic/tntp (bstabler/TransportationNetworks)"
        )
    return path


def _build_case(
    name: str,
    table: NetworkTable,
    kept: Ints,
    xy: Floats,
    *,
    length_m: Floats,
    speed_m_s: Floats,
    lanes: Ints,
    weight: Floats,
    pairs: tuple[Ints, Ints],
    flow: Floats,
    platoon: int,
    demand_s: float,
    horizon_s: float,
    renewal: float,
) -> TrafficCase:
    # Nodes without a link that is kept are left out. A link is one stream as wide as its lanes, as in UXsim: with
    # the jam density of all lanes and the reaction time over their number.
    nodes = np.unique(np.concatenate([table.from_node[kept], table.to_node[kept]]))
    row = np.full(table.n_nodes, -1, np.int64)
    row[nodes] = np.arange(len(nodes))
    links = Links(
        n_nodes=len(nodes),
        from_node=row[table.from_node[kept]],
        to_node=row[table.to_node[kept]],
        length_m=length_m,
        speed_m_s=speed_m_s,
        n_lanes=np.ones(len(kept), np.int64),
        lane_capacity=1.0 / (REACTION_S / lanes + 1.0 / (JAM_DENSITY * speed_m_s)),
        car_m=np.full(len(kept), 1.0 / JAM_DENSITY),
        weight=weight,
    )
    origin, goal = row[pairs[0]], row[pairs[1]]
    return TrafficCase(
        name=name,
        links=links,
        node_xy=xy[nodes],
        demand=lambda size: _demand(origin, goal, flow, platoon, size, demand_s),
        horizon_s=horizon_s,
        every_s=EVERY_S,
        renewal=renewal,
        peer_lanes=lanes,
        peer_platoon=platoon,
    )


def _demand(origin: Ints, goal: Ints, flow: Floats, platoon: int, size: int, end_s: float) -> Demand:
    # UXsim adds up a pair's flow step by step (a step has as many seconds as a platoon vehicles) and sends a
    # platoon off whenever one is complete. Smaller units share its step evenly, so that all sides have equal trips.
    step_s = platoon * REACTION_S
    steps = int(end_s / step_s)
    n = np.floor(flow * steps * (1.0 + 1e-12)).astype(np.int64)
    pair = np.repeat(np.arange(len(n)), n)
    number = np.arange(len(pair)) - np.repeat(np.cumsum(n) - n, n) + 1
    step = np.ceil(number / flow[pair] * (1.0 - 1e-12)) - 1.0
    parts = platoon // size
    depart_s = (step[:, None] + np.arange(parts) / parts).ravel() * step_s
    return Demand(
        depart_s=depart_s, origin=np.repeat(origin[pair], parts), goal=np.repeat(goal[pair], parts), size=size
    )
