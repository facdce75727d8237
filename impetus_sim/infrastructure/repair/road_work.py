"""Staff who drive to assets and do something there: SimPy processes over rows of tables, in whole microseconds.

Nothing lives only in a process: who drives, who works and what is awaited are rows (see `world.waits`). Events of
one instant only write their rows; work is given out once they all have, so it does not matter in which order a
rebuilt environment takes them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.change import Change
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.services.trace import Trace
from impetus_sim.world.waits import Waits

Place = tuple[float, float]
TravelTime = Callable[[Place, Place, int], float]
"""From a place to a place, local metres, setting out at a time, us: seconds on the road."""
DETOUR = 1.4
"""Way on streets over the straight line; Boscoe, Henry, Zdeb (2012), Prof. Geographer 64: 1.42 (recalled)."""
STREET_SPEED_M_S = 30.0 / 3.6


def straight_travel_s(start: Place, end: Place, at_us: int) -> float:
    """Return the time along a straight line with a usual detour at a usual speed in towns, s."""
    del at_us
    return DETOUR * math.dist(start, end) / STREET_SPEED_M_S


class RoadWork:
    """What crews and tankers have in common; a subclass says what is awaited and gives out work.

    Parameters
    ----------
    name
        Prefix of the tables.
    travel_s
        How long a drive takes.
    """

    def __init__(self, name: str, travel_s: TravelTime) -> None:
        self._travel_s = travel_s
        self._clock = Table(f"{name}_clock", 1, {"now_us": "i8"})
        self.tables: list[Table] = [self._clock]
        self._trace = Trace(self._codes)
        self._waits = Waits()
        self._said: list[tuple[tuple[int, ...], str, str, int, dict[str, Any], Callable[[int], None]]] = []

    def _codes(self) -> Iterable[npt.NDArray[np.int64]]:
        """Return the arrays that hold codes of causes."""
        raise NotImplementedError

    def _awaited(self) -> Iterable[tuple[int, Callable[[int], None]]]:
        """Return times to come and what is done then, from the tables alone."""
        raise NotImplementedError

    def _give_out(self, now_us: int) -> None:
        """Give work to whoever is free."""
        raise NotImplementedError

    @property
    def now_us(self) -> int:
        """The time advanced to."""
        return int(self._clock.now_us[0])

    def next_event_us(self) -> int | None:
        """Return when something is due next; None for never."""
        return self._waits.next()

    def advance(self, until_us: int) -> list[Change]:
        """Act on everything due up to and including `until_us`, in time order."""
        self._trace.begin()
        while (due := self.next_event_us()) is not None and due <= until_us:
            self._clock.now_us[0] = due
            self._waits.drain(due)
            self._tell(due)
            self._give_out(due)
            self._tell(due)
        self._clock.now_us[0] = max(self.now_us, until_us)
        return self._trace.changes

    def logged(self, event_ids: Sequence[int]) -> None:
        """Say which events of the world the changes of the last `advance` became, in their order."""
        self._trace.name(event_ids)

    def restored(self) -> None:
        """Rebuild the processes from the tables."""
        self._waits.rebuild(self.now_us, self._awaited())

    def _await(self, at_us: int, act: Callable[[int], None]) -> None:
        """Do something at a time to come; the caller has written the row from which `_awaited` finds it again."""
        self._waits.add(at_us, act)

    def _say(
        self,
        order: tuple[int, ...],
        kind: str,
        subject: str,
        code: int,
        data: dict[str, Any],
        keep: Callable[[int], None],
    ) -> None:
        """Say a change of the present instant; `keep` is given its code. Those of one instant stand by `order`."""
        self._said.append((order, kind, subject, code, data, keep))

    def _tell(self, now_us: int) -> None:
        for _, kind, subject, code, data, keep in sorted(self._said, key=lambda said: said[0]):
            keep(self._trace.add(now_us, kind, subject, code, data))
        self._said.clear()

    def _drive_us(self, start: Place, end: Place, at_us: int) -> int:
        return max(0, round(self._travel_s(start, end, at_us) * US_PER_S))
