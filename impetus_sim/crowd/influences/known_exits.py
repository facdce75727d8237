"""What people know of the exits: familiar ones are preferred, visitors keep to the one they came in by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.influences.base import Influence
from impetus_sim.crowd.population import Roster
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.crowd import Crowd


def familiar_s(crowd: Crowd, roster: Roster, exit_names: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """Return what familiarity is worth, float64 (populations, exits), s.

    With a personal taste of scale s (Gumbel) the odds of an exit at equal time are w when ln(w) s seconds are
    taken off.

    Raises
    ------
    InvalidInputError
        When a population names an exit that is not there.
    """
    out = np.zeros((len(roster.populations), len(exit_names)))
    for k, name in enumerate(roster.populations):
        odds = crowd.populations[name].familiar
        for e in _indices(odds, exit_names, f"crowd.populations.{name}.familiar"):
            out[k, e] = -float(crowd.exit_choice.taste) * np.log(float(odds[exit_names[e]]))
    return out


class CameByInfluence(Influence):
    """Whoever does not know the exits prefers the one they came in by.

    Parameters
    ----------
    came_by
        int16 (people,): that exit; -1 for people who know all.
    worth_s
        Seconds for which they keep to it.
    """

    def __init__(self, came_by: npt.NDArray[np.int16], *, worth_s: float) -> None:
        self.came_by, self._worth_s = came_by, worth_s

    def weigh(self, due: npt.NDArray[np.int32], out_s: npt.NDArray[np.float64]) -> None:
        """Take the worth off the exit they know."""
        knows = np.flatnonzero(self.came_by[due] >= 0)
        out_s[knows, self.came_by[due[knows]]] -= self._worth_s


def draw_came_by(
    crowd: Crowd, people: Table, roster: Roster, exit_names: tuple[str, ...], *, seed: int, replicate: int
) -> npt.NDArray[np.int16]:
    """Draw the exit that each person came in by, -1 for those who know all; int16 (people,).

    Raises
    ------
    InvalidInputError
        When a population names an exit that is not there.
    """
    out = np.full(len(people), -1, np.int16)
    u = rng.draw_uniforms(seed, replicate, "crowd.came_by", people.uid)
    for k, name in enumerate(roster.populations):
        population = crowd.populations[name]
        if population.knows_exits >= 1.0:
            continue
        shares: Mapping[str, float] = population.came_by
        if not shares and population.arrive is not None:
            shares = {population.arrive.through: 1.0}
        exits = _indices(shares, exit_names, f"crowd.populations.{name}.came_by")
        edges = np.cumsum([float(shares[exit_names[e]]) for e in exits])
        members = np.flatnonzero(people.population == k)
        which = np.searchsorted(edges, u[members, 0] * edges[-1], side="right")
        drawn = np.array(exits, np.int16)[np.minimum(which, len(exits) - 1)]
        out[members] = np.where(u[members, 1] < population.knows_exits, -1, drawn)
    return out


def _indices(named: Mapping[str, float], exit_names: tuple[str, ...], key: str) -> list[int]:
    for name in named:
        if name not in exit_names:
            raise InvalidInputError(
                f"{key}: there is no exit '{name}'", hint=f"one of {', '.join(exit_names) or 'none'}"
            )
    return [exit_names.index(name) for name in sorted(named, key=exit_names.index)]
