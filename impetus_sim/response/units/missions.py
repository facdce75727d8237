"""Missions: one unit wanted at one place, from the request to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.response.units.dispatch import order_waiting
from impetus_sim.response.units.tables import MissionStage, missions_table
from impetus_sim.world.alarms import IncidentPhase

if TYPE_CHECKING:
    from impetus_sim.response.units.travel import Point
    from impetus_sim.world.alarms import Alarms

_FALSE_ALARM = 2


class Missions:
    """All missions of a run.

    Parameters
    ----------
    alarms
        Requests, and the incidents that they are about.
    """

    def __init__(self, alarms: Alarms) -> None:
        self._alarms = alarms
        self.table = missions_table()

    def __len__(self) -> int:
        return len(self.table)

    def take_in(self, request: int) -> list[int]:
        """Take in a request, and return its missions."""
        requests = self._alarms.unit_requests
        return [
            self.table.append(
                {
                    "request": request,
                    "stage": MissionStage.WAITING,
                    "unit": -1,
                    "is_recalled": 0,
                    "sent_tick": -1,
                    "arrived_tick": -1,
                    "done_tick": -1,
                    "trips": 0,
                    "event": requests.cause[request],
                }
            )
            for _ in range(int(requests.n[request]))
        ]

    def kind(self, mission: int) -> str:
        """Return the kind of unit that is wanted."""
        return bytes(self._alarms.unit_requests.unit[self.table.request[mission]]).decode()

    def place(self, mission: int) -> Point:
        """Return where it is wanted."""
        requests, row = self._alarms.unit_requests, int(self.table.request[mission])
        return float(requests.x[row]), float(requests.y[row])

    def asked_tick(self, mission: int) -> int:
        """Return when it was asked for."""
        return int(self._alarms.unit_requests.tick[self.table.request[mission]])

    def priority(self, mission: int) -> int:
        """Return its priority, 0 for the most urgent."""
        return int(self._alarms.unit_requests.priority[self.table.request[mission]])

    def waiting(self) -> list[int]:
        """Return the missions that wait for a unit, in the order in which they are served."""
        rows = np.flatnonzero(self.table.stage == MissionStage.WAITING).tolist()
        order = order_waiting([self.priority(m) for m in rows], [self.asked_tick(m) for m in rows])
        return [rows[k] for k in order]

    def of_request_key(self, key: bytes) -> list[int]:
        """Return the open missions that somebody asked for."""
        keys = self._alarms.unit_requests.key
        return [m for m in self._open() if keys[self.table.request[m]] == key]

    def to_recall(self) -> list[int]:
        """Return the open missions of incidents that are closed or were false alarms, not recalled yet."""
        incidents, requests = self._alarms.incidents, self._alarms.unit_requests
        found = []
        for mission in self._open():
            incident = int(requests.incident[self.table.request[mission]])
            if incident < 0 or self.table.is_recalled[mission]:
                continue
            is_closed = incidents.phase[incident] == IncidentPhase.CLOSED
            if is_closed or incidents.is_confirmed[incident] == _FALSE_ALARM:
                found.append(mission)
        return found

    def is_over(self) -> bool:
        """Whether none is open."""
        return not self._open()

    def first_at(self, place: Point, within_m: float, kind: str) -> int:
        """Return the mission of a kind whose unit was the first of those now at a scene; -1 for none."""
        here = [
            (int(self.table.arrived_tick[m]), m)
            for m in np.flatnonzero(self.table.stage == MissionStage.AT_SCENE).tolist()
            if self.kind(m) == kind and np.hypot(*np.subtract(self.place(m), place)) <= within_m
        ]
        return min(here)[1] if here else -1

    def _open(self) -> list[int]:
        return np.flatnonzero(self.table.stage != MissionStage.DONE).tolist()
