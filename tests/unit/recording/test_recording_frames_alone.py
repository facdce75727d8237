"""Single frames are read by themselves: from key frames, across segments, for everybody or for one person."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import open_recording
from impetus_sim.recording.writer import RecordingWriter

N_FRAMES, N_PEOPLE = 47, 7
SEGMENT_ENDS = (0, 13, 14, 33)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """People who come late, leave early and come back, in segments that do not end at key frames."""
    path = tmp_path_factory.mktemp("alone") / "run.h5"
    draw = np.random.default_rng(3)
    with RecordingWriter.create(path, Header(attributes={"resolution_us": 10_000}, static={})) as writer:
        for frame in range(N_FRAMES):
            rows = np.flatnonzero(draw.random(N_PEOPLE) < 0.7).astype(np.int32)
            x, y = draw.uniform(-500.0, 500.0, (2, len(rows)))
            writer.add_frame(frame, rows, x, y, rows.astype(np.uint8))
            if frame in SEGMENT_ENDS:
                writer.end_segment()
        writer.finish(tables={}, summary={})
    return open_recording(path)


def read_all(run):
    return {frame.tick: frame for frame in run.frames()}


@pytest.mark.parametrize(
    "indices", [range(N_FRAMES), range(0, N_FRAMES, 10), [3], [13, 14, 15], [5, 29, 31, 46], [20]]
)
def test_blocks_hold_the_frames_asked_for_and_nobody_else(run, indices):
    frames = read_all(run)
    seen = []
    for block in run.blocks_at(list(indices)):
        inside_ever = block.is_inside.any(axis=0)
        assert inside_ever.all()
        for k, tick in enumerate(block.ticks.tolist()):
            rows, x, y, state = block.at(k)
            np.testing.assert_array_equal(rows, frames[tick].rows)
            np.testing.assert_array_equal(x, frames[tick].x)
            np.testing.assert_array_equal(y, frames[tick].y)
            np.testing.assert_array_equal(state, frames[tick].state)
            seen.append(tick)
    assert seen == list(indices)


def test_key_frames_are_every_tenth_of_the_recording(run):
    with h5py.File(run.path, "r", locking=False) as file:
        found = []
        for segment in file["segments"].values():
            ticks = segment["frames/tick"][:]
            found += ticks[segment["frames/keys/frame"][:]].tolist()
    assert found == list(range(0, N_FRAMES, 10))


def test_one_person_is_followed_without_the_others(run):
    frames = read_all(run)
    t_s, x, y, state = run.place_of(4, range(N_FRAMES))
    mine = [frame for frame in frames.values() if 4 in frame.rows]
    assert t_s.tolist() == [frame.t_s for frame in mine]
    assert x.tolist() == [frame.x[frame.rows == 4][0] for frame in mine]
    assert y.tolist() == [frame.y[frame.rows == 4][0] for frame in mine]
    assert set(state.tolist()) == {4}
    assert len(run.place_of(99, range(N_FRAMES))[0]) == 0


def test_the_box_holds_everybody(run):
    x = np.concatenate([frame.x for frame in run.frames()])
    y = np.concatenate([frame.y for frame in run.frames()])
    assert run.box_m == (x.min(), y.min(), x.max(), y.max())


def test_recordings_without_key_frames_and_boxes_are_read_as_well(run, tmp_path):
    path = tmp_path / "old.h5"
    path.write_bytes(run.path.read_bytes())
    with h5py.File(path, "r+") as file:
        for segment in file["segments"].values():
            del segment["frames/keys"]
            del segment["frames"].attrs["box_mm"]
    old = open_recording(path)
    assert old.box_m == run.box_m
    for new_block, old_block in zip(run.blocks_at([7, 22, 40]), old.blocks_at([7, 22, 40]), strict=True):
        np.testing.assert_array_equal(
            new_block.x_mm[new_block.is_inside], old_block.x_mm[old_block.is_inside]
        )
    assert old.place_of(4, [7, 22, 40])[1].tolist() == run.place_of(4, [7, 22, 40])[1].tolist()
