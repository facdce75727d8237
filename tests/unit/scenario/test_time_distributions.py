"""Times per person: inverse distribution functions against their closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from impetus_sim.scenario.distributions import (
    KINDS,
    ConstantTime,
    GammaTime,
    LognormalTime,
    NormalTime,
    NoTime,
    UniformTime,
    WeibullTime,
    sample,
)

U = (np.arange(20_000) + 0.5) / 20_000


@pytest.mark.parametrize(
    ("spec", "mean", "sd", "median"),
    [
        (NoTime(), 0, 0, 0),
        (ConstantTime(value="5 s"), 5, 0, 5),
        (UniformTime(low=10, high=20), 15, 10 / math.sqrt(12), 15),
        (NormalTime(mean=60, sd=10), 60, 10, 60),
        (LognormalTime(median=20, sigma=0.6), 20 * math.exp(0.18), None, 20),
        (WeibullTime(scale=30, shape=1.5), 30 * math.gamma(1 + 1 / 1.5), None, 30 * math.log(2) ** (1 / 1.5)),
        (GammaTime(scale=5, shape=4), 20, 10, None),
    ],
    ids=lambda spec: getattr(spec, "kind", ""),
)
def test_moments(spec, mean, sd, median) -> None:
    times = sample(spec, U)
    # the mid-point rule over 20 000 quantiles misses a little of the tail
    assert times.mean() == pytest.approx(mean, rel=2e-3)
    if sd is not None:
        assert times.std() == pytest.approx(sd, rel=5e-3)
    if median is not None:
        assert np.median(times) == pytest.approx(median, rel=1e-3)
    assert np.all(np.diff(times) >= 0)


def test_the_normal_is_cut_at_zero() -> None:
    times = sample(NormalTime(mean=5, sd=10), U)
    assert times.min() >= 0
    expected = stats.truncnorm(-0.5, np.inf, loc=5, scale=10)
    np.testing.assert_allclose(times, expected.ppf(U), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "spec",
    [
        NormalTime(mean=50, sd=30, max=60),
        LognormalTime(median=20, sigma=2, max="1 min"),
        WeibullTime(scale=30, shape=0.5, max=60),
        GammaTime(scale=30, shape=0.5, max=60),
    ],
    ids=lambda spec: spec.kind,
)
def test_max_cuts_without_clumps(spec) -> None:
    times = sample(spec, U)
    assert times.max() <= 60
    assert np.sum(times > 59.999) < 20


def test_draws_do_not_depend_on_each_other() -> None:
    spec = LognormalTime(median=20, sigma=0.6)
    u = np.random.default_rng(1).random((50, 4))
    np.testing.assert_array_equal(sample(spec, u)[7, 2], sample(spec, u[7:8, 2:3])[0, 0])


def test_extreme_uniforms_stay_finite() -> None:
    u = np.array([2**-33, 1 - 2**-33])
    fields = {
        "constant": {"value": 1},
        "uniform": {"low": 1, "high": 2},
        "normal": {"mean": 0, "sd": 1},
        "lognormal": {"median": 1e5, "sigma": 5},
        "weibull": {"scale": 1e5, "shape": 0.1},
        "gamma": {"scale": 1e5, "shape": 0.1},
    }
    for kind in KINDS:
        times = sample(kind(**fields.get(kind.kind, {})), u)
        assert np.isfinite(times).all()
        assert (times >= 0).all()
