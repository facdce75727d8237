"""People on the links of the walk network, outside the ground on which single positions are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from impetus_sim.analysis.moving.along import Lines
from impetus_sim.analysis.moving.base import StateMark
from impetus_sim.analysis.moving.palette import SKY
from impetus_sim.analysis.moving.sparse import gather
from impetus_sim.analysis.moving.window import Floats, Window
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.schema import LINKS

_DM_PER_M = 10.0


class Walkers:
    """People on links of a recording; see `moving.base.Moving`. Their ids are those of people.

    Parameters
    ----------
    recording
        With a walk network.
    """

    key = "walkers"
    title = "people on streets (by link)"

    def __init__(self, recording: Recording) -> None:
        static = recording.static(LINKS)
        points = np.column_stack([static["point_x"], static["point_y"]])
        self._channel = recording.channel(LINKS)
        self._lines = Lines(static["first_point"], points, static["length_m"])
        self.n = len(recording.static("people")["uid"])
        self.times_s: Floats = np.asarray(recording.seconds(self._channel.ticks), np.float64)
        self.box = self._lines.box
        self.states: Mapping[int, StateMark] = {
            0: StateMark(name="on_street", label="on a street", colour=SKY)
        }

    @staticmethod
    def are_in(recording: Recording) -> bool:
        """Tell whether a run has a walk network and recorded who was on it."""
        return LINKS in recording.static_names and len(recording.channel(LINKS).ticks) > 0

    def window(self, frames: Sequence[int]) -> Window:
        """Return some frames, given by ascending index."""
        held = self._channel.read(frames, ("link", "offset_dm"))
        is_there = held["link"] >= 0
        way = held["link"][is_there].astype(np.int64)
        x, y = self._lines.locate(
            way // 2, held["offset_dm"][is_there] / _DM_PER_M, is_backwards=way % 2 == 1
        )
        return gather(self.times_s[list(frames)], is_there, x, y, np.zeros(len(way), np.uint8))
