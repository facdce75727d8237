"""What a crew does next, whenever what it was doing has ended."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from impetus_sim.response.units.tables import Care, MissionStage, Stage, Task
from impetus_sim.response.units.triage import TREATED_IN_ORDER, Tag
from impetus_sim.response.units.walking import STEP_S

if TYPE_CHECKING:
    from impetus_sim.response.units.casualties import Casualties
    from impetus_sim.response.units.fleet import Fleet
    from impetus_sim.response.units.hospitals import Hospitals
    from impetus_sim.response.units.missions import Missions
    from impetus_sim.response.units.travel import Jobs, Point
    from impetus_sim.world.injuries import Injuries

CHASE_M: Final = 200.0
"""A crew at a scene goes for what it was sent against within this distance (chosen)."""
BESIDE_M: Final = 2.0
"""And comes no nearer to it than this (chosen)."""


class Crews:
    """Crews at work.

    Parameters
    ----------
    fleet, missions, casualties, hospitals
        What they act on.
    jobs
        Repairs and clearing; None where there are none.
    injuries
        Where it is noted who was taken away.
    """

    def __init__(
        self,
        fleet: Fleet,
        missions: Missions,
        casualties: Casualties,
        hospitals: Hospitals,
        *,
        jobs: Jobs | None,
        injuries: Injuries,
    ) -> None:
        self._fleet, self._missions, self._casualties = fleet, missions, casualties
        self._hospitals, self._jobs, self._injuries = hospitals, jobs, injuries
        self._rules = fleet.roster.care
        self._after: dict[Stage, Callable[[int], None]] = {
            Stage.TURNOUT: self._set_out,
            Stage.DRIVING: self._arrive,
            Stage.WALKING: self._walk_on,
            Stage.ON_SCENE: self._look_again,
            Stage.TRIAGING: self._triaged,
            Stage.TREATING: self._treated,
            Stage.LOADING: self._loaded,
            Stage.TO_HOSPITAL: self._at_hospital,
            Stage.HANDING_OVER: self._handed_over,
            Stage.RETURNING: self._back,
            Stage.MOVING: self._back,
            Stage.WORKING: self._worked,
        }

    def go_on(self, unit: int) -> None:
        """Let a unit go on whose stage has ended."""
        self._after[Stage(int(self._fleet.work.stage[unit]))](unit)

    def send(self, unit: int, mission: int) -> None:
        """Send a unit on a mission."""
        fleet, table = self._fleet, self._missions.table
        was = Stage(int(fleet.work.stage[unit]))
        event = fleet.log(
            "unit_sent",
            unit,
            (int(table.event[mission]),),
            was=was.name.lower(),
            waited_s=fleet.world.seconds(fleet.tick - self._missions.asked_tick(mission)),
        )
        table.stage[mission], table.unit[mission] = MissionStage.TAKEN, unit
        table.sent_tick[mission], table.event[mission] = fleet.tick, event
        fleet.work.mission[unit] = mission
        turnout_s = self.ready_s(unit)
        if turnout_s > 0.0:
            fleet.enter(unit, Stage.TURNOUT, turnout_s)
        else:
            self._set_out(unit)

    def ready_s(self, unit: int) -> float:
        """Return how long an available unit takes to set out: at its station its turnout time, else none."""
        work, one = self._fleet.work, self._fleet.roster.units[unit]
        return one.turnout_s if work.stage[unit] == Stage.FREE and work.post[unit] == one.home else 0.0

    def recall(self, mission: int) -> None:
        """Call a unit back: at once where it has not begun, else when what it is doing has ended.

        Ambulances stay, or come, while somebody at the scene needs care that nobody gives.
        """
        table, fleet = self._missions.table, self._fleet
        table.is_recalled[mission] = 1
        unit = int(table.unit[mission])
        if unit < 0:
            table.stage[mission], table.done_tick[mission] = MissionStage.DONE, fleet.tick
            return
        table.event[mission] = fleet.log("unit_recalled", unit, (int(table.event[mission]),))
        stage, task = Stage(int(fleet.work.stage[unit])), Task(int(fleet.work.task[unit]))
        if fleet.roster.units[unit].kind == "ambulance" and self._next_for(unit) >= 0:
            return
        if stage in (Stage.TURNOUT, Stage.DRIVING):
            self._end(unit)
        elif stage == Stage.ON_SCENE or (stage == Stage.WALKING and task == Task.SCENE):
            self._leave(unit)

    def look_for_work(self) -> None:
        """Let ambulances that wait at a scene care for whoever is found or triaged meanwhile."""
        work = self._fleet.work
        for unit in np.flatnonzero(work.stage == Stage.ON_SCENE).tolist():
            if self._fleet.roster.units[unit].kind == "ambulance":
                self._care_on(unit)

    def _set_out(self, unit: int) -> None:
        self._fleet.drive(unit, Stage.DRIVING, self._missions.place(self._mission(unit)))

    def _arrive(self, unit: int) -> None:
        fleet, table, mission = self._fleet, self._missions.table, self._mission(unit)
        fleet.park(unit)
        if table.trips[mission] == 0:
            waited = fleet.tick - self._missions.asked_tick(mission)
            event = fleet.log(
                "unit_arrived",
                unit,
                (int(table.event[mission]),),
                response_s=fleet.world.seconds(waited),
                priority=self._missions.priority(mission),
            )
            table.arrived_tick[mission], table.event[mission] = fleet.tick, event
            fleet.seen.units.event[unit] = event
        table.stage[mission] = MissionStage.AT_SCENE
        is_police = fleet.roster.units[unit].kind == "police"
        fleet.walk(unit, self._missions.place(mission), Task.SCENE, is_acting=is_police)

    def _walk_on(self, unit: int) -> None:
        fleet, task = self._fleet, Task(int(self._fleet.work.task[unit]))
        if task == Task.SCENE and (target := self._target(unit)) is not None:
            fleet.turn_to(unit, target)
        if not fleet.walked(unit):
            return
        if task == Task.SCENE:
            self._at_scene(unit)
        elif task == Task.CASUALTY:
            self._reach(unit)
        elif task == Task.DEPART:
            self._to_hospital(unit)
        else:
            self._end(unit)

    def _at_scene(self, unit: int) -> None:
        kind = self._fleet.roster.units[unit].kind
        if kind == "ambulance":
            self._wait_at_scene(unit)
            self._care_on(unit)
        elif kind in ("road_crew", "grid_crew"):
            self._work_on(unit)
        else:
            self._look_again(unit)

    def _look_again(self, unit: int) -> None:
        # Police and fire stay as long as their kind does, and go for what they were sent against.
        fleet, mission = self._fleet, self._mission(unit)
        one = fleet.roster.units[unit]
        over = int(self._missions.table.arrived_tick[mission]) + fleet.world.ticks(one.stay_s)
        if one.kind == "ambulance" or fleet.tick >= over or self._missions.table.is_recalled[mission]:
            self._leave(unit)
            return
        target = self._target(unit)
        if target is not None and math.dist(fleet.place(unit), target) > BESIDE_M:
            fleet.walk(unit, target, Task.SCENE, is_acting=True)
            return
        rest_s = fleet.world.seconds(over - fleet.tick)
        has_targets = bool(fleet.roster.targets.get(one.kind))
        fleet.enter(unit, Stage.ON_SCENE, min(STEP_S, rest_s) if has_targets else rest_s, is_acting=True)

    def _target(self, unit: int) -> Point | None:
        # The nearest active threat of those that the kind of unit goes for.
        names = self._fleet.roster.targets.get(self._fleet.roster.units[unit].kind, ())
        threats, place = self._fleet.world.threats, self._fleet.place(unit)
        found = []
        for row in np.flatnonzero(threats.is_active).tolist():
            if threats.key[row].decode() in names:
                at = float(threats.x[row]), float(threats.y[row])
                found.append((math.dist(place, at), row, at))
        found = [one for one in found if one[0] <= CHASE_M]
        return min(found)[2] if found else None

    def _wait_at_scene(self, unit: int) -> None:
        self._fleet.enter(unit, Stage.ON_SCENE, self._fleet.roster.units[unit].stay_s, is_acting=True)

    def _care_on(self, unit: int) -> None:
        # Walk to whoever is next; whoever finds nobody goes on waiting.
        fleet, row = self._fleet, self._next_for(unit)
        if row < 0:
            if self._missions.table.is_recalled[self._mission(unit)]:
                self._leave(unit)
            elif fleet.work.stage[unit] != Stage.ON_SCENE:
                self._wait_at_scene(unit)
            return
        self._casualties.table.unit[row] = unit
        fleet.work.casualty[unit] = row
        fleet.walk(unit, self._casualties.place(row), Task.CASUALTY, is_acting=True)

    def _next_for(self, unit: int) -> int:
        # Whoever an ambulance would care for next at its scene, -1 for nobody.
        mission = self._mission(unit)
        scene = self._missions.place(mission)
        first = self._missions.first_at(scene, self._rules.scene_radius_m, "ambulance")
        return self._casualties.next_for(self._fleet.place(unit), scene, triages_first=first == mission)

    def _reach(self, unit: int) -> None:
        fleet, casualties = self._fleet, self._casualties
        row = int(fleet.work.casualty[unit])
        care = Care(int(casualties.table.care[row]))
        if care == Care.WAITING:
            casualties.reach(row, "found")
            casualties.note(row, "casualty_found", unit, self._causes(unit))
            fleet.enter(unit, Stage.TRIAGING, self._rules.triage_s, is_acting=True)
        elif care == Care.TRIAGED:
            casualties.stabilise(row)
            casualties.reach(row, "treated")
            casualties.note(row, "casualty_treatment", unit, self._causes(unit))
            is_first = Tag(int(casualties.table.tag[row])) != Tag.DELAYED
            seconds = self._rules.immediate_s if is_first else self._rules.delayed_s
            fleet.enter(unit, Stage.TREATING, seconds, is_acting=True)
        else:
            self._next_casualty(unit)

    def _triaged(self, unit: int) -> None:
        casualties, row = self._casualties, int(self._fleet.work.casualty[unit])
        if casualties.table.care[row] == Care.WAITING:
            tag = casualties.judge(row)
            casualties.reach(row, "triaged")
            casualties.note(row, "casualty_triaged", unit, (), tag=tag.name.lower())
        self._next_casualty(unit)

    def _treated(self, unit: int) -> None:
        casualties, row = self._casualties, int(self._fleet.work.casualty[unit])
        if casualties.table.care[row] == Care.DEAD:
            self._next_casualty(unit)
            return
        casualties.table.care[row] = Care.TREATED
        casualties.note(row, "casualty_treated", unit, ())
        assert Tag(int(casualties.table.tag[row])) in TREATED_IN_ORDER
        self._fleet.enter(unit, Stage.LOADING, self._rules.loading_s, is_acting=True)

    def _loaded(self, unit: int) -> None:
        fleet, casualties = self._fleet, self._casualties
        row = int(fleet.work.casualty[unit])
        if casualties.table.care[row] == Care.DEAD:
            self._next_casualty(unit)
            return
        casualties.table.care[row] = Care.LOADED
        casualties.reach(row, "loaded")
        event = casualties.note(row, "casualty_loaded", unit, ())
        self._injuries.carried.append(
            {"tick": fleet.tick, "person": int(casualties.table.person[row]), "cause": event}
        )
        fleet.walk(unit, fleet.vehicle(unit), Task.DEPART)

    def _to_hospital(self, unit: int) -> None:
        fleet = self._fleet
        hospital = self._hospitals.choose(fleet.vehicle(unit))
        self._drive_to(unit, hospital)

    def _drive_to(self, unit: int, hospital: int) -> None:
        fleet = self._fleet
        fleet.work.hospital[unit] = hospital
        one = fleet.roster.hospitals[hospital]
        fleet.drive(unit, Stage.TO_HOSPITAL, (one.x, one.y))

    def _at_hospital(self, unit: int) -> None:
        fleet, row = self._fleet, int(self._fleet.work.casualty[unit])
        fleet.park(unit)
        hospital = int(fleet.work.hospital[unit])
        other = self._hospitals.divert(hospital, fleet.vehicle(unit))
        if other is not None:
            names = fleet.roster.hospitals
            self._casualties.note(
                row,
                "casualty_diverted",
                unit,
                (),
                hospital=names[hospital].name,
                to=names[other].name,
            )
            self._drive_to(unit, other)
            return
        fleet.enter(unit, Stage.HANDING_OVER, self._rules.handover_s)
        self._casualties.reach(row, "at_hospital")
        self._casualties.note(
            row, "casualty_at_hospital", unit, (), hospital=fleet.roster.hospitals[hospital].name
        )

    def _handed_over(self, unit: int) -> None:
        fleet, casualties = self._fleet, self._casualties
        row, mission = int(fleet.work.casualty[unit]), self._mission(unit)
        if casualties.table.care[row] == Care.LOADED:
            casualties.table.care[row] = Care.HANDED_OVER
        casualties.table.hospital[row] = fleet.work.hospital[unit]
        casualties.note(row, "casualty_handed_over", unit, ())
        fleet.work.casualty[unit] = fleet.work.hospital[unit] = -1
        missions = self._missions.table
        missions.trips[mission] += 1
        if self._next_for(unit) >= 0:
            missions.stage[mission] = MissionStage.TAKEN
            fleet.drive(unit, Stage.DRIVING, self._missions.place(mission))
        else:
            self._end(unit)

    def _next_casualty(self, unit: int) -> None:
        row = int(self._fleet.work.casualty[unit])
        self._casualties.table.unit[row] = -1
        self._fleet.work.casualty[unit] = -1
        self._care_on(unit)

    def _work_on(self, unit: int) -> None:
        fleet, mission = self._fleet, self._mission(unit)
        kind = fleet.roster.units[unit].kind
        found = None if self._jobs is None else self._jobs.find(kind, *self._missions.place(mission))
        if found is None or self._missions.table.is_recalled[mission]:
            self._leave(unit)
            return
        fleet.work.casualty[unit] = found[0]
        fleet.enter(unit, Stage.WORKING, found[1], is_acting=True)

    def _worked(self, unit: int) -> None:
        fleet, mission = self._fleet, self._mission(unit)
        job, kind = int(fleet.work.casualty[unit]), fleet.roster.units[unit].kind
        fleet.work.casualty[unit] = -1
        assert self._jobs is not None
        event = fleet.log("unit_work_done", unit, self._causes(unit))
        self._missions.table.event[mission] = event
        self._jobs.finish(kind, job, event)
        self._work_on(unit)

    def _leave(self, unit: int) -> None:
        self._fleet.walk(unit, self._fleet.vehicle(unit), Task.LEAVE)

    def _end(self, unit: int) -> None:
        # The mission is over: the unit is free, and on its way to its station.
        fleet, table, mission = self._fleet, self._missions.table, self._mission(unit)
        table.stage[mission], table.done_tick[mission] = MissionStage.DONE, fleet.tick
        event = fleet.log("unit_free", unit, (int(table.event[mission]),))
        table.event[mission] = fleet.seen.units.event[unit] = event
        fleet.work.mission[unit] = -1
        self.go_to_station(unit, fleet.roster.units[unit].home, Stage.RETURNING)

    def go_to_station(self, unit: int, station: int, stage: Stage) -> None:
        """Let a free unit drive to a station and wait there."""
        one = self._fleet.roster.stations[station]
        self.go_to_post(unit, station, (one.x, one.y), stage)

    def go_to_post(self, unit: int, station: int, to: Point, stage: Stage) -> None:
        """Let a free unit drive to a place and wait there; `station` is the row of one, or -1."""
        work = self._fleet.work
        work.post[unit], work.post_x[unit], work.post_y[unit] = station, *to
        self._fleet.drive(unit, stage, to)

    def _back(self, unit: int) -> None:
        self._fleet.park(unit)
        self._fleet.enter(unit, Stage.FREE)

    def _mission(self, unit: int) -> int:
        return int(self._fleet.work.mission[unit])

    def _causes(self, unit: int) -> tuple[int, ...]:
        return (int(self._missions.table.event[self._mission(unit)]),)
