"""What is written comes back, from the merged file and from the parts, also with h5py alone."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.recording import frames, schema, writer
from impetus_sim.recording.checkpoint import Checkpoint
from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import open_recording
from impetus_sim.recording.writer import RecordingWriter

HEADER = Header(attributes={"title": "Small"}, static={})


def test_everything_comes_back(tmp_path, toy):
    path = tmp_path / "run.h5"
    assert toy.record(path) == path
    assert [file.name for file in tmp_path.iterdir()] == ["run.h5"]
    run = open_recording(path)
    assert run.is_complete and run.path == path
    assert run.attributes["title"] == "Toy" and run.attributes["seed"] == 7
    assert run.attributes["scenario"] == "a: 1\n" * 20_000
    assert run.attributes["schema_version"] == schema.SCHEMA_VERSION
    assert run.static("people")["profile_names"].tolist() == ["adult", "äldre"]
    assert run.static("people")["uid"].dtype == np.uint64
    assert run.static("ground")["wkt"] == "POLYGON EMPTY"
    assert run.static("ground")["walls"].shape == (0, 4)
    assert run.ticks.tolist() == list(range(0, 600, 50))
    assert run.times_s[-1] == 5.5
    assert run.recorded_until_s == 5.5
    assert run.counts()["exit_left"].tolist() == [[k, 2 * k] for k in range(12)]
    assert run.events()["kind"].tolist() == [b"note"] * 4
    assert run.events_frame()["kind"].tolist() == ["note"] * 4
    assert run.events_frame()["t_s"].iloc[0] == 1.0
    assert [tick for tick, _ in run.fields("smoke")] == list(range(0, 600, 150))
    assert run.field("smoke", t_s=1.5).tolist() == np.full((3, 4), 3.0).tolist()
    assert run.checkpoint_ticks == [250, 550]
    assert run.summary["digest"].startswith("0x")


def test_parts_and_merged_file_hold_the_same(tmp_path, toy, read_contents, monkeypatch):
    merged = open_recording(toy.record(tmp_path / "merged.h5"))
    monkeypatch.setattr(writer, "has_space", lambda parts: False)
    folder = toy.record(tmp_path / "parts.h5")
    assert folder == tmp_path / "parts.h5.parts"
    for name in (folder, tmp_path / "parts.h5"):
        parts = open_recording(name)
        assert parts.is_complete and parts.path == tmp_path / "parts.h5"
        assert read_contents(parts) == read_contents(merged)
    monkeypatch.undo()
    assert toy.record_or_resume(tmp_path / "parts.h5") == tmp_path / "parts.h5"
    assert not folder.exists()
    assert read_contents(open_recording(tmp_path / "parts.h5")) == read_contents(merged)


def test_frames_are_found_by_time_and_index(tmp_path, toy):
    run = open_recording(toy.record(tmp_path / "run.h5"))
    assert run.frame(t_s=0.3).tick == 0
    assert run.frame(t_s=0.5).tick == 50
    assert run.frame(t_s=1e9).tick == 550
    assert run.frame_at(-1).tick == 550
    assert [frame.tick for frame in run.frames(every=4)] == run.ticks[::4].tolist()
    assert [frame.tick for frame in run.frames(every=5)] == run.ticks[::5].tolist()
    assert [frame.t_s for frame in run.frames()] == run.times_s.tolist()
    assert sum(len(block.ticks) for block in run.blocks()) == 12
    with pytest.raises(InvalidInputError, match="no frame at or before -1 s"):
        run.frame(t_s=-1)
    with pytest.raises(InvalidInputError, match="it has 12"):
        run.frame_at(12)


def test_people_come_go_and_come_back(tmp_path):
    path = tmp_path / "run.h5"
    inside = [[0, 5], [5], [], [2, 5], [0, 2, 5, 9]]
    with RecordingWriter.create(path, HEADER) as recorder:
        for tick, rows in enumerate(inside):
            x = np.array([row + 0.1 * tick for row in rows])
            recorder.add_frame(tick, np.array(rows, np.int32), x, -x, np.array(rows, np.uint8))
        recorder.finish(tables={}, summary={})
    for tick, frame in enumerate(open_recording(path).frames()):
        assert frame.rows.tolist() == inside[tick]
        assert frame.state.tolist() == inside[tick]
        np.testing.assert_allclose(frame.x, [row + 0.1 * tick for row in inside[tick]], atol=5e-4, rtol=0)
        np.testing.assert_array_equal(frame.y, -frame.x)


def test_an_empty_recording_can_be_read(tmp_path):
    path = tmp_path / "run.h5"
    recorder = RecordingWriter.create(path, HEADER)
    run = open_recording(path)
    assert not run.is_complete and len(run.ticks) == 0 and run.recorded_until_s == 0
    assert list(run.frames()) == [] and run.counts() == {} and run.events() == {}
    assert run.events_frame().empty
    assert run.last_checkpoint() is None and run.summary == {} and run.table_names == []
    assert "0 frames" in repr(run)
    with pytest.raises(InvalidInputError, match="no frames yet"):
        run.frame(t_s=0)
    recorder.finish(tables={}, summary={})
    assert open_recording(path).is_complete


def test_checkpoints_hold_every_kind_of_column(tmp_path):
    path = tmp_path / "run.h5"
    columns = {
        "f": np.array([1.5, -0.0, np.inf]),
        "u": np.array([2**64 - 1, 0, 1], np.uint64),
        "b": np.array([True, False, True]),
        "s": np.array([b"x", b"", b"abc"], "S8"),
        "t": np.array(["é", "", "long text"]),
        "m": np.arange(6, dtype=np.int16).reshape(3, 2),
        "none": np.zeros((0, 3)),
        "big": np.arange(5000),
    }
    saved = Checkpoint(
        tick=30, tables={"a": columns, "empty": {}}, attributes={"digest.a": "00", "n": 2**63 - 1}
    )
    with RecordingWriter.create(path, HEADER) as recorder:
        recorder.end_segment(checkpoint=saved)
    run = open_recording(path)
    found = run.load_checkpoint(30)
    assert found.tick == 30 and found.attributes == saved.attributes and set(found.tables) == {"a", "empty"}
    for name, column in columns.items():
        assert found.tables["a"][name].dtype == column.dtype
        np.testing.assert_array_equal(found.tables["a"][name], column)
    assert np.signbit(found.tables["a"]["f"][1])
    assert run.last_checkpoint(29) is None
    assert run.last_checkpoint(31).tick == 30
    assert run.tables("a")["big"].tolist() == list(range(5000))
    with pytest.raises(InvalidInputError, match=r"it has them at \(s\): 0.3"):
        run.load_checkpoint(31)


def test_rounding_is_half_a_millimetre_and_stated(tmp_path):
    path = tmp_path / "run.h5"
    x = np.random.default_rng(1).uniform(6.6e6, 6.61e6, 1000)
    with RecordingWriter.create(path, HEADER) as recorder:
        recorder.add_frame(0, np.arange(1000), x, x, np.zeros(1000, np.uint8))
        recorder.finish(tables={}, summary={})
    worst = np.abs(open_recording(path).frame_at(0).x - x).max()
    assert worst <= 5.001e-4
    with h5py.File(path, "r", locking=False) as file:
        attributes = file["segments/000001/frames"].attrs
        assert attributes["worst_error_m"] == pytest.approx(worst)
        assert attributes["scale_m"] == 0.001


@pytest.mark.parametrize("bad", [np.nan, np.inf, 5e6])
def test_positions_that_do_not_fit_are_refused(tmp_path, bad):
    with RecordingWriter.create(tmp_path / "run.h5", HEADER) as recorder:
        with pytest.raises(RunFailedError, match=r"row 7 .* at tick 30"):
            recorder.add_frame(30, np.array([3, 7]), np.array([0.0, bad]), np.zeros(2), np.zeros(2, np.uint8))
        recorder.add_frame(30, np.array([3]), np.zeros(1), np.zeros(1), np.zeros(1, np.uint8))


def test_misuse_is_refused(tmp_path):
    recorder = RecordingWriter.create(tmp_path / "run.h5", HEADER)
    one = np.zeros(1)
    recorder.add_frame(5, np.array([1]), one, one, one)
    with pytest.raises(ValueError, match="ticks must ascend"):
        recorder.add_frame(5, np.array([1]), one, one, one)
    with pytest.raises(ValueError, match="ascending, without repeats"):
        recorder.add_frame(6, np.array([1, 1]), np.zeros(2), np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match="1 rows, 2 x"):
        recorder.add_frame(6, np.array([1]), np.zeros(2), one, one)
    recorder.add_counts(5, {"inside": 1})
    with pytest.raises(ValueError, match="before it was"):
        recorder.add_counts(6, {"left": 1})
    with pytest.raises(ValueError, match="before it was"):
        recorder.add_counts(6, {"inside": np.zeros(2, int)})
    with pytest.raises(ValueError, match="name of a field"):
        recorder.add_field(5, "a/b", np.zeros((2, 2)))
    with pytest.raises(ValueError, match="after a frame at 5"):
        recorder.end_segment(checkpoint=Checkpoint(tick=4, tables={}))
    with pytest.raises(TypeError, match="dtype object"):
        recorder.end_segment(events={"a": np.array([1, None])})
    recorder.abort()
    recorder.abort()
    with pytest.raises(ValueError, match="closed for writing"):
        recorder.add_counts(7, {"inside": 1})
    with pytest.raises(ValueError, match="belong to the recording"):
        RecordingWriter.create(tmp_path / "b.h5", Header(attributes={"README": ""}))
    with pytest.raises(TypeError, match="more than 64 bits"):
        RecordingWriter.create(tmp_path / "b.h5", Header(attributes={"seed": 2**70}))
    assert [file.name for file in tmp_path.iterdir()] == ["run.h5.parts"]


def test_a_large_buffer_is_written_by_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "MAX_BUFFER_BYTES", 13 * 10 * 4)
    path = tmp_path / "run.h5"
    with RecordingWriter.create(path, HEADER) as recorder:
        for tick in range(20):
            recorder.add_frame(tick, np.arange(10), np.zeros(10), np.zeros(10), np.zeros(10, np.uint8))
        assert len(list((tmp_path / "run.h5.parts").glob("seg-*.h5"))) == 3
        recorder.finish(tables={}, summary={})
    assert open_recording(path).ticks.tolist() == list(range(20))


def test_matrices_are_chunked_and_compressed(tmp_path):
    path = tmp_path / "run.h5"
    n = 10_000
    with RecordingWriter.create(path, HEADER) as recorder:
        for tick in range(3):
            recorder.add_frame(tick, np.arange(n), np.arange(n) * 1.0, np.zeros(n), np.zeros(n, np.uint8))
        recorder.finish(tables={}, summary={})
    with h5py.File(path, "r", locking=False) as file:
        matrix = file["segments/000001/frames/dx_mm"]
        assert matrix.chunks == (3, 10_000) and matrix.compression == "gzip" and matrix.shuffle
        assert matrix.dtype == np.int32
    assert frames.MAX_OFFSET_MM < 2**30


def test_the_readme_example_reads_the_positions(tmp_path, toy):
    path = toy.record(tmp_path / "RUN.h5")
    with h5py.File(path, "r", locking=False) as file:
        readme = file.attrs["README"]
    code = readme[readme.index("import h5py") :]
    assert len(code.strip().splitlines()) <= 17
    code += "\n            found.append((tick, t_s, rows, x_m, y_m))\n"
    found: list[tuple] = []
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        exec(compile(code, "README", "exec"), {"found": found})
    finally:
        os.chdir(here)
    for frame, (tick, t_s, rows, x, y) in zip(open_recording(path).frames(), found, strict=True):
        assert (frame.tick, frame.t_s) == (tick, t_s)
        np.testing.assert_array_equal(frame.rows, rows)
        np.testing.assert_array_equal(frame.x, x)
        np.testing.assert_array_equal(frame.y, y)


def test_a_recording_travels_between_processes_and_leaves_no_file_open(tmp_path, toy, read_contents):
    run = open_recording(toy.record(tmp_path / "run.h5"))
    before = read_contents(run)
    assert h5py.h5f.get_obj_count(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_FILE) == 0
    assert read_contents(pickle.loads(pickle.dumps(run))) == before
    with run as same:
        assert same is run


def test_reading_is_light():
    code = (
        "import sys, impetus_sim.recording.reader, impetus_sim.recording.writer; "
        "print([m for m in ('numba', 'geopandas', 'pandas', 'scipy', 'shapely') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
