"""Traffic of a run: the map's streets, its lights, and the trips that a scenario asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.engine.build_background import build_background
from impetus_sim.engine.build_bans import build_bans, groups_of_kinds
from impetus_sim.engine.build_contraflow import build_contraflows
from impetus_sim.engine.build_demand import TripBuilder
from impetus_sim.engine.build_emergency import build_emergency
from impetus_sim.engine.build_road_orders import find_ordered, links_of, require_traffic
from impetus_sim.engine.build_signals import build_plans, build_set_plans
from impetus_sim.engine.build_stagings import build_stagings
from impetus_sim.engine.build_traffic_areas import find_areas
from impetus_sim.engine.build_traffic_focus import find_followed
from impetus_sim.engine.build_transit import build_passengers, draft_transit
from impetus_sim.engine.naming import about
from impetus_sim.traffic.abandoned import AbandonedCars
from impetus_sim.traffic.city_traffic import CityTraffic, Streets
from impetus_sim.traffic.junctions import junction_capacity
from impetus_sim.traffic.kernels.records import LEAVES, NONE
from impetus_sim.traffic.lanes import with_spare_lanes
from impetus_sim.traffic.road import Links, capacity_of
from impetus_sim.traffic.road_orders import RoadOrders
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.transit.service import Service, park
from impetus_sim.traffic.vehicles import Trips, build_vehicles
from impetus_sim.world.drive_network import DriveNetwork, build_drive_network
from impetus_sim.world.roads import roads_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.scenario.traffic import Traffic
    from impetus_sim.world.world import World

ROUNDABOUT_PRIORITY = 50.0
"""Weight of a lane on the ring of a roundabout, times its capacity, where streams merge; 1 for all other streets.
Who enters gives way: next to nothing enters while the ring is full, else a full ring locks itself. The size is
chosen, not measured. Other streams that queue for one street take turns by their capacity, whatever their class
(Cassidy and Ahn 2005, Transportation Research Record 1934; Bar-Gera and Ahn 2010, Transportation Research C 18,
both for motorways)."""

ENTERING_PRIORITY = 0.05
"""Weight of vehicles beside the road where they compete with the traffic on it: who comes from a property gives way
(Vienna Convention on Road Traffic 1968, article 12). The size is chosen, not measured."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def build_traffic(
    scenario: Scenario,
    city: City,
    world: World,
    signal_assets: Mapping[str, int],
    *,
    seed: int,
    replicate: int,
) -> CityTraffic | None:
    """Build the traffic of a drawn scenario; None where it has none.

    Parameters
    ----------
    signal_assets
        Junction of each asset that is a signal, by its id.

    Raises
    ------
    InvalidInputError
        When the map has no streets for vehicles, or a place is not on it.
    """
    spec = scenario.traffic
    if spec is None:
        require_traffic(scenario)
        return None
    with about("traffic"):
        network = build_drive_network(city)
    world.roads = roads_table(network.n_links)
    contraflows = build_contraflows(scenario, network, lambda part: links_of(part, city, network))
    links = with_spare_lanes(_links(network, spec), contraflows.values())
    plans = build_plans(network, links, spec, city)
    builder = TripBuilder(spec, scenario, city, network, links, seed=seed, replicate=replicate)
    parts = [builder.build(name, entry) for name, entry in spec.demand.items()]
    n_of_entry = {name: len(trips) for name, (trips, _) in zip(spec.demand, parts, strict=True)}
    n_others = sum(len(trips) for trips, _ in parts)
    draft, left_out = draft_transit(scenario, spec, city, network, world, seed=seed, replicate=replicate)
    parts.append(draft.trips())
    groups = groups_of_kinds(scenario)
    trips, uid, goals = _join(parts, draft.goal_pairs(), groups)
    vehicles = build_vehicles(
        trips,
        uid=uid,
        seed=seed,
        replicate=replicate,
        informed=float(spec.routing.informed),
        renewal=float(spec.routing.renewal),
    )
    park(vehicles, np.arange(n_others, len(vehicles)))
    flow = TrafficSystem(
        links,
        vehicles,
        goals.places,
        plans=plans,
        followed=find_followed(spec.focus, city, network),
        bans=build_bans(scenario, city, network, links.junctions_of(goals.places), goals.groups),
        every_s=float(spec.routing.update_every),
        patience_s=float(spec.routing.patience),
        paths=np.array([*builder.paths, LEAVES], np.int32),
    )
    signal_nodes = np.array([plan.node for plan in plans], np.int64)
    flow.set_junction_capacity(junction_capacity(links, without=signal_nodes))
    service = None
    if len(draft):
        rows = {pair: goals.row_of(*pair, groups) for pair in draft.goal_pairs()}
        passengers = build_passengers(scenario, spec, draft, seed=seed, replicate=replicate)
        plan = draft.plan(first_row=n_others, goal_rows=rows, passengers=passengers)
        assert world.road_orders is not None
        service = Service(
            flow,
            plan,
            step_us=world.ticks(spec.step) * world.resolution_us,
            orders=world.road_orders,
            tick_us=world.resolution_us,
        )
    assert world.road_orders is not None
    about_orders = find_ordered(
        scenario,
        city,
        network,
        plans,
        contraflows=contraflows,
        set_plans=build_set_plans(scenario, city, network, links, plans),
        stagings=build_stagings(scenario, city, network, trips.origin, n_of_entry),
        signal_assets=signal_assets,
    )
    return CityTraffic(
        flow,
        world,
        orders=RoadOrders(flow, world.road_orders, about_orders, tick_us=world.resolution_us),
        uid=uid,
        streets=Streets(
            first=network.first,
            points=network.points,
            names=network.names,
            areas=find_areas(spec, city, network),
        ),
        left_out=builder.left_out | left_out,
        step_ticks=world.ticks(spec.step),
        record_ticks=world.ticks(spec.record_every),
        records_vehicles=spec.record_vehicles,
        service=service,
        emergency=build_emergency(spec, city, network, flow),
        emergency_names=tuple(spec.emergency),
        background=build_background(spec, flow, uid, n_of_entry, seed=seed, replicate=replicate),
        abandoned=_abandoned(flow, uid[:n_others], spec, seed=seed, replicate=replicate),
    )


def _abandoned(
    flow: TrafficSystem, uid: npt.NDArray[np.uint64], spec: Traffic, *, seed: int, replicate: int
) -> AbandonedCars | None:
    wanted = spec.abandonment
    if wanted is None:
        return None
    draws = rng.draw_uniforms(seed, replicate, "traffic.abandonment", uid)[:, 0]
    return AbandonedCars(
        flow,
        would_leave=draws < float(wanted.share),
        after_us=round(float(wanted.after) * 1e6),
        near_threat_after_us=round(float(wanted.near_threat_after) * 1e6),
        towed_after_us=None if wanted.towed_after is None else round(float(wanted.towed_after) * 1e6),
    )


def _links(network: DriveNetwork, spec: Traffic) -> Links:
    n = network.n_links
    car_m = float(spec.car_length)
    capacity = capacity_of(network.speed, car_m=car_m, reaction_s=float(spec.reaction))
    priority = np.where(network.is_roundabout, ROUNDABOUT_PRIORITY, 1.0)
    return Links(
        n_nodes=network.n_nodes,
        from_node=network.from_node,
        to_node=network.to_node,
        length_m=network.length,
        speed_m_s=network.speed,
        n_lanes=network.lanes,
        lane_capacity=capacity,
        car_m=np.full(n, car_m),
        weight=capacity * priority,
        entering=ENTERING_PRIORITY,
    )


@dataclass(frozen=True, kw_only=True)
class _Goals:
    """Destinations in use: a place for vehicle classes of one group. places, groups: int64 (goals,), ascending."""

    places: Ints
    groups: Ints

    def row_of(self, place: int, kind: int, group_of_kind: Ints) -> int:
        """Return the row of a destination."""
        n_groups = int(group_of_kind.max()) + 1
        key = self.places * n_groups + self.groups
        return int(np.searchsorted(key, place * n_groups + int(group_of_kind[kind])))


def _join(
    parts: list[tuple[Trips, npt.NDArray[np.uint64]]], more: list[tuple[int, int]], group_of_kind: Ints
) -> tuple[Trips, npt.NDArray[np.uint64], _Goals]:
    """Return all trips together, with goals as rows of the destinations in use, their ids, and the destinations.

    Parameters
    ----------
    more
        Further destinations: (place, vehicle class) each.
    """
    empty = np.zeros(0)
    goal = np.concatenate([np.zeros(0, np.int64), *(trips.goal for trips, _ in parts)])
    kind = np.concatenate(
        [np.zeros(0, np.int64), *(trips.kind for trips, _ in parts if trips.kind is not None)]
    )
    n_groups = int(group_of_kind.max()) + 1
    places, kinds = np.array(more, np.int64).reshape(-1, 2).T
    key = np.concatenate([goal, places]) * n_groups + group_of_kind[np.concatenate([kind, kinds])]
    in_use, row = np.unique(key, return_inverse=True)
    joined = Trips(
        depart_s=np.concatenate([empty, *(trips.depart_s for trips, _ in parts)]),
        origin=np.concatenate([np.zeros(0, np.int64), *(trips.origin for trips, _ in parts)]),
        goal=row[: len(goal)],
        kind=kind,
        path=np.concatenate(
            [
                np.zeros(0, np.int64),
                *(np.full(len(trips), NONE) if trips.path is None else trips.path for trips, _ in parts),
            ]
        ),
    )
    uid = np.concatenate([np.zeros(0, np.uint64), *(ids for _, ids in parts)])
    return joined, uid, _Goals(places=in_use // n_groups, groups=in_use % n_groups)
