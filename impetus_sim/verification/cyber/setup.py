"""Small attack graphs with a known answer, and how far a sampled mean is from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim.cyber.attack_graph import Duration, Step, join
from impetus_sim.cyber.ensemble import Attack, Sampled, sample_episodes
from impetus_sim.cyber.kernels.draw import EXPONENTIAL, NEVER
from impetus_sim.verification.case import Measured

EPISODES = 200_000
SEED = 5
MODEL = "and_or_times"
HOUR_US = 3.6e9
LIMIT = 4.0
"""Standard errors that a sampled mean may be off; one in 16 000 honest samples is."""


def exponential(mean_h: float) -> Duration:
    """Return an exponential time of a mean in hours."""
    return Duration(kind=EXPONENTIAL, a=mean_h * 3600.0)


def sample(
    steps: Sequence[Step], edges: Sequence[tuple[str, str]], *, entries: Sequence[str], n: int = EPISODES
) -> tuple[dict[str, int], Sampled]:
    """Sample a graph; return the row of each step, and the times."""
    graph = join(steps, edges)
    rows = graph.rows()
    attack = Attack(
        name="case", entries=np.array([rows[e] for e in entries], np.int64), goals=np.zeros(0, np.int64)
    )
    return rows, sample_episodes(graph, attack, n=n, seed=SEED)


def hours(sampled: Sampled, row: int) -> npt.NDArray[np.float64]:
    """Return the times of a step, h; those of episodes in which it was done."""
    times = sampled.times_us[:, row]
    return times[times < NEVER] / HOUR_US


def off_mean(values: npt.NDArray[np.float64], expected: float, unit: str = "h") -> Measured:
    """Measure how many standard errors the mean of a sample is off an expected one."""
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    off = abs(float(values.mean()) - expected) / error
    text = f"{values.mean():.5f} {unit}, expected {expected:.5f}: {off:.2f} standard errors of {error:.5f}"
    return Measured(value=off, text=text)


def off_share(is_so: npt.NDArray[np.bool_], expected: float) -> Measured:
    """Measure how many standard errors a share is off an expected chance."""
    error = float(np.sqrt(expected * (1.0 - expected) / len(is_so)))
    off = abs(float(is_so.mean()) - expected) / error
    text = f"{is_so.mean():.5f}, expected {expected:.5f}: {off:.2f} standard errors of {error:.5f}"
    return Measured(value=off, text=text)
