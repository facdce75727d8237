"""How chances of survival fall while the injured wait for treatment.

Sacco et al. (2005), Academic Emergency Medicine 12: 759-770: chance of survival by RPM score (logistic, 76 459
patients with blunt injuries), and the score that experts expect in untreated patients after each half hour
(Delphi). The figures are those that open implementations of the method print; the paper's tables were not read
again. Between half hours the chance falls in a straight line (chosen).

Each injured person has one draw u in (0, 1), and treatment that begins at time t saves them when u < S(t).
Untreated they die when S(t) falls to u. Whom no treatment could have saved, u >= S(0), dies when the score would
reach 0.
"""

from __future__ import annotations

from typing import Final

import numpy as np

HALF_HOUR_S: Final = 1800.0
SURVIVAL: Final = (0.052, 0.089, 0.15, 0.23, 0.35, 0.49, 0.63, 0.75, 0.84, 0.90, 0.94, 0.97, 0.98)
"""Chance of survival at RPM scores 0 to 12."""
DETERIORATION: Final = (
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    (4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    (6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0),
    (8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0),
    (9, 8, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0),
    (10, 9, 9, 8, 8, 7, 6, 6, 5, 5, 4, 4),
    (11, 11, 10, 10, 9, 8, 8, 7, 7, 6, 6, 5),
    (12, 12, 11, 11, 10, 10, 10, 10, 9, 9, 8, 8),
)
"""Score of somebody untreated after 1, 2, ... 12 half hours, by the score at first."""
_TIMES_S: Final = HALF_HOUR_S * np.arange(len(DETERIORATION[0]) + 1)


def survival_at(rpm: int, wait_s: float) -> float:
    """Return the chance that treatment saves somebody if it begins after a wait.

    Parameters
    ----------
    rpm
        Score when hurt, 0 to 12.
    wait_s
        Without treatment, s; after six hours the score stays.
    """
    return float(np.interp(wait_s, _TIMES_S, _chances(rpm)))


def is_savable(rpm: int, uniform: float) -> bool:
    """Return whether treatment without delay would save somebody with this draw."""
    return uniform < SURVIVAL[rpm]


def dies_after_s(rpm: int, uniform: float) -> float:
    """Return after how long somebody untreated dies, s; inf for not within six hours."""
    chances = _chances(rpm)
    if not is_savable(rpm, uniform):
        scores = (rpm, *DETERIORATION[rpm])
        at = next((k for k, score in enumerate(scores) if score == 0), None)
        return np.inf if at is None else float(_TIMES_S[at])
    below = np.flatnonzero(chances <= uniform)
    if not len(below):
        return np.inf
    k = int(below[0])  # not 0: the first chance is above the draw
    share = (chances[k - 1] - uniform) / (chances[k - 1] - chances[k])
    return float(_TIMES_S[k - 1] + share * HALF_HOUR_S)


def _chances(rpm: int) -> np.ndarray:
    return np.array([SURVIVAL[score] for score in (rpm, *DETERIORATION[rpm])])
