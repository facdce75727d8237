"""Travel times of emergency vehicles as metrics: percentiles, who counts, what is censored."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.analysis.emergency import EMERGENCY_METRICS, compute_emergency_metrics
from impetus_sim.analysis.metrics import METRIC_ORDER, compute_metrics
from impetus_sim.analysis.traffic.metrics import TRAFFIC_METRICS
from impetus_sim.planning.comparison.evaluate import compare_runs

S = 1_000_000
LINK = [{"ends": (0, 1), "places": ((0, 0), (1200, 0))}]
STATES = {0: {"n_entered": [0], "n_left": [0]}, 400: {"n_entered": [0], "n_left": [0]}}


@pytest.fixture
def write_emergency(write_traffic):
    """Return a function that writes a run of 400 s; arrived -1 for vehicles that are not there."""

    def write(depart_s, arrived_s):
        arrived = np.array([-1 if time < 0 else time * S for time in arrived_s], np.int64)
        depart = np.array(depart_s, np.int64) * S
        return write_traffic(LINK, STATES, {}, emergency={"depart_us": depart, "arrived_us": arrived})

    return write


def test_percentiles_over_the_vehicles_of_a_run(write_emergency):
    run = write_emergency([10 * k for k in range(11)], [10 * k + 100 + k * k for k in range(11)])
    median, most = compute_emergency_metrics(run)
    assert (median.name, most.name) == EMERGENCY_METRICS
    assert (median.value, most.value) == (125.0, 181.0)
    assert (median.unit, median.better, median.note) == ("s", "lower", "")
    assert not median.is_censored and not most.is_censored


def test_who_is_not_there_counts_with_the_time_followed_and_censors_only_what_it_can_change(write_emergency):
    # one on the way for 390 s is beyond the median whatever comes; the last has yet to set out
    median, most = compute_emergency_metrics(write_emergency([0, 0, 0, 10, 500], [100, 120, 140, -1, -1]))
    assert (median.value, median.is_censored) == (130.0, False)
    assert most.value == pytest.approx(0.3 * 140.0 + 0.7 * 390.0)
    assert most.is_censored
    assert most.note == "1 of 4 not there"


def test_one_that_set_out_late_censors_the_median(write_emergency):
    median, _ = compute_emergency_metrics(write_emergency([0, 0, 380], [100, 120, -1]))
    assert (median.value, median.is_censored) == (100.0, True)


def test_where_none_was_due_they_are_not_defined(write_emergency):
    assert {metric.value for metric in compute_emergency_metrics(write_emergency([500], [-1]))} == {None}


def test_without_emergency_vehicles_they_are_missing(bottleneck):
    assert compute_emergency_metrics(bottleneck) == []
    assert not set(EMERGENCY_METRICS) & set(compute_metrics(bottleneck))


def test_they_follow_those_of_traffic_and_are_compared_in_pairs(write_emergency):
    runs = []
    for later in (0, 30):
        metrics = compute_metrics(write_emergency([0, 0, 0], [100 + later, 110 + later, 150 + later]))
        runs.append([{name: metric.to_dict() for name, metric in metrics.items()}] * 2)
    assert tuple(runs[0][0])[len(METRIC_ORDER) :] == (*TRAFFIC_METRICS, *EMERGENCY_METRICS)
    table = compare_runs(runs, seed=1, confidence=0.95)
    assert [table[1][name]["difference"]["mean"] for name in EMERGENCY_METRICS] == [30.0, 30.0]
