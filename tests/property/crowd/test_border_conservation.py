"""Whatever the people and the streets: nobody is lost at the border, and neither threads nor restores matter."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SLOW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def populations(n_through, n_visitors, n_here):
    return {
        "crowd": {
            "populations": {
                "through": {"count": n_through},
                "visitors": {"count": n_visitors},
                "here": {"count": n_here},
            }
        },
        "hazards": {"cry": {"kind": "false_alarm", "at": "square", "start": 20}},
        "interventions": {
            "shut": {
                "kind": "street_closure",
                "at": {"box": [90, 150, 100, 240]},
                "at_time": 12,
                "reopen_after": 9,
            }
        },
    }


@SLOW
@given(st.integers(0, 600), st.integers(1, 300), st.integers(1, 200), st.integers(0, 99))
def test_both_sides_of_the_border_count_alike_at_every_step(town, start, n_through, n_visitors, n_here, seed):
    simulation = start(town(populations(n_through, n_visitors, n_here)), seed=seed)
    links, people = simulation.crowd.behaviours[0], simulation.crowd.people
    uids = people.uid.copy()
    for k in range(1, 251):  # every few steps from outside; the laws are checked at each of the others
        simulation.run_until(0.2 * k)
        counts = simulation.crowd.counts()
        away = int(np.count_nonzero(links.system.people.mode != 3))
        assert away == counts["away"]
        crossed_in, crossed_out = int(links.table.n_in.sum()), int(links.table.n_out.sum())
        dirs = links.border.in_dirs
        on_links = int(links.system.links.n_out[dirs].sum() - links.system.links.n_in[dirs ^ 1].sum())
        assert abs(on_links - (crossed_in - crossed_out)) <= 2
    assert np.array_equal(people.uid, uids)


@pytest.mark.slow
@SLOW
@given(st.integers(0, 99), st.lists(st.integers(1, 39), min_size=1, max_size=2, unique=True))
def test_restored_at_any_moment_and_on_any_threads_it_is_the_same_run(town, start, seed, moments):
    scenario = town(populations(400, 200, 150))
    whole = start(scenario, until=40, seed=seed, threads=1)
    assert start(scenario, until=40, seed=seed, threads=2, city=whole.city).digest.value == whole.digest.value
    for moment in moments:
        walking = start(scenario, until=moment + 0.35, seed=seed, city=whole.city)
        fresh = start(scenario, seed=seed, city=whole.city)
        fresh.take_over(walking.capture())
        fresh.run_until(40)
        assert fresh.digest.value == whole.digest.value, moment
