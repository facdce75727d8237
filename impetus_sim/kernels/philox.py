"""Counter-based random draws: Philox 4x32-10.

A draw is a pure function of (key, individual, step, decision): no state, so it is the same for any thread
count and order, and does not change for others when somebody is removed.

Source: Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC'11.
"""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import kernel

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint32(0x9E3779B9)
_W1 = np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_TO_UNIT = 1.0 / 4294967296.0


@kernel
def philox4x32(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Return four uint32 words for a 128-bit counter and a 64-bit key (ten rounds)."""
    c0, c1, c2, c3 = np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)
    k0, k1 = np.uint32(k0), np.uint32(k1)
    for _ in range(10):
        p0 = _M0 * np.uint64(c0)
        p1 = _M1 * np.uint64(c2)
        n0 = np.uint32(p1 >> _SHIFT) ^ c1 ^ k0
        n2 = np.uint32(p0 >> _SHIFT) ^ c3 ^ k1
        c1 = np.uint32(p1 & _LOW)
        c3 = np.uint32(p0 & _LOW)
        c0 = n0
        c2 = n2
        k0 = np.uint32(k0 + _W0)
        k1 = np.uint32(k1 + _W1)
    return c0, c1, c2, c3


@kernel
def draw_uniforms(key, individual, step, decision):  # type: ignore[no-untyped-def]
    """Draw four numbers in (0, 1), never 0 or 1, for one individual, step and decision.

    Parameters
    ----------
    key
        Stream key, uint32 array of shape (2,), from `impetus_sim.rng.stream_key`.
    individual
        Stable 64-bit id.
    step, decision
        32-bit numbers that tell apart the draws of one individual.
    """
    who = np.uint64(individual)
    a, b, c, d = philox4x32(who & _LOW, who >> _SHIFT, np.uint32(step), np.uint32(decision), key[0], key[1])
    return (a + 0.5) * _TO_UNIT, (b + 0.5) * _TO_UNIT, (c + 0.5) * _TO_UNIT, (d + 0.5) * _TO_UNIT


@kernel
def draw_normals(key, individual, step, decision):  # type: ignore[no-untyped-def]
    """Draw two standard normal numbers (Box-Muller) for one individual, step and decision."""
    u, v, _, _ = draw_uniforms(key, individual, step, decision)
    radius = math.sqrt(-2.0 * math.log(u))
    return radius * math.cos(2.0 * math.pi * v), radius * math.sin(2.0 * math.pi * v)


@kernel
def fill_uniforms(key, individuals, step, decision, out_values):  # type: ignore[no-untyped-def]
    """Draw four uniforms for each individual; overwrites `out_values`, float64 (n, 4)."""
    for i in range(individuals.shape[0]):
        a, b, c, d = draw_uniforms(key, individuals[i], step, decision)
        out_values[i, 0] = a
        out_values[i, 1] = b
        out_values[i, 2] = c
        out_values[i, 3] = d
