"""Drawing how long an attack step takes, and when it is noticed: one draw for a step, never one for an edge.

A step with several parents that drew a time for each of them would take the least of several draws; its time is
its own, whichever parent leads to it. One call of Philox gives the four numbers that a step needs.

Sources: Wichura (1988), Algorithm AS 241 (PPND16), Applied Statistics 37; Marsaglia and Tsang (2000), A simple
method for generating gamma variables, ACM TOMS 26.
"""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import event_kernel, kernel
from impetus_sim.kernels.philox import draw_normals, draw_uniforms

CONSTANT, EXPONENTIAL, LOGNORMAL, GAMMA, UNIFORM = range(5)
"""Kinds of distributions of parameters a and b: a itself; mean a; median a and sigma b; shape a and scale b; from a
to b."""
NEVER = np.int64(2**62)
"""Later than any time of a run, in microseconds."""
_LONGEST_US = 1e17
_MORE = 1 << 16
"""Further draws of one attempt are numbered from here on."""


@kernel
def normal_quantile(p):  # type: ignore[no-untyped-def]
    """Return the standard normal quantile of p in (0, 1), to 1e-16 relative (AS 241)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2509.0809287301226727
        for c in (
            33430.575583588128105,
            67265.770927008700853,
            45921.953931549871457,
            13731.693765509461125,
            1971.5909503065514427,
            133.14166789178437745,
            3.387132872796366608,
        ):
            top = top * r + c
        low = 5226.495278852545925
        for c in (
            28729.085735721942674,
            39307.89580009271061,
            21213.794301586595867,
            5394.1960214247511077,
            687.1870074920579083,
            42.313330701600911252,
            1.0,
        ):
            low = low * r + c
        return q * top / low
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top = 7.7454501427834140764e-4
        for c in (
            0.0227238449892691845833,
            0.24178072517745061177,
            1.27045825245236838258,
            3.64784832476320460504,
            5.7694972214606914055,
            4.6303378461565452959,
            1.42343711074968357734,
        ):
            top = top * r + c
        low = 1.05075007164441684324e-9
        for c in (
            5.475938084995344946e-4,
            0.0151986665636164571966,
            0.14810397642748007459,
            0.68976733498510000455,
            1.6763848301838038494,
            2.05319162663775882187,
            1.0,
        ):
            low = low * r + c
    else:
        r -= 5.0
        top = 2.01033439929228813265e-7
        for c in (
            2.71155556874348757815e-5,
            0.0012426609473880784386,
            0.026532189526576123093,
            0.29656057182850489123,
            1.7848265399172913358,
            5.4637849111641143699,
            6.6579046435011037772,
        ):
            top = top * r + c
        low = 2.04426310338993978564e-15
        for c in (
            1.4215117583164458887e-7,
            1.8463183175100546818e-5,
            7.868691311456132591e-4,
            0.0148753612908506148525,
            0.13692988092273580531,
            0.59983220655588793769,
            1.0,
        ):
            low = low * r + c
    return -top / low if q < 0.0 else top / low


@kernel
def draw_gamma(key, who, episode, attempt, shape):  # type: ignore[no-untyped-def]
    """Draw a gamma number of scale 1 (Marsaglia and Tsang)."""
    boost = 1.0
    wanted = shape
    decision = attempt + _MORE
    if shape < 1.0:
        u, _, _, _ = draw_uniforms(key, who, episode, decision)
        boost = u ** (1.0 / shape)
        wanted = shape + 1.0
        decision += _MORE
    d = wanted - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x, _ = draw_normals(key, who, episode, decision)
        u, _, _, _ = draw_uniforms(key, who, episode, decision + _MORE)
        decision += 2 * _MORE
        v = (1.0 + c * x) ** 3
        if v > 0.0 and math.log(u) < 0.5 * x * x + d - d * v + d * math.log(v):
            return d * v * boost


@event_kernel
def draw_seconds(u, key, who, episode, attempt, kind, a, b):  # type: ignore[no-untyped-def]
    """Return a time, s, of a distribution (`CONSTANT` and others), from the uniform u where one is enough."""
    if kind == EXPONENTIAL:
        return -a * math.log(u)
    if kind == LOGNORMAL:
        return a * math.exp(b * normal_quantile(u))
    if kind == UNIFORM:
        return a + (b - a) * u
    if kind == GAMMA:
        return b * draw_gamma(key, who, episode, attempt, a)
    return a


@event_kernel
def draw_step(key, who, episode, attempt, kind, a, b, exists, is_seen, seen_kind, seen_a, seen_b):  # type: ignore[no-untyped-def]
    """Draw one attempt at a step.

    Parameters
    ----------
    key
        Stream key of the attacker, uint32 (2,).
    who
        Stable 64-bit id of the step.
    episode, attempt
        Numbers of the episode (replicate) and of the attempt within it, below 65 536 attempts.
    kind, a, b
        Distribution of the time that the step takes, s.
    exists
        Chance that it can be done at all.
    is_seen
        Chance that the attempt is noticed; after a time of the distribution `seen_kind`, `seen_a`, `seen_b` from
        its beginning, s.

    Returns
    -------
    (time it takes, time from its beginning until it is noticed), microseconds; `NEVER` for never.
    """
    if exists <= 0.0 and is_seen <= 0.0:
        return NEVER, NEVER
    if kind == CONSTANT and exists >= 1.0 and is_seen <= 0.0:
        return np.int64(round(min(1e6 * a, _LONGEST_US))), NEVER
    u0, u1, u2, u3 = draw_uniforms(key, who, episode, attempt)
    takes, seen = NEVER, NEVER
    if u0 < exists:
        takes = np.int64(
            round(min(1e6 * draw_seconds(u1, key, who, episode, attempt, kind, a, b), _LONGEST_US))
        )
    if u2 < is_seen:
        wait = draw_seconds(u3, key, who ^ np.uint64(1), episode, attempt, seen_kind, seen_a, seen_b)
        seen = np.int64(round(min(1e6 * wait, _LONGEST_US)))
    return takes, seen
