"""Cumulative curves, delays, queues and macroscopic diagrams of recordings whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.analysis.traffic.cumulative import compute_curves, compute_link_times
from impetus_sim.analysis.traffic.diagram import compute_diagrams, find_quarters
from impetus_sim.analysis.traffic.links import compute_link_intervals, describe_link_times
from impetus_sim.analysis.traffic.queues import compute_queues
from impetus_sim.analysis.traffic.recorded import read_counts
from impetus_sim.analysis.traffic.states import read_states
from impetus_sim.errors import InvalidInputError


def test_curves_of_a_bottleneck_enclose_its_queue_and_delay(bottleneck):
    curves = compute_curves(read_counts(bottleneck), 0)
    assert curves.queued.max() == 25.0
    assert curves.times_s[np.argmax(curves.queued)] == 160.0
    assert curves.queued[[15, 16, 64, 65]].tolist() == [0.0, 1.0, 1.0, 0.0]  # 60, 64, 256, 260 s
    assert curves.delay_s == pytest.approx(2500.0)
    assert curves.inside_s == pytest.approx(50 * 60.0 + 2500.0)


def test_times_on_a_link_are_the_horizontal_distances(bottleneck):
    counts = read_counts(bottleneck)
    number = np.arange(50) + 0.5
    np.testing.assert_allclose(compute_link_times(counts, 0), 60.0 + 2.0 * number)
    described = describe_link_times(counts, 0)
    assert described.n == 50
    assert described.mean_s == pytest.approx(110.0)
    assert described.delay_s == pytest.approx(50.0)
    assert described.percentiles_s == pytest.approx((65.9, 110.0, 154.1))


def test_intervals_add_up_to_the_whole(bottleneck):
    found = compute_link_intervals(read_counts(bottleneck), every_s=60.0)
    assert found.start_s.tolist() == [0, 60, 120, 180, 240, 300, 360]
    assert found.end_s[-1] == 400.0
    assert found.entered.sum() == found.left.sum() == 50
    assert found.delay_s.sum() == pytest.approx(2500.0)
    assert found.travelled_m.sum() == pytest.approx(50 * 1200.0)
    assert found.speed_m_s[2, 0] == pytest.approx(0.5 * 15 * 1200.0 / found.spent_s[2, 0])
    assert np.isnan(found.speed_m_s[-1, 0])


def test_the_queue_takes_7_5_m_a_vehicle(bottleneck):
    queues = compute_queues(read_counts(bottleneck))
    row, link = queues.longest
    assert queues.times_s[row] == 160.0
    assert queues.along_m[row, link] == pytest.approx(25 * 7.5)


def test_a_full_link_joins_its_queue_to_the_one_before(write_traffic):
    links = [
        {"ends": (0, 1), "places": ((0, 0), (200, 0)), "name": "High Street"},
        {"ends": (1, 2), "places": ((200, 0), (260, 0)), "name": "High Street"},
        {"ends": (1, 0), "places": ((200, 0), (0, 0)), "name": "High Street"},
    ]
    states = {
        0: {"n_entered": [0, 0, 0], "n_left": [0, 0, 0]},
        10: {"n_entered": [18, 8, 4], "n_left": [8, 0, 0]},
        100: {"n_entered": [18, 8, 4], "n_left": [8, 0, 0]},
    }
    queues = compute_queues(read_counts(write_traffic(links, states)))
    assert queues.vehicles[2].tolist() == [10.0, 8.0, 4.0]
    assert queues.length_m[2].tolist() == [75.0, 60.0, 30.0]
    assert queues.along_m[2].tolist() == [75.0, 135.0, 30.0]
    assert queues.longest == (2, 1)


def test_diagram_of_a_zone_is_flow_against_density(bottleneck):
    counts = read_counts(bottleneck)
    zones = {"all": np.ones(1, bool)}
    (zone,) = compute_diagrams(counts, zones, every_s=60.0)
    np.testing.assert_allclose(zone.flow, zone.production / 1200.0)
    np.testing.assert_allclose(zone.density, zone.accumulation / 1200.0)
    assert zone.accumulation[0] == pytest.approx(15.0)
    assert zone.production[0] == pytest.approx(0.5 * 30 * 1200.0 / 60.0)
    assert zone.speed_m_s[0] == pytest.approx(20.0)
    assert (zone.accumulation * (zone.end_s - zone.start_s)).sum() == pytest.approx(5500.0)


def test_quarters_share_out_every_link(write_traffic):
    links = [
        {"ends": (2 * k, 2 * k + 1), "places": ((x, y), (x + 10, y))}
        for k, (x, y) in enumerate([(0, 0), (0, 100), (100, 0), (100, 100)])
    ]
    counts = read_counts(write_traffic(links, {0: {"n_entered": [0] * 4, "n_left": [0] * 4}}))
    zones = find_quarters(counts.network)
    assert {name: np.flatnonzero(mask).tolist() for name, mask in zones.items()} == {
        "south-west": [0],
        "north-west": [1],
        "south-east": [2],
        "north-east": [3],
    }


def test_states_come_from_the_counts(write_traffic):
    links = [{"ends": (0, 1), "places": ((0, 0), (100, 0))}]
    row = {"vehicles_planned": 3, "vehicles_arrived": 1, "inside": 7}
    times, states = read_states(write_traffic(links, {}, counts={0: row, 5: row | {"vehicles_planned": 2}}))
    assert times.tolist() == [0.0, 5.0]
    assert {name: values.tolist() for name, values in states.items()} == {
        "planned": [3, 2],
        "arrived": [1, 1],
    }


def test_a_recording_without_states_says_so(write_traffic):
    with pytest.raises(InvalidInputError, match="holds no state of traffic"):
        read_counts(write_traffic([{"ends": (0, 1), "places": ((0, 0), (100, 0))}], {}))
