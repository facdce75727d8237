"""Travel times of emergency vehicles, over the runs of a scenario."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from impetus_sim.recording.reader import Recording


def emergency_travel_times(recordings: Iterable[Recording]) -> dict[str, npt.NDArray[np.float64]]:
    """Return the travel times of those who arrived, s, by entry of `traffic.emergency`, ascending.

    Runs are replicates of one scenario; together their times are the distribution.
    """
    found: dict[str, list[float]] = {}
    for recording in recordings:
        events = recording.events()
        for k in np.flatnonzero(events["kind"] == b"emergency_arrived"):
            data = json.loads(events["data"][k])
            found.setdefault(events["subject"][k].decode(), []).append(float(data["travel_s"]))
    return {name: np.sort(np.array(times)) for name, times in sorted(found.items())}
