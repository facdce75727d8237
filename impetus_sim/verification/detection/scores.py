"""Identities of the BATADAL score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from impetus_sim.detection.scoring.attacks import find_attacks, score_attacks
from impetus_sim.verification.case import Case, Effort, Measured

Flags = npt.NDArray[np.bool_]
_SOURCE = "Taormina et al. 2018, J. Water Resour. Plann. Manage. 144(8); values follow from the definition"
_EXACT = 1e-12


def _truth() -> Flags:
    truth = np.zeros(2000, bool)
    for start, hours in ((100, 30), (500, 70), (900, 24), (1500, 110)):
        truth[start : start + hours] = True
    return truth


def never(truth: Flags) -> Flags:
    """Raise no alarm."""
    return np.zeros_like(truth)


def always(truth: Flags) -> Flags:
    """Raise nothing but alarms."""
    return np.ones_like(truth)


def perfect(truth: Flags) -> Flags:
    """Raise an alarm in each hour of an attack and no other."""
    return truth.copy()


def second_half(truth: Flags) -> Flags:
    """Raise an alarm from half of each attack on."""
    alarms = np.zeros_like(truth)
    for start, stop in find_attacks(truth):
        alarms[(start + stop) // 2 : stop] = True
    return alarms


def _case(name: str, alarms: Callable[[Flags], Flags], value: float, title: str) -> Case:
    def run(effort: Effort) -> Measured:
        del effort
        truth = _truth()
        score = score_attacks(truth, alarms(truth))
        parts = f"S_TTD {score.s_ttd:.3f}, TPR {score.tpr:.3f}, TNR {score.tnr:.3f}"
        return Measured(value=score.s, text=f"S {score.s:.6f} ({parts})")

    return Case(
        id=f"batadal-{name}",
        standard="law",
        title=f"BATADAL score: {title}",
        source=_SOURCE,
        low=value - _EXACT,
        high=value + _EXACT,
        expected=f"S {value:g}",
        run=run,
    )


CASES = (
    _case("never", never, 0.25, "never an alarm"),
    _case("always", always, 0.75, "always an alarm"),
    _case("perfect", perfect, 1.0, "the truth"),
    _case("half", second_half, 0.625, "an alarm from half of each attack on"),
)
