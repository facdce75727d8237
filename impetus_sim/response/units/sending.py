"""Dispatch at work: who is sent on what waits, who covers stations left empty, who is moved ahead."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.response.units.dispatch import Candidate, choose_unit, find_gaps
from impetus_sim.response.units.tables import AVAILABLE, MissionStage, Stage

if TYPE_CHECKING:
    from impetus_sim.response.units.crews import Crews
    from impetus_sim.response.units.fleet import Fleet
    from impetus_sim.response.units.missions import Missions
    from impetus_sim.response.units.travel import Point


class Sending:
    """Who goes where.

    Parameters
    ----------
    fleet, missions, crews
        Units, what is wanted, and how a unit is set in motion.
    """

    def __init__(self, fleet: Fleet, missions: Missions, crews: Crews) -> None:
        self._fleet, self._missions, self._crews = fleet, missions, crews

    def serve(self) -> None:
        """Send units on the missions that wait, and cover the stations that this leaves empty."""
        fleet, table = self._fleet, self._missions.table
        kinds = {one.kind for one in fleet.roster.units}
        for mission in self._missions.waiting():
            kind = self._missions.kind(mission)
            if kind not in kinds:
                table.stage[mission], table.done_tick[mission] = MissionStage.DONE, fleet.tick
                x, y = self._missions.place(mission)
                causes = [cause for cause in (int(table.event[mission]),) if cause >= 0]
                table.event[mission] = fleet.world.log("unit_lacking", kind, x=x, y=y, causes=causes)
                continue
            chosen = choose_unit(fleet.roster.rule, self._candidates(kind, self._missions.place(mission)))
            if chosen is not None:
                self._crews.send(chosen.unit, mission)
        if fleet.roster.redeploys:
            for kind in sorted(kinds):
                self._cover(kind)

    def bring(self, key: str, cause: int) -> None:
        """Put the units that an intervention brings on duty at their station."""
        for unit, one in enumerate(self._fleet.roster.units):
            if one.added_by == key and self._fleet.work.stage[unit] == Stage.ABSENT:
                self._fleet.enter(unit, Stage.FREE)
                self._fleet.seen.units.event[unit] = self._fleet.log("unit_added", unit, (cause,))

    def move(self, key: str, cause: int) -> None:
        """Send the nearest free units to the place of an intervention, to wait there."""
        fleet, move = self._fleet, self._fleet.roster.moves[key]
        candidates = self._candidates(move.kind, (move.x, move.y))
        for _ in range(move.count):
            chosen = choose_unit(fleet.roster.rule, candidates)
            if chosen is None:
                return
            candidates.remove(chosen)
            fleet.seen.units.event[chosen.unit] = fleet.log("unit_moved", chosen.unit, (cause,), to=key)
            self._crews.go_to_post(chosen.unit, -1, (move.x, move.y), Stage.MOVING)

    def _candidates(self, kind: str, place: Point) -> list[Candidate]:
        fleet = self._fleet
        units = [
            unit
            for unit in np.flatnonzero(np.isin(fleet.work.stage, AVAILABLE)).tolist()
            if fleet.roster.units[unit].kind == kind and fleet.roster.is_on_duty(unit, fleet.world.time_s)
        ]
        if not units:
            return []
        starts = np.array([fleet.vehicle(unit) for unit in units])
        seconds = fleet.travel.to(starts, place)
        return [
            Candidate(
                unit=unit,
                ready_s=self._crews.ready_s(unit),
                travel_s=float(seconds[k]),
                away_m=math.dist(starts[k], place),
            )
            for k, unit in enumerate(units)
        ]

    def _cover(self, kind: str) -> None:
        fleet = self._fleet
        units = [
            unit
            for unit, one in enumerate(fleet.roster.units)
            if one.kind == kind
            and fleet.work.stage[unit] != Stage.ABSENT
            and fleet.roster.is_on_duty(unit, fleet.world.time_s)
        ]
        posts = [int(fleet.work.post[unit]) if fleet.work.stage[unit] in AVAILABLE else -1 for unit in units]
        homes = [fleet.roster.units[unit].home for unit in units]
        for station, _ in find_gaps(homes, posts):
            spare = dict(find_gaps(homes, posts)).get(station, [])
            if not spare:
                return
            one = fleet.roster.stations[station]
            starts = np.array([fleet.vehicle(units[k]) for k in spare])
            k = spare[int(np.argmin(fleet.travel.to(starts, (one.x, one.y))))]
            posts[k] = station
            cause = int(fleet.seen.units.event[units[k]])
            fleet.seen.units.event[units[k]] = fleet.log("unit_moved", units[k], (cause,), to=one.name)
            self._crews.go_to_station(units[k], station, Stage.MOVING)
