"""The shared picture of one organisation: the incidents that its operators know of.

A row of the incidents belongs to the organisation whose picture it is in. Phases follow one another as the four
processes of a control room: collect, analyse, respond, evaluate and correct.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.world.alarms import IncidentPhase
from impetus_sim.world.world import World

BELIEVED: Final = 1
DISMISSED: Final = 2
NEVER: Final = -1


def watch_table() -> Table:
    """Row by row beside the incidents. last_alert_tick: when the newest alert came. score: the highest of its
    alerts. evaluate_tick: when it is looked at again; -1 for not yet. is_true: whether one of its alerts is true,
    which only the draws of judgement see."""
    return Table(
        "control_watch",
        0,
        {"last_alert_tick": "i8", "score": "f8", "evaluate_tick": "i8", "is_true": "u1"},
    )


def phases_table() -> Table:
    """When incidents came to each phase, in order of time. phase: `IncidentPhase`."""
    return Table("control_phases", 0, {"tick": "i8", "incident": "i8", "phase": "u1"})


class Picture:
    """Incidents of one organisation.

    Parameters
    ----------
    organisation
        Its name.
    world
        With the table of incidents.
    watch, phases
        Beside the incidents; shared by all pictures.
    join_radius_m, join_ticks
        Within which an alert belongs to an incident of its kind.
    """

    def __init__(
        self,
        organisation: str,
        world: World,
        watch: Table,
        phases: Table,
        *,
        join_radius_m: float,
        join_ticks: int,
    ) -> None:
        self.organisation = organisation
        self._world, self.watch, self._phases = world, watch, phases
        self.incidents = world.need_alarms().incidents
        self._radius_m, self._ticks = join_radius_m, join_ticks

    def find(self, kind: str, x: float, y: float) -> int | None:
        """Return the incident to which something of a kind at a place belongs, the newest first; None for none.

        What was closed after it had been believed is over; what was dismissed can come up again. Something without
        a place (nan) belongs to any incident of its kind.
        """
        rows, incidents = self.rows(), self.incidents
        for row in rows[::-1]:
            is_over = (
                incidents.phase[row] == IncidentPhase.CLOSED and incidents.is_confirmed[row] != DISMISSED
            )
            is_recent = self._world.tick - self.watch.last_alert_tick[row] <= self._ticks
            is_open = incidents.phase[row] != IncidentPhase.CLOSED
            if incidents.kind[row] == kind.encode() and not is_over and (is_recent or is_open):
                apart = np.hypot(incidents.x[row] - x, incidents.y[row] - y)
                if not apart > self._radius_m:
                    return int(row)
        return None

    def rows(self) -> Any:
        """Return the rows of this organisation."""
        return np.flatnonzero(self.incidents.organisation == self.organisation.encode())

    def open(
        self, kind: str, x: float, y: float, causes: Sequence[int], *, is_true: bool, score: float
    ) -> int:
        """Open an incident and return its row."""
        world = self._world
        row = len(self.incidents)
        event = self._log("incident_opened", kind, x, y, causes, incident=row)
        self.incidents.append(
            {
                "opened_tick": world.tick,
                "organisation": self.organisation.encode(),
                "kind": kind.encode(),
                "x": x,
                "y": y,
                "phase": IncidentPhase.COLLECT,
                "phase_tick": world.tick,
                "is_confirmed": 0,
                "n_alerts": 0,
                "event": event,
                "decision": -1,
            }
        )
        self.watch.append(
            {"last_alert_tick": world.tick, "score": score, "evaluate_tick": NEVER, "is_true": is_true}
        )
        self._enter(row, IncidentPhase.COLLECT)
        return row

    def join(self, row: int, *, is_true: bool, score: float) -> None:
        """Put a further alert to an incident; one that was dismissed is collected for again."""
        self.incidents.n_alerts[row] += 1
        self.watch.last_alert_tick[row] = self._world.tick
        self.watch.score[row] = max(float(self.watch.score[row]), score)
        self.watch.is_true[row] |= is_true
        if self.incidents.phase[row] == IncidentPhase.CLOSED:
            self._enter(row, IncidentPhase.COLLECT)

    def confirm(self, row: int, causes: Sequence[int], **data: Any) -> int:
        """Believe an incident; return the event."""
        self.incidents.is_confirmed[row] = BELIEVED
        event = self.say(
            "incident_confirmed", row, causes, n_alerts=int(self.incidents.n_alerts[row]), **data
        )
        self._enter(row, IncidentPhase.ANALYSE)
        return event

    def dismiss(self, row: int, causes: Sequence[int], *, is_corrected: bool, **data: Any) -> int:
        """Take an incident for a false alarm; return the event."""
        self.incidents.is_confirmed[row] = DISMISSED
        event = self.say("incident_dismissed", row, causes, corrected=is_corrected, **data)
        self._enter(row, IncidentPhase.CLOSED)
        return event

    def decide(self, row: int, causes: Sequence[int], **data: Any) -> int:
        """Decide on an incident; return the event."""
        event = self.say("decision", row, causes, **data)
        self.incidents.decision[row] = event
        self._enter(row, IncidentPhase.RESPOND)
        return event

    def evaluate(self, row: int) -> None:
        """Go over to watching how the response does."""
        self._enter(row, IncidentPhase.EVALUATE)

    def close(self, row: int, causes: Sequence[int]) -> int:
        """Close what is over; return the event."""
        event = self.say("incident_closed", row, causes)
        self._enter(row, IncidentPhase.CLOSED)
        return event

    def say(self, kind: str, row: int, causes: Sequence[int], **data: Any) -> int:
        """Log something about an incident and return the event."""
        incidents = self.incidents
        about = incidents.kind[row].decode()
        x, y = float(incidents.x[row]), float(incidents.y[row])
        return self._log(kind, about, x, y, causes, incident=row, **data)

    def _log(self, kind: str, about: str, x: float, y: float, causes: Sequence[int], **data: Any) -> int:
        return self._world.log(kind, f"{self.organisation}: {about}", x=x, y=y, causes=causes, **data)

    def _enter(self, row: int, phase: IncidentPhase) -> None:
        tick = self._world.tick
        self.incidents.phase[row] = phase
        self.incidents.phase_tick[row] = tick
        self._phases.append({"tick": tick, "incident": row, "phase": phase})
