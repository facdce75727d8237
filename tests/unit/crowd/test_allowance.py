"""Over a queue the set flow passes whatever the step; an idle line saves up one person."""

import numpy as np
import pytest

from impetus_sim.crowd.allowance import grow, may_pass


def passages(flow, step_s, *, seconds, delay_s=0.0, comes=lambda t: True):
    """Return the times at which people pass who come up to the line `delay_s` after it may be passed."""
    allowance, gain, is_awaited = np.zeros(1), np.array([flow * step_s]), np.zeros(1, np.uint8)
    passed, since = [], 0.0
    for k in range(1, round(seconds / step_s) + 1):
        grow(allowance, gain, is_awaited)
        if not comes(k * step_s):
            continue
        if not may_pass(allowance)[0]:
            is_awaited[0], since = 1, 0.0
        elif since < delay_s - 1e-9:
            since += step_s
        else:
            allowance[0] -= 1.0
            passed.append(k * step_s)
    return passed


@pytest.mark.parametrize("step_s", [0.01, 0.02, 0.05, 0.1])
@pytest.mark.parametrize("flow", [0.5, 1.0, 1.3, 1.56, 3.0])
@pytest.mark.parametrize("delay_s", [0.0, 0.1])
def test_a_queue_passes_at_the_set_flow_with_every_step(flow, step_s, delay_s):
    assert len(passages(flow, step_s, seconds=200.0, delay_s=delay_s)) == pytest.approx(200 * flow, abs=2)


@pytest.mark.parametrize("flow", [0.5, 1.3, 3.0])
def test_no_stretch_of_time_passes_more_than_its_share_and_two(flow):
    times = np.array(passages(flow, 0.05, seconds=120.0, delay_s=0.15, comes=lambda t: t % 17.0 < 9.0))
    for first in range(len(times)):
        n = np.arange(1, len(times) - first + 1)
        assert (n <= flow * (times[first:] - times[first]) + 2.0 + 1e-6).all()


def test_a_line_that_idles_saves_up_one_person():
    times = passages(1.0, 0.05, seconds=60.0, comes=lambda t: t < 20.0 or t > 50.0)
    assert len([t for t in times if 50.0 < t <= 50.9]) == 1


def test_a_flow_of_several_people_a_step_is_not_held_up():
    assert len(passages(100.0, 0.05, seconds=10.0)) == 200  # one try a step, each let through
