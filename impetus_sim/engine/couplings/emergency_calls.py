"""People who noticed a threat call for help; each call that gets through is an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.kernels.philox import fill_uniforms
from impetus_sim.scenario.control_rooms import EmergencyCalls
from impetus_sim.scenario.distributions import sample

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.engine.truth import Truth
    from impetus_sim.world.world import World

EVERY_S: Final = 1.0
"""Calls are put through at whole multiples of this."""
SOURCE: Final = "call"
NEVER: Final = -1


class Callers:
    """Who calls, and when.

    Parameters
    ----------
    spec
        The scenario's section, drawn.
    people
        The crowd.
    key
        Key of the random stream.
    truth
        What it was that alarmed somebody.
    """

    def __init__(
        self, spec: EmergencyCalls, people: Table, key: npt.NDArray[np.uint32], truth: Truth
    ) -> None:
        self._spec, self._people, self._key, self._truth = spec, people, key, truth
        self.table = Table(
            "emergency_callers", len(people), {"is_settled": "u1", "next_tick": "i8", "tries": "u1"}
        )
        self.table.next_tick[:] = NEVER

    def advance(self, world: World) -> None:
        """Let people decide who became aware, and let those call whose time has come."""
        self._decide(world)
        due = np.flatnonzero((self.table.next_tick >= 0) & (self.table.next_tick <= world.tick))
        for row in due[np.argsort(self.table.next_tick[due], kind="stable")].tolist():
            self._call(world, row)

    def _decide(self, world: World) -> None:
        people, table, spec = self._people, self.table, self._spec
        fresh = np.flatnonzero((people.aware_tick >= 0) & (table.is_settled == 0))
        if not len(fresh):
            return
        table.is_settled[fresh] = 1
        draws = self._draws(fresh, 0)
        calls = draws[:, 0] < spec.share
        for cause in np.unique(people.aware_cause[fresh]).tolist():
            if cause < 0 or self._truth.threat_behind(cause) is None:
                calls &= people.aware_cause[fresh] != cause
        after = np.ceil(sample(spec.after, draws[:, 1]) * 1e6 / world.resolution_us).astype(np.int64)
        table.next_tick[fresh[calls]] = people.aware_tick[fresh[calls]] + after[calls]

    def _call(self, world: World, row: int) -> None:
        people, table, spec = self._people, self.table, self._spec
        table.tries[row] += 1
        x, y = float(people.x[row]), float(people.y[row])
        cause = int(people.aware_cause[row])
        hazard = self._truth.threat_behind(cause)
        assert hazard is not None  # who calls was alarmed by one
        if not self._gets_through(world, row):
            again = int(table.tries[row]) < spec.tries
            table.next_tick[row] = world.tick + world.ticks(spec.again_after) if again else NEVER
            world.log(
                "call_blocked", hazard.reported_as, x=x, y=y, causes=[cause], tries=int(table.tries[row])
            )
            return
        table.next_tick[row] = NEVER
        event = world.log("alert", SOURCE, x=x, y=y, causes=[cause], says=hazard.reported_as)
        world.need_alarms().raise_alert(
            SOURCE, hazard.reported_as, tick=world.tick, x=x, y=y, score=1.0, event=event
        )

    def _gets_through(self, world: World, row: int) -> bool:
        if world.coverage is None:
            return True
        at = np.array([row])
        delivered = world.coverage.delivered_at(self._people.x[at], self._people.y[at])
        return bool(self._draws(at, int(self.table.tries[row]))[0, 2] < delivered[0])

    def _draws(self, rows: npt.NDArray[np.intp], decision: int) -> npt.NDArray[np.float64]:
        out = np.empty((len(rows), 4))
        fill_uniforms(self._key, np.ascontiguousarray(self._people.uid[rows], np.uint64), 0, decision, out)
        return out


def people_call_for_help(world: World, systems: Systems, seconds: float) -> None:
    """Put the calls through that are due by this second."""
    assert systems.callers is not None
    every, step = world.ticks(EVERY_S), world.ticks(seconds)
    if world.tick // every != (world.tick - step) // every:
        systems.callers.advance(world)
