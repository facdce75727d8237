"""Whatever comes, goes and comes back, at whatever cadence, is read back to half a millimetre."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import open_recording
from impetus_sim.recording.writer import RecordingWriter

coordinates = st.floats(-5e5, 5e5, allow_nan=False)
people = st.dictionaries(
    st.integers(0, 12), st.tuples(coordinates, coordinates, st.integers(0, 255)), max_size=8
)
frames = st.lists(st.tuples(st.integers(1, 500), people, st.booleans()), max_size=12)


@settings(max_examples=30, deadline=None)
@given(frames, st.sampled_from([(0.0, 0.0), (3.8e5, 6.67e6)]))
def test_frames_come_back(recorded, origin):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.h5"
        wanted = []
        tick = -1
        with RecordingWriter.create(path, Header(attributes={})) as recorder:
            for step, inside, ends_segment in recorded:
                tick += step
                rows = np.array(sorted(inside), np.int32)
                x = np.array([inside[row][0] + origin[0] for row in sorted(inside)])
                y = np.array([inside[row][1] + origin[1] for row in sorted(inside)])
                state = np.array([inside[row][2] for row in sorted(inside)], np.uint8)
                recorder.add_frame(tick, rows, x, y, state)
                recorder.add_counts(tick, {"inside": len(rows)})
                wanted.append((tick, rows, x, y, state))
                if ends_segment:
                    recorder.end_segment()
            recorder.finish(tables={}, summary={})
        found = list(open_recording(path).frames())
        assert open_recording(path).counts().get("inside", np.zeros(0)).tolist() == [
            len(f[1]) for f in wanted
        ]
    assert [frame.tick for frame in found] == [tick for tick, *_ in wanted]
    for frame, (_, rows, x, y, state) in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(frame.rows, rows)
        np.testing.assert_array_equal(frame.state, state)
        for got, given_values in ((frame.x, x), (frame.y, y)):
            np.testing.assert_array_equal(got, np.rint(given_values * 1000) / 1000)
            assert np.all(np.abs(got - given_values) <= 5.001e-4)
