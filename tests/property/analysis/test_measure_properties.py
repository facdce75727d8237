"""What holds for every crowd: sums agree, means stay in range, nobody's place in a list matters."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from impetus_sim.analysis.density import DensityField
from impetus_sim.analysis.egress import (
    compute_clearance_time,
    compute_egress_curves,
    compute_mean_egress_time,
    compute_share_out,
)
from impetus_sim.analysis.flow import WINDOW_S, compute_max_flow
from impetus_sim.analysis.ground import Exit, Ground
from impetus_sim.analysis.people import INSIDE, LEFT, NEVER, People

FOLLOWED = 500
EXITS = tuple(Exit(name=name, segments=np.zeros((1, 4)), width_m=1.0) for name in ("a", "b"))


@st.composite
def crowds(draw: st.DrawFn) -> People:
    left = np.array(draw(st.lists(st.integers(-1, FOLLOWED), min_size=1, max_size=40)), np.int64)
    n = len(left)
    exits = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)), np.int64)
    return People(
        state=np.where(left >= 0, LEFT, INSIDE).astype(np.uint8),
        enter_tick=np.zeros(n, np.int64),
        aware_tick=np.full(n, 0, np.int64),
        aware_cause=np.full(n, NEVER, np.int64),
        move_tick=np.full(n, NEVER, np.int64),
        left_tick=left,
        exit=exits,
        population=np.zeros(n, np.int64),
        profile=np.zeros(n, np.int64),
        exposure_s=None,
        population_names=("p",),
        profile_names=("q",),
        followed_tick=FOLLOWED,
        resolution_s=1.0,
    )


@given(crowds())
def test_exits_add_up_to_the_total_at_any_time(people: People) -> None:
    total, *by_exit = compute_egress_curves(people, Ground(polygon=None, exits=EXITS))
    times = np.arange(0.0, FOLLOWED + 1)
    assert np.array_equal(total.at(times), sum(curve.at(times) for curve in by_exit))
    assert np.all(np.diff(total.at(times)) >= 0)
    assert total.at(times)[-1] == np.count_nonzero(people.has_left)


@given(crowds())
def test_egress_measures_agree_with_each_other(people: People) -> None:
    clearance, mean = compute_clearance_time(people), compute_mean_egress_time(people)
    share = compute_share_out(people).value
    assert clearance.is_censored == (share < 1.0)
    assert 0.0 <= mean.value <= clearance.value <= FOLLOWED


@given(st.lists(st.floats(0, 600), min_size=1, max_size=60))
def test_highest_flow_is_between_the_mean_and_everybody_at_once(times: list[float]) -> None:
    flow = compute_max_flow(np.sort(np.array(times)))
    assert 1 / WINDOW_S <= flow <= len(times) / WINDOW_S
    assert flow >= len(times) / (max(times) - min(times) + WINDOW_S) * (1 - 1e-9) - 1 / WINDOW_S


@settings(max_examples=30)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_density_knows_no_order_and_moves_with_the_crowd(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    moment = DensityField(shapely.box(0, 0, 60, 60))
    x, y = rng.uniform(10, 30, (2, n))
    order = rng.permutation(n)
    _, density, at_people = moment.compute(x, y)
    _, shuffled, at_shuffled = moment.compute(x[order], y[order])
    _, shifted, at_shifted = moment.compute(x + 15.0, y + 20.0)
    assert np.allclose(shuffled, density, rtol=0, atol=1e-12)
    assert np.allclose(at_shuffled, at_people[order], rtol=1e-12)
    assert np.allclose(shifted, density, atol=1e-9)
    assert np.allclose(at_shifted, at_people, atol=1e-9)
    assert np.isclose(density.sum() * moment.grid.cell_m**2, n)
