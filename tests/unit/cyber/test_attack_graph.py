"""Graphs are joined whole or refused; goals say what is tried; draws belong to a step and nothing else."""

import numpy as np
import pytest

from impetus_sim.cyber.attack_graph import Duration, Notice, Step, join, stable_id
from impetus_sim.cyber.ensemble import Attack, sample_episodes
from impetus_sim.cyber.kernels.draw import EXPONENTIAL, GAMMA, LOGNORMAL, NEVER, UNIFORM, normal_quantile
from impetus_sim.cyber.kernels.reachable import count_lost
from impetus_sim.errors import InvalidInputError
from impetus_sim.kernels.compile import set_threads

HOUR = Duration(kind=EXPONENTIAL, a=3600.0)
EVERYTHING = np.zeros(0, np.int64)


def attack(rows, *entries, goals=EVERYTHING, **more):
    return Attack(name="red", entries=np.array([rows[e] for e in entries], np.int64), goals=goals, **more)


def ladder(n=20):
    """Return a graph of n steps in a row, each with a way around it by the next but one."""
    steps = [
        Step(id=f"s{k}", takes=HOUR, exists=0.9, notice=Notice(chance=0.1, after=HOUR)) for k in range(n)
    ]
    edges = [(f"s{k}", f"s{k + j}") for k in range(n) for j in (1, 2) if k + j < n]
    return join(steps, edges)


@pytest.mark.parametrize(
    ("steps", "edges", "word"),
    [
        ([Step(id="a"), Step(id="a")], [], "two attack steps"),
        ([Step(id="a")], [("a", "b")], "'b', which is not there"),
        ([Step(id="a")], [("a", "a")], "leads to itself"),
    ],
)
def test_what_cannot_be_joined_is_refused(steps, edges, word):
    with pytest.raises(InvalidInputError, match=word):
        join(steps, edges)


@pytest.mark.parametrize(
    "given", [(UNIFORM, 2.0, 1.0), (GAMMA, 0.0, 1.0), (9, 1.0, 1.0), (LOGNORMAL, -1.0, 1.0)]
)
def test_a_distribution_that_is_none_is_refused(given):
    with pytest.raises(InvalidInputError):
        Duration(kind=given[0], a=given[1], b=given[2])


def test_times_are_the_same_for_any_number_of_threads_and_any_first_episodes():
    graph = ladder()
    found = []
    for threads in (1, 2):
        set_threads(threads)
        found.append(sample_episodes(graph, attack(graph.rows(), "s0"), n=100, seed=3))
    set_threads(1)
    assert np.array_equal(found[0].times_us, found[1].times_us)
    fewer = sample_episodes(graph, attack(graph.rows(), "s0"), n=7, seed=3)
    assert np.array_equal(fewer.times_us, found[0].times_us[:7])


def test_another_step_moves_no_draw():
    graph = ladder()
    more = join(
        [Step(id="aside", takes=HOUR), *graph.steps],
        [
            ("s0", "aside"),
            *((graph.steps[p].id, graph.steps[c].id) for p, c in zip(graph.parent, graph.child, strict=True)),
        ],
    )
    before = sample_episodes(graph, attack(graph.rows(), "s0"), n=50, seed=3)
    after = sample_episodes(more, attack(more.rows(), "s0"), n=50, seed=3)
    assert np.array_equal(after.times_us[:, 1:], before.times_us)


def test_only_what_leads_to_a_goal_is_tried():
    graph = join([Step(id="a"), Step(id="b"), Step(id="c")], [("a", "b"), ("a", "c")])
    rows = graph.rows()
    found = sample_episodes(graph, attack(rows, "a", goals=np.array([rows["c"]])), n=1, seed=1)
    assert list(found.times_us[0] < NEVER) == [True, False, True]


def test_skill_and_start_move_times_and_steps_wait_for_their_moment():
    graph = join([Step(id="a", takes=HOUR), Step(id="b")], [("a", "b")])
    rows = graph.rows()
    plain = sample_episodes(graph, attack(rows, "a"), n=10, seed=1).times_us
    quick = sample_episodes(graph, attack(rows, "a", time_factor=0.5, start_us=1000), n=10, seed=1).times_us
    assert np.allclose(quick[:, 0], plain[:, 0] * 0.5 + 1000, atol=1)
    late = attack(rows, "a", not_before_us=np.array([0, 10**15]))
    assert (sample_episodes(graph, late, n=10, seed=1).times_us[:, 1] == 10**15).all()


def test_who_must_be_passed_is_counted():
    graph = join(
        [
            Step(id="in", owner=0),
            Step(id="x", owner=1),
            Step(id="y", owner=2),
            Step(id="goal", owner=3),
            Step(id="end", owner=3),
        ],
        [("in", "x"), ("in", "y"), ("x", "goal"), ("y", "goal"), ("y", "end")],
    )
    is_goal = np.array([0, 0, 0, 1, 1], np.uint8)
    lost = np.empty(4, np.int64)
    none = np.zeros(5, np.uint8)
    count_lost(
        graph.needs(), graph.first_child, graph.child, np.array([0]), graph.owner, none, is_goal, 4, lost
    )
    assert list(lost) == [2, 0, 1, 2]


def test_quantiles_of_the_normal_distribution():
    # Abramowitz and Stegun, table 26.5
    for p, z in (
        (0.5, 0.0),
        (0.975, 1.959963984540054),
        (1e-9, -5.997807015007774),
        (1e-13, -7.348796102800669),
    ):
        assert normal_quantile(p) == pytest.approx(z, abs=1e-12)


def test_ids_of_steps_are_stable():
    assert stable_id("rtu_1.reached") == stable_id("rtu_1.reached") != stable_id("rtu_2.reached")
    assert stable_id("rtu_1.reached") % 2 == 0
