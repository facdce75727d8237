"""Some frames of one kind of moving things, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

NOT_THERE: Final = 255
"""State of something that is not there at a frame."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Some frames of one kind of moving things.

    Parameters
    ----------
    times_s
        Ascending, float64 (frames,).
    ids
        Rows in the kind's table, int32 (things,): everything there at any of the frames.
    x, y
        Metres, float64 (frames, things); meaningless where nothing is there.
    state
        uint8 (frames, things), `NOT_THERE` where it is not there.
    """

    times_s: Floats
    ids: npt.NDArray[np.int32]
    x: Floats
    y: Floats
    state: npt.NDArray[np.uint8]
