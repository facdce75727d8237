"""Units of police, fire and medical services: where they are and what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from impetus_sim.analysis.ground import read_texts
from impetus_sim.analysis.moving.base import StateMark
from impetus_sim.analysis.moving.palette import colour_states
from impetus_sim.analysis.moving.sparse import gather
from impetus_sim.analysis.moving.window import NOT_THERE, Box, Floats, Window
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.schema import UNITS

_ABSENT = "absent"


class Units:
    """The units of a recording; see `moving.base.Moving`.

    Parameters
    ----------
    recording
        With units.
    """

    key = "units"
    title = "units"

    def __init__(self, recording: Recording) -> None:
        static = recording.static(UNITS)
        stages = read_texts(static["stage_names"])
        self._channel = recording.channel(UNITS)
        self._absent = stages.index(_ABSENT)
        self.n = len(read_texts(static["name"]))
        self.times_s: Floats = np.asarray(recording.seconds(self._channel.ticks), np.float64)
        self.states: Mapping[int, StateMark] = {
            code: mark for code, mark in colour_states(stages).items() if code != self._absent
        }
        self.box: Box | None = self._find_box()

    @staticmethod
    def are_in(recording: Recording) -> bool:
        """Tell whether a run has units and recorded where they were."""
        return UNITS in recording.static_names and len(recording.channel(UNITS).ticks) > 0

    def _find_box(self) -> Box | None:
        window = self.window(range(len(self.times_s)))
        is_there = window.state != NOT_THERE
        if not is_there.any():
            return None
        x, y = window.x[is_there], window.y[is_there]
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def window(self, frames: Sequence[int]) -> Window:
        """Return some frames, given by ascending index."""
        held = self._channel.read(frames, ("x", "y", "stage"))
        is_there = (held["stage"] != self._absent) & np.isfinite(held["x"]) & np.isfinite(held["y"])
        x, y = (held[axis][is_there].astype(np.float64) for axis in ("x", "y"))
        return gather(self.times_s[list(frames)], is_there, x, y, held["stage"][is_there])
