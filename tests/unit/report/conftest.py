"""A believable recording to draw: 800 people leave a square by three exits after shots, queueing at each.

Not a walking model: everyone heads straight for the nearest exit at their own speed, and waits in a half
disc around it, in the order of arrival, while the exit lets through 1.3 people per metre and second.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import Recording, open_recording
from impetus_sim.recording.writer import RecordingWriter

TICK_S = 0.01
SQUARE = "POLYGON ((0 0, 60 0, 60 40, 0 40, 0 0), (27 17, 33 17, 33 23, 27 23, 27 17))"
BUILDINGS = [
    "POLYGON ((-25 41, 24 41, 24 60, -25 60, -25 41))",
    "POLYGON ((33 41, 85 41, 85 60, 33 60, 33 41))",
    "POLYGON ((-25 -20, 30 -20, 30 -1, -25 -1, -25 -20))",
    "POLYGON ((37 -20, 85 -20, 85 -1, 37 -1, 37 -20))",
    "POLYGON ((-25 2, -1 2, -1 18, -25 18, -25 2))",
    "POLYGON ((-25 25, -1 25, -1 38, -25 38, -25 25))",
    "POLYGON ((61 -1, 85 -1, 85 41, 61 41, 61 -1))",
    "POLYGON ((27 17, 33 17, 33 23, 27 23, 27 17))",
]
STREETS = ["LINESTRING (-25 21, 0 21)", "LINESTRING (28.5 40, 28.5 60)", "LINESTRING (33 0, 33 -20)"]
EXIT_NAMES = ("Mill Lane", "North Gate", "South Street")
SEGMENTS = np.array([[0, 19, 0, 23, 0], [27, 40, 30, 40, 1], [31.5, 0, 34.5, 0, 2]], float)
WIDTHS_M = np.array([4.0, 3.0, 3.0])
SHOT_S, END_S, FRAME_S, QUEUE_PER_M2 = 20.0, 300.0, 0.5, 4.4

EVENTS: list[dict[str, Any]] = [
    {"id": 1, "t_s": 20.0, "kind": "shot", "subject": "shots", "x": 12.0, "y": 9.0, "causes": ""},
    {"id": 2, "t_s": 35.0, "kind": "alarm raised", "subject": "operator", "causes": "1"},
    {"id": 3, "t_s": 45.0, "kind": "warning", "subject": "loudspeakers", "causes": "2"},
]


def _walk(n: int, seed: int, widths_m: np.ndarray) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    start = np.empty((0, 2))
    while len(start) < n:
        tried = rng.uniform((1, 1), (59, 39), (n, 2))
        in_fountain = (np.abs(tried[:, 0] - 30) < 3.5) & (np.abs(tried[:, 1] - 20) < 3.5)
        start = np.concatenate([start, tried[~in_fountain]])[:n]
    profile = rng.choice(3, n, p=[0.75, 0.2, 0.05])
    speed = np.clip(rng.normal(np.array([1.35, 0.95, 0.7])[profile], 0.15), 0.4, 2.0)
    to_shot = np.hypot(*(start - (12.0, 9.0)).T)
    aware = SHOT_S + np.where(to_shot < 18, 0.5, 25 + rng.uniform(0, 1, n))
    move = aware + rng.lognormal(np.log(6), 0.5, n)
    centres = np.stack([SEGMENTS[:, [0, 2]].mean(axis=1), SEGMENTS[:, [1, 3]].mean(axis=1)], axis=1)
    distances = np.hypot(start[:, None, 0] - centres[:, 0], start[:, None, 1] - centres[:, 1])
    way_out = np.argmin(distances / np.sqrt(widths_m), axis=1)
    distance = distances[np.arange(n), way_out]
    arrive = move + distance / speed
    left = np.empty(n)
    for index, width_m in enumerate(widths_m):
        free_at = 0.0
        mine = np.flatnonzero(way_out == index)
        for person in mine[np.argsort(arrive[mine])]:
            free_at = max(arrive[person], free_at + 1 / (1.3 * width_m))
            left[person] = free_at
    return {
        "start": start,
        "target": centres[way_out],
        "distance": distance,
        "speed": speed,
        "move": move,
        "left": left,
        "arrive": arrive,
        "exit": way_out,
        "aware": aware,
        "near": to_shot < 18,
        "profile": profile,
    }


def _positions(walk: dict[str, np.ndarray], t_s: float) -> tuple[np.ndarray, np.ndarray]:
    rows = np.flatnonzero(walk["left"] > t_s)
    waiting = np.zeros(len(rows))
    for index in range(len(WIDTHS_M)):
        mine = np.flatnonzero(walk["exit"][rows] == index)
        waiting[mine[np.argsort(walk["left"][rows[mine]])]] = np.arange(len(mine))
    queue_m = 0.5 + np.sqrt(2 * waiting / (np.pi * QUEUE_PER_M2))
    spread = np.pi * (0.04 + 0.92 * np.mod(rows * 0.618034, 1.0)) - np.pi / 2
    angle = np.array([0.0, -np.pi / 2, np.pi / 2])[walk["exit"][rows]] + spread
    slot = walk["target"][rows] + queue_m[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    way = slot - walk["start"][rows]
    distance = np.hypot(way[:, 0], way[:, 1])
    walked = np.clip(t_s - walk["move"][rows], 0, None) * walk["speed"][rows]
    place = walk["start"][rows] + np.minimum(walked / distance, 1.0)[:, None] * way
    return rows, place


def write_walk_out(path: Path, *, n: int = 800, seed: int = 7, wide_gate: bool = False) -> Recording:
    """Write a recording of people leaving the square; with `wide_gate` the north gate is 6 m wide."""
    widths_m = np.array([4.0, 6.0, 3.0]) if wide_gate else WIDTHS_M
    walk = _walk(n, seed, widths_m)
    end_ticks = round(END_S / TICK_S)
    attributes = {
        "title": "Shots on the market square" + (", gate opened" if wide_gate else ""),
        "map_name": "Old Town (sketch)",
        "map_digest": "3c9d1f0e77a1",
        "map_credit": "Map data © OpenStreetMap contributors (ODbL)",
        "map_date": "2025-03-01",
        "map_licence": "ODbL 1.0",
        "scenario_digest": "b6f3c2a1d5e4" if wide_gate else "a17e44c09b21",
        "seed": seed,
        "replicate": 0,
        "run_key": "0f5be2c4a9d1",
        "engine_version": "0.1.0",
        "start_time": "2026-09-12 20:30",
        "zone": "Europe/Rome",
        "resolution_us": 10_000,
        "duration_ticks": end_ticks,
    }
    static: dict[str, Any] = {
        "ground": {"wkt": SQUARE},
        "exits": {"name": np.array(EXIT_NAMES), "segments": SEGMENTS, "width_m": widths_m},
        "people": {
            "population_names": np.array(["visitors"]),
            "profile_names": np.array(["adult", "older_adult", "wheelchair_user"]),
        },
        "backdrop": {"buildings_wkt": np.array(BUILDINGS), "streets_wkt": np.array(STREETS)},
    }
    writer = RecordingWriter.create(path, Header(attributes=attributes, static=static))
    for index in range(round(END_S / FRAME_S) + 1):
        t_s = index * FRAME_S
        rows, place = _positions(walk, t_s)
        tick = round(t_s / TICK_S)
        writer.add_frame(tick, rows.astype(np.int32), place[:, 0], place[:, 1], np.ones(len(rows), np.uint8))
        out = walk["left"] <= t_s
        writer.add_counts(
            tick,
            {
                "entered": n,
                "inside": len(rows),
                "left": n - len(rows),
                "removed": 0,
                "exit_left": np.bincount(walk["exit"][out], minlength=3),
            },
        )
    events = {
        "id": np.array([event["id"] for event in EVENTS]),
        "tick": np.array([round(event["t_s"] / TICK_S) for event in EVENTS]),
        "kind": np.array([event["kind"] for event in EVENTS], "S32"),
        "subject": np.array([event["subject"] for event in EVENTS], "S64"),
        "x": np.array([event.get("x", np.nan) for event in EVENTS]),
        "y": np.array([event.get("y", np.nan) for event in EVENTS]),
        "causes": np.array([event["causes"] for event in EVENTS], "S256"),
        "data": np.array([""] * len(EVENTS), "S512"),
    }
    writer.end_segment(events=events, checkpoint=None)
    is_out = walk["left"] <= END_S
    crowd = {
        "state": np.where(is_out, 2, 1).astype(np.uint8),
        "population": np.zeros(n, np.int32),
        "profile": walk["profile"].astype(np.int32),
        "enter_tick": np.zeros(n, np.int64),
        "aware_tick": np.round(walk["aware"] / TICK_S).astype(np.int64),
        "aware_cause": np.where(walk["near"], 1, 3).astype(np.int64),
        "move_tick": np.round(walk["move"] / TICK_S).astype(np.int64),
        "exit": walk["exit"].astype(np.int32),
        "left_tick": np.where(is_out, np.round(walk["left"] / TICK_S), -1).astype(np.int64),
        "exposure_s": np.where(walk["near"], np.clip(walk["left"] - SHOT_S, 0, 12.0), 0.0),
    }
    threats = {
        "key": np.array(["shots"], "S64"),
        "x": np.array([12.0]),
        "y": np.array([9.0]),
        "danger_m": np.array([9.0]),
        "cause": np.array([1]),
    }
    writer.finish(tables={"crowd": crowd, "threats": threats}, summary={"digest": "d41c"})
    return open_recording(path)


@pytest.fixture(scope="session")
def square(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Return the recording of the square as it is."""
    return write_walk_out(tmp_path_factory.mktemp("square") / "run.h5")


@pytest.fixture(scope="session")
def square_with_wide_gate(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Return the recording of the same people with a wider gate."""
    return write_walk_out(tmp_path_factory.mktemp("gate") / "run.h5", wide_gate=True)


@pytest.fixture(scope="session")
def walk_out() -> Callable[..., Recording]:
    """Return `write_walk_out`."""
    return write_walk_out


@pytest.fixture(scope="session")
def study_document(square: Recording, square_with_wide_gate: Recording) -> dict[str, Any]:
    """Return the document of a comparison: a gate that helps, and an option that changes nothing."""
    sys.path.insert(0, str(Path(__file__).parent))
    from study_document import make_document

    return make_document(square, square_with_wide_gate)
