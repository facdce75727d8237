"""The queue of a control room against schedules solved by hand, and the laws of operators."""

import numpy as np
import pytest

from impetus_sim.response.control_room.judgement import chance_to_confirm
from impetus_sim.response.kernels.operator import OperatorLaw, alertness, burden, watchfulness
from impetus_sim.response.kernels.queue import serve_queue

UNTIRED = OperatorLaw(tires=0.0, dulls=0.0, awake_us=0, overload=0.0, slowest=1.0)
TIRED = OperatorLaw(tires=1.0, dulls=1.0, awake_us=round(4 * 3.6e9), overload=0.1, slowest=2.0)


class Jobs:
    """Arrays of a queue: arrivals and service in seconds."""

    def __init__(self, arrived, service, priority, n_operators, law=UNTIRED):
        self.arrived = np.array(arrived, np.int64) * 1_000_000
        self.base = np.array(service, np.int64) * 1_000_000
        self.priority = np.array(priority, np.uint8)
        self.skill, self.free = np.ones(n_operators), np.zeros(n_operators, np.int64)
        self.started, self.done, self.who = (np.full(len(arrived), -1) for _ in range(3))
        self.keenness, self.law, self.head = np.zeros(len(arrived)), law, 0

    def serve(self, until_s):
        self.head = serve_queue(
            int(until_s * 1e6), self.head, self.law, self.arrived, self.priority, self.base, self.skill,
            self.free, self.started, self.done, self.who, self.keenness,
        )  # fmt: skip
        return self


@pytest.mark.usefixtures("warm")
def test_two_operators_by_hand():
    jobs = Jobs([0, 1, 2, 3, 4], [10, 4, 2, 1, 1], [3, 3, 3, 3, 0], 2).serve(100)
    # 0 takes the first, 1 the second until 5 s; then the urgent one that came at 4 s goes before those of 2 and 3 s
    assert (jobs.started / 1e6).tolist() == [0, 1, 6, 8, 5]
    assert (jobs.done / 1e6).tolist() == [10, 5, 8, 9, 6]
    assert jobs.who.tolist() == [0, 1, 1, 1, 1]
    assert (jobs.free / 1e6).tolist() == [10, 9]


@pytest.mark.usefixtures("warm")
def test_in_parts_as_in_one():
    rng = np.random.default_rng(4)
    arrived, service = np.cumsum(rng.integers(0, 9, 300)), rng.integers(1, 30, 300)
    priority = rng.integers(0, 4, 300)
    whole = Jobs(arrived, service, priority, 3, TIRED).serve(1e9)
    parts = Jobs(arrived, service, priority, 3, TIRED)
    for until in range(0, 4000, 7):
        parts.serve(until)
    parts.serve(1e9)
    for name in ("started", "done", "who", "keenness", "free"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


@pytest.mark.usefixtures("warm")
def test_nobody_begins_after_the_time_asked_for():
    jobs = Jobs([0, 5], [3, 3], [3, 3], 1).serve(4.9)
    assert jobs.started.tolist() == [0, -1] and jobs.head == 1


@pytest.mark.usefixtures("warm")
def test_hours_awake_cost_what_was_measured():
    # Dawson and Reid: 0.74 % for each hour after the tenth; 4 h awake at the start
    assert alertness(TIRED, round(6 * 3.6e9)) == pytest.approx(1.0)
    assert alertness(TIRED, round(14 * 3.6e9)) == pytest.approx(1.0 - 8 * 0.0074)
    assert alertness(UNTIRED, round(30 * 3.6e9)) == 1.0


@pytest.mark.usefixtures("warm")
def test_half_an_hour_of_watch_costs_what_mackworth_saw():
    keenness = watchfulness(TIRED, 1800 * 10**6)
    # equal shares of errors: 15.7 % missed by the fresh become 25.8 %
    missed = [
        1.0 - chance_to_confirm(miss=0.157, false=0.157, keenness=k, n_alerts=1, is_true=True)
        for k in (watchfulness(TIRED, 0), keenness)
    ]
    assert missed == pytest.approx([0.157, 0.258], abs=0.002)
    assert watchfulness(TIRED, 7200 * 10**6) == keenness


@pytest.mark.usefixtures("warm")
def test_what_waits_slows_beyond_one_for_each():
    assert burden(TIRED, 2, 2) == 1.0
    assert burden(TIRED, 6, 2) == pytest.approx(1.2)
    assert burden(TIRED, 600, 2) == 2.0


def test_shares_of_errors_are_those_set():
    rested = {"keenness": 1.0, "n_alerts": 1}
    assert chance_to_confirm(miss=0.05, false=0.2, is_true=True, **rested) == pytest.approx(0.95)
    assert chance_to_confirm(miss=0.05, false=0.2, is_true=False, **rested) == pytest.approx(0.2)
    never = {"miss": 0.0, "false": 0.0, "keenness": 0.2, "n_alerts": 1}
    assert chance_to_confirm(is_true=True, **never) == 1.0
    assert chance_to_confirm(is_true=False, **never) == 0.0


def test_more_alerts_make_fewer_errors_and_dullness_more():
    def misses(**how):
        return 1.0 - chance_to_confirm(miss=0.1, false=0.1, is_true=True, **how)

    assert misses(keenness=1.0, n_alerts=4) < 0.01 < misses(keenness=1.0, n_alerts=1)
    assert misses(keenness=0.6, n_alerts=1) > 0.2
    # the square root of n: four alerts are worth a keenness of 2
    assert misses(keenness=1.0, n_alerts=4) == pytest.approx(misses(keenness=2.0, n_alerts=1))
