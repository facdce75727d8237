"""Rooms whose operators neither tire nor err, so that times can be solved by hand."""

import json

import pytest

EXACT = {
    "service_times": {
        "collect": {"kind": "constant", "value": 10},
        "analyse": {"kind": "constant", "value": 20},
        "respond": {"kind": "constant", "value": 5},
        "step": {"kind": "constant", "value": 4},
        "evaluate": {"kind": "constant", "value": 3},
    },
    "skill_spread": 0,
    "fatigue": False,
    "vigilance": False,
    "overload": 0,
    "miss": 0,
    "false": 0,
    "omission": 0,
    "evaluate_every": 30,
    "close_after": 90,
    "messages": {"takes": {"kind": "constant", "value": 7}, "loss": 0, "attempts": 2, "again_after": 10},
}
BANG = {"kind": "shots", "at": {"xy": [9, 6]}, "start": 2.4, "count": 1, "heard_share": 1.0}
STAYS = {"low": 3000, "high": 3001}
ONE_CALL = {"share": 1.0, "after": {"kind": "constant", "value": 5.3}}


@pytest.fixture
def control(room):
    """Return a function from rooms and further changes to a scenario in which one person hears a shot and calls."""

    def build(rooms, *changes, hazard=BANG, calls=ONE_CALL):
        rooms = {name: {**EXACT, **spec} for name, spec in rooms.items()}
        base = {
            "time": {"duration": 240},
            "crowd": {"step": 0.1, "populations": {"guests": {"count": 1, "premovement": STAYS}}},
            "hazards": {"bang": hazard},
            "response": {"control_rooms": rooms, "calls": calls},
        }
        return room(base, *changes)

    return build


@pytest.fixture
def seconds(events_of):
    """Return a function from a simulation to when each event of some kinds happened, s, in order."""

    def times(simulation, *kinds):
        found = [row for row in events_of(simulation) if not kinds or row["kind"] in kinds]
        return [(row["tick"] / 100, row["kind"]) for row in found]

    return times


@pytest.fixture
def data_of():
    """Return a function from a simulation and an event's id to the data of the event."""
    return lambda simulation, event: json.loads(simulation.world.events.data[event] or b"{}")
