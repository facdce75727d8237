"""The injured among people: who cannot walk lies where they are, and whom responders take away is gone.

Serves the world's tables of injuries (`impetus_sim.world.injuries`), each row once, in the order in which they
were written. Rows about people who are neither on the ground nor on a link (any more) change nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.lying import Lying
from impetus_sim.crowd.population import INSIDE, ON_LINK, REMOVED
from impetus_sim.errors import RunFailedError
from impetus_sim.world.injuries import Injuries, Severity
from impetus_sim.world.world import World

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem

COLUMNS = {"severity": "u1", "tick": "i8", "cause": "i8", "carried_tick": "i8"}
"""Columns of the table ``crowd_injuries``, one row per person: worst `Severity`, 0 for unhurt; when it came to it,
and the event that did it, -1 for none; when they were taken away, -1 for not."""


class InjuredPeople(Lying):
    """What injuries do to people.

    Parameters
    ----------
    people, world
        As in the crowd; the world has injuries.
    """

    def __init__(self, people: Table, world: World) -> None:
        assert world.injuries is not None
        self._people, self._world = people, world
        self._injuries: Injuries = world.injuries
        self.table = Table("crowd_injuries", len(people), COLUMNS)
        self.table.tick[:] = self.table.cause[:] = self.table.carried_tick[:] = -1
        self.progress = Table("crowd_injuries_progress", 1, {"n_injured": "i8", "n_carried": "i8"})

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.table, self.progress]

    @property
    def is_down(self) -> npt.NDArray[np.bool_]:
        """bool (people,): who cannot walk."""
        return np.asarray(self.table.severity >= Severity.DELAYED)

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Keep those who lie where they are, on the ground and on links."""
        super().before_choice(crowd, tick)
        if self._n_down:
            self._stop(crowd, np.flatnonzero(self.is_down))

    def serve(self, crowd: CrowdSystem) -> None:
        """Let the newly injured fall, and take away whom responders have carried off."""
        injured, carried, progress = self._injuries.injured, self._injuries.carried, self.progress
        first, last = int(progress.n_injured[0]), len(injured)
        if last > first:
            self._serve_injured(crowd, slice(first, last))
            progress.n_injured[0] = last
        first, last = int(progress.n_carried[0]), len(carried)
        if last > first:
            self._take(crowd, np.unique(carried.person[first:last]))
            progress.n_carried[0] = last

    def require_laws(self, crowd: CrowdSystem) -> None:
        """Raise when somebody walks who cannot."""
        rows = np.flatnonzero(self.is_down & (self._people.state == INSIDE))
        walking = rows[self._people.is_walking[rows] == 1]
        if len(walking):
            raise RunFailedError(
                f"at {self._world.time_s:g} s: person {int(self._people.uid[walking[0]])} walks with an injury of "
                f"severity {int(self.table.severity[walking[0]])}"
            )

    def _serve_injured(self, crowd: CrowdSystem, which: slice) -> None:
        people, table, injured = self._people, self.table, self._injuries.injured
        persons, severities = injured.person[which].astype(np.intp), injured.severity[which]
        causes = injured.cause[which]
        # of several rows of one person the worst counts, of equally bad ones the first
        order = np.lexsort((np.arange(len(persons)), -severities.astype(np.int64), persons))
        order = order[np.unique(persons[order], return_index=True)[1]]
        persons, severities, causes = persons[order], severities[order], causes[order]
        is_there = (people.state[persons] == INSIDE) | (people.state[persons] == ON_LINK)
        is_worse = is_there & (severities > table.severity[persons])
        persons, severities, causes = persons[is_worse], severities[is_worse], causes[is_worse]
        if not len(persons):
            return
        before = table.severity[persons]
        table.severity[persons], table.cause[persons] = severities, causes
        table.tick[persons] = self._world.tick
        self._log("people_injured", persons[before == 0], causes[before == 0])
        self._log("injuries_worsened", persons[before > 0], causes[before > 0])
        fallen = persons[(severities >= Severity.DELAYED) & (before < Severity.DELAYED)]
        if len(fallen):
            self.lay_down(crowd, fallen.astype(np.int32))
            self._stop(crowd, fallen)

    def _log(self, kind: str, persons: npt.NDArray[np.intp], causes: npt.NDArray[np.int64]) -> None:
        """Append one event for each cause."""
        people, world = self._people, self._world
        for cause in np.unique(causes).tolist():
            rows = persons[causes == cause]
            numbers = np.bincount(self.table.severity[rows], minlength=len(Severity) + 1)
            world.log(
                kind,
                world.events.subject[cause].decode() if cause >= 0 else "",
                x=float(people.x[rows].mean()),
                y=float(people.y[rows].mean()),
                causes=[cause] if cause >= 0 else [],
                **{
                    severity.name.lower(): int(numbers[severity])
                    for severity in Severity
                    if numbers[severity]
                },
            )

    def _stop(self, crowd: CrowdSystem, rows: npt.NDArray[np.intp]) -> None:
        for behaviour in crowd.behaviours:
            behaviour.stop(crowd, rows)

    def _take(self, crowd: CrowdSystem, persons: npt.NDArray[np.int64]) -> None:
        people = self._people
        state = people.state[persons]
        rows: npt.NDArray[np.intp] = persons[(state == INSIDE) | (state == ON_LINK)].astype(np.intp)
        people.is_walking[rows] = 0
        people.vx[rows] = people.vy[rows] = 0.0
        self._stop(crowd, rows)
        for behaviour in crowd.behaviours:
            behaviour.take_away(crowd, rows)
        people.state[rows] = REMOVED
        self.table.carried_tick[rows] = self._world.tick
        crowd.refresh()
