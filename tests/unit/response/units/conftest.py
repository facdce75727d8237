"""A town with two stations, two hospitals, ambulances and police, and people who can be hurt by hand."""

import copy
import json

import numpy as np
import pytest

CITY = {
    "title": "Town with units",
    "map": {"synthetic": {"kind": "grid_city", "columns": 5, "rows": 5}},
    "time": {"duration": 3600},
    "crowd": {
        "step": 0.2,
        "focus": {"at": {"box": [114, 114, 258, 258]}},
        "street_exits": True,
        "populations": {"here": {"count": 12, "at": "square"}},
    },
    "response": {
        "stations": {"south": {"at": {"xy": [0, 0]}}, "north": {"at": {"xy": [372, 372]}}},
        "units": {
            "amb": {"unit": "ambulance", "count": 3, "station": ["south", "north"]},
            "cops": {"unit": "police", "count": 2, "station": "south"},
        },
        "hospitals": {
            "east": {"at": {"xy": [372, 0]}, "beds": 1},
            "west": {"at": {"xy": [0, 372]}, "beds": 20},
        },
        "care": {"under_triage": 0, "over_triage": 0, "handover_time": 120},
    },
    "interventions": {
        "help": {
            "kind": "send_units", "at": {"xy": [186, 186]}, "unit": "ambulance", "count": 2, "at_time": 2
        }
    },
    "record": {"checkpoint_every": 10, "frame_every": 1, "positions": False},
}  # fmt: skip


@pytest.fixture(scope="session")
def city_with_units(warm):
    """Return a function from changes of single keys to the scenario."""
    from impetus_sim.scenario.load import read_scenario_text

    def build(**changes):
        tree = copy.deepcopy(CITY)
        for key, value in changes.items():
            at = tree
            *path, last = key.split("__")
            for step in path:
                at = at.setdefault(step, {})
            at[last] = value
        return read_scenario_text(json.dumps(tree))

    return build


@pytest.fixture(scope="session")
def hurt():
    """Return a function that hurts people of a simulation, one for each severity given."""

    def act(simulation, *severities):
        people, world = simulation.crowd.people, simulation.world
        rows = simulation.crowd.inside[: len(severities)]
        for row, severity in zip(rows.tolist(), severities, strict=True):
            x, y = float(people.x[row]), float(people.y[row])
            world.injuries.injured.append(
                {
                    "tick": simulation.tick,
                    "person": row,
                    "severity": severity,
                    "x": x,
                    "y": y,
                    "cause": world.log("bang", "test", x=x, y=y),
                }
            )
        return rows

    return act


@pytest.fixture(scope="session")
def rows_of():
    """Return a function from a simulation and a kind to the events of that kind with their data."""

    def find(simulation, kind):
        events = simulation.world.events
        return [
            {
                "time_s": simulation.world.seconds(int(events.tick[k])),
                "subject": events.subject[k].decode(),
                "causes": [int(c) for c in events.causes[k].decode().split(",") if c],
                "x": float(events.x[k]),
                "y": float(events.y[k]),
                **json.loads(events.data[k].decode() or "{}"),
            }
            for k in np.flatnonzero(events.kind == kind.encode())
        ]

    return find
