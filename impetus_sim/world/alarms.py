"""What is known and asked for in an emergency: alerts, incidents, and requests for units.

Detectors and callers raise alerts, some of them false. A control room works on alerts and keeps incidents: what it
believes is going on, where, and how far it has come with it. Playbooks and operators ask for units. Rows are only
appended; of a row only its owner changes the state.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

from impetus_sim.arrays import Table

AlertKind = Literal[
    "anomaly",
    "brawl",
    "crush",
    "cyber",
    "egress",
    "explosion",
    "fire",
    "flood",
    "gas",
    "gunshot",
    "outage",
    "smoke",
    "traffic",
    "transit",
    "unrest",
]
"""What an alert says is going on. anomaly: something unusual, it does not know what. egress: people leave. cyber:
somebody is in the control network, or data are not what they should be."""


class IncidentPhase(IntEnum):
    """How far a control room has come with an incident: its four phases, and the end."""

    COLLECT = 0
    ANALYSE = 1
    RESPOND = 2
    EVALUATE = 3
    CLOSED = 4


class Alarms:
    """Alerts, incidents and requests for units of one run."""

    def __init__(self) -> None:
        self.alerts = alerts_table()
        self.incidents = incidents_table()
        self.unit_requests = unit_requests_table()

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.alerts, self.incidents, self.unit_requests]

    def raise_alert(
        self,
        source: str,
        kind: str,
        *,
        tick: int,
        x: float,
        y: float,
        score: float,
        event: int,
        stream: int = -1,
    ) -> None:
        """Append an alert; see `alerts_table`."""
        self.alerts.append(
            {
                "tick": tick,
                "source": source.encode(),
                "kind": kind.encode(),
                "stream": stream,
                "x": x,
                "y": y,
                "score": score,
                "event": event,
            }
        )

    def ask_units(
        self,
        key: str,
        unit: str,
        n: int,
        *,
        tick: int,
        x: float,
        y: float,
        priority: int,
        cause: int,
        incident: int = -1,
    ) -> None:
        """Append a request for units; see `unit_requests_table`."""
        self.unit_requests.append(
            {
                "tick": tick,
                "key": key.encode(),
                "unit": unit.encode(),
                "n": n,
                "priority": priority,
                "incident": incident,
                "x": x,
                "y": y,
                "cause": cause,
            }
        )


def alerts_table() -> Table:
    """Alerts (written by detection, by callers, and by whoever else raises one; read by control rooms).

    source: name of the detector, or ``call``. kind: what it says is going on, of `AlertKind`. stream:
    row of the stream; -1 for none. x, y: local metres, nan when it does not say where. score: how sure, above 0, in
    the detector's own measure. event: id of the alert's event, whose causes are the readings' causes.
    """
    return Table(
        "alerts",
        0,
        {
            "tick": "i8",
            "source": "S64",
            "kind": "S32",
            "stream": "i8",
            "x": "f8",
            "y": "f8",
            "score": "f8",
            "event": "i8",
        },
    )


def incidents_table() -> Table:
    """Incidents (owned by response: the control room of an organisation; read by playbooks and units).

    organisation: whose picture it is in. kind: as of alerts. phase: `IncidentPhase`, and since when. is_confirmed:
    1 once operators believe it, 2 when they took it for a false alarm. n_alerts: how many were joined in it. event:
    id of the event by which it was opened; decision: that of its latest decision, -1 for none.
    """
    return Table(
        "incidents",
        0,
        {
            "opened_tick": "i8",
            "organisation": "S32",
            "kind": "S32",
            "x": "f8",
            "y": "f8",
            "phase": "u1",
            "phase_tick": "i8",
            "is_confirmed": "u1",
            "n_alerts": "i8",
            "event": "i8",
            "decision": "i8",
        },
    )


def unit_requests_table() -> Table:
    """Requests for units (written by playbooks, interventions and control rooms; served by dispatch).

    key: who asks. unit: kind of unit, ``police``, ``fire``, ``ambulance``, ``road_crew`` or ``grid_crew``. n: how
    many. priority: 0 is the most urgent. incident: row of the incident; -1 for none. cause: event.
    """
    return Table(
        "unit_requests",
        0,
        {
            "tick": "i8",
            "key": "S64",
            "unit": "S16",
            "n": "i8",
            "priority": "u1",
            "incident": "i8",
            "x": "f8",
            "y": "f8",
            "cause": "i8",
        },
    )
