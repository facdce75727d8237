"""Recordings of traffic written to order: links, cumulative counts, places and trips, ticks of 1 s."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import Recording, open_recording
from impetus_sim.recording.writer import RecordingWriter

STATES = ("planned", "waiting", "on_links", "arrived", "held", "abandoned")
DURATION = 400
WriteTraffic = Callable[..., Recording]


def link_table(rows: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Return the static group of links; each row: ends (junctions), places (x, y of both), name, lanes, speed."""
    points = np.array([place for row in rows for place in row["places"]], float)
    return {
        "from_node": np.array([row["ends"][0] for row in rows]),
        "to_node": np.array([row["ends"][1] for row in rows]),
        "length_m": np.array([float(np.hypot(*np.subtract(*row["places"]))) for row in rows]),
        "speed_m_s": np.array([row.get("speed", 20.0) for row in rows]),
        "n_lanes": np.array([row.get("lanes", 1) for row in rows]),
        "lane_capacity": np.full(len(rows), 0.5),
        "car_m": np.full(len(rows), 7.5),
        "first": 2 * np.arange(len(rows) + 1),
        "x": points[:, 0],
        "y": points[:, 1],
        "name": np.array([row.get("name", "") for row in rows], dtype=object),
    }


@pytest.fixture
def write_traffic(tmp_path: Path) -> WriteTraffic:
    """Return a function that writes a recording and opens it.

    states: by tick, the columns of the channel. trips: columns of the final table, with `goal_node` beside them.
    emergency: columns of the table of emergency vehicles.
    """

    def write(
        links: list[dict[str, Any]],
        states: Mapping[int, Mapping[str, Any]],
        trips: Mapping[str, Any] | None = None,
        *,
        attributes: Mapping[str, Any] | None = None,
        counts: Mapping[int, Mapping[str, Any]] | None = None,
        emergency: Mapping[str, Any] | None = None,
        duration: int = DURATION,
    ) -> Recording:
        given = trips or {}
        n = len(given.get("depart_us", ()))
        table = {
            "state": np.full(n, 3, np.int8),
            "kind": np.zeros(n, np.int8),
            "origin": np.zeros(n, np.int32),
            "depart_us": np.zeros(n, np.int64),
            "left_us": np.zeros(n, np.int64),
            "travelled_mm": np.zeros(n, np.int64),
            "speed_mm_s": np.full(n, 50_000, np.int32),
            "n_links": np.ones(n, np.int32),
        }
        table |= {name: np.asarray(v) for name, v in given.items() if name != "goal_node"}
        static = {
            "drive_links": link_table(links),
            "vehicles": {
                "uid": np.arange(n, dtype=np.uint64),
                "kind": table["kind"],
                "origin": table["origin"],
                "depart_us": table["depart_us"],
                "goal_node": np.asarray(given.get("goal_node", np.zeros(n)), np.int32),
                "kind_names": np.array(["car", "truck", "bus", "emergency"], dtype=object),
                "state_names": np.array(STATES, dtype=object),
            },
            "signals": {"node": np.zeros(0, np.int32), "is_guessed": np.zeros(0, bool)},
            "ground": {},
            "exits": {
                "name": np.zeros(0, dtype=object),
                "segments": np.zeros((0, 5)),
                "width_m": np.zeros(0),
            },
            "people": {"uid": np.zeros(0, np.uint64)},
        }
        header = Header(
            attributes={"resolution_us": 1_000_000, "duration_ticks": duration, **(attributes or {})},
            static=static,
        )
        writer = RecordingWriter.create(tmp_path / "traffic.h5", header)
        for tick, columns in states.items():
            writer.add_series("traffic", tick, {name: np.asarray(v) for name, v in columns.items()})
        for tick, row in (counts or {}).items():
            writer.add_counts(tick, row)
        writer.end_segment(events=None, checkpoint=None)
        tables = {"traffic_vehicles": table}
        if emergency is not None:
            tables["traffic_emergency"] = {name: np.asarray(v) for name, v in emergency.items()}
        writer.finish(tables=tables, summary={})
        return open_recording(tmp_path / "traffic.h5")

    return write


@pytest.fixture
def bottleneck(write_traffic: WriteTraffic) -> Recording:
    """One link of 1 200 m at 20 m/s, free in 60 s: 50 vehicles enter at 1/2 per s, and leave at 1/4 per s.

    The queue lasts from 60 s to 260 s, is longest with 25 vehicles at 160 s, and costs 2 500 vehicle-s.
    """
    number = np.arange(50)
    states = {
        tick: {"n_entered": [min(tick // 2, 50)], "n_left": [min(max(tick - 60, 0) // 4, 50)]}
        for tick in range(0, DURATION + 1, 4)
    }
    return write_traffic(
        [{"ends": (0, 1), "places": ((0, 0), (1200, 0)), "name": "High Street"}],
        states,
        {
            "depart_us": 2_000_000 * number,
            "left_us": 1_000_000 * (60 + 4 * number),
            "goal_node": np.ones(50),
            "travelled_mm": np.full(50, 1_200_000),
        },
    )
