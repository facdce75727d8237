"""Random numbers of sensors, for all devices of one at once; see `impetus_sim.sensing.kernels.counts`."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from impetus_sim.kernels.philox import fill_uniforms
from impetus_sim.sensing.kernels import counts

Keys = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


class Decision(IntEnum):
    """What a draw of a device decides; draws of different decisions are independent."""

    DROP_OUT = 0
    MISS = 1
    FALSE = 2
    TWICE = 3
    NOISE = 4
    BACKGROUND = 5
    REACTION = 6
    DISPERSION = 7


def uniforms(keys: Keys, serial: int, decision: Decision) -> Floats:
    """Return a uniform number in (0, 1) for each device."""
    values = np.empty((len(keys), 4))
    counts.fill_device_uniforms(keys, np.uint64(0), serial, int(decision), values)
    return values[:, 0]


def of_individual(keys: Keys, individual: int, decision: Decision) -> Floats:
    """Return a uniform number in (0, 1) for each device, about one thing, whenever it is asked."""
    values = np.empty((len(keys), 4))
    counts.fill_device_uniforms(keys, np.uint64(individual), 0, int(decision), values)
    return values[:, 0]


def of_individuals(
    key: npt.NDArray[np.uint32], individuals: npt.NDArray[np.uint64], decision: Decision
) -> Floats:
    """Return a uniform number in (0, 1) of one device for each of several things."""
    values = np.empty((len(individuals), 4))
    fill_uniforms(key, individuals, 0, int(decision), values)
    return values[:, 0]


def gammas(keys: Keys, serial: int, shape: float) -> Floats:
    """Return for each device a gamma number of a shape, with mean `shape`, by the inverse of its distribution."""
    drawn: Floats = gammaincinv(shape, uniforms(keys, serial, Decision.DISPERSION))
    return drawn


def normals(keys: Keys, serial: int, decision: Decision) -> Floats:
    """Return a standard normal number for each device (Box-Muller)."""
    values = np.empty((len(keys), 4))
    counts.fill_device_uniforms(keys, np.uint64(0), serial, int(decision), values)
    drawn: Floats = np.sqrt(-2.0 * np.log(values[:, 0])) * np.cos(2.0 * np.pi * values[:, 1])
    return drawn


def binomials(keys: Keys, serial: int, decision: Decision, n: npt.ArrayLike, p: float) -> Counts:
    """Return for each device how many of its `n` succeed, each with chance `p`."""
    found = np.empty(len(keys), np.int64)
    counts.fill_binomials(keys, serial, int(decision), np.asarray(n, np.int64), float(p), found)
    return found


def miscounts(keys: Keys, serial: int, n: npt.ArrayLike, *, miss: float, twice: float) -> Counts:
    """Return what each device says of `n` that passed: each missed with one chance, or else counted twice."""
    passed = np.asarray(n, np.int64)
    counted = passed - binomials(keys, serial, Decision.MISS, passed, miss)
    return counted + binomials(keys, serial, Decision.TWICE, counted, twice)


def poissons(keys: Keys, serial: int, decision: Decision, mean: npt.ArrayLike) -> Counts:
    """Return a Poisson number for each device."""
    found = np.empty(len(keys), np.int64)
    means = np.broadcast_to(np.asarray(mean, np.float64), len(keys))
    counts.fill_poissons(keys, serial, int(decision), means.copy(), found)
    return found
