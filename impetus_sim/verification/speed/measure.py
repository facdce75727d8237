"""What both sides report, and one clock for both: windows of work, taken in turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

STEP_S = 0.01
"""JuPedSim's default step, used on both sides."""
WINDOWS = 5
"""The horizon is cut into this many windows, the sides take turns in each, and medians count: other work on
the machine comes in bursts and then meets all sides."""


class Run(Protocol):
    """One side, advanced window by window."""

    setup_s: float

    @property
    def time_s(self) -> float:
        """Simulated time so far, s."""

    def advance(self, steps: int) -> int:
        """Advance by so many steps; return the agent-steps done."""

    def outcome(self) -> dict[str, float | int]:
        """Return what must agree between the sides: people out, mean speed in the last window, time."""


@dataclass(frozen=True, kw_only=True)
class Speed:
    """How fast one side ran.

    Parameters
    ----------
    rates, cpu_rates
        Agent-steps per second of wall time and of processor time, for each window.
    real_time
        Simulated seconds per second of wall time.
    """

    rates: tuple[float, ...]
    cpu_rates: tuple[float, ...]
    real_time: float

    @property
    def rate(self) -> float:
        """Agent-steps per second, median of the windows."""
        return statistics.median(self.rates) if self.rates else 0.0

    @property
    def cpu_per_wall(self) -> float:
        """Processor time per wall time: about the number of threads on a quiet machine, less on a busy one."""
        shares = [r / c for r, c in zip(self.rates, self.cpu_rates, strict=True) if c]
        return statistics.median(shares) if shares else 0.0


def take_turns(runs: Mapping[str, Run], *, steps: int) -> dict[str, Speed]:
    """Advance every run by `steps` steps, window by window in turns; return how fast each was."""
    wall: dict[str, list[float]] = {name: [] for name in runs}
    cpu: dict[str, list[float]] = {name: [] for name in runs}
    spent, began = dict.fromkeys(runs, 0.0), {name: run.time_s for name, run in runs.items()}
    for window in range(WINDOWS):
        share = steps * (window + 1) // WINDOWS - steps * window // WINDOWS
        for name, run in runs.items():
            at, processor = time.perf_counter(), time.process_time()
            done = run.advance(share)
            at, processor = time.perf_counter() - at, time.process_time() - processor
            spent[name] += at
            if done:
                wall[name].append(done / at)
                cpu[name].append(done / max(processor, 1e-9))
    return {
        name: Speed(
            rates=tuple(wall[name]),
            cpu_rates=tuple(cpu[name]),
            real_time=(run.time_s - began[name]) / max(spent[name], 1e-9),
        )
        for name, run in runs.items()
    }


def median_ratio(ours: tuple[float, ...], theirs: tuple[float, ...]) -> float | None:
    """Return the median over windows of ours per theirs; None where there is no window."""
    ratios = [a / b for a, b in zip(ours, theirs, strict=False) if b]
    return round(statistics.median(ratios), 3) if ratios else None


def mean_interval(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean and half the width of its 95 % interval (Student's t; inf for one value)."""
    from scipy.special import stdtrit

    n = len(values)
    if n < 2:
        return float(values.mean()), float("inf")
    half = float(stdtrit(n - 1, 0.975)) * float(values.std(ddof=1)) / float(np.sqrt(n))
    return float(values.mean()), half
