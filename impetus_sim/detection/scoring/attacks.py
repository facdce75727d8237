"""The score of the BATADAL competition: how soon attacks are found, and how well hours are told apart.

S = (S_TTD + S_CM) / 2, where S_TTD is 1 minus the mean of the time to detection over the duration of each attack
(all of it for one that was missed), and S_CM the mean of the shares of attack hours (TPR) and of other hours (TNR)
that are judged right. An alarm in every hour scores 0.75: S says nothing without TNR.

Reference: Taormina et al. 2018, Battle of the Attack Detection Algorithms, J. Water Resour. Plann. Manage. 144(8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Published:
    """A score of the competition, with its parts where they were read; nan or None where not."""

    who: str
    s: float
    s_ttd: float = float("nan")
    tpr: float = float("nan")
    tnr: float = float("nan")
    found: int | None = None


PUBLISHED: Final = (
    Published(who="Housh and Ohar", s=0.970, s_ttd=0.965, tpr=0.953, tnr=0.997),
    Published(who="Abokifa", s=0.949, s_ttd=0.958, tpr=0.921, tnr=0.959),
    Published(who="Tsiami", s=0.931),
    Published(who="Giacomoni", s=0.927, s_ttd=0.936, tpr=0.838, tnr=0.997),
    Published(who="Brentan", s=0.894, found=6),
    Published(who="Chandy", s=0.802),
    Published(who="Pasha", s=0.773),
    Published(who="Aghashahi", s=0.534),
)
"""On the test set of the competition (2089 hours, 7 attacks). Chance: never an alarm 0.250, always 0.750."""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One attack: its readings from `start` to before `stop`, and the first alarm in them (-1 for none)."""

    start: int
    stop: int
    first_alarm: int
    hit_share: float

    @property
    def delay(self) -> int:
        """Readings until it was found; all of it when it was not."""
        return (self.stop if self.first_alarm < 0 else self.first_alarm) - self.start

    @property
    def s_ttd(self) -> float:
        """1 for found at once, 0 for missed."""
        return 1.0 - self.delay / (self.stop - self.start)


@dataclass(frozen=True, kw_only=True)
class AttackScore:
    """The score and its parts."""

    s: float
    s_ttd: float
    tpr: float
    tnr: float
    attacks: tuple[Attack, ...]

    @property
    def n_found(self) -> int:
        """Attacks with an alarm."""
        return sum(attack.first_alarm >= 0 for attack in self.attacks)


def find_attacks(truth: Flags) -> list[tuple[int, int]]:
    """Return the first reading and that after the last of each attack."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], truth, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def score_attacks(truth: Flags, alarms: Flags) -> AttackScore:
    """Score alarms of a record.

    Parameters
    ----------
    truth, alarms
        Whether there was an attack, and an alarm, bool (m,).

    Returns
    -------
    With nan for what has nothing to be judged by: S, S_TTD and TPR where there was no attack, TNR where there was
    nothing else.
    """
    attacks = []
    for start, stop in find_attacks(truth):
        hits = np.flatnonzero(alarms[start:stop])
        first = start + int(hits[0]) if len(hits) else -1
        attacks.append(
            Attack(start=start, stop=stop, first_alarm=first, hit_share=len(hits) / (stop - start))
        )
    nan = float("nan")
    s_ttd = float(np.mean([attack.s_ttd for attack in attacks])) if attacks else nan
    tpr = float(alarms[truth].mean()) if truth.any() else nan
    tnr = float(1.0 - alarms[~truth].mean()) if not truth.all() else nan
    s = 0.5 * s_ttd + 0.25 * (tpr + tnr)
    return AttackScore(s=s, s_ttd=s_ttd, tpr=tpr, tnr=tnr, attacks=tuple(attacks))
