"""A hall with a door at either end, through which people come and go."""

import json

import pytest

from impetus_sim.scenario.load import read_scenario_text

HALL = {"kind": "room", "width": 30, "depth": 12, "exits": [
    {"name": "west", "wall": "west", "width": 3}, {"name": "east", "wall": "east", "width": 3}]}  # fmt: skip


@pytest.fixture
def hall():
    """Return a function from stages and populations to the scenario of a hall with journeys."""

    def build(stages, populations, *, duration=300, hall=None, **more):
        people = {"profiles": {"walker": 1.0}, "activity": "leave", "exits": "east"}
        document = {
            "title": "hall",
            "map": {"synthetic": HALL | (hall or {})},
            "time": {"duration": duration},
            "crowd": {
                "profiles": {"walker": {"desired_speed": 1.3, "radius": 0.2}},
                "stages": stages,
                "populations": {name: people | own for name, own in populations.items()},
            },
        }
        crowd = more.pop("crowd", {})
        return read_scenario_text(json.dumps(document | more | {"crowd": document["crowd"] | crowd}))

    return build


@pytest.fixture
def journeys_of():
    """Return a function from a simulation to its journeys."""
    from impetus_sim.crowd.journeys.behaviour import Journeys

    return lambda simulation: next(b for b in simulation.crowd.behaviours if isinstance(b, Journeys))
