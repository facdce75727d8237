"""User equilibria: published static solutions, Braess' network, and dynamic ones of the simulation's loading."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.equilibrium.dynamic import DynamicEquilibrium, find_dynamic_equilibrium
from impetus_sim.traffic.equilibrium.static import StaticEquilibrium, find_equilibrium
from impetus_sim.traffic.road import CAR_M, Links
from impetus_sim.traffic.tables import tntp
from impetus_sim.traffic.tables.table import DemandTable, NetworkTable
from impetus_sim.traffic.tables.to_traffic import build_links, build_trips, even_profile
from impetus_sim.traffic.vehicles import Trips
from impetus_sim.verification.case import Case, Effort, Measured

RELATIVE_GAP = 1e-4
OBJECTIVE_BAND = 1e-4
FLOW_BAND = 0.01
"""Greatest relative gap, relative error of the objective, and error of link flows weighted by flow."""

INFLOW, FREE_FLOW_S, DETOUR_S = 0.6, 600.0, 900.0
NARROW, WIDE = 0.4, 0.8
"""The two routes: vehicles/s that come, free times, and capacities in vehicles/s."""
INFLOW_S = 3600.0
OPENS_S = (DETOUR_S - FREE_FLOW_S) * NARROW / (INFLOW - NARROW)
"""Route 2 opens when the delay on route 1, (inflow / narrow - 1) t, has reached the difference of free times."""
TWO_ROUTES_ROUNDS, SIOUX_FALLS_ROUNDS = 100, 60


@dataclass(frozen=True, kw_only=True)
class Published:
    """A network of the TransportationNetworks collection.

    objective: Beckmann's, of the best-known flows. toll_weight, distance_weight: minutes per unit, from its notes.
    """

    name: str
    objective: float
    toll_weight: float = 0.0
    distance_weight: float = 0.0


SIOUX_FALLS = Published(name="SiouxFalls", objective=4_231_335.2871)
ANAHEIM = Published(name="Anaheim", objective=1_286_032.171)
CHICAGO_SKETCH = Published(
    name="ChicagoSketch", objective=17_313_018.7387, toll_weight=0.02, distance_weight=0.04
)


def find_tables() -> Path:
    """Return the folder of TNTP files, ``$IMPETUS_DATA/traffic/tntp``.

    Raises
    ------
    InvalidInputError
        When the variable is not set or there is no such folder.
    """
    root = os.environ.get("IMPETUS_DATA", "")
    folder = Path(root) / "traffic" / "tntp"
    if not root or not folder.is_dir():
        raise InvalidInputError(
            f"the networks are not here: IMPETUS_DATA is '{root}'",
            hint="set IMPETUS_DATA to the folder that holds traffic/tntp (TransportationNetworks by bstabler)",
        )
    return folder


def read_published(name: str) -> tuple[NetworkTable, DemandTable]:
    """Return network and demand of a published case; the file of trips may be gzipped."""
    folder = find_tables()
    network = tntp.read_network(folder / f"{name}_net.tntp")
    plain = folder / f"{name}_trips.tntp"
    path = plain if plain.exists() else folder / f"{name}_trips.tntp.gz"
    return network, tntp.read_demand(path, n_zones=network.n_zones)


def flow_error(network: NetworkTable, found: StaticEquilibrium, best: tntp.LinkFlows) -> float:
    """Return the sum of absolute differences of link flows, as a share of all best-known flow.

    Raises
    ------
    InvalidInputError
        When the flows are not those of the network's links.
    """
    ours = np.lexsort((network.to_node, network.from_node))
    theirs = np.lexsort((best.to_name, best.from_name))
    same = len(ours) == len(theirs) and np.array_equal(
        network.node_name[network.from_node[ours]], best.from_name[theirs]
    )
    if not same or not np.array_equal(network.node_name[network.to_node[ours]], best.to_name[theirs]):
        raise InvalidInputError("the flows are of other links than the network's")
    return float(np.abs(found.volume[ours] - best.volume[theirs]).sum() / best.volume.sum())


def _solve_published(published: Published, effort: Effort) -> Measured:
    """Return the worst of gap, objective and flows, each as a share of what is allowed."""
    find_equilibrium(*read_published("Braess"))  # compiles, so that seconds are those of the work
    network, demand = read_published(published.name)
    found = find_equilibrium(
        network,
        demand,
        toll_weight=published.toll_weight,
        distance_weight=published.distance_weight,
    )
    error = flow_error(network, found, tntp.read_flows(find_tables() / f"{published.name}_flow.tntp"))
    objective = abs(found.objective / published.objective - 1.0)
    reached = next(r for r in found.rounds if r.relative_gap <= RELATIVE_GAP)
    return Measured(
        value=max(found.relative_gap / RELATIVE_GAP, objective / OBJECTIVE_BAND, error / FLOW_BAND),
        text=f"gap {found.relative_gap:.1e}, objective off by {objective:.1e}, flows by {error:.1e}; "
        f"gap 1e-4 after {reached.seconds:.2f} s, all {found.rounds[-1].seconds:.2f} s",
    )


def solve_braess(effort: Effort) -> Measured:
    """Return the greatest error of the costs of all trips, with and without the bridge."""
    network, demand = read_published("Braess")
    with_bridge = find_equilibrium(network, demand)
    is_bridge = (network.node_name[network.from_node] == 3) & (network.node_name[network.to_node] == 4)
    without = find_equilibrium(network.without_links(is_bridge), demand)
    errors = (
        abs(with_bridge.total_cost / 552.0 - 1.0),
        abs(with_bridge.objective / 386.0 - 1.0),
        abs(without.total_cost / 498.0 - 1.0),
        float(np.abs(with_bridge.volume - [4.0, 2.0, 2.0, 2.0, 4.0]).max()),
    )
    return Measured(
        value=max(errors),
        text=f"all trips cost {with_bridge.total_cost:.4f} with the bridge, {without.total_cost:.4f} without",
    )


def two_routes() -> tuple[Links, Trips, int]:
    """Return the network of two routes, trips, and the link that only route 2 has.

    Junctions: 0 origin, 1 fork, 2 before the narrow end of route 1, 4 before the end of route 2, 3 merge, 5 end.
    """
    speed, short_s = 20.0, 10.0
    ample = 2.0 * INFLOW
    rows = (
        (0, 1, short_s, ample, 2),
        (1, 2, FREE_FLOW_S - 3 * short_s, ample, 2),
        (2, 3, short_s, NARROW, 1),
        (1, 4, DETOUR_S - 3 * short_s, ample, 2),
        (4, 3, short_s, WIDE, 2),
        (3, 5, short_s, ample, 2),
    )
    from_node, to_node, time_s, capacity, n_lanes = (np.array(column) for column in zip(*rows, strict=True))
    links = Links(
        n_nodes=6,
        from_node=from_node,
        to_node=to_node,
        length_m=time_s * speed,
        speed_m_s=np.full(len(rows), speed),
        n_lanes=n_lanes,
        lane_capacity=capacity / n_lanes,
        car_m=np.full(len(rows), CAR_M),
    )
    n = round(INFLOW * INFLOW_S)
    zero = np.zeros(n, np.int64)
    return links, Trips(depart_s=(np.arange(n, dtype=np.float64) + 0.5) / INFLOW, origin=zero, goal=zero), 3


@cache
def _share_two_routes() -> tuple[DynamicEquilibrium, np.ndarray]:
    links, trips, detour = two_routes()
    found = find_dynamic_equilibrium(
        links, trips, np.array([5]), interval_s=10.0, gap=0.0, most_rounds=TWO_ROUTES_ROUNDS
    )
    uses = np.add.reduceat(found.routes.links == detour, found.routes.first[:-1]) > 0
    return found, np.asarray(found.trips.depart_s)[uses]


def open_second_route(effort: Effort) -> Measured:
    """Return the departure of the first who takes route 2."""
    found, departures = _share_two_routes()
    return Measured(value=float(departures.min()), text=f"{departures.min():.1f} s; gap {found.gap:.4f}")


def split_two_routes(effort: Effort) -> Measured:
    """Return the flow on route 2 of those who depart after it has opened, vehicles/s."""
    found, departures = _share_two_routes()
    flow = float((departures > OPENS_S).sum() / (INFLOW_S - OPENS_S))
    return Measured(value=flow, text=f"{INFLOW - flow:.4f} and {flow:.4f} vehicles/s; gap {found.gap:.4f}")


def load_sioux_falls(effort: Effort) -> Measured:
    """Return the gap of the dynamic equilibrium on a tenth of Sioux Falls, all trips in two hours."""
    network, demand = read_published("SiouxFalls")
    found = find_dynamic_equilibrium(
        build_links(network, metres_per_length=1000.0, capacity_period_s=36_000.0),
        build_trips(network, demand, even_profile(0.0, 7200.0), scale=0.1),
        network.zone_node,
        is_through=network.is_through,
        most_rounds=SIOUX_FALLS_ROUNDS,
    )
    return Measured(
        value=found.gap,
        text=f"{100 * found.gap:.2f} % of the time that the fastest ways take, from {100 * found.gaps[0]:.0f} % at "
        f"first, after {len(found.gaps)} rounds; {found.n_unfinished} trips not finished",
    )


def _published_case(id: str, published: Published) -> Case:
    return Case(
        id=id,
        standard="Transportation Networks for Research",
        title=f"static user equilibrium of {published.name} against the best-known solution",
        source="github.com/bstabler/TransportationNetworks: flows and notes of the network",
        low=0.0,
        high=1.0,
        expected="gap 1e-4, objective within 0.01 %, link flows within 1 %: worst share at most 1",
        run=partial(_solve_published, published),
        default_model="user_equilibrium",
        needs_data=True,
    )


CASES = (
    _published_case("ue-sioux-falls", SIOUX_FALLS),
    _published_case("ue-anaheim", ANAHEIM),
    _published_case("ue-chicago-sketch", CHICAGO_SKETCH),
    Case(
        id="ue-braess",
        standard="Braess 1968",
        title="a new bridge makes everybody slower: 92 each with it, 83 each without",
        source="Braess (1968), Über ein Paradoxon aus der Verkehrsplanung, Unternehmensforschung 12",
        low=0.0,
        high=1e-4,
        expected="total 552 and objective 386 with the bridge, total 498 without: worst error at most 1e-4",
        run=solve_braess,
        default_model="user_equilibrium",
        needs_data=True,
    ),
    Case(
        id="due-two-routes",
        standard="closed form",
        title="dynamic equilibrium of two routes: when the longer one is first used",
        source=f"delay (q / c - 1) t on route 1 is the {DETOUR_S - FREE_FLOW_S:g} s that route 2 is longer",
        low=OPENS_S - 12.0,
        high=OPENS_S + 12.0,
        expected="600 s, within 12 s",
        run=open_second_route,
    ),
    Case(
        id="due-two-routes-split",
        standard="closed form",
        title="dynamic equilibrium of two routes: flow on the longer one afterwards",
        source="route 1 keeps its queue: what exceeds its capacity takes route 2",
        low=0.98 * (INFLOW - NARROW),
        high=1.02 * (INFLOW - NARROW),
        expected="0.2 vehicles/s, within 2 %",
        run=split_two_routes,
    ),
    Case(
        id="due-sioux-falls",
        standard="law",
        title="gap of the dynamic equilibrium on Sioux Falls",
        source="a tenth of the published trips and capacities, departures even over two hours",
        low=0.0,
        high=0.1,
        expected="printed; at most 10 %",
        run=load_sioux_falls,
        needs_data=True,
        only_thorough=True,
    ),
)
