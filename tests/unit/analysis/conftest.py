"""Small recordings written to order: a square, people who leave when told, events that caused it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import Recording, open_recording
from impetus_sim.recording.writer import RecordingWriter

SQUARE = "POLYGON ((0 0, 20 0, 20 20, 0 20, 0 0))"
EXITS = {
    "name": np.array(["west", "east"]),
    "segments": np.array([[0.0, 8.0, 0.0, 10.0, 0], [20.0, 8.0, 20.0, 12.0, 1]]),
    "width_m": np.array([2.0, 4.0]),
}
EVENT_WIDTHS = {"kind": "S32", "subject": "S64", "causes": "S256", "data": "S512"}

Positions = Sequence[tuple[float, float]]
WriteRecording = Callable[..., Recording]


def crowd_table(n: int, **columns: Any) -> dict[str, np.ndarray]:
    """Return a crowd table of people who are inside and never moved, except for the columns given."""
    table = {
        "state": np.ones(n, np.uint8),
        "enter_tick": np.zeros(n, np.int64),
        "aware_tick": np.full(n, -1, np.int64),
        "aware_cause": np.full(n, -1, np.int64),
        "move_tick": np.full(n, -1, np.int64),
        "left_tick": np.full(n, -1, np.int64),
        "exit": np.full(n, -1, np.int32),
        "population": np.zeros(n, np.int32),
        "profile": np.zeros(n, np.int32),
        "exposure_s": np.zeros(n),
    }
    return table | {name: np.asarray(values, table[name].dtype) for name, values in columns.items()}


def event_table(rows: Sequence[Mapping[str, Any]]) -> dict[str, np.ndarray]:
    """Return an events table from rows; what a row leaves out is empty."""
    empty = {"x": np.nan, "y": np.nan, "subject": b"", "causes": b"", "data": b""}
    full = [empty | dict(row) for row in rows]
    numbers = {name: np.array([row[name] for row in full]) for name in ("id", "tick", "x", "y")}
    texts = {name: np.array([row[name] for row in full], width) for name, width in EVENT_WIDTHS.items()}
    return numbers | texts


@pytest.fixture
def write_recording(tmp_path: Path) -> WriteRecording:
    """Return a function that writes a recording of 1 s ticks and opens it."""

    def write(
        crowd: Mapping[str, np.ndarray] | None = None,
        *,
        frames: Mapping[int, Positions] | None = None,
        counts: Mapping[int, Mapping[str, Any]] | None = None,
        events: Sequence[Mapping[str, Any]] = (),
        duration: int = 100,
        polygon: str = SQUARE,
        name: str = "run.h5",
    ) -> Recording:
        static: dict[str, Mapping[str, Any]] = {
            "ground": {"wkt": polygon} if polygon else {},
            "exits": EXITS,
            "people": {
                "population_names": np.array(["visitors", "staff"]),
                "profile_names": np.array(["adult", "wheelchair_user"]),
            },
        }
        header = Header(attributes={"resolution_us": 1_000_000, "duration_ticks": duration}, static=static)
        writer = RecordingWriter.create(tmp_path / name, header)
        for tick, positions in (frames or {}).items():
            x, y = np.array(positions, float).reshape(-1, 2).T
            rows = np.arange(len(x), dtype=np.int32)
            writer.add_frame(tick, rows, x, y, np.ones(len(x), np.uint8))
        for tick, row in (counts or {}).items():
            writer.add_counts(tick, row)
        writer.end_segment(events=event_table(events) if events else None, checkpoint=None)
        writer.finish(tables={"crowd": crowd} if crowd else {}, summary={})
        return open_recording(tmp_path / name)

    return write


@pytest.fixture
def make_crowd() -> Callable[..., dict[str, np.ndarray]]:
    """Return `crowd_table`."""
    return crowd_table
