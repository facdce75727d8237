"""`impetus info` on finished, unfinished and broken recordings."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.cli.info import info_command
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.checkpoint import Checkpoint
from impetus_sim.recording.header import Header
from impetus_sim.recording.writer import RecordingWriter

HEADER = Header(
    attributes={
        "title": "A [bold]square",
        "map_name": "room",
        "seed": 1234,
        "replicate": 0,
        "duration_ticks": 6000,
    },
    static={"exits": {"name": np.array(["north", "south gate"])}},
)


def record(path, *, finish):
    with RecordingWriter.create(path, HEADER) as writer:
        for tick in (0, 50, 100):
            writer.add_frame(tick, np.arange(5), np.zeros(5), np.zeros(5), np.zeros(5, np.uint8))
            counts = {"entered": 1500, "inside": 1500 - tick, "left": tick, "removed": 0}
            writer.add_counts(tick, {**counts, "exit_left": np.array([tick // 2, tick // 2])})
        events = {
            "id": np.arange(3),
            "tick": np.array([10, 20, 90]),
            "kind": np.array([b"shots", b"heard", b"heard"]),
            "subject": np.array([b"stage", "Jürgen".encode(), b"b"]),
        }
        writer.end_segment(events=events, checkpoint=Checkpoint(tick=100, tables={}))
        if finish:
            writer.finish(tables={}, summary={"digest": "abc123"})


def run_info(*arguments):
    return CliRunner().invoke(info_command, [str(argument) for argument in arguments])


def test_a_finished_recording(tmp_path):
    record(tmp_path / "run.h5", finish=True)
    shown = run_info(tmp_path / "run.h5")
    assert shown.exit_code == 0, shown.output
    for text in (
        "A [bold]square",
        "abc123",
        "60.0 s",
        "1 500",
        "south gate",
        "shots",
        "stage",
        "not defined",
        "complete",
    ):
        assert text in shown.output
    assert "Unfinished" not in shown.output


def test_json_is_one_document(tmp_path):
    record(tmp_path / "run.h5", finish=True)
    document = json.loads(run_info(tmp_path / "run.h5", "--json").output)
    assert document["complete"] and document["digest"] == "abc123" and document["seed"] == 1234
    assert document["people"] == {"entered": 1500, "inside": 1400, "left": 100, "removed": 0}
    assert document["exits"] == {"north": 50, "south gate": 50}
    assert document["duration_s"] == 60.0 and document["recorded_until_s"] == 1.0
    heard = {"kind": "heard", "count": 2, "first_s": 0.2, "last_s": 0.9, "first_subject": "Jürgen"}
    assert document["events"][1] == heard
    assert document["metrics"]["clearance_time"]["value"] is None
    assert document["metrics"]["mean_density"]["note"] == "the walkable ground was not recorded"


@pytest.mark.parametrize("name", ["run.h5", "run.h5.parts"])
def test_an_unfinished_recording_says_how_to_finish(tmp_path, name):
    record(tmp_path / "run.h5", finish=False)
    shown = run_info(tmp_path / name)
    assert shown.exit_code == 0
    assert "Unfinished, up to 1.0 s; finish it with: impetus run SCENARIO -o" in shown.output
    assert "run.h5 --resume" in shown.output
    document = json.loads(run_info(tmp_path / name, "--json").output)
    assert document["complete"] is False and document["digest"] is None


def test_an_empty_recording(tmp_path):
    RecordingWriter.create(tmp_path / "run.h5", Header(attributes={})).abort()
    shown = run_info(tmp_path / "run.h5")
    assert shown.exit_code == 0 and "up to 0.0 s" in shown.output


def test_a_bad_file_is_one_line_and_exit_code_2(tmp_path):
    (tmp_path / "bad.h5").write_bytes(b"no recording")
    error = run_info(tmp_path / "bad.h5").exception
    assert isinstance(error, InvalidInputError) and error.exit_code == 2
    assert "\n" not in str(error)
