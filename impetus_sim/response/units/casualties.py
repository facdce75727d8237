"""The injured: what is found of them, what becomes of them without treatment, and who is cared for next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.kernels.philox import draw_uniforms
from impetus_sim.response.units.survival import dies_after_s, is_savable
from impetus_sim.response.units.tables import CHAIN, Care, casualties_table, row_of
from impetus_sim.response.units.triage import RULES, TREATED_IN_ORDER, Tag, misjudge
from impetus_sim.response.units.vitals import PICTURES, picture_of, rpm_score
from impetus_sim.world.injuries import Severity

if TYPE_CHECKING:
    import numpy.typing as npt

    from impetus_sim.response.units.fleet import Fleet
    from impetus_sim.response.units.roster import CareRules
    from impetus_sim.response.units.travel import Point
    from impetus_sim.response.units.vitals import Vitals
    from impetus_sim.world.injuries import Injuries


class Casualties:
    """All who were hurt.

    Parameters
    ----------
    fleet
        For the clock, and for where people are.
    rules
        How crews judge.
    draw_key
        Key of the stream of vital signs and survival, uint32 (2,).
    """

    def __init__(
        self, fleet: Fleet, injuries: Injuries, rules: CareRules, draw_key: npt.NDArray[np.uint32]
    ) -> None:
        self._fleet, self._injuries, self._rules, self._key = fleet, injuries, rules, draw_key
        self.table = casualties_table()

    def __len__(self) -> int:
        return len(self.table)

    def take_in(self, injured: int) -> None:
        """Take in a row of the injured: somebody new, or somebody who is worse hurt than before."""
        table, source = self.table, self._injuries.injured
        person, severity = int(source.person[injured]), Severity(int(source.severity[injured]))
        row = row_of(table, "person", person)
        if row >= 0:
            if severity > table.severity[row] and table.care[row] not in (Care.DEAD, Care.HANDED_OVER):
                self._grow_worse(row, severity, injured)
            return
        uid = np.uint64(self._fleet.around.uid(person))
        draw, picture, judge, _ = (float(u) for u in draw_uniforms(self._key, uid, 0, 0))
        row = table.append(
            {
                "person": person,
                "severity": severity,
                "picture": picture_of(severity, picture),
                "rpm": 0,
                "tag": Tag.NONE,
                "care": Care.WAITING,
                "x": source.x[injured],
                "y": source.y[injured],
                "draw": draw,
                "judge": judge,
                "hurt": source.tick[injured],
                "dies": -1,
                "unit": -1,
                "hospital": -1,
                "event": source.cause[injured],
                **dict.fromkeys(CHAIN, -1),
                "is_preventable": 0,
            }
        )
        self._await_death(row)

    def _grow_worse(self, row: int, severity: Severity, injured: int) -> None:
        table, source = self.table, self._injuries.injured
        uid = np.uint64(self._fleet.around.uid(int(table.person[row])))
        picture = float(draw_uniforms(self._key, uid, 0, 0)[1])
        table.severity[row], table.picture[row] = severity, picture_of(severity, picture)
        table.x[row], table.y[row] = source.x[injured], source.y[injured]
        table.hurt[row], table.event[row] = source.tick[injured], source.cause[injured]
        if table.care[row] == Care.CLEARED:
            table.care[row] = Care.WAITING
        self._await_death(row)

    def _await_death(self, row: int) -> None:
        # Who was killed at once is no death of waiting; who walks is in no danger.
        table, fleet = self.table, self._fleet
        table.rpm[row] = rpm_score(self.vitals(row))
        table.dies[row] = -1
        if table.severity[row] not in (Severity.DELAYED, Severity.IMMEDIATE):
            return
        after_s = dies_after_s(int(table.rpm[row]), float(table.draw[row]))
        if np.isfinite(after_s):
            table.dies[row] = max(fleet.tick + 1, int(table.hurt[row]) + fleet.world.ticks(after_s))
            fleet.waits.add(int(table.dies[row]), self.death_of(row))

    def death_of(self, row: int) -> Any:
        """Return what is awaited for somebody who would die."""

        def act(now: int) -> None:
            if self.table.dies[row] == now:
                self._fleet.due.add(("casualty", row))

        return act

    def awaited(self, tick: int) -> list[tuple[int, Any]]:
        """Return the deaths to come, from the rows."""
        rows = np.flatnonzero(self.table.dies > tick).tolist()
        return [(int(self.table.dies[row]), self.death_of(row)) for row in rows]

    def vitals(self, row: int) -> Vitals:
        """Return the signs of somebody."""
        return PICTURES[Severity(int(self.table.severity[row]))][int(self.table.picture[row])]

    def die(self, row: int) -> None:
        """Let somebody die of their injuries."""
        table, fleet = self.table, self._fleet
        was = Care(int(table.care[row]))
        is_preventable = is_savable(int(table.rpm[row]), float(table.draw[row]))
        x, y = float(table.x[row]), float(table.y[row])
        event = fleet.world.log(
            "casualty_died",
            f"person {int(table.person[row])}",
            x=x,
            y=y,
            causes=[event for event in (int(table.event[row]),) if event >= 0],
            person=int(table.person[row]),
            was=was.name.lower(),
            is_preventable=is_preventable,
            wait_s=self.wait_s(row),
        )
        table.care[row], table.dies[row], table.event[row] = Care.DEAD, -1, event
        table.died[row], table.is_preventable[row] = fleet.tick, is_preventable
        self._injuries.hurt(int(table.person[row]), Severity.DEAD, tick=fleet.tick, x=x, y=y, cause=event)

    def judge(self, row: int) -> Tag:
        """Return the tag that a crew gives to somebody, and keep it."""
        rules, table = self._rules, self.table
        tag = misjudge(
            RULES[rules.triage](self.vitals(row)),
            float(table.judge[row]),
            under=rules.under_triage,
            over=rules.over_triage,
        )
        table.tag[row] = tag
        table.care[row] = {Tag.MINOR: Care.CLEARED, Tag.DEAD: Care.DEAD}.get(tag, Care.TRIAGED)
        return tag

    def stabilise(self, row: int) -> None:
        """Begin treatment: whoever could be saved until now does not get worse any more."""
        if is_savable(int(self.table.rpm[row]), float(self.table.draw[row])):
            self.table.dies[row] = -1

    def wait_s(self, row: int) -> float:
        """Return how long ago somebody was hurt, s."""
        return self._fleet.world.seconds(self._fleet.tick - int(self.table.hurt[row]))

    def place(self, row: int) -> Point:
        """Return where somebody lies."""
        return float(self.table.x[row]), float(self.table.y[row])

    def next_for(self, place: Point, scene: Point, *, triages_first: bool) -> int:
        """Return who is cared for next by a crew at a place, -1 for nobody.

        Those yet to be triaged, nearest first; or those that wait for treatment, by category, then nearest.

        Parameters
        ----------
        scene
            Its middle.
        triages_first
            Whether nobody is treated while others are yet to be triaged.
        """
        table = self.table
        apart = np.hypot(table.x - scene[0], table.y - scene[1])
        is_open = (table.unit < 0) & (apart <= self._rules.scene_radius_m)
        waiting = [
            row
            for row in np.flatnonzero(is_open & (table.care == Care.WAITING)).tolist()
            if self._is_there(row)
        ]
        triaged = np.flatnonzero(is_open & (table.care == Care.TRIAGED))
        away = np.hypot(table.x - place[0], table.y - place[1])
        if waiting and (triages_first or not len(triaged)):
            return int(min(waiting, key=lambda row: (away[row], row)))
        if len(triaged):
            rank = {tag: k for k, tag in enumerate(TREATED_IN_ORDER)}
            return int(min(triaged, key=lambda row: (rank[Tag(int(table.tag[row]))], away[row], row)))
        return -1

    def _is_there(self, row: int) -> bool:
        # Whoever walks may have walked away.
        table = self.table
        if table.severity[row] != Severity.MINOR:
            return True
        at = self._fleet.around.where(int(table.person[row]))
        if at is None:
            return False
        table.x[row], table.y[row] = at
        return True

    def reach(self, row: int, step: str) -> None:
        """Note that somebody has come to a step of `tables.CHAIN`."""
        getattr(self.table, step)[row] = self._fleet.tick

    def note(self, row: int, kind: str, unit: int, causes: Sequence[int], **data: Any) -> int:
        """Log what a unit did for somebody; it follows from the latest about both."""
        event = self._fleet.log(
            kind,
            unit,
            (int(self.table.event[row]), *causes),
            person=int(self.table.person[row]),
            wait_s=self.wait_s(row),
            **data,
        )
        self.table.event[row] = event
        return event
