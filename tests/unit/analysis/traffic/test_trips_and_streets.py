"""Trips with censoring, metrics, streets as chains, and paths along them."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.analysis.metrics import METRIC_ORDER, compute_metrics
from impetus_sim.analysis.traffic.metrics import TRAFFIC_METRICS, compute_traffic_metrics
from impetus_sim.analysis.traffic.recorded import read_network, read_places
from impetus_sim.analysis.traffic.streets import find_chains, find_street
from impetus_sim.analysis.traffic.timespace import read_time_space
from impetus_sim.analysis.traffic.trips import compute_free_times, describe_trips, read_trips
from impetus_sim.errors import InvalidInputError

S = 1_000_000


def test_trips_of_the_bottleneck(bottleneck):
    trips = read_trips(bottleneck)
    number = np.arange(50)
    np.testing.assert_allclose(trips.time_s, 60.0 + 2.0 * number)
    np.testing.assert_allclose(trips.delay_s, 2.0 * number)
    spread = describe_trips(trips, trips.delay_s)
    assert (spread.n, spread.n_censored) == (50, 0)
    assert spread.mean_s == pytest.approx(49.0)
    assert spread.percentiles_s == pytest.approx((4.9, 49.0, 93.1))


@pytest.fixture
def cut_short(write_traffic):
    """Two junctions, 1 200 m apart: one arrives after 100 s, one drives, one is held, one has yet to set out."""
    return write_traffic(
        [{"ends": (0, 1), "places": ((0, 0), (1200, 0)), "name": "High Street"}],
        {0: {"n_entered": [0], "n_left": [0]}, 400: {"n_entered": [2], "n_left": [1]}},
        {
            "depart_us": np.array([100, 200, 380, 500]) * S,
            "left_us": np.array([200, 0, 0, 0]) * S,
            "state": np.array([3, 2, 4, 0], np.int8),
            "travelled_mm": np.array([1_200_000, 0, 0, 0]),
            "goal_node": np.ones(4),
        },
    )


def test_vehicles_under_way_count_with_the_time_they_were_followed(cut_short):
    trips = read_trips(cut_short)
    assert trips.time_s[:3].tolist() == [100.0, 200.0, 20.0]
    assert np.isnan(trips.time_s[3])
    # For certain, the second has lost what it drove beyond 60 s, and the third nothing yet.
    assert trips.delay_s[:3].tolist() == [40.0, 140.0, 0.0]
    assert trips.is_under_way.tolist() == [False, True, True, False]
    assert describe_trips(trips, trips.time_s).n_censored == 2


def test_metrics_are_censored_and_never_of_finishers_only(cut_short):
    found = {metric.name: metric for metric in compute_traffic_metrics(cut_short)}
    assert tuple(found) == TRAFFIC_METRICS
    assert found["mean_trip_time"].value == pytest.approx(320.0 / 3)
    assert found["mean_trip_time"].note == "2 under way counted up to 400 s"
    assert found["total_delay"].is_censored
    assert found["total_delay"].value == pytest.approx(180.0 / 3600.0)
    assert found["vehicles_arrived"].value == pytest.approx(1 / 3)
    assert found["vehicles_under_way"].value == 2.0
    assert found["vehicles_under_way"].note == "1 without a way"
    assert found["mean_trip_speed"].value == pytest.approx(1200.0 / 320.0)
    assert "High Street" in found["longest_queue"].note


def test_metrics_of_vehicles_follow_those_of_people(cut_short):
    names = list(compute_metrics(cut_short))
    assert tuple(names[: len(METRIC_ORDER)]) == METRIC_ORDER
    assert tuple(names[len(METRIC_ORDER) :]) == TRAFFIC_METRICS


def test_free_time_takes_the_faster_of_two_links_and_the_class_speed(write_traffic):
    links = [
        {"ends": (0, 1), "places": ((0, 0), (400, 0)), "speed": 10.0},
        {"ends": (0, 1), "places": ((0, 0), (400, 0)), "speed": 20.0},
        {"ends": (1, 2), "places": ((400, 0), (400, 600)), "speed": 30.0},
    ]
    network = read_network(write_traffic(links, {}))
    times = compute_free_times(
        network, np.array([0, 0, 2, 0]), np.array([2, 2, 0, -1]), np.array([50.0, 15.0, 50.0, 50.0])
    )
    assert times[:2].tolist() == pytest.approx([20.0 + 20.0, 400 / 15 + 40.0])
    assert np.isnan(times[2:]).all()


STREETS = [
    {"ends": (0, 1), "places": ((0, 0), (100, 0)), "name": "Long Road"},
    {"ends": (1, 2), "places": ((100, 0), (200, 0)), "name": "Long Road"},
    {"ends": (2, 1), "places": ((200, 0), (100, 0)), "name": "Long Road"},
    {"ends": (1, 3), "places": ((100, 0), (100, 80)), "name": "Long Road"},
    {"ends": (4, 5), "places": ((0, 50), (50, 50)), "name": "Ring"},
    {"ends": (5, 4), "places": ((50, 50), (0, 50)), "name": "Ring"},
    {"ends": (6, 7), "places": ((0, 90), (50, 90))},
    {"ends": (7, 8), "places": ((50, 90), (90, 90))},
]


def test_a_street_goes_straight_on_and_never_back(write_traffic):
    network = read_network(write_traffic(STREETS, {}))
    assert find_street(network, "Long Road").tolist() == [0, 1]
    chains = [chain.tolist() for chain in find_chains(network)]
    assert sorted(link for chain in chains for link in chain) == list(range(8))
    assert [6] in chains and [7] in chains  # no name, no street


def test_a_street_that_comes_back_on_its_other_side_ends_where_it_turns(write_traffic):
    ends = [(0, 0), (300, 0), (300, 10), (100, 10)]
    links = [
        {"ends": (k, k + 1), "places": (ends[k], ends[k + 1]), "name": "Boulevard"}
        for k in range(len(ends) - 1)
    ]
    network = read_network(write_traffic(links, {}))
    assert [chain.tolist() for chain in find_chains(network)] == [[0, 1, 2]]
    assert find_street(network, "Boulevard").tolist() == [0, 1]


def test_a_ring_is_cut_once(write_traffic):
    corners = [(0, 0), (50, 0), (50, 50), (0, 50)]
    links = [
        {"ends": (k, (k + 1) % 4), "places": (corners[k], corners[(k + 1) % 4]), "name": "Circus"}
        for k in range(4)
    ]
    assert [chain.tolist() for chain in find_chains(read_network(write_traffic(links, {})))] == [[0, 1, 2, 3]]


def test_an_unknown_street_names_the_nearest(write_traffic):
    with pytest.raises(InvalidInputError) as error:
        find_street(read_network(write_traffic(STREETS, {})), "Lang Road")
    assert "Long Road" in str(error.value.hint)


def test_paths_along_a_street_join_its_links_and_break_when_a_vehicle_leaves(write_traffic):
    def state(link, offset_m):
        return {
            "n_entered": np.zeros(8, np.int32),
            "n_left": np.zeros(8, np.int32),
            "link": np.array(link, np.int32),
            "offset_dm": (10 * np.array(offset_m)).astype(np.uint16),
        }

    states = {
        0: state([0, 1], [20.0, 50.0]),
        10: state([0, 3], [90.0, 5.0]),
        20: state([1, 1], [60.0, 10.0]),
        30: state([-1, 1], [0.0, 70.0]),
    }
    recording = write_traffic(STREETS, states)
    found = read_time_space(recording, np.array([0, 1]))
    assert found.joints_m.tolist() == [0.0, 100.0, 200.0]
    assert [path.tolist() for path in found.paths()] == [
        [[0.0, 20.0], [10.0, 90.0], [20.0, 160.0]],
        [[0.0, 150.0]],
        [[20.0, 110.0], [30.0, 170.0]],
    ]
    assert read_places(recording).vehicle.tolist() == [0, 0, 0, 1, 1, 1, 1]


def test_places_that_were_not_recorded_are_refused(bottleneck):
    with pytest.raises(InvalidInputError, match="not places of vehicles"):
        read_places(bottleneck)
