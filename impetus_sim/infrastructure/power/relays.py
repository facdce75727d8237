"""Overload relays: how warm a branch is for its relay, when it trips, and which relays are faulty unseen."""

from __future__ import annotations

import numpy as np

from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.kernels.cascade import ABOVE
from impetus_sim.infrastructure.power.network import Bools, Floats, Ints
from impetus_sim.infrastructure.power.rules import RelayRules
from impetus_sim.kernels.philox import fill_uniforms
from impetus_sim.rng import stable_hash

NEVER_US = np.iinfo(np.int64).max
_LONGEST_US = 1e15  # 32 years


def warm_up(heat: Floats, loading: Floats, lasted_us: int, rules: RelayRules) -> Floats:
    """Return the heat after a time at constant loading; a relay trips at heat 1.

    Parameters
    ----------
    heat
        float (branches,), before.
    loading
        float (branches,), flow over rating.
    lasted_us
        Microseconds.
    """
    lasted_s = lasted_us / US_PER_S
    linear = np.maximum(heat + _rate(loading, rules) * lasted_s, 0.0)
    if rules.curve == "inverse":
        return linear
    still = loading**2
    return np.where(
        loading >= rules.at_once, linear, still + (heat - still) * np.exp(-lasted_s / rules.tau_s)
    )


def settled_heat(loading: Floats, rules: RelayRules) -> Floats:
    """Return the heat of branches that have long had this loading, float (branches,), at most just below 1."""
    return np.minimum(loading**2, 1.0 - 1e-12) if rules.curve == "thermal" else np.zeros_like(loading)


def trip_times(heat: Floats, loading: Floats, now_us: int, rules: RelayRules) -> Ints:
    """Return when each trips if loading stays as it is, int microseconds (branches,); `NEVER_US` for never."""
    over = np.flatnonzero(loading > ABOVE)
    left_s = np.maximum(1.0 - heat[over], 0.0) / _rate(loading[over], rules)
    if rules.curve == "thermal":
        still = loading[over] ** 2
        slow_s = rules.tau_s * np.log(np.maximum((still - heat[over]) / (still - 1.0), 1.0))
        left_s = np.where(loading[over] >= rules.at_once, left_s, slow_s)
    times = np.full(len(loading), NEVER_US, np.int64)
    times[over] = now_us + np.ceil(np.minimum(left_s * US_PER_S, _LONGEST_US)).astype(np.int64)
    return times


def draw_failures(names: tuple[str, ...], key: Ints, rules: RelayRules) -> tuple[Bools, Bools]:
    """Return which relays fail to trip and which trip with a neighbour, bool (branches,); drawn by name."""
    ids = np.array([stable_hash(name) for name in names], np.uint64)
    drawn = np.empty((len(names), 4))
    fill_uniforms(key, ids, 0, 0, drawn)
    return drawn[:, 0] < rules.stuck, drawn[:, 1] < rules.hasty


def _rate(loading: Floats, rules: RelayRules) -> Floats:
    # Heat per second of the inverse curve; from `at_once` on, what takes the relay and breaker their time.
    slow = (loading**rules.alpha - 1.0) / (rules.k_s * rules.multiplier)
    return np.where(loading >= rules.at_once, 1.0 / rules.breaker_s, slow)
