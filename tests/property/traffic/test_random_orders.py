"""Random orders about streets and trips on a small grid: nobody is lost, and all arrive once everything is open."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.bans import AreaBan, Bans, TurnBan
from impetus_sim.traffic.lanes import Contraflow, with_spare_lanes
from impetus_sim.traffic.road_orders import Ordered, RoadOrders
from impetus_sim.traffic.staging import HELD_BACK_US, Staging
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles
from impetus_sim.verification.traffic.city import build_grid
from impetus_sim.world.tables import CONTRAFLOW, DEPARTURES, ROAD_BAN, ROAD_CLOSED, road_orders_table

SIDE, N, N_ORDERS, EVERY_S, S = 5, 1500, 120, 10, 1_000_000


@pytest.mark.parametrize("seed", [1, 2])
def test_nobody_is_lost_and_all_arrive_in_the_end(seed):
    random = np.random.default_rng(seed)
    links = build_grid(SIDE, length_m=120.0)
    n_nodes = links.n_nodes
    after = {link: np.flatnonzero(links.from_node == links.to_node[link]) for link in range(links.n_links)}
    back = [
        int(np.flatnonzero((links.from_node == b) & (links.to_node == a))[0])
        for a, b in zip(links.from_node, links.to_node, strict=True)
    ]
    some = random.choice(links.n_links, 24, replace=False)
    turns = {f"turn{k}": TurnBan(turns=np.array([[k, random.choice(after[k])]])) for k in some[:8].tolist()}
    areas = {
        f"area{k}": AreaBan(links=np.array([k]), passes=np.arange(n_nodes) == links.to_node[k])
        for k in some[8:12].tolist()
    }
    contraflows = {
        f"lanes{k}": Contraflow(pairs=np.array([[k, back[k]]]), lanes=1, clearance_us=20 * S)
        for k in some[12:18].tolist()
    }
    closures = {f"closed{k}": np.array([k]) for k in some[18:].tolist()}
    of_zone = random.integers(0, 4, N)
    stagings = {
        f"zone{k}": Staging(
            vehicles=np.flatnonzero(of_zone >= k), after_us=np.full((of_zone >= k).sum(), after_us)
        )
        for k, after_us in enumerate((0, 200 * S, HELD_BACK_US))
    }
    origin = random.integers(0, n_nodes, N)
    trips = Trips(
        depart_s=np.sort(random.uniform(0.0, N_ORDERS * EVERY_S, N)),
        origin=origin,
        goal=(origin + random.integers(1, n_nodes, N)) % n_nodes,
    )
    flow = TrafficSystem(
        with_spare_lanes(links, contraflows.values()),
        build_vehicles(trips, seed=seed),
        np.arange(n_nodes),
        bans=Bans(turns=turns, areas=areas),
    )
    table = road_orders_table()
    orders = RoadOrders(
        flow, table, Ordered(links=closures, contraflows=contraflows, stagings=stagings), tick_us=S
    )
    kinds = dict.fromkeys((*turns, *areas), ROAD_BAN)
    kinds |= dict.fromkeys(contraflows, CONTRAFLOW) | dict.fromkeys(closures, ROAD_CLOSED)
    kinds |= dict.fromkeys(stagings, DEPARTURES)

    def order(second, name, value):
        row = {"tick": second, "kind": kinds[name], "value": value, "cause": 0, "key": name.encode()}
        table.append(row)
        orders.serve(second)

    for k in range(1, N_ORDERS + 1):
        shut = np.flatnonzero(flow.road.is_closed == 1)
        entered = flow.road.n_entered[shut].copy()
        flow.advance(k * EVERY_S * S)
        assert (flow.road.n_entered[shut] == entered).all()
        orders.turn_lanes()
        flow.require_conserved()
        order(k * EVERY_S, str(random.choice(sorted(kinds))), float(random.random() < 0.6))
    end_s = N_ORDERS * EVERY_S
    for name in sorted(kinds):
        order(end_s, name, 0.0)
    for second in range(end_s, end_s + 4 * 3600, 30):
        flow.advance(second * S)
        orders.turn_lanes()
        if flow.is_over:
            break
    flow.require_conserved()
    assert orders.lanes.is_settled
    assert flow.counts()["arrived"] == N
    assert not flow.road.is_closed.any()
