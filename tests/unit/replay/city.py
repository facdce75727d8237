"""A recording written by hand that has a little of everything that the viewer shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from impetus_sim.recording.checkpoint import Checkpoint
from impetus_sim.recording.header import Header
from impetus_sim.recording.writer import RecordingWriter

TICKS_A_S = 100
LAST_S = 30
N_PEOPLE = 6


def text(*values: str) -> np.ndarray:
    """Return texts as recordings hold them."""
    return np.array(values, dtype=object)


STATIC = {
    "people": {
        "uid": np.arange(N_PEOPLE, dtype=np.uint64),
        "population": np.zeros(N_PEOPLE, np.int32),
        "profile": np.zeros(N_PEOPLE, np.int32),
        "desired_speed": np.full(N_PEOPLE, 1.25),
        "population_names": text("market_visitors"),
        "profile_names": text("adult"),
    },
    "ground": {"wkt": "POLYGON ((0 0, 40 0, 40 20, 0 20, 0 0), (10 5, 12 5, 12 7, 10 7, 10 5))"},
    "exits": {"name": text("east"), "segments": np.array([[40.0, 8, 40, 12, 0]]), "width_m": np.array([4.0])},
    "gates": {
        "name": text("north"),
        "segments": np.array([[5.0, 20, 9, 20, 0]]),
        "open_at_start": np.array([True]),
    },
    "drive_links": {
        "from_node": np.array([0, 1]),
        "to_node": np.array([1, 0]),
        "length_m": np.array([50.0, 50.0]),
        "speed_m_s": np.array([10.0, 10.0]),
        "n_lanes": np.array([1, 1]),
        "lane_capacity": np.array([0.5, 0.5]),
        "car_m": np.array([7.5, 7.5]),
        "first": np.array([0, 3, 6]),
        "x": np.array([0.0, 30, 30, 30, 30, 0]),
        "y": np.array([30.0, 30, 50, 50, 30, 30]),
        "name": text("Long Street", "Long Street"),
    },
    "vehicles": {
        "uid": np.arange(2, dtype=np.uint64),
        "kind": np.array([0, 2]),
        "depart_us": np.array([0, 5_000_000]),
        "kind_names": text("car", "truck", "bus"),
        "state_names": text("planned", "waiting", "on_links", "arrived"),
    },
    "units": {
        "name": text("ambulance_1"),
        "kind": text("ambulance"),
        "station": text("west"),
        "stage_names": text("free", "driving", "absent"),
    },
    "hospitals": {
        "name": text("St. Mary"),
        "x": np.array([3.0]),
        "y": np.array([4.0]),
        "beds": np.array([20]),
    },
    "assets": {
        "id": text("signal_1", "cell_1", "controller_1"),
        "kind": text("signal", "cell", "controller"),
        "basis": text("map", "map", "rule"),
        "x": np.array([1.0, 2.0, 3.0]),
        "y": np.array([1.0, 2.0, 3.0]),
        "people": np.array([0.0, 900.0, 0.0]),
        "is_mapped": np.array([True, True, False]),
    },
    "streams": {
        "id": text("door.people_in_view"),
        "kind": text("people_in_view"),
        "unit": text("{people}"),
        "x": np.array([39.0]),
        "y": np.array([10.0]),
        "every_s": np.array([5.0]),
        "asset": np.array([-1]),
        "lag_s": np.array([0.0]),
        "sensor": text("door"),
        "sensor_kind": text("camera"),
        "device": text("door"),
        "bearing_deg": np.array([270.0]),
        "angle_deg": np.array([90.0]),
        "reach_m": np.array([25.0]),
    },
    "smoke_grid": {"x0": np.array(0.0), "y0": np.array(0.0), "cell_m": np.array(2.0)},
}

EVENTS = [  # t_s, kind, subject, x, y, causes, data
    (4.0, "attack_began", "intruder", np.nan, np.nan, "", "{}"),
    (6.0, "asset_attacked", "controller_1", 3.0, 3.0, "0", "{}"),
    (8.0, "asset_out", "signal_1", 1.0, 1.0, "1", "{}"),
    (9.0, "gate_closed", "north", 7.0, 20.0, "", "{}"),
    (10.0, "street_flooded", "water:1", 30.0, 40.0, "", '{"depth_m": 0.5}'),
    (12.0, "people_injured", "blast", 5.0, 5.0, "0", '{"people": 3}'),
    (20.0, "street_dry_enough", "water:1", 30.0, 40.0, "4", "{}"),
    (21.0, "unit_sent", "ambulance_1", 3.0, 4.0, "5", "{}"),
]


def write_city(path: Path) -> Path:
    """Write the recording and return its path."""
    header = Header(
        attributes={
            "title": "A little of everything",
            "seed": 1,
            "replicate": 0,
            "resolution_us": 10_000,
            "duration_ticks": LAST_S * TICKS_A_S,
            "start_time": "2026-01-01T14:00:00",
            "map_crs": "EPSG:32632",
            "frame_states": '["standing", "leaving"]',
            "scenario": '{"cyber": {"attackers": {"intruder": {}}}, "hazards": {"blast": {}}}',
        },
        static=STATIC,
    )
    with RecordingWriter.create(path, header) as writer:
        for t_s in range(LAST_S + 1):
            _write_second(writer, t_s)
            if t_s == LAST_S // 2:
                writer.end_segment(checkpoint=_checkpoint(t_s), events=_events(0.0, float(t_s)))
        writer.end_segment(events=_events(float(LAST_S // 2), np.inf))
        writer.finish(tables={"crowd": _crowd(LAST_S)}, summary={"digest": "by hand"})
    return path


def _write_second(writer: RecordingWriter, t_s: int) -> None:
    tick = t_s * TICKS_A_S
    # person 5 is out from 10 s to 19 s and comes back
    rows = np.array([row for row in range(N_PEOPLE) if row != 5 or not 10 <= t_s < 20], np.int32)
    writer.add_frame(tick, rows, 5.0 + rows + 0.5 * t_s, 10.0 + 0.0 * rows, (rows % 2).astype(np.uint8))
    counts = {"inside": len(rows), "left": N_PEOPLE - len(rows), "vehicles_on_links": 1}
    writer.add_counts(tick, counts | {"units_busy": int(t_s > 20)})
    if t_s % 5 == 0:
        writer.add_series(
            "traffic",
            tick,
            {
                "n_entered": np.array([1, 0], np.int32),
                "n_left": np.array([0, 0], np.int32),
                "green": np.zeros(1, np.uint8),
                "link": np.array([0, -1], np.int32),
                "offset_dm": np.array([10 * t_s, 65535], np.uint16),
                "state": np.array([2, 0], np.uint8),
            },
        )
        stage = 1 if t_s > 20 else 0
        place = {"x": np.array([3.0 + t_s], np.float32), "y": np.array([4.0], np.float32)}
        writer.add_series(
            "units",
            tick,
            place | {"stage": np.array([stage], np.uint8), "beds_taken": np.array([2], np.int32)},
        )
        if t_s in (5, 10, 25, 30):  # those of 15 s and 20 s are missing
            said = {"value": np.array([float(t_s)]), "cause": np.array([-1], np.int32)}
            writer.add_series("readings", tick, said)
    if t_s in (0, 8):
        level = np.array([1.0, 1.0, 1.0] if t_s == 0 else [0.0, 1.0, 1.0], np.float32)
        writer.add_series(
            "assets", tick, {"level": level, "unmet": np.array([0, 1 if t_s else 0, 0], np.uint8)}
        )
    if t_s in (10, 20):
        writer.add_field(tick, "smoke_extinction", np.full((10, 20), 0.2 if t_s == 10 else 3.0, np.float32))


def _crowd(t_s: int) -> dict[str, np.ndarray]:
    never = np.full(N_PEOPLE, -1, np.int64)
    aware, cause = never.copy(), never.copy()
    aware[2], cause[2] = 700, 1
    return {
        "state": np.ones(N_PEOPLE, np.uint8),
        "enter_tick": np.zeros(N_PEOPLE, np.int64),
        "aware_tick": aware,
        "aware_cause": cause,
        "move_tick": never,
        "left_tick": never,
        "exit": np.zeros(N_PEOPLE, np.int16),
        "exposure_s": np.full(N_PEOPLE, 1.0 if t_s > 12 else 0.0),
    }


def _checkpoint(t_s: int) -> Checkpoint:
    return Checkpoint(tick=t_s * TICKS_A_S, tables={"crowd": _crowd(t_s)})


def _events(after_s: float, until_s: float) -> dict[str, np.ndarray]:
    own = [(k, *event) for k, event in enumerate(EVENTS) if after_s < event[0] <= until_s]
    number, t_s, kind, subject, x, y, causes, data = zip(*own, strict=True)
    return {
        "id": np.array(number, np.int64),
        "tick": np.array(np.multiply(t_s, TICKS_A_S), np.int64),
        "kind": np.array(kind, "S32"),
        "subject": np.array(subject, "S64"),
        "x": np.array(x, np.float64),
        "y": np.array(y, np.float64),
        "causes": np.array(causes, "S256"),
        "data": np.array(data, "S512"),
    }
