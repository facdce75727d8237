"""Small runs in which what is exported happens: a room, streets with cars and people, a room with services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from impetus_sim.analysis.run import Run, simulate

ROOM: dict[str, Any] = {
    "time": {"start": "2026-09-12T20:30:00", "zone": "Europe/Rome"},
    "sensing": {
        "sensors": {
            "doors": {"kind": "exit_counter", "every": 2},
            "eye": {"kind": "camera", "at": {"xy": [6, 7]}, "lag": 0.5},
        }
    },
    "cyber": {
        "assets": {
            "feeder": {"type": "feeder", "at": {"xy": [1, 1]}},
            "lamp": {"type": "camera", "at": {"xy": [6, 7.5]}, "needs": [{"service": "power", "of": "feeder"}]},
        }
    },
    "hazards": {"outage": {"kind": "asset_failure", "assets": ["feeder"], "start": 5, "lasts": 6}},
}  # fmt: skip
TOWN: dict[str, Any] = {
    "time": {"duration": 20},
    "traffic": {"demand": {"cars": {"kind": "gravity", "trips": 60, "through": 1.0, "end": 15}}},
}

SERVED: dict[str, Any] = {
    "time": {"duration": 30},
    "weather": {"wind_speed": 1.0, "wind_from": 270},
    "infrastructure": {"power": {"ac": True}},
    "hazards": {
        "cut": {"kind": "asset_failure", "assets": "feeder_1_1", "start": 5},
        "gas": {
            "kind": "plume", "at": {"xy": [2, 4]}, "substance": "chlorine", "start": 2, "lasts": 6, "mass": 0.001
        },
    },
    "response": {
        "units": {"ladders": {"unit": "fire", "count": 2, "station": "west"}},
        "stations": {"west": {"at": {"xy": [1, 1]}}},
        "hospitals": {"general": {"at": {"xy": [9, 6]}, "beds": 3}},
    },
}  # fmt: skip


@pytest.fixture(scope="session")
def room_run(eventful: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a recorded run of people, smoke, shots, sensors and two assets, one of which fails."""
    return simulate(eventful(ROOM), seed=3, path=tmp_path_factory.mktemp("room") / "room.h5")


@pytest.fixture(scope="session")
def town_run(town: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a recorded run of cars on streets, and of people on links and on a square."""
    return simulate(town(TOWN), seed=3, path=tmp_path_factory.mktemp("town") / "town.h5")


@pytest.fixture(scope="session")
def served_run(room: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a recorded run with voltages of a feeder that fails, gas in the air, and units at their station."""
    pytest.importorskip("lightsim2grid", reason="extra ac")
    return simulate(room(SERVED), seed=3, path=tmp_path_factory.mktemp("served") / "served.h5")
