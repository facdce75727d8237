"""SimPy processes that each wait for a moment and then act; nothing lives only in them.

A SimPy environment cannot be saved: what is awaited follows from rows of tables, from which the processes are
rebuilt. Their unit of time is the owner's: ticks or microseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable

import simpy

Act = Callable[[int], None]


class Waits:
    """What is awaited, in time order; of one moment in the order of asking."""

    def __init__(self) -> None:
        self._env = simpy.Environment()

    def rebuild(self, now: int, awaited: Iterable[tuple[int, Act]]) -> None:
        """Forget everything and await the given acts, at their times, none before `now`."""
        self._env = simpy.Environment(initial_time=now)
        for at, act in awaited:
            self.add(at, act)

    def add(self, at: int, act: Act) -> None:
        """Act at a time to come; `act` is given that time."""
        self._env.process(self._wait(at, act))

    def next(self) -> int | None:
        """Return when something is due next; None for never."""
        due = self._env.peek()
        return None if math.isinf(due) else int(due)

    def drain(self, until: int) -> None:
        """Let everything act that is due at or before a time (`run(until)` leaves out the time itself)."""
        while self._env.peek() <= until:
            self._env.step()

    def _wait(self, at: int, act: Act) -> Generator[simpy.Event, None, None]:
        # the environment's own clock stands at its last event
        yield self._env.timeout(at - self._env.now)
        act(at)
