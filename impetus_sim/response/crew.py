"""Staff who carry out interventions, as a SimPy queue in the engine's integer ticks.

A SimPy environment cannot be saved, so nothing lives only in it: each task is a row of a table, from which
the waiting and working processes are rebuilt, in the same order, on restore.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError

WAITING, WORKING, DONE = 0, 1, 2

TASK_COLUMNS = {
    "key": "S64",
    "stage": "u1",
    "staff": "i8",
    "lead_ticks": "i8",
    "ordered_tick": "i8",
    "started_tick": "i8",
    "done_tick": "i8",
    "n_acts": "i8",
    "order_event": "i8",
    "last_event": "i8",
}
"""One row per ordered intervention. stage: waiting for staff, working, done. ticks: -1 for not yet."""


class Crew:
    """A pool of stewards; tasks wait for them first come, first served.

    Parameters
    ----------
    tasks
        The table (owned here and by the response system).
    n_staff
        Size of the pool.
    on_started, on_done
        Called with the row and tick when staff begin and when they have finished.
    """

    def __init__(
        self,
        tasks: Table,
        n_staff: int,
        *,
        on_started: Callable[[int, int], None],
        on_done: Callable[[int, int], None],
    ) -> None:
        self._tasks, self._n_staff = tasks, n_staff
        self._on_started, self._on_done = on_started, on_done
        self._rebuild(0)

    def order(self, row: int, tick: int) -> None:
        """Begin the process of a task that was just appended to the table, at the present tick.

        The queue's own clock stands at its last event, so the process first waits until `tick`.
        """
        self._env.process(self._work(row, tick))

    def next_tick(self) -> int | None:
        """Return the tick of the next event in the queue, or None."""
        due = self._env.peek()
        return None if due == float("inf") else int(due)

    def drain(self, tick: int) -> None:
        """Process everything due at or before a tick (never `run(until)`, which leaves out the tick itself)."""
        while self._env.peek() <= tick:
            self._env.step()

    def rebuild(self, tick: int) -> None:
        """Rebuild the processes from the table, as they stood after the given tick was drained."""
        self._rebuild(tick)
        self.drain(tick)

    def _rebuild(self, tick: int) -> None:
        tasks = self._tasks
        self._env = simpy.Environment(initial_time=tick)
        working = [k for k in range(len(tasks)) if tasks.stage[k] == WORKING]
        busy = int(sum(tasks.staff[k] for k in working))
        if busy > self._n_staff:
            raise InvalidInputError(
                f"response.stewards: {self._n_staff} are too few, {busy} are at work at this moment",
                hint="a branch can add stewards, and take away those who are free",
            )
        self._free = simpy.Container(self._env, capacity=max(1, self._n_staff), init=self._n_staff - busy)
        for row in sorted(working, key=lambda k: (int(tasks.started_tick[k]), k)):
            self._env.process(self._finish(row, int(tasks.started_tick[row] + tasks.lead_ticks[row]) - tick))
        for row in range(len(tasks)):
            if tasks.stage[row] == WAITING:
                self._env.process(self._work(row, tick))

    def _work(self, row: int, tick: int) -> Generator[simpy.Event, None, None]:
        tasks = self._tasks
        yield self._env.timeout(tick - self._env.now)
        if tasks.staff[row] > 0:
            yield self._free.get(int(tasks.staff[row]))
        tasks.stage[row] = WORKING
        tasks.started_tick[row] = self._env.now
        self._on_started(row, int(self._env.now))
        yield from self._finish(row, int(tasks.lead_ticks[row]))

    def _finish(self, row: int, remaining: int) -> Generator[simpy.Event, None, None]:
        tasks = self._tasks
        yield self._env.timeout(remaining)
        if tasks.staff[row] > 0:
            yield self._free.put(int(tasks.staff[row]))
        tasks.stage[row] = DONE
        tasks.done_tick[row] = self._env.now
        self._on_done(row, int(self._env.now))
