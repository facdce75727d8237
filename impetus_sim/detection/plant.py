"""A plant watched by three independent looks at its telemetry, joined: what does not fit, disobeys or repeats.

Relations between signals find what the attacker changes in the plant and does not hide, control rules what he has
pumps do, exact repeats what he hides by playing back a record. An alarm of any of them goes on for some hours: an
attack rarely shows in every one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.detection.base import Detector, Floats
from impetus_sim.detection.detectors.control_rules import ControlRules, ControlRulesSpec
from impetus_sim.detection.detectors.integrity import Integrity, IntegritySpec
from impetus_sim.detection.detectors.relations import RelationsDetector, RelationsSpec
from impetus_sim.detection.fusion import count_agreeing

LOOKS: Final = ("relations", "control_rules", "integrity")


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a plant monitor found in a record; m readings of n signals.

    Parameters
    ----------
    alarms
        bool (m,).
    scores
        The highest of each look, of `LOOKS`; it alarms from 1 on; float64 (m, 3).
    signals
        Signal that was off most at each reading, int64 (m,); meaningful where a score is 1 or more.
    """

    alarms: npt.NDArray[np.bool_]
    scores: Floats
    signals: npt.NDArray[np.int64]


class PlantMonitor:
    """Watches signals whose ids begin with L_ (levels), S_ (states, 0 or 1), F_ (flows) or P_ (pressures).

    Parameters
    ----------
    signals
        Ids.
    factor, margin
        Of `RelationsSpec` and `ControlRulesSpec`.
    hold
        Readings for which an alarm goes on after the last of its kind.
    """

    def __init__(
        self, signals: Sequence[str], *, factor: float = 1.5, margin: float = 0.1, hold: int = 4
    ) -> None:
        self.signals = tuple(signals)
        self.hold = hold
        self._analog = np.array([k for k, name in enumerate(self.signals) if not name.startswith("S_")])
        analog = [self.signals[k] for k in self._analog]
        self._looks: tuple[tuple[Detector, npt.NDArray[np.int64]], ...] = (
            (
                RelationsDetector("relations", RelationsSpec(streams=("*",), factor=factor), signals),
                self._all,
            ),
            (
                ControlRules("control_rules", ControlRulesSpec(streams=("*",), margin=margin), signals),
                self._all,
            ),
            (Integrity("integrity", IntegritySpec(streams=("*",)), analog), self._analog),
        )

    @property
    def _all(self) -> npt.NDArray[np.int64]:
        return np.arange(len(self.signals))

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Learn from a record without incidents.

        Parameters
        ----------
        times_s
            s after a Monday midnight, ascending, float64 (m,).
        values
            float64 (m, n).
        """
        for detector, columns in self._looks:
            detector.fit(times_s, values[:, columns])

    def watch(self, times_s: Floats, values: Floats) -> Watched:
        """Go through a record reading by reading, each judged by what came before."""
        n_rows = len(values)
        scores, best = np.zeros((n_rows, len(self._looks))), np.zeros((n_rows, len(self.signals)))
        for look, (detector, columns) in enumerate(self._looks):
            found = detector.observe_all(times_s, values[:, columns])
            scores[:, look] = found.max(axis=1)
            best[:, columns] = np.maximum(best[:, columns], found)
        alarms = count_agreeing(scores >= 1.0, self.hold + 1) >= 1
        return Watched(alarms=alarms, scores=scores, signals=best.argmax(axis=1))
