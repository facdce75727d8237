"""Fused alerts of a run: raised where the alerts of several detectors support each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.detection.fusion import EvidenceMap, evidence_of

if TYPE_CHECKING:
    from impetus_sim.scenario.detection import Fusion

SOURCE = "fusion"
_COUNTS = 0.1
"""Alerts that give at least this share of one alert's evidence are causes."""


@dataclass(frozen=True, kw_only=True)
class JointAlert:
    """Where, of which kind, with how much evidence, nats, and from which alerts (events)."""

    x: float
    y: float
    kind: str
    evidence: float
    causes: tuple[int, ...]


class JointAlerts:
    """Evidence of the alerts of a run.

    Parameters
    ----------
    spec
        Drawn.
    """

    def __init__(self, spec: Fusion) -> None:
        self._spec = spec
        self._each = evidence_of(float(spec.hit_rate), float(spec.false_rate))
        self._map = EvidenceMap("alerts", half_life_s=float(spec.half_life), radius_m=float(spec.radius))
        self.raised = Table("fusion_raised", 1, {"time_s": "f8"})
        self.raised.time_s[:] = -np.inf

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self._map.alerts, self.raised]

    def add(self, time_s: float, x: float, y: float, *, event: int) -> None:
        """Take in an alert."""
        self._map.add(time_s, x, y, self._each, event=event)

    def due(self, time_s: float, alerts: Table, *, n_new: int) -> JointAlert | None:
        """Return the fused alert to be raised now, or None.

        Parameters
        ----------
        time_s
            Now.
        alerts
            All of the run so far.
        n_new
            Alerts taken in since the last time.
        """
        best = self._map.strongest(time_s, newest=n_new)
        if best is None or best.evidence < self._spec.evidence or self._is_quiet(time_s):
            return None
        causes = self._map.events_near(time_s, best.x, best.y, at_least=_COUNTS * self._each)
        if len(causes) < 2:
            return None
        self.raised.time_s[:] = time_s
        newest = int(np.flatnonzero(alerts.event == causes[-1])[0])
        return JointAlert(
            x=best.x,
            y=best.y,
            kind=alerts.kind[newest].decode(),
            evidence=best.evidence,
            causes=tuple(causes),
        )

    def _is_quiet(self, time_s: float) -> bool:
        return bool(time_s - self.raised.time_s[0] < self._spec.quiet)
