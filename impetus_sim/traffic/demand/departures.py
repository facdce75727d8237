"""When vehicles set out: departure times from uniforms, by the profile of an entry of the demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
HOUR_S = 3600.0
DAY_S = 24.0 * HOUR_S


@dataclass(frozen=True, kw_only=True)
class Departures:
    """Departure times between two moments.

    Parameters
    ----------
    start_s, end_s
        From the start of the run.
    profile
        Even; ``peak``; 24 shares by the hour of the day; or (time, share) steps, times from the start of the run.
    start_of_day_s
        Local time of day at which the run starts.
    """

    start_s: float
    end_s: float
    profile: Any = "even"
    start_of_day_s: float = 0.0

    def quantiles(self, draws: Floats) -> Floats:
        """Return the time that a share of the trips, (trips,), each in (0, 1), has set out by; s.

        ``peak`` is triangular: the mean of two uniforms (Irwin-Hall).
        """
        if self.profile == "peak":
            low = draws < 0.5
            share = np.where(low, np.sqrt(draws / 2.0), 1.0 - np.sqrt(np.maximum(1.0 - draws, 0.0) / 2.0))
            return self.start_s + (self.end_s - self.start_s) * np.asarray(share)
        if self.profile == "even":
            return self.start_s + (self.end_s - self.start_s) * draws
        times, weight = self._steps()
        total = np.concatenate([[0.0], np.cumsum(weight)])
        return np.asarray(np.interp(draws * total[-1], total, times))

    def share_of_day(self) -> float:
        """Return the trips of a day that set out between start and end, as a share; above 1 for several days."""
        if self.profile == "even":
            return (self.end_s - self.start_s) / DAY_S
        _, weight = self._steps()
        return float(weight.sum() / np.sum(self.profile))

    def _steps(self) -> tuple[Floats, Floats]:
        # Times (steps + 1,), and the weight of the trips that set out between each two.
        if isinstance(self.profile[0], tuple):
            begin = np.array([time for time, _ in self.profile])
            end = np.append(begin[1:], max(self.end_s, begin[-1]))
            share = np.array([share for _, share in self.profile])
        else:
            first = np.floor((self.start_of_day_s + self.start_s) / HOUR_S)
            last = np.ceil((self.start_of_day_s + self.end_s) / HOUR_S)
            hours = np.arange(first, last)
            begin = hours * HOUR_S - self.start_of_day_s
            end = begin + HOUR_S
            share = np.array(self.profile)[hours.astype(np.int64) % 24]
        from_s, to_s = np.clip(begin, self.start_s, self.end_s), np.clip(end, self.start_s, self.end_s)
        weight = share * (to_s - from_s) / np.maximum(end - begin, 1e-9)
        kept = to_s > from_s
        return np.append(from_s[kept], to_s[kept][-1:]), weight[kept]
