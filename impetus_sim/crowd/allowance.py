"""How many may pass a line by now: an allowance that grows with time and shrinks by one per person.

An idle line saves up one person, not a burst. While somebody waits before it, what a passage leaves over is kept
for the next one: the moment at which it became due is not rounded up to the end of a step, nor is the time lost
that the next in the queue needs to come up to the line. Over a queue the flow is therefore the set one, whatever
the step. When a whole passage has gone unused nobody waits any more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

ONE = 1.0 - 1e-9
"""Somebody may pass from here on; sums of shares of one come out a hair short of it."""


def grow(
    allowance: npt.NDArray[np.float64], gain: npt.NDArray[np.float64], is_awaited: npt.NDArray[np.uint8]
) -> None:
    """Let allowances grow by one step.

    Parameters
    ----------
    allowance
        float64, overwritten: people who may pass now.
    gain
        float64 of the same shape: people per step.
    is_awaited
        uint8 of the same shape: 1 where somebody was kept before the line; cleared where it has idled since.
    """
    idle = np.maximum(1.0, 2.0 * gain)
    allowance += gain
    is_awaited[allowance >= idle + ONE] = 0
    np.minimum(allowance, idle + is_awaited, out=allowance)


def may_pass(allowance: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Return where somebody may pass, bool of the same shape."""
    return allowance >= ONE
