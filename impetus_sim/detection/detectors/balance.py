"""What is inside changes by what comes in less what goes out: tanks by flows, people by counters at a cordon.

Each reading of what is stored is compared with the one before plus the balance of the flows between; the sums of
what is left over (a CUSUM to both sides) find a level that is lied about, a flow that is not metered, and people
who enter or leave without being counted.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from impetus_sim.detection.base import Detector, DetectorSpec, Floats
from impetus_sim.detection.kernels.cusum import step_cusum
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import Number, limits
from impetus_sim.scenario.spec import refuse

DAY_S = 86400.0
LEAST_DAYS = 2
HARMONICS = 3
"""Of the day, in what goes out unmetered."""


class BalanceSpec(DetectorSpec):
    """One store; with a record to learn from, its factors and what goes out unmetered by the hour are fitted.

    Parameters
    ----------
    stored
        Id of the stream of the level or the number inside.
    into, out_of
        Ids of streams of what comes in and goes out.
    factor
        Change of what is stored for one unit of flow over a second (1 over the area of a tank), or in one reading
        where `per_reading`; where no record is learned from.
    per_reading
        Whether flows are counts since the reading before rather than rates.
    spread
        Standard deviation of what is left over at a reading, where no record is learned from.
    slack, limit
        Of the CUSUM, in standard deviations.
    """

    stored: str
    into: Texts = ()
    out_of: Texts = ()
    factor: Annotated[Number, limits(above=0.0)] = 1.0
    per_reading: bool = False
    spread: Annotated[Number, limits(above=0.0)] = 1.0
    slack: Annotated[Number, limits(low=0.0)] = 0.5
    limit: Annotated[Number, limits(above=0.0)] = 8.0
    streams: Annotated[Texts, Field(min_length=1)] = ("*",)

    @model_validator(mode="after")
    def _check_flows(self) -> BalanceSpec:
        if not self.into and not self.out_of:
            refuse("no flow is named", key="into", allowed="ids of streams in into, out_of or both")
        return self


@register("detectors", "balance")
class Balance(Detector):
    """Score: the greater sum over the limit, at what is stored; it begins anew after an alarm."""

    Spec = BalanceSpec
    says = "cyber"

    def __init__(self, name: str, spec: Any, streams: Any, *, week_s: float = 0.0) -> None:
        super().__init__(name, spec, streams, week_s=week_s)
        named = (spec.stored, *spec.into, *spec.out_of)
        lacking = sorted(set(named) - set(self.streams))
        if lacking:
            raise InvalidInputError(
                f"'{lacking[0]}' is none of the streams it watches", hint="name it in `streams`"
            )
        self._stored = self.streams.index(spec.stored)
        self._flows = np.array([self.streams.index(flow) for flow in (*spec.into, *spec.out_of)])
        signs = np.repeat([1.0, -1.0], [len(spec.into), len(spec.out_of)])
        self._weights = np.concatenate([float(spec.factor) * signs, np.zeros(1 + 2 * HARMONICS)])
        self._spread = float(spec.spread)
        self.memory.last[:] = self.memory.last_s[:] = np.nan

    def columns(self) -> dict[str, Any]:
        """Return the readings before, when that was, and the sums."""
        return {"last": "f8", "last_s": "f8", "high": "f8", "low": "f8"}

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Fit factors of the flows, and unmetered outflow by the time of the day, by least squares."""
        spans = np.diff(times_s)
        parts = [self._parts(times_s[k + 1], spans[k], values[k], values[k + 1]) for k in range(len(spans))]
        change = np.diff(values[:, self._stored])
        rows = np.array(parts)
        whole = np.isfinite(rows).all(axis=1) & np.isfinite(change)
        # the hour of the day says something only where days are seen more than once
        n_used = rows.shape[1] if times_s[-1] - times_s[0] >= LEAST_DAYS * DAY_S else len(self._flows) + 1
        self._weights = np.zeros(rows.shape[1])
        self._weights[:n_used] = np.linalg.lstsq(rows[whole, :n_used], change[whole], rcond=None)[0]
        self._spread = max(float((change[whole] - rows[whole] @ self._weights).std()), 1e-12)

    def observe(self, time_s: float, values: Floats) -> Floats:
        """Compare what is stored with the balance; streams that are silent keep their last reading."""
        memory, scores = self.memory, np.zeros(len(values))
        before, before_s = memory.last.copy(), float(memory.last_s[self._stored])
        now = np.where(np.isfinite(values), values, before)
        if np.isfinite(values[self._stored]):
            span = time_s - before_s
            parts = self._parts(time_s, span, before, now)
            off = (now[self._stored] - before[self._stored] - parts @ self._weights) / self._spread
            if np.isfinite(off):
                k = self._stored
                memory.high[k], memory.low[k] = step_cusum(
                    off, float(self.spec.slack), memory.high[k], memory.low[k]
                )
                scores[k] = max(memory.high[k], memory.low[k]) / self.spec.limit
                if scores[k] >= 1.0:
                    memory.high[k] = memory.low[k] = 0.0
            memory.last_s[self._stored] = time_s
        memory.last[:] = now
        return scores

    def _parts(self, time_s: float, span: float, before: Floats, now: Floats) -> Floats:
        # What the change is a sum of: flows (mean of both readings, or counts), and what goes out by the hour.
        flows = now[self._flows] if self.spec.per_reading else (before + now)[self._flows] / 2.0 * span
        angle = 2.0 * np.pi * ((time_s + self.week_s) % DAY_S) / DAY_S * np.arange(1, HARMONICS + 1)
        return np.concatenate([flows, [span], span * np.sin(angle), span * np.cos(angle)])
