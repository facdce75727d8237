"""Readings that no sensor would give: frozen, replayed, out of bounds, or changing impossibly fast."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from impetus_sim.detection.base import Detector, DetectorSpec, Floats
from impetus_sim.detection.kernels.repeats import add_readings
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Count, FixedCount, Number, limits

LEAST_REPEAT = 3
"""Equal readings in a row, at one distance in time, that are taken for a replay at the earliest."""
_SHORTEST_S = 1e-9


class IntegritySpec(DetectorSpec):
    """What a stream cannot do; limits left out are learned from a clean record, or else not judged.

    Parameters
    ----------
    frozen_after
        Readings in a row that are the same, and not zero.
    replayed_after
        Readings in a row that each repeat the one that was the same time earlier; those that stand still or are
        zero do not count.
    look_back
        Readings among which a replay is searched.
    rate
        Change per second, either way.
    low, high
        Bounds.
    slack
        What learned limits are exceeded by: this share of the greatest rate seen, of the range seen for bounds.
    """

    frozen_after: Annotated[Count, limits(low=2)] | None = None
    replayed_after: Annotated[Count, limits(low=2)] | None = None
    look_back: Annotated[FixedCount, limits(low=2, high=20_000)] = 336
    rate: Annotated[Number, limits(above=0.0)] | None = None
    low: Number | None = None
    high: Number | None = None
    slack: Annotated[Number, limits(low=0.0)] = 0.5


@register("detectors", "integrity")
class Integrity(Detector):
    """Score: the worst of the four over its limit."""

    Spec = IntegritySpec
    says = "cyber"

    def __init__(self, name: str, spec: Any, streams: Any, *, week_s: float = 0.0) -> None:
        super().__init__(name, spec, streams, week_s=week_s)
        n, s = len(self.streams), spec
        self.memory.last[:] = self.memory.last_s[:] = np.nan
        self.frozen_after = np.full(n, np.inf if s.frozen_after is None else float(s.frozen_after))
        self.replayed_after = np.full(n, np.inf if s.replayed_after is None else float(s.replayed_after))
        self.rate = np.full(n, np.inf if s.rate is None else float(s.rate))
        self.low = np.full(n, -np.inf if s.low is None else float(s.low))
        self.high = np.full(n, np.inf if s.high is None else float(s.high))

    def columns(self) -> dict[str, Any]:
        """Return the last readings, the lengths of runs, and how many readings there were."""
        n = int(self.spec.look_back)
        return {
            "last": "f8",
            "last_s": "f8",
            "n": "i8",
            "same": "i8",
            "repeated": "i8",
            "ring": ("f8", n),
            "runs": ("i4", n),
        }

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Take the longest runs, the highest rate and the bounds of a clean record for what there can be."""
        s, columns = self.spec, range(len(self.streams))
        same, repeated, rate = self._extremes(times_s, values)
        with np.errstate(invalid="ignore"):
            least, most = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
        room = s.slack * (most - least)
        for k in columns:
            if s.frozen_after is None:
                self.frozen_after[k] = 2 * same[k] + 2
            if s.replayed_after is None:
                self.replayed_after[k] = max(LEAST_REPEAT, repeated[k] + 2)
            if s.rate is None:
                self.rate[k] = max((1.0 + s.slack) * rate[k], 1e-12)
            if s.low is None:
                self.low[k] = least[k] - max(room[k], 1e-9)
            if s.high is None:
                self.high[k] = most[k] + max(room[k], 1e-9)

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Judge each reading by those before it on the same stream."""
        memory, spoke = self.memory, np.isfinite(values)
        had_one = memory.n > 0
        with np.errstate(invalid="ignore"):
            rate = np.abs(values - memory.last) / np.maximum(time_s - memory.last_s, _SHORTEST_S)
        is_same = spoke & had_one & (values == memory.last) & (values != 0.0)
        memory.same[spoke] = np.where(is_same, memory.same + 1, 0)[spoke]
        add_readings(values, memory.n, memory.ring, memory.runs, memory.repeated)
        memory.last[spoke] = values[spoke]
        memory.last_s[spoke] = time_s
        found = [
            np.where(is_same, (memory.same + 1) / self.frozen_after, 0.0),
            memory.repeated / self.replayed_after,
            np.where(had_one, rate / self.rate, 0.0),
            self._beyond(values),
        ]
        return np.where(spoke, np.max(found, axis=0), 0.0)

    def _beyond(self, values: Floats) -> Floats:
        # 1 at a bound, more outside: by the width of the bounds where both are known
        outside = np.maximum(self.low - values, values - self.high)
        width = self.high - self.low
        width = np.where(np.isfinite(width) & (width > 0.0), width, 1.0)
        return np.where(outside >= 0.0, 1.0 + outside / width, 0.0)

    def _extremes(self, times_s: Floats, values: Floats) -> tuple[Floats, Floats, Floats]:
        # Longest runs and highest rate of a record, by a detector of the same kind that judges nothing.
        open_spec = self.spec.model_copy(
            update=dict.fromkeys(("frozen_after", "replayed_after", "rate", "low", "high"))
        )
        watcher = _Watcher(self.name, open_spec, self.streams)
        watcher.observe_all(times_s, values)
        return watcher.most_same, watcher.most_repeated, watcher.most_rate


class _Watcher(Integrity):
    """Keeps the most that it has seen."""

    def __init__(self, name: str, spec: Any, streams: Any) -> None:
        super().__init__(name, spec, streams)
        n = len(self.streams)
        self.most_same, self.most_repeated, self.most_rate = np.zeros(n), np.zeros(n), np.zeros(n)

    def observe(self, time_s: float, values: Floats) -> Floats:
        before, before_s = self.memory.last.copy(), self.memory.last_s.copy()
        scores = super().observe(time_s, values)
        rate = np.abs(values - before) / np.maximum(time_s - before_s, _SHORTEST_S)
        self.most_rate = np.fmax(self.most_rate, rate)
        self.most_same = np.maximum(self.most_same, self.memory.same)
        self.most_repeated = np.maximum(self.most_repeated, self.memory.repeated)
        return scores
