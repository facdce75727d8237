"""People on the ground: the recording's frames of positions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.ground import read_static
from impetus_sim.analysis.moving.base import StateMark
from impetus_sim.analysis.moving.palette import colour_states
from impetus_sim.analysis.moving.window import NOT_THERE, Floats, Window
from impetus_sim.recording.frame_block import FrameBlock
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.schema import MM_PER_M


class People:
    """The people of a recording; see `moving.base.Moving`.

    Parameters
    ----------
    recording
        With frames.
    """

    key = "people"
    title = "people"

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self.n = len(read_static(recording, "people").get("uid", ()))
        self.times_s: Floats = recording.times_s
        self.box = recording.box_m
        names = json.loads(str(recording.attributes.get("frame_states", "[]")))
        self.states: Mapping[int, StateMark] = colour_states(names)

    def window(self, frames: Sequence[int]) -> Window:
        """Return some frames, given by ascending index."""
        blocks = list(self._recording.blocks_at(frames))
        ids = _rows_of_any(blocks)
        shape = len(frames), len(ids)
        x, y = np.zeros(shape), np.zeros(shape)
        state = np.full(shape, NOT_THERE, np.uint8)
        first = 0
        for block in blocks:
            rows = slice(first, first + len(block.ticks))
            _fill(block, ids, x[rows], y[rows], state[rows])
            first = rows.stop
        return Window(times_s=self.times_s[list(frames)], ids=ids, x=x, y=y, state=state)


def _rows_of_any(blocks: Sequence[FrameBlock]) -> npt.NDArray[np.int32]:
    """Return the rows of everybody in any block, ascending; by marks, which is faster than sorting them."""
    n = max((int(block.person_row[-1]) + 1 for block in blocks if len(block.person_row)), default=0)
    is_there = np.zeros(n, bool)
    for block in blocks:
        is_there[block.person_row] = True
    return np.flatnonzero(is_there).astype(np.int32)


def _fill(
    block: FrameBlock, ids: np.ndarray, out_x: np.ndarray, out_y: np.ndarray, out_state: np.ndarray
) -> None:
    # A person may have come back within a segment: two columns of the block, one of the window.
    column = np.searchsorted(ids, block.person_row)
    is_single = len(column) == len(ids) and bool((np.diff(column) > 0).all())
    for frame in range(len(block.ticks)):
        inside = (block.first_frame <= frame) & (frame <= block.last_frame)
        mine = slice(None) if is_single and inside.all() else np.flatnonzero(inside)
        to = column[mine]
        out_x[frame, to] = (block.origin_mm[0] + block.x_mm[frame, mine].astype(np.float64)) / MM_PER_M
        out_y[frame, to] = (block.origin_mm[1] + block.y_mm[frame, mine].astype(np.float64)) / MM_PER_M
        out_state[frame, to] = block.state[frame, mine]
