"""Several alerts made one: evidence summed in space and time, and the count of those who agree.

Evidence of an alert is the logarithm of how much likelier it is where something goes on than where nothing does
(hit rate over false alarm rate of its detector in one reading). For detectors that err independently the sum is the
log-likelihood ratio of the hypothesis that something goes on at a place; it halves with age, since what went on
ends, and fades with distance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table

Floats = npt.NDArray[np.float64]

_FORGOTTEN = 0.01
"""Evidence that has faded to this share is dropped."""


def evidence_of(hit_rate: float, false_rate: float) -> float:
    """Return the evidence of an alert, in nats.

    Parameters
    ----------
    hit_rate, false_rate
        Chances of an alert where something goes on, and where nothing does, per reading.
    """
    return math.log(hit_rate / false_rate)


@dataclass(frozen=True, kw_only=True)
class Fused:
    """Where the evidence is highest, m, and how much of it there is, nats."""

    x: float
    y: float
    evidence: float


class EvidenceMap:
    """Evidence of alerts that fades in space and time.

    Parameters
    ----------
    name
        Of its table, ``fusion_NAME``.
    half_life_s
        Time in which evidence halves.
    radius_m
        Distance at which it is down to exp(-1/2).
    """

    def __init__(self, name: str, *, half_life_s: float, radius_m: float) -> None:
        self._half_life_s, self._radius_m = half_life_s, radius_m
        self.alerts = Table(
            f"fusion_{name}", 0, {"time_s": "f8", "x": "f8", "y": "f8", "evidence": "f8", "event": "i8"}
        )

    def add(self, time_s: float, x: float, y: float, evidence: float, *, event: int = -1) -> None:
        """Add an alert; one without a place (nan) counts everywhere. `event`: what to name as cause."""
        age = time_s - self.alerts.time_s
        self.alerts.keep(0.5 ** (age / self._half_life_s) >= _FORGOTTEN)
        self.alerts.append({"time_s": time_s, "x": x, "y": y, "evidence": evidence, "event": event})

    def at(self, time_s: float, x: Floats, y: Floats) -> Floats:
        """Return the evidence at places, float64 (n,)."""
        return self._weights(time_s, x, y).sum(axis=1)

    def strongest(self, time_s: float, *, newest: int | None = None) -> Fused | None:
        """Return the place of highest evidence: of the alert where it is, moved to the middle of what supports it.

        Parameters
        ----------
        time_s
            Now.
        newest
            Look only at so many of the newest alerts: elsewhere evidence has but faded. All when left out.
        """
        held = self.alerts
        if not len(held) or newest == 0:
            return None
        looked = slice(None) if newest is None else slice(-newest, None)
        weights = self._weights(time_s, held.x[looked], held.y[looked])
        best = int(np.argmax(weights.sum(axis=1)))
        share = np.where(np.isfinite(held.x), weights[best], 0.0)
        total = share.sum()
        placed = np.isfinite(held.x)
        x = float((share[placed] * held.x[placed]).sum() / total) if total > 0.0 else float("nan")
        y = float((share[placed] * held.y[placed]).sum() / total) if total > 0.0 else float("nan")
        return Fused(x=x, y=y, evidence=float(weights[best].sum()))

    def events_near(self, time_s: float, x: float, y: float, *, at_least: float) -> list[int]:
        """Return the events of the alerts that give at least some evidence at a place, in their order."""
        weights = self._weights(time_s, np.array([x]), np.array([y]))[0]
        return [int(e) for e, w in zip(self.alerts.event, weights, strict=True) if w >= at_least and e >= 0]

    def _weights(self, time_s: float, x: Floats, y: Floats) -> Floats:
        held = self.alerts
        faded = held.evidence * 0.5 ** ((time_s - held.time_s) / self._half_life_s)
        squared = (x[:, None] - held.x) ** 2 + (y[:, None] - held.y) ** 2
        near = np.exp(-0.5 * np.nan_to_num(squared, nan=0.0) / self._radius_m**2)
        out: Floats = near * faded
        return out


def count_agreeing(alarms: npt.NDArray[np.bool_], window: int) -> npt.NDArray[np.int64]:
    """Return how many sources raised an alarm in the last readings: the baseline of k out of n.

    Parameters
    ----------
    alarms
        bool (m, n).
    window
        Readings that count, this one included.

    Returns
    -------
    int64 (m,).
    """
    rows = np.arange(len(alarms))[:, None]
    last = np.maximum.accumulate(np.where(alarms, rows, -window), axis=0)
    return np.asarray((rows - last < window).sum(axis=1), np.int64)
