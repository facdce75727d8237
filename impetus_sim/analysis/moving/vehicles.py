"""Vehicles on the links of the drive network, where a run recorded their places (`traffic.record_vehicles`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from impetus_sim.analysis.moving.along import Lines
from impetus_sim.analysis.moving.base import StateMark
from impetus_sim.analysis.moving.palette import colour_states
from impetus_sim.analysis.moving.sparse import gather
from impetus_sim.analysis.moving.window import Floats, Window
from impetus_sim.analysis.traffic.recorded import CHANNEL, DM_PER_M, read_network
from impetus_sim.recording.reader import Recording


class Vehicles:
    """The vehicles of a recording; see `moving.base.Moving`.

    Parameters
    ----------
    recording
        With a drive network and recorded places.
    """

    key = "vehicles"
    title = "vehicles"

    def __init__(self, recording: Recording) -> None:
        static = recording.static("vehicles")
        network = read_network(recording)
        self._channel = recording.channel(CHANNEL)
        self._lines = Lines(network.first, network.points, network.length_m)
        self.n = len(static["uid"])
        self.times_s: Floats = np.asarray(recording.seconds(self._channel.ticks), np.float64)
        self.box = self._lines.box
        self.states: Mapping[int, StateMark] = {
            code: mark
            for code, mark in colour_states([str(name) for name in static["state_names"]]).items()
            if mark.name in ("on_links", "abandoned", "at_stop")
        }

    @staticmethod
    def are_in(recording: Recording) -> bool:
        """Tell whether a run recorded the places of vehicles."""
        if "drive_links" not in recording.static_names:
            return False
        return {"link", "offset_dm", "state"} <= set(recording.channel(CHANNEL).names)

    def window(self, frames: Sequence[int]) -> Window:
        """Return some frames, given by ascending index."""
        held = self._channel.read(frames, ("link", "offset_dm", "state"))
        is_there = held["link"] >= 0
        link = held["link"][is_there].astype(np.int64)
        x, y = self._lines.locate(link, held["offset_dm"][is_there] / DM_PER_M)
        return gather(self.times_s[list(frames)], is_there, x, y, held["state"][is_there])
