"""State residual of a small grid against what it must find, and what nothing can."""

import numpy as np
import pytest

from impetus_sim.detection.power_residual import PowerWatch

FROM, TO = np.array([0, 0, 1, 1, 2, 3]), np.array([1, 2, 2, 3, 4, 4])
B = np.array([10.0, 8.0, 12.0, 6.0, 9.0, 7.0])
SPREAD = np.full(11, 0.01)


@pytest.fixture
def watch():
    return PowerWatch(FROM, TO, B, n_buses=5, spread=SPREAD)


def state(rng=None):
    angles = np.array([0.0, -0.05, -0.08, -0.11, -0.14])
    flows = B * (angles[FROM] - angles[TO])
    injections = np.zeros(5)
    np.add.at(injections, FROM, flows)
    np.add.at(injections, TO, -flows)
    noise = 0.0 if rng is None else rng.normal(0, 0.01, 11)
    z = np.concatenate([flows, injections]) + noise
    return z[:6], z[6:]


def test_a_true_state_leaves_nothing(watch):
    assert watch.judge(*state()).statistic == pytest.approx(0.0, abs=1e-18)
    assert watch.degrees_of_freedom == 11 - 4


def test_noise_is_chi_squared_and_rarely_alarms(watch):
    rng = np.random.default_rng(1)
    found = [watch.judge(*state(rng)) for _ in range(3000)]
    values = np.array([one.statistic for one in found])
    assert values.mean() == pytest.approx(7.0, rel=0.05) and values.var() == pytest.approx(14.0, rel=0.15)
    assert np.mean([one.score >= 1.0 for one in found]) < 2e-3


@pytest.mark.parametrize("line", range(6))
def test_a_false_flow_is_found_and_named(watch, line):
    flows, injections = state(np.random.default_rng(line))
    flows[line] += 0.15
    found = watch.judge(flows, injections)
    assert found.score > 1.0 and found.worst == line


def test_what_is_changed_in_agreement_is_not_found(watch):
    flows, injections = state()
    angles = np.array([0.0, 0.03, 0.0, 0.0, 0.0])
    more = B * (angles[FROM] - angles[TO])
    extra = np.zeros(5)
    np.add.at(extra, FROM, more)
    np.add.at(extra, TO, -more)
    assert watch.judge(flows + more, injections + extra).score < 1e-6
