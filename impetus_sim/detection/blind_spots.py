"""Sensors that should have seen it first and could not: why an alert comes late, as far as causes can say.

A detector that watches several streams raises an alert on one. Of its other sensors near by, those that are silent
because their asset is out, blinded or cut off are part of why nothing was said before.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from impetus_sim.world.streams import Streams
from impetus_sim.world.world import World

WITHIN_M: Final = 150.0
MOST: Final = 3
"""Of many silent sensors the nearest are named."""
NOT_SEEN: Final = "not_seen"
"""Kind of the event: subject the stream that said nothing, causes why it could not."""


def log_blind_spots(world: World, streams: Streams, watched: np.ndarray, row: int) -> list[int]:
    """Log which watched sensors near an alert could not speak.

    Parameters
    ----------
    streams
        All of the run.
    watched
        Rows of the detector's streams.
    row
        The stream on which it raises the alert.

    Returns
    -------
    Events, nearest sensor first; empty where all could speak.
    """
    states = world.asset_states
    if states is None:
        return []
    others = watched[(watched != row) & ~streams.can_speak(states)[watched]]
    away = np.hypot(streams.x[others] - streams.x[row], streams.y[others] - streams.y[row])
    near = others[np.lexsort((others, away))][: int((away <= WITHIN_M).sum())][:MOST]
    return [
        world.log(
            NOT_SEEN,
            streams.ids[k],
            x=float(streams.x[k]),
            y=float(streams.y[k]),
            causes=[int(states.cause[streams.asset[k]])] if states.cause[streams.asset[k]] >= 0 else [],
        )
        for k in near
    ]
