"""A new recording where a file is already: whole recordings of any layout are replaced, nothing else is."""

from __future__ import annotations

import os

import h5py
import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording import schema
from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import open_recording
from impetus_sim.recording.writer import RecordingWriter

EMPTY = Header(attributes={})


def make_newer(path):
    """Turn a file of a recording into one of the next layout."""
    with h5py.File(path, "r+") as file:
        file.attrs[schema.SCHEMA_VERSION_KEY] = schema.SCHEMA_VERSION + 1
    return path


def test_a_recording_of_a_newer_layout_stays_until_the_new_one_is_complete(tmp_path, toy, read_contents):
    expected = read_contents(open_recording(toy.record(tmp_path / "other.h5")))
    path = make_newer(toy.record(tmp_path / "run.h5"))
    before = path.read_bytes()
    RecordingWriter.create(path, toy.header).abort()
    assert path.read_bytes() == before
    assert toy.record_or_resume(path) == path
    assert read_contents(open_recording(path)) == expected
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other.h5", "run.h5"]


def test_resuming_what_a_newer_version_finished_is_refused(tmp_path, toy):
    path = make_newer(toy.record(tmp_path / "run.h5"))
    with pytest.raises(InvalidInputError, match=r"layout 2; this impetus_sim reads up to 1.*newer"):
        RecordingWriter.resume(path)


def test_unfinished_parts_of_a_newer_version_are_left_alone(tmp_path, toy):
    path = tmp_path / "run.h5"
    RecordingWriter.create(path, toy.header).abort()
    make_newer(tmp_path / "run.h5.parts" / "header.h5")
    before = sorted((file.name, file.stat().st_size) for file in (tmp_path / "run.h5.parts").iterdir())
    with pytest.raises(InvalidInputError, match=r"layout 2.*another name with -o"):
        RecordingWriter.create(path, toy.header)
    assert sorted((f.name, f.stat().st_size) for f in (tmp_path / "run.h5.parts").iterdir()) == before


def write_text(path, toy):
    path.write_text("precious " * 100)


def write_nothing(path, toy):
    path.touch()


def write_foreign(path, toy):
    with h5py.File(path, "w") as file:
        file["x"] = np.zeros(3)


def write_half(path, toy):
    whole = toy.record(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def write_part(path, toy):
    RecordingWriter.create(path.with_name("part.h5"), toy.header).abort()
    (path.with_name("part.h5.parts") / "header.h5").rename(path)


@pytest.mark.parametrize("write", [write_text, write_nothing, write_foreign, write_half, write_part])
def test_whatever_is_not_a_whole_recording_is_left_alone(tmp_path, toy, write):
    path = tmp_path / "run.h5"
    write(path, toy)
    before = path.read_bytes()
    with pytest.raises(InvalidInputError, match=r"run\.h5.*another name with -o, or move it away"):
        RecordingWriter.create(path, toy.header)
    assert path.read_bytes() == before
    assert not (tmp_path / "run.h5.parts").exists()


def test_a_file_that_comes_during_the_run_is_not_replaced(tmp_path, toy, caplog):
    path = tmp_path / "run.h5"
    recorder = RecordingWriter.create(path, EMPTY)
    path.write_text("precious")
    assert recorder.finish(tables={}, summary={"new": 1}) == tmp_path / "run.h5.parts"
    assert "could not be merged" in caplog.text and "not a recording" in caplog.text
    assert path.read_text() == "precious"
    assert open_recording(path).summary == {"new": 1}
    path.rename(tmp_path / "precious.txt")
    assert RecordingWriter.resume(path) == (None, None)
    assert path.is_file() and open_recording(path).summary == {"new": 1}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInputError, match="a device or a pipe"):
        RecordingWriter.create(tmp_path / "pipe", EMPTY)
    assert (tmp_path / "pipe").is_fifo()
