"""The tables through which systems meet: who writes each is said beside it.

Rows are appended only when something happens, never in advance: a hazard or an intervention that acts at
time T leaves every table as it was until T.
"""

from __future__ import annotations

from impetus_sim.arrays import Table


def exits_table(n_exits: int) -> Table:
    """Exits, and after them passages: open or not (written by interventions through `World.set_exit` and
    `World.set_connection`); by the crowd: people who left, how many may cross now, whether
    others wait."""
    columns = {"is_open": "u1", "n_left": "i8", "allowance": "f8", "is_awaited": "u1"}
    return Table("exits", n_exits, columns)


CLOSED, RUNNING, STOPPED = 0, 1, 2
"""Status of a connection: not to be used; as it should be; standing still (an escalator: people walk on it)."""


def connections_table(n_connections: int) -> Table:
    """Connections between storeys: status, written by interventions through `World.set_connection`."""
    return Table("connections", n_connections, {"status": "u1"})


def gates_table(n_gates: int) -> Table:
    """Gates and fences: open or not (written through `World.set_gate`); for fences that give way, how close
    people stand and how they press on the fuller side, in the worst stretch (written by the crowd): people per
    m2 and 1/s2; and for how long that has been too much, s (written by the hazard)."""
    return Table("gates", n_gates, {"is_open": "u1", "density": "f8", "pressure": "f8", "over_s": "f8"})


def threats_table() -> Table:
    """Threats that people avoid (written by hazards): a place, two distances and whether it lasts.

    danger_m: within it people count as exposed. avoid_m: within it they turn away, with `strength` relative
    to the pull of their goal. cause: event id.
    """
    return Table(
        "threats",
        0,
        {
            "key": "S64",
            "x": "f8",
            "y": "f8",
            "danger_m": "f8",
            "avoid_m": "f8",
            "strength": "f8",
            "is_active": "u1",
            "cause": "i8",
        },
    )


def stimuli_table() -> Table:
    """Things that can be noticed (written by hazards and interventions, read by the crowd).

    key: what the draws of who notices are keyed by, the same in every option. share: chance that a person
    within radius_m notices. delay_factor: multiplies the person's pre-movement
    time. overrides_hold: 1 when people held back leave all the same.
    """
    return Table(
        "stimuli",
        0,
        {
            "key": "S96",
            "tick": "i8",
            "x": "f8",
            "y": "f8",
            "radius_m": "f8",
            "share": "f8",
            "delay_factor": "f8",
            "overrides_hold": "u1",
            "cause": "i8",
        },
    )


RELEASE, HOLD, GUIDE, SHELTER, END_SHELTER = range(5)
"""What an order to people in an area sets."""


def orders_table() -> Table:
    """Orders to people in an area (written by interventions, read by the crowd).

    kind: `RELEASE`, `HOLD`, `GUIDE` to an exit, `SHELTER` in a hiding place or `END_SHELTER`. key: whose
    order it is, and the name of its area in `World.areas`. share: those who comply.
    """
    return Table("orders", 0, {"tick": "i8", "kind": "u1", "share": "f8", "cause": "i8", "key": "S64"})


def streets_table() -> Table:
    """Orders to close and open streets (written by interventions, served by the links of the network).

    key: the intervention whose area it is about. is_closed: 1 close, 0 open again.
    """
    return Table("streets", 0, {"tick": "i8", "is_closed": "u1", "cause": "i8", "key": "S64"})


SIGNAL_FAULTS = ("works", "dark", "flashing", "all_red", "stuck")
"""States of a signal, by the number that orders give."""
(
    ROAD_CLOSED, ROAD_LANES, ROAD_CAPACITY, SIGNAL_FAULT, ROAD_BAN, CONTRAFLOW, DEPARTURES, SIGNAL_PLAN, ROAD_SPEED,
    BUSES,
) = range(1, 11)  # fmt: skip
"""What an order about roads sets."""


def road_orders_table() -> Table:
    """Orders about the drive network (written by hazards and interventions, served by traffic).

    key: the part whose streets or signals it is about; its latest order of a kind holds. kind and value:
    `ROAD_CLOSED` 1 or 0; `ROAD_LANES` lanes that something blocks on each street, 0.5 for the shoulder, 0 for none;
    `ROAD_CAPACITY` share of the capacity that is left; `SIGNAL_FAULT` number of the fault, 0 for none; `ROAD_BAN`
    of turns or an area, `CONTRAFLOW`, `DEPARTURES` and `SIGNAL_PLAN` 1 or 0; `ROAD_SPEED` the
    greatest speed, m/s, 0 for no limit; `BUSES` 1: those of the pickup that is the key are called.
    """
    return Table("road_orders", 0, {"tick": "i8", "kind": "u1", "value": "f8", "cause": "i8", "key": "S64"})


RECONNECT, ISOLATE, PATCH = range(3)
"""What an order about a control network sets."""


def network_orders_table() -> Table:
    """Orders about the control network (written by interventions, served by cyber).

    kind: `ISOLATE` cuts it off from everything else, `RECONNECT` ends that, `PATCH` closes it for good.
    segment: id of a node, or name of a zone for all its nodes. is_served: set by cyber.
    """
    columns = {"tick": "i8", "kind": "u1", "segment": "S64", "cause": "i8", "is_served": "u1"}
    return Table("network_orders", 0, columns)


def events_table() -> Table:
    """What happened, with the ids of its causes (comma separated)."""
    return Table(
        "events",
        0,
        {
            "id": "i8",
            "tick": "i8",
            "kind": "S32",
            "subject": "S64",
            "x": "f8",
            "y": "f8",
            "causes": "S256",
            "data": "S512",
        },
    )
