"""Vehicles by state over time, from the counts of a recording."""

from __future__ import annotations

import numpy as np

from impetus_sim.analysis.traffic.recorded import Floats, require_traffic
from impetus_sim.recording.reader import Recording

PREFIX = "vehicles_"


def read_states(recording: Recording) -> tuple[Floats, dict[str, Floats]]:
    """Return times, s, and the number of vehicles in each state at each of them, float64 (times,) by state.

    States are planned (yet to depart), waiting (to enter the road), on_links, arrived, held (no open way leads on),
    abandoned and cancelled (given up before it began).

    Raises
    ------
    InvalidInputError
        When the run had no traffic.
    """
    require_traffic(recording)
    counts = recording.counts()
    times = np.asarray(recording.seconds(counts["tick"]), np.float64) if counts else np.zeros(0)
    found = {
        name.removeprefix(PREFIX): np.asarray(values, np.float64)
        for name, values in counts.items()
        if name.startswith(PREFIX)
    }
    return times, found
