"""Shared fixtures: where the reference data is, compiled kernels, and small scenarios to run."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOM: dict[str, Any] = {
    "title": "Small room",
    "map": {
        "synthetic": {
            "kind": "room",
            "width": 12,
            "depth": 8,
            "exits": [
                {"name": "east", "wall": "east", "width": 1.6},
                {"name": "west", "wall": "west", "width": 1.2},
            ],
            "obstacles": [[5.5, 3.0, 6.5, 5.0]],
        }
    },
    "time": {"duration": 20},
    "crowd": {
        "populations": {
            "guests": {
                "count": 40,
                "at": {"box": [1, 1, 11, 7]},
                "profiles": {"adult": 0.8, "older_adult": 0.2},
                "premovement": {"kind": "uniform", "low": 0, "high": 3},
            }
        }
    },
    "record": {"checkpoint_every": 5, "frame_every": 0.5},
}
"""A room with two exits and an obstacle; 40 people who stay until alarmed."""

EVENTFUL: dict[str, Any] = {
    "crowd": {
        "populations": {
            "late": {
                "count": 15,
                "at": {"box": [7, 1, 11, 7]},
                "arrive": {"through": "west", "start": 0, "end": 8},
                "premovement": {"kind": "lognormal", "median": 2, "sigma": 0.5},
            }
        }
    },
    "hazards": {
        "fumes": {"kind": "smoke", "at": {"xy": [4, 6]}, "start": 2, "lasts": 9},
        "bang": {"kind": "shots", "at": {"xy": [9, 2]}, "start": 7.31, "count": 2, "lasts": 6},
        "row": {"kind": "brawl", "at": {"xy": [3, 2]}, "start": 1, "lasts": 12},
    },
    "response": {"stewards": 3},
    "interventions": {
        "hold": {
            "kind": "cordon", "at": {"box": [6.5, 0, 12, 8]}, "at_time": 1, "hold_for": 6, "staff": 2,
            "lead_time": 1.5,
        },
        "shut": {
            "kind": "exit_control", "exit": "west", "action": "close", "after": "fumes",
            "undo_after": 6, "staff": 2, "lead_time": 2,
        },
        "tell": {"kind": "warning", "at_time": 2, "repeats": 3, "every": 4, "staff": 1, "lead_time": 3},
    },
}  # fmt: skip
"""Changes to the room: arrivals, three hazards, three interventions that queue for three stewards."""


TOWN: dict[str, Any] = {
    "title": "Small town",
    "map": {"synthetic": {"kind": "grid_city", "columns": 5, "rows": 5}},
    "time": {"duration": 60},
    "crowd": {
        "focus": {"at": {"box": [114, 114, 258, 258]}},
        "street_exits": True,
        "links": {"speed_density": "weidmann"},
        "populations": {
            "through": {
                "count": 150, "at": {"box": [0, 0, 372, 372]}, "activity": "leave",
                "network": {"start": 0, "end": 20},
            },
            "visitors": {
                "count": 60, "at": {"box": [80, 80, 290, 290]},
                "network": {"to": "square", "start": 0, "end": 10},
            },
            "here": {"count": 60, "at": "square", "activity": "leave"},
        },
    },
    "record": {"checkpoint_every": 10, "frame_every": 1},
}  # fmt: skip
"""Streets around a square in two dimensions, joined by eight streets: people out, in, and through."""


def pytest_configure() -> None:
    """Let child processes get Ctrl-C: a shell that runs the tests in the background has them ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Return the reference data folder, or skip the test when IMPETUS_DATA is unset."""
    folder = os.environ.get("IMPETUS_DATA")
    if not folder:
        pytest.skip("IMPETUS_DATA is not set: reference data is not part of the repository")
    path = Path(folder)
    if not path.is_dir():
        pytest.skip(f"IMPETUS_DATA names '{path}', which is not a folder")
    return path


@pytest.fixture(scope="session")
def warm() -> None:
    """Compile every kernel once for the whole test run."""
    from impetus_sim.engine.warmup import warm_up

    warm_up()


def merge(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deep merge; None removes a key."""
    merged = dict(copy.deepcopy(base))
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


@pytest.fixture(scope="session")
def room_text() -> Callable[..., str]:
    """Return a function from changes (in order) to the text of the changed room scenario."""

    def build(*changes: Mapping[str, Any]) -> str:
        tree: dict[str, Any] = ROOM
        for change in changes:
            tree = merge(tree, change)
        return json.dumps(tree, indent=1)

    return build


@pytest.fixture(scope="session")
def room(room_text: Callable[..., str], warm: None) -> Callable[..., Any]:
    """Return a function from changes to the scenario of the changed room."""

    def build(*changes: Mapping[str, Any]) -> Any:
        from impetus_sim.scenario.load import read_scenario_text

        return read_scenario_text(room_text(*changes))

    return build


@pytest.fixture(scope="session")
def town(warm: None) -> Callable[..., Any]:
    """Return a function from changes to the scenario of the changed town, with people on links."""

    def build(*changes: Mapping[str, Any]) -> Any:
        from impetus_sim.scenario.load import read_scenario_text

        tree: dict[str, Any] = TOWN
        for change in changes:
            tree = merge(tree, change)
        return read_scenario_text(json.dumps(tree))

    return build


@pytest.fixture(scope="session")
def eventful(room: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function from changes to the room in which everything happens."""
    return lambda *changes: room(EVENTFUL, *changes)


@pytest.fixture(scope="session")
def start(room: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function from a scenario to its simulation, with laws checked after every step."""

    def begin(scenario: Any, *, until: float | None = None, seed: int = 3, **more: Any) -> Any:
        from impetus_sim.engine.simulation import Simulation

        simulation = Simulation(scenario, seed=seed, check=True, **more)
        if until is not None:
            simulation.run_until(until)
        return simulation

    return begin


@pytest.fixture(scope="session")
def events_of() -> Callable[..., list[dict[str, Any]]]:
    """Return a function from a simulation to its events as plain rows, of one kind where given."""

    def rows(simulation: Any, kind: str = "") -> list[dict[str, Any]]:
        events = simulation.world.events
        found = []
        for k in range(len(events)):
            causes = [int(c) for c in events.causes[k].decode().split(",") if c]
            row = {"id": int(events.id[k]), "tick": int(events.tick[k]), "causes": causes}
            row |= {"kind": events.kind[k].decode(), "subject": events.subject[k].decode()}
            if kind in ("", row["kind"]):
                found.append(row)
        return found

    return rows


@pytest.fixture(scope="session")
def build_world(warm: None) -> Callable[..., Any]:
    """Return a function that builds a world on a polygon, without scenario or engine."""

    def build(polygon: Any, exits: Mapping[str, Any], *, areas: Mapping[str, Any] | None = None) -> Any:
        from impetus_sim.world.goals import build_goals
        from impetus_sim.world.ground import ExitLine, build_ground
        from impetus_sim.world.world import World

        ground = build_ground(polygon, exits=[ExitLine(name=n, geometry=g) for n, g in exits.items()])
        cells = {name: ground.cells_of(area) for name, area in (areas or {}).items()}
        return World(
            ground=ground,
            goals=build_goals(ground, cells),
            resolution_us=10_000,
            areas=cells,
            open_exits=np.ones(len(ground.exit_names), bool),
        )

    return build


@pytest.fixture(scope="session")
def impetus(warm: None) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the command line in a process of its own."""

    def call(*words: object, **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "impetus_sim", *map(str, words)],
            capture_output=True, text=True, timeout=120, check=False, **more,
        )  # fmt: skip

    return call
