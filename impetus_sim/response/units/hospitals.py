"""Beds for the injured, and where to take them.

A hospital has as many usable beds as its share of service allows: an asset that gives half has half of them. A bed
is kept for somebody from the moment of setting out. Where it is gone on arrival the unit drives on to the next;
where none has a bed left, the nearest takes people beyond its beds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.response.units.tables import beds_table

if TYPE_CHECKING:
    import numpy.typing as npt

    from impetus_sim.response.units.roster import Roster
    from impetus_sim.response.units.travel import Point, Travel
    from impetus_sim.world.world import World


class Hospitals:
    """The hospitals of a run.

    Parameters
    ----------
    roster
        Where they are.
    travel
        How long ways take.
    """

    def __init__(self, roster: Roster, world: World, travel: Travel) -> None:
        self._all, self._places = roster.hospitals, roster.hospital_places
        self._world, self._travel = world, travel
        self.beds = beds_table(len(self._all))

    def usable(self) -> npt.NDArray[np.int64]:
        """Return the beds that each can use now, int64 (hospitals,)."""
        beds = np.array([one.beds for one in self._all], np.int64)
        states = self._world.asset_states
        if states is None:
            return beds
        level = np.array([1.0 if one.asset < 0 else states.level[one.asset] for one in self._all])
        return np.floor(beds * level + 1e-9).astype(np.int64)

    def choose(self, start: Point) -> int:
        """Keep a bed at the nearest hospital with one left, and return its row."""
        chosen = nearest_with_bed(self._travel.out(start, self._places), self.usable() - self.beds.taken)
        self.beds.taken[chosen] += 1
        return chosen

    def divert(self, hospital: int, start: Point) -> int | None:
        """Return where to drive on to, with a bed kept there; None where the kept bed stands, or none is left."""
        left = self.usable() - self.beds.taken
        if left[hospital] >= 0 or not (left > 0).any():
            return None
        self.beds.taken[hospital] -= 1
        return self.choose(start)


def nearest_with_bed(seconds: npt.NDArray[np.float64], left: npt.NDArray[np.int64]) -> int:
    """Return the row of the nearest hospital with a bed left, or of the nearest where none has.

    Parameters
    ----------
    seconds
        Time to each, float64 (hospitals,).
    left
        Beds left, int64 (hospitals,).
    """
    open_ones = np.flatnonzero(left > 0)
    of = open_ones if len(open_ones) else np.arange(len(seconds))
    return int(of[np.argmin(seconds[of])])
