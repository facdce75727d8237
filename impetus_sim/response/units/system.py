"""Units of a run: requests are served, crews work, the injured are cared for, in the engine's ticks.

Nothing lives only in a process: what a unit is doing, until when, and who would die when are rows, from which the
SimPy processes are rebuilt. What comes due at one tick is acted on in the order of its rows, so that the order in
which a rebuilt environment takes its processes does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.response.units.casualties import Casualties
from impetus_sim.response.units.crews import Crews
from impetus_sim.response.units.fleet import Fleet
from impetus_sim.response.units.hospitals import Hospitals
from impetus_sim.response.units.missions import Missions
from impetus_sim.response.units.sending import Sending
from impetus_sim.response.units.tables import Care, MissionStage, Stage, seen_table
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import Channels, System
from impetus_sim.world.units import UnitOrder

if TYPE_CHECKING:
    import numpy.typing as npt

    from impetus_sim.arrays import Table
    from impetus_sim.response.units.roster import Roster
    from impetus_sim.response.units.travel import Around, Jobs, Travel
    from impetus_sim.world.world import World

RECORD_EVERY_S = 5.0


class UnitsSystem(System):
    """All units of a run, and those whom they care for.

    Parameters
    ----------
    roster
        Who they are.
    travel, around, jobs
        The surroundings that the engine joins.
    draw_key
        Key of the stream of vital signs and survival, uint32 (2,).
    """

    name: ClassVar[str] = "units"
    phase: ClassVar[Phase] = Phase.PROCESSES

    def __init__(
        self,
        roster: Roster,
        world: World,
        *,
        travel: Travel,
        around: Around,
        draw_key: npt.NDArray[np.uint32],
        jobs: Jobs | None = None,
    ) -> None:
        assert world.units is not None
        self._world, self._alarms, self._injuries = world, world.need_alarms(), world.need_injuries()
        self._orders = world.units.orders
        self.roster = roster
        self.fleet = Fleet(roster, world, travel, around)
        self.missions = Missions(self._alarms)
        self.casualties = Casualties(self.fleet, self._injuries, roster.care, draw_key)
        self.hospitals = Hospitals(roster, world, travel)
        self._crews = Crews(
            self.fleet,
            self.missions,
            self.casualties,
            self.hospitals,
            jobs=jobs,
            injuries=self._injuries,
        )
        self._sending = Sending(self.fleet, self.missions, self._crews)
        self._seen = seen_table()
        self._record_ticks = max(1, world.ticks(RECORD_EVERY_S))
        self._await_shifts(0)

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [
            self.fleet.work,
            self.missions.table,
            self.casualties.table,
            self.hospitals.beds,
            self._seen,
        ]

    @property
    def optional_state(self) -> list[Table]:
        """All of it, and how others see the units: a branch may add units to a run that had none."""
        assert self._world.units is not None
        return [*self.state, *self._world.units.tables]

    def next_tick(self, after: int) -> int | None:
        """Return the next tick after `after` at which something is due."""
        if self._has_news() or self.missions.to_recall():
            return after + 1
        record = (after // self._record_ticks + 1) * self._record_ticks
        due = self.fleet.waits.next()
        return record if due is None else max(after + 1, min(due, record))

    def advance(self, tick: int) -> None:
        """Act on everything that has come due or was asked for by a tick."""
        fleet = self.fleet
        fleet.follow_traffic()
        fleet.waits.drain(tick)
        is_new = self._take_in()
        recalled = self.missions.to_recall()
        if not (fleet.due or is_new or recalled):
            return
        due, fleet.due = sorted(fleet.due), set()
        for what, row in due:
            if what == "casualty":
                self.casualties.die(row)
            elif what == "unit":
                self._crews.go_on(row)
            else:
                self._await_shift(row, tick)
        for mission in recalled:
            self._crews.recall(mission)
        self._sending.serve()
        self._crews.look_for_work()

    def _has_news(self) -> bool:
        seen = self._seen
        return (
            len(self._alarms.unit_requests) > seen.requests[0]
            or len(self._injuries.injured) > seen.injured[0]
            or len(self._orders) > seen.orders[0]
        )

    def _take_in(self) -> bool:
        # Requests, injuries and orders written since the last time.
        seen, has_news = self._seen, self._has_news()
        while seen.injured[0] < len(self._injuries.injured):
            self.casualties.take_in(int(seen.injured[0]))
            seen.injured[0] += 1
        while seen.orders[0] < len(self._orders):
            row = int(seen.orders[0])
            self._follow(UnitOrder(int(self._orders.kind[row])), row)
            seen.orders[0] += 1
        while seen.requests[0] < len(self._alarms.unit_requests):
            self.missions.take_in(int(seen.requests[0]))
            seen.requests[0] += 1
        return has_news

    def _follow(self, kind: UnitOrder, row: int) -> None:
        key, cause = self._orders.key[row], int(self._orders.cause[row])
        if kind == UnitOrder.ADD:
            self._sending.bring(key.decode(), cause)
        elif kind == UnitOrder.MOVE:
            self._sending.move(key.decode(), cause)
        else:
            for mission in self.missions.of_request_key(key):
                self._crews.recall(mission)

    def restored(self, tick: int) -> None:
        """Rebuild the processes from the rows.

        Raises
        ------
        InvalidInputError
            When a branch has other units than the run that it comes from.
        """
        keys = [bytes(key).decode() for key in self.fleet.seen.units.key]
        if keys != [unit.name for unit in self.roster.units] or len(self.hospitals.beds) != len(
            self.roster.hospitals
        ):
            raise InvalidInputError(
                "a branch cannot change which units and hospitals there are", hint="run the scenario again"
            )
        self.fleet.rebuild(tick, self.casualties.awaited(tick))
        self._await_shifts(tick)

    def _await_shifts(self, tick: int) -> None:
        for unit, one in enumerate(self.roster.units):
            if one.shift_h < 24.0:
                self._await_shift(unit, tick)

    def _await_shift(self, unit: int, tick: int) -> None:
        # What waits is looked at again when somebody comes on duty.
        at = self._world.ticks(self.roster.next_shift_s(unit, self._world.seconds(tick)))
        self.fleet.waits.add(max(at, tick + 1), lambda now: self.fleet.due.add(("z_shift", unit)))

    @property
    def is_over(self) -> bool:
        """Whether nothing is asked for and nobody is on a mission."""
        return self.missions.is_over() and not self._has_news()

    def require_laws(self) -> None:
        """Check that missions and units know each other, and that no bed is given twice.

        Raises
        ------
        RunFailedError
            With what does not hold.
        """
        work, table = self.fleet.work, self.missions.table
        for unit in np.flatnonzero(work.mission >= 0).tolist():
            mission = int(work.mission[unit])
            stage = MissionStage(int(table.stage[mission]))
            if table.unit[mission] != unit or stage not in (MissionStage.TAKEN, MissionStage.AT_SCENE):
                raise RunFailedError(
                    f"unit {self.roster.units[unit].name}: mission {mission} is {stage.name}"
                )
        kept = np.bincount(work.hospital[work.hospital >= 0], minlength=len(self.roster.hospitals))
        held = self.casualties.table.hospital
        kept += np.bincount(held[held >= 0], minlength=len(self.roster.hospitals))
        if not np.array_equal(kept, self.hospitals.beds.taken):
            raise RunFailedError(
                f"beds taken {self.hospitals.beds.taken}, casualties there or on the way {kept}"
            )

    def counts(self) -> dict[str, Any]:
        """Return the units by what they do, and casualties by how far their care has come."""
        stage, care = self.fleet.work.stage, self.casualties.table.care
        n_busy = np.count_nonzero(self.fleet.work.mission >= 0)
        return {
            "units_on_duty": int(np.count_nonzero(stage != Stage.ABSENT)),
            "units_busy": int(n_busy),
            **{f"casualties_{one.name.lower()}": int(np.count_nonzero(care == one)) for one in Care},
        }

    def describe(self) -> dict[str, dict[str, Any]]:
        """Return units and hospitals for the header of a recording."""
        units, hospitals, stations = self.roster.units, self.roster.hospitals, self.roster.stations
        return {
            "units": {
                "name": np.array([one.name for one in units], dtype=object),
                "kind": np.array([one.kind for one in units], dtype=object),
                "station": np.array([stations[one.home].name for one in units], dtype=object),
                "stage_names": np.array([one.name.lower() for one in Stage], dtype=object),
            },
            "hospitals": {
                "name": np.array([one.name for one in hospitals], dtype=object),
                "x": np.array([one.x for one in hospitals], np.float64),
                "y": np.array([one.y for one in hospitals], np.float64),
                "beds": np.array([one.beds for one in hospitals], np.int64),
            },
        }

    def record(self, channels: Channels, tick: int, *, is_frame: bool) -> None:
        """Record where units are and what they do."""
        del is_frame
        if tick % self._record_ticks:
            return
        places = [self.fleet.vehicle(unit) if self._is_by_road(unit) else self.fleet.place(unit)
                  for unit in range(len(self.fleet))]  # fmt: skip
        at = np.array(places, np.float32).reshape(-1, 2)
        channels.add_series(
            "units",
            tick,
            {
                "x": at[:, 0].copy(),
                "y": at[:, 1].copy(),
                "stage": self.fleet.work.stage.copy(),
                "beds_taken": self.hospitals.beds.taken.astype(np.int32),
            },
        )

    def _is_by_road(self, unit: int) -> bool:
        return self.fleet.work.stage[unit] in (
            Stage.DRIVING,
            Stage.TO_HOSPITAL,
            Stage.RETURNING,
            Stage.MOVING,
        )
