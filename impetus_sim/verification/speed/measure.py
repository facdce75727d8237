"""What both sides report, and one clock for both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

STEP_S = 0.01
"""JuPedSim's default step, used on both sides."""
WINDOWS = 3
"""The horizon is timed in this many windows, and the median counts: other work on the machine comes in
bursts."""


@dataclass(frozen=True, kw_only=True)
class Speed:
    """One side of a row.

    Parameters
    ----------
    rate
        Agent-steps per second of wall time, median of the windows.
    cpu_per_wall
        Processor time per wall time: about the number of threads on a quiet machine, less on a busy one.
    out
        People who have left by the end of the horizon.
    mean_speed
        Distance from start to end of the last window over its length, mean over those inside, m/s.
    end_s
        Simulated time at the end; the evacuation time where everybody is out.
    setup_s
        Wall time to build it.
    """

    rate: float
    cpu_per_wall: float
    out: int
    mean_speed: float
    end_s: float
    setup_s: float

    def accuracy(self) -> dict[str, float | int]:
        """Return the outcome that must agree between the two sides."""
        return {"out": self.out, "mean_speed_m_s": round(self.mean_speed, 4), "end_s": round(self.end_s, 2)}


def time_windows(advance: Callable[[int], int], *, n_steps: int) -> tuple[float, float]:
    """Call ``advance(steps)``, which returns agent-steps, for each window; return rate and cpu per wall."""
    rates = []
    cpu, wall = time.process_time(), time.perf_counter()
    for window in range(WINDOWS):
        steps = n_steps * (window + 1) // WINDOWS - n_steps * window // WINDOWS
        began = time.perf_counter()
        done = advance(steps)
        if done:
            rates.append(done / (time.perf_counter() - began))
    spent = time.perf_counter() - wall
    rate = statistics.median(rates) if rates else 0.0
    return rate, (time.process_time() - cpu) / spent
