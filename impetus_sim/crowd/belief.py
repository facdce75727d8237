"""Whether people believe what they are told: credence that builds up to a personal threshold.

Credence c starts at 0. A message over a channel of credibility k, trusted to the share t, makes it
1 - (1 - c)(1 - k t w), with w below 1 for a channel that the person has had a message from. A person acts once
c reaches their threshold, which is uniform over people: one message convinces the share k t of them.
See `impetus_sim.scenario.messages` for sources.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.population import Roster
from impetus_sim.scenario.crowd import Crowd
from impetus_sim.scenario.messages import CREDIBILITY

CHANNELS = tuple(sorted(CREDIBILITY))


class Belief:
    """The belief of every person in what threatens or is announced.

    Parameters
    ----------
    crowd
        Drawn section, with `information`.
    """

    def __init__(self, crowd: Crowd, people: Table, roster: Roster, *, seed: int, replicate: int) -> None:
        assert crowd.information is not None
        self._repeat_weight = float(crowd.information.repeat_weight)
        self._credibility = dict(CREDIBILITY) | {
            k: float(v) for k, v in crowd.information.credibility.items()
        }
        self.table = Table("belief", len(people), {"credence": "f8", "channels": "u2"})
        self.threshold = rng.draw_uniforms(seed, replicate, "crowd.belief", people.uid)[:, 0]
        self.trust = np.ones((len(people), len(CHANNELS)), np.float32)
        for k, name in enumerate(roster.populations):
            members = np.flatnonzero(people.population == k)
            for channel, share in crowd.populations[name].trust.items():
                u = rng.draw_uniforms(seed, replicate, f"crowd.trust.{channel}", people.uid[members])
                self.trust[members, CHANNELS.index(channel)] = share.sample(u[:, 0])

    def convince(self, rows: npt.NDArray[np.intp], source: str) -> npt.NDArray[np.intp]:
        """Let people take in one message; return those who believe by now."""
        channel = CHANNELS.index(source)
        bit = np.uint16(1 << channel)
        table = self.table
        weight = self._credibility[source] * self.trust[rows, channel].astype(np.float64)
        weight *= np.where(table.channels[rows] & bit, self._repeat_weight, 1.0)
        table.channels[rows] |= bit
        table.credence[rows] = 1.0 - (1.0 - table.credence[rows]) * (1.0 - weight)
        return rows[table.credence[rows] >= self.threshold[rows]]
