"""Kills at every kind of moment, full disks and second writers: readable, resumable, same content."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import resource
import signal
import time

import h5py
import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.files import is_temporary
from impetus_sim.recording import parts as parts_module
from impetus_sim.recording import writer
from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import open_recording
from impetus_sim.recording.state import RecordingState, inspect
from impetus_sim.recording.writer import RecordingWriter

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
]

FILE_CALLS = ["replace", "rename", "fsync", "unlink", "rmdir", "mkdir"]
EMPTY = Header(attributes={})


@pytest.fixture
def unbroken(tmp_path, toy, read_contents):
    (tmp_path / "unbroken").mkdir()
    return read_contents(open_recording(toy.record(tmp_path / "unbroken" / "run.h5")))


@pytest.fixture
def check_survival(toy, read_contents, unbroken):
    """Return a function that checks what a kill left at a path, finishes it and compares."""

    def check(path):
        if inspect(path).state is not RecordingState.ABSENT:
            left = read_contents(open_recording(path))
            n_frames = len(left["frames"])
            assert left["frames"] == unbroken["frames"][:n_frames]
            assert left["checkpoints"] == unbroken["checkpoints"][: len(left["checkpoints"])]
        assert toy.record_or_resume(path) == path
        assert read_contents(open_recording(path)) == unbroken
        assert [file.name for file in path.parent.iterdir()] == [path.name]

    return check


def _sweep(folder, in_child, check, action):
    """Call `action(path, n)` in children for n = 1, 2, ... until one survives; check what each kill left."""
    for number in range(1, 200):
        path = folder / f"{number}" / "run.h5"
        path.parent.mkdir(parents=True)
        code = in_child(lambda path=path, number=number: action(path, number))
        if code == 0:
            return number - 1
        assert code == -signal.SIGKILL
        check(path)
    raise AssertionError("no end of kills")


def test_a_kill_before_any_file_operation(tmp_path, toy, in_child, kill_at, check_survival):
    def action(path, number):
        kill_at(number, os, FILE_CALLS, after=False)
        toy.record(path)

    n_kills = _sweep(tmp_path / "runs", in_child, check_survival, action)
    assert n_kills > 40  # creation, four segments with manifests, final state, merge, clearing away


def test_a_kill_inside_the_merge(tmp_path, toy, in_child, kill_at, check_survival):
    def action(path, number):
        kill_at(number, h5py.Group, ["copy"], after=False)
        toy.record(path)

    assert _sweep(tmp_path / "runs", in_child, check_survival, action) == 6  # static, four segments, final


def test_a_kill_while_building_a_checkpoint_or_the_final_state(
    tmp_path, toy, in_child, kill_at, check_survival
):
    def action(path, number):
        kill_at(9 * number, h5py.h5d, ["create"], after=True)
        toy.record(path)

    assert _sweep(tmp_path / "runs", in_child, check_survival, action) > 6


def test_a_kill_while_resuming(tmp_path, toy, in_child, kill_at, check_survival):
    def action(path, number):
        kill_at(9, os, ["replace"], after=True)  # a first kill, with segments after a checkpoint
        toy.record(path)

    def resume(path, number):
        assert in_child(lambda: action(path, number)) == -signal.SIGKILL
        kill_at(2 * number, os, FILE_CALLS, after=True)
        toy.record_or_resume(path)

    assert _sweep(tmp_path / "runs", in_child, check_survival, resume) > 6


def test_kills_at_random_moments(tmp_path, toy, check_survival):
    chance = random.Random(3)
    for number in range(20):
        path = tmp_path / f"{number}" / "run.h5"
        path.parent.mkdir()
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                while True:  # later rounds replace a finished recording
                    toy.record(path)
            os._exit(1)
        time.sleep(chance.uniform(0.0, 0.15))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        check_survival(path)


def test_the_old_recording_stays_until_the_new_one_is_complete(tmp_path, toy, read_contents, unbroken):
    path = tmp_path / "run.h5"
    with RecordingWriter.create(path, EMPTY) as recorder:
        recorder.finish(tables={}, summary={"old": 1})
    recorder = RecordingWriter.create(path, toy.header)
    recorder.add_frame(0, np.arange(3), np.zeros(3), np.zeros(3), np.zeros(3, np.uint8))
    recorder.end_segment()
    assert open_recording(path).summary == {"old": 1}
    assert len(open_recording(tmp_path / "run.h5.parts").ticks) == 1
    recorder.abort()
    with pytest.raises(InvalidInputError, match=r"unfinished.*--resume, or remove it"):
        RecordingWriter.create(path, EMPTY)
    toy.record_or_resume(path)
    assert read_contents(open_recording(path)) == unbroken


def test_complete_but_unmerged_parts_are_newer_than_an_old_file(tmp_path, toy, monkeypatch, caplog):
    path = tmp_path / "run.h5"
    with RecordingWriter.create(path, EMPTY) as recorder:
        recorder.finish(tables={}, summary={"old": 1})
    monkeypatch.setattr(writer, "has_space", lambda parts: False)
    toy.record(path)
    assert "could not be merged" in caplog.text and "No space left" in caplog.text
    assert open_recording(path).attributes["title"] == "Toy"
    with pytest.raises(InvalidInputError, match="--resume"):
        RecordingWriter.create(path, EMPTY)


def test_resume_refuses_what_it_cannot_continue(tmp_path, toy):
    path = tmp_path / "run.h5"
    with pytest.raises(InvalidInputError, match="no recording"):
        RecordingWriter.resume(path)
    toy.record(path)
    assert RecordingWriter.resume(path, expect={"seed": 7}) == (None, None)
    with pytest.raises(InvalidInputError, match="its seed is 7, not 8"):
        RecordingWriter.resume(path, expect={"seed": 8})


def test_without_a_checkpoint_everything_is_recorded_again(tmp_path):
    path = tmp_path / "run.h5"
    with RecordingWriter.create(path, EMPTY) as recorder:
        recorder.add_frame(0, np.arange(3), np.zeros(3), np.zeros(3), np.zeros(3, np.uint8))
        recorder.end_segment()
    again, checkpoint = RecordingWriter.resume(path)
    assert checkpoint is None and len(open_recording(path).ticks) == 0
    again.add_frame(0, np.arange(3), np.zeros(3), np.zeros(3), np.zeros(3, np.uint8))
    again.finish(tables={}, summary={})
    assert len(open_recording(path).ticks) == 1


def test_a_damaged_segment_is_computed_again(tmp_path, toy, in_child, kill_at, read_contents, unbroken):
    path = tmp_path / "run.h5"

    def killed():
        kill_at(1, h5py.Group, ["copy"], after=False)
        toy.record(path)

    assert in_child(killed) == -signal.SIGKILL
    parts = tmp_path / "run.h5.parts"
    (parts / "final.h5").unlink()
    with (parts / "seg-000003.h5").open("r+b") as file:
        file.truncate(700)
    with pytest.raises(InvalidInputError, match=r"seg-000003.h5' is truncated or damaged"):
        open_recording(path)
    toy.record_or_resume(path)
    assert read_contents(open_recording(path)) == unbroken


def test_one_writer_at_a_time(tmp_path, toy, in_child):
    path = tmp_path / "run.h5"
    recorder = RecordingWriter.create(path, toy.header)

    def second():
        with pytest.raises(InvalidInputError, match=rf"another process \(number {os.getppid()}\)"):
            RecordingWriter.resume(path)
        with pytest.raises(InvalidInputError, match="unfinished"):
            RecordingWriter.create(path, toy.header)

    # the child must not inherit the lock: it opens its own in a fresh process
    assert in_child(second) == 0
    recorder.abort()
    resumed, _ = RecordingWriter.resume(path)
    resumed.abort()


def test_two_creations_at_once_give_one_recording(tmp_path, toy, monkeypatch):
    path = tmp_path / "run.h5"
    built = parts_module.write_header

    def race(file, header, *, recording_id):
        monkeypatch.setattr(parts_module, "write_header", built)
        RecordingWriter.create(path, toy.header).abort()
        built(file, header, recording_id=recording_id)

    monkeypatch.setattr(parts_module, "write_header", race)
    with pytest.raises(InvalidInputError, match="unfinished"):
        RecordingWriter.create(path, toy.header)
    assert [file.name for file in tmp_path.iterdir()] == ["run.h5.parts"]


def test_a_full_disk_stops_with_a_message_and_keeps_what_was_written(
    tmp_path, toy, monkeypatch, read_contents, unbroken
):
    path = tmp_path / "run.h5"
    flush, calls = os.fsync, 0

    def full(descriptor):
        nonlocal calls
        calls += 1
        if calls > 12:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunFailedError, match=r"the disk is full; \d segments are kept in .*--resume"):
        toy.record(path)
    monkeypatch.undo()
    assert not any(is_temporary(file) for file in (tmp_path / "run.h5.parts").iterdir())
    assert 0 < len(open_recording(path).ticks) < 12
    toy.record_or_resume(path)
    assert read_contents(open_recording(path)) == unbroken


def test_a_file_system_that_refuses_large_files(tmp_path, toy, in_child, read_contents, unbroken):
    """A real write error, in segments and in the merge (the limit acts like a full disk)."""

    def limited(path, n_bytes):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))
        toy.record(path)

    def refused(path, n_bytes):
        with pytest.raises(RunFailedError, match="File too large"):
            limited(path, n_bytes)

    (tmp_path / "a").mkdir()
    assert in_child(lambda: refused(tmp_path / "a" / "run.h5", 2000)) == 0
    assert list((tmp_path / "a").iterdir()) == []
    (tmp_path / "b").mkdir()
    path = tmp_path / "b" / "run.h5"
    largest = 160_000  # above every part, below the whole
    assert in_child(lambda: limited(path, largest)) == 0
    assert [file.name for file in path.parent.iterdir()] == ["run.h5.parts"]
    assert read_contents(open_recording(path)) == unbroken
    assert toy.record_or_resume(path) == path


def test_places_that_cannot_be_written(tmp_path, toy):
    with pytest.raises(InvalidInputError, match="there is no folder"):
        RecordingWriter.create(tmp_path / "none" / "run.h5", EMPTY)
    with pytest.raises(InvalidInputError, match="is a folder"):
        RecordingWriter.create(tmp_path, EMPTY)
