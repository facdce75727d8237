"""Trips and links made of tables."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.tables import tntp
from impetus_sim.traffic.tables.table import NetworkTable, build_demand
from impetus_sim.traffic.tables.to_traffic import DepartureProfile, build_links, build_trips, even_profile
from impetus_sim.traffic.vehicles import build_vehicles


def chain():
    """Return a network 10 - 20 - 30, both ways, whose zones are the ends; lengths in km, times in minutes."""
    ends = np.array([(0, 1), (1, 2), (2, 1), (1, 0)])
    n = len(ends)
    return NetworkTable(
        node_name=np.array([10, 20, 30]),
        zone_name=np.array([1, 2]),
        zone_node=np.array([0, 2]),
        is_through=np.ones(3, np.bool_),
        from_node=ends[:, 0],
        to_node=ends[:, 1],
        capacity=np.array([1800.0, 5000.0, 1800.0, 1e6]),
        length=np.array([1.0, 2.0, 2.0, 0.0]),
        free_time=np.array([1.0, 2.0, 2.0, 0.0]),
        b=np.full(n, 0.15),
        power=np.full(n, 4.0),
        toll=np.zeros(n),
        n_lanes=np.zeros(n, np.int64),
        link_type=np.zeros(n, np.int64),
    )


def demand_of(*rows):
    table = np.array(rows, np.float64)
    return build_demand(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2], n_zones=2)


def test_demand_adds_up_pairs_and_leaves_out_empty_ones():
    demand = demand_of((1, 0, 3), (0, 1, 2), (0, 1, 5), (0, 0, 0))
    assert demand.origin.tolist() == [0, 1]
    assert demand.volume.tolist() == [7.0, 3.0]


def test_trips_follow_the_profile_evenly():
    profile = DepartureProfile(edges_s=np.array([0.0, 100.0, 200.0, 400.0]), weight=np.array([1.0, 0.0, 3.0]))
    trips = build_trips(chain(), demand_of((0, 0, 50), (0, 1, 400)), profile)
    assert len(trips) == 400
    assert set(trips.origin) == {0}
    assert set(trips.goal) == {1}
    depart_s = trips.depart_s
    assert np.all(np.diff(depart_s) >= 0.0)
    assert np.histogram(depart_s, profile.edges_s)[0].tolist() == [100, 0, 300]
    assert np.diff(depart_s[:100]) == pytest.approx(1.0)


def test_drawn_departures_are_keyed_by_trip():
    demand = demand_of((0, 1, 1000), (1, 0, 1000))
    one = build_trips(chain(), demand, even_profile(0.0, 3600.0), seed=1)
    assert (
        build_trips(chain(), demand, even_profile(0.0, 3600.0), seed=1).depart_s.tolist()
        == one.depart_s.tolist()
    )
    assert (
        build_trips(chain(), demand, even_profile(0.0, 3600.0), seed=2).depart_s.tolist()
        != one.depart_s.tolist()
    )
    assert one.depart_s.mean() == pytest.approx(1800.0, abs=5 * 1039.0 / np.sqrt(2000))


def test_rounding_keeps_the_total():
    n = 300
    demand = build_demand(np.repeat(np.arange(n), 1), (np.arange(n) + 1) % n, np.full(n, 0.3), n_zones=n)
    table = chain()
    wide = NetworkTable(**{**vars(table), "zone_name": np.arange(n), "zone_node": np.arange(n)})
    assert len(build_trips(wide, demand, even_profile(0.0, 1.0))) == 90
    assert len(build_trips(wide, demand, even_profile(0.0, 1.0), scale=2.0)) == 180


@pytest.mark.parametrize(
    ("edges", "weight", "message"),
    [
        ([0.0, 1.0], [1.0, 1.0], "2 edges for 2 intervals"),
        ([0.0, 0.0], [1.0], "ascending"),
        ([0.0, 1.0], [0.0], "one above zero"),
        ([0.0, 1.0, 2.0], [2.0, -1.0], "not be negative"),
    ],
)
def test_impossible_profiles_are_refused(edges, weight, message):
    profile = DepartureProfile(edges_s=np.array(edges), weight=np.array(weight))
    with pytest.raises(InvalidInputError, match=message):
        build_trips(chain(), demand_of((0, 1, 2)), profile)


def test_links_keep_time_and_capacity():
    links = build_links(chain(), metres_per_length=1000.0)
    assert links.length_m.tolist() == [1000.0, 2000.0, 2000.0, 7.5]
    assert links.length_m[:3] / links.speed_m_s[:3] == pytest.approx([60.0, 120.0, 120.0])
    assert links.n_lanes.tolist() == [1, 3, 1, 12]
    assert (links.lane_capacity * links.n_lanes)[:3] == pytest.approx([0.5, 5000 / 3600, 0.5])


def test_trips_of_sioux_falls_are_driven(data_folder):
    folder = data_folder / "traffic" / "tntp"
    network = tntp.read_network(folder / "SiouxFalls_net.tntp")
    demand = tntp.read_demand(folder / "SiouxFalls_trips.tntp")
    trips = build_trips(network, demand, even_profile(0.0, 3600.0), scale=0.01)
    assert len(trips) == 3606
    system = TrafficSystem(
        build_links(network, metres_per_length=1000.0, capacity_period_s=36_000.0),
        build_vehicles(trips),
        network.zone_node,
    )
    system.advance(20_000_000_000)
    system.require_conserved()
    assert system.counts()["arrived"] == 3606
