"""Keyed draws of counts: for each device one number, the same whatever else is drawn.

A draw is named by the key of the device, the serial number of the reading and a decision. Uniforms come four at a
time from Philox; where one number needs several, a running number tells them apart.

Source of the Poisson draw: Knuth (1997), The Art of Computer Programming 2, 3.4.1 F: multiply uniforms until the
product falls below exp(-mean).
"""

from __future__ import annotations

import math

import numpy as np

from impetus_sim.kernels.compile import kernel
from impetus_sim.kernels.philox import draw_uniforms

CHUNK = 16.0
"""Means above this are drawn as sums of means up to it, so that exp(-mean) stays far from underflow."""


@kernel
def fill_device_uniforms(keys, individual, serial, decision, out_values):  # type: ignore[no-untyped-def]
    """Draw four uniforms in (0, 1) for each device; overwrites `out_values`, float64 (devices, 4).

    individual: uint64, what the draw is about; 0 for the device itself.
    """
    for d in range(keys.shape[0]):
        a, b, c, e = draw_uniforms(keys[d], individual, serial, decision)
        out_values[d, 0] = a
        out_values[d, 1] = b
        out_values[d, 2] = c
        out_values[d, 3] = e


@kernel
def draw_binomial(key, serial, decision, n, p):  # type: ignore[no-untyped-def]
    """Draw how many of `n` independent trials succeed, each with chance `p`."""
    if p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    found = 0
    for k in range(0, n, 4):
        draws = draw_uniforms(key, np.uint64(k // 4), serial, decision)
        for j in range(min(4, n - k)):
            if draws[j] < p:
                found += 1
    return found


@kernel
def draw_poisson(key, serial, decision, mean):  # type: ignore[no-untyped-def]
    """Draw a Poisson number of a mean of 0 or more."""
    found = 0
    used = 0
    left = mean
    draws = (0.0, 0.0, 0.0, 0.0)
    while left > 0.0:
        part = min(left, CHUNK)
        left -= part
        bound = math.exp(-part)
        product = 1.0
        while True:
            if used % 4 == 0:
                draws = draw_uniforms(key, np.uint64(used // 4), serial, decision)
            product *= draws[used % 4]
            used += 1
            if product <= bound:
                break
            found += 1
    return found


@kernel
def fill_binomials(keys, serial, decision, n, p, out_n):  # type: ignore[no-untyped-def]
    """Draw for each device how many of its `n` (int64) succeed with chance `p`; overwrites `out_n`."""
    for d in range(keys.shape[0]):
        out_n[d] = draw_binomial(keys[d], serial, decision, n[d], p)


@kernel
def fill_poissons(keys, serial, decision, mean, out_n):  # type: ignore[no-untyped-def]
    """Draw for each device a Poisson number of its `mean` (float64); overwrites `out_n`, int64."""
    for d in range(keys.shape[0]):
        out_n[d] = draw_poisson(keys[d], serial, decision, mean[d])
