"""Trips of a SUMO file on a drive network: fixed routes, or ends between which drivers find their own way."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.sumo_file import EDGES, LONLAT, ROUTE, SumoRow
from impetus_sim.traffic.demand.edge_ways import EdgeWays
from impetus_sim.traffic.demand.trip_ends import POINT_REACH_M
from impetus_sim.traffic.kernels.records import LEAVES, NONE
from impetus_sim.traffic.vehicles import KINDS

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.traffic_demand import SumoTrips
    from impetus_sim.world.drive_network import DriveNetwork

Ints = npt.NDArray[np.int64]
_NO_WAY = "edges that are on no street of the map"
_NO_ROUTE = "edges that no streets of the map join"
_FAR = f"ends farther than {POINT_REACH_M:g} m from every junction"
_NO_DISTANCE = "both ends at one junction"
_NOT_HERE = "a class that does not drive here"


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Vehicles of a file that are driven, and how many are left out.

    row, number: int64 (vehicles,), row of the file, and which vehicle of its flow. depart_s: float64 (vehicles,).
    starts, goals: per row, links whose start, or end, its trips may begin, or end, at; a row with a route has one
    of each. routes: links of the route, by row. left_out: vehicles by reason.
    """

    row: Ints
    number: Ints
    depart_s: npt.NDArray[np.float64]
    starts: list[Ints]
    goals: list[Ints]
    routes: dict[int, list[int]]
    left_out: dict[str, int]


def place_rows(rows: list[SumoRow], entry: SumoTrips, city: City, network: DriveNetwork) -> Placed:
    """Find the vehicles of a file on the map. Starts and goals are junctions.

    Raises
    ------
    InvalidInputError
        When more are left out than the entry allows, or none is left.
    """
    streets = EdgeWays(
        (re.findall(r"\d+", text) for text in network.osm_ids),
        network.from_node,
        network.to_node,
        network.length,
        network.banned_turns,
    )
    starts: list[Ints] = []
    goals: list[Ints] = []
    routes: dict[int, list[int]] = {}
    reasons: list[str] = []
    for k, row in enumerate(rows):
        start, goal, reason = np.zeros(0, np.int64), np.zeros(0, np.int64), ""
        if row.kind not in KINDS:
            reason = _NOT_HERE
        elif row.form == LONLAT:
            start, goal, reason = _ends_at(row, city, network)
        elif not all(streets.links_of(edge) for edge in row.way):
            reason = _NO_WAY
        elif row.form == ROUTE:
            route = streets.route_of(row.way)
            reason = "" if route else _NO_ROUTE
            if route:
                start, goal = network.from_node[route[:1]], network.to_node[route[-1:]]
                if entry.routes == "keep":
                    routes[k] = route
        else:
            assert row.form == EDGES
            first, last = (streets.links_of(edge) for edge in row.way)
            start, goal = np.unique(network.from_node[first]), np.unique(network.to_node[last])
        if not reason and len(start) == len(goal) == 1 and start[0] == goal[0] and k not in routes:
            reason = _NO_DISTANCE
        starts.append(start)
        goals.append(goal)
        reasons.append(reason)
    return _count(rows, entry, starts, goals, routes, reasons)


def _count(
    rows: list[SumoRow],
    entry: SumoTrips,
    starts: list[Ints],
    goals: list[Ints],
    routes: dict[int, list[int]],
    reasons: list[str],
) -> Placed:
    n_of_row = np.array([row.number for row in rows], np.int64)
    of_row = np.repeat(np.arange(len(rows)), n_of_row)
    number = np.arange(len(of_row)) - (np.cumsum(n_of_row) - n_of_row)[of_row]
    depart = np.array([row.depart for row in rows])[of_row]
    depart = depart + number * np.array([row.period for row in rows])[of_row] - float(entry.begin)
    is_wanted = (depart >= float(entry.start)) & (depart < float(entry.end))
    is_placed = np.array([not reason for reason in reasons], bool)[of_row]
    lost = is_wanted & ~is_placed
    left_out = Counter(reasons[k] for k in of_row[lost])
    n, n_lost = int(is_wanted.sum()), int(lost.sum())
    told = "; ".join(f"{count} with {reason}" for reason, count in left_out.most_common())
    if n == 0:
        raise InvalidInputError(
            f"no vehicle of the file sets out from {entry.start:g} s to {entry.end:g} s of the run",
            hint="set begin to the time of the file at which the run starts",
        )
    if n_lost > float(entry.unmatched) * n:
        example = next(rows[k].id for k in of_row[lost])
        raise InvalidInputError(
            f"{n_lost} of {n} vehicles of the file cannot be placed: {told} (such as '{example}')",
            hint=f"at most {100 * float(entry.unmatched):g} % may be left out (unmatched); edge ids must hold "
            "the OpenStreetMap ways of this map, as netconvert makes them",
        )
    kept = is_wanted & is_placed
    if not kept.any():
        raise InvalidInputError(f"none of {n} vehicles of the file can be placed: {told}")
    return Placed(
        row=of_row[kept],
        number=number[kept],
        depart_s=depart[kept],
        starts=starts,
        goals=goals,
        routes=routes,
        left_out=dict(sorted(left_out.items())),
    )


def _ends_at(row: SumoRow, city: City, network: DriveNetwork) -> tuple[Ints, Ints, str]:
    points = np.array(row.way, np.float64).reshape(2, 2)
    x, y = np.array([city.to_local(lon, lat) for lon, lat in points]).T
    nodes = network.nearest_node(x, y)
    distance = np.hypot(network.node_x[nodes] - x, network.node_y[nodes] - y)
    reason = "" if (distance <= POINT_REACH_M).all() else _FAR
    return nodes[:1], nodes[1:], reason


def draw_places(placed: Placed, draws: npt.NDArray[np.float64]) -> tuple[Ints, Ints]:
    """Return where each vehicle begins and ends: junctions of its first and last street, alike likely.

    draws: float64 (vehicles, 4), uniforms of each vehicle; the first two are used.
    """
    origin, goal = np.empty(len(placed.row), np.int64), np.empty(len(placed.row), np.int64)
    for k, row in enumerate(placed.row):
        starts, goals = placed.starts[row], placed.goals[row]
        origin[k] = starts[int(draws[k, 0] * len(starts))]
        if row in placed.routes:
            goal[k] = goals[0]
            continue
        goals = goals[goals != origin[k]]  # a trip has to be driven
        if not len(goals):
            goals = placed.goals[row]
            origin[k] = starts[starts != goals[0]][0]
        goal[k] = goals[int(draws[k, 1] * len(goals))]
    return origin, goal


def list_paths(placed: Placed, first: int) -> tuple[list[int], Ints]:
    """Return the fixed routes as one list, each ended by `LEAVES`, and where each vehicle's begins.

    first: entries that the list of the run holds before. -1 for vehicles without.
    """
    entries: list[int] = []
    at: dict[int, int] = {}
    for row, route in placed.routes.items():
        at[row] = first + len(entries)
        entries += [*route, LEAVES]
    return entries, np.array([at.get(int(row), NONE) for row in placed.row], np.int64)
