"""What there is to be seen in a run, as sensors may ask for it.

The engine fills a scene from the people, vehicles, air and infrastructure of the run; sensors know no more of those
systems than stands here. Nothing here is state: each call looks at the present tick.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.sensing.view import Sight

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


class FalseReadings(NamedTuple):
    """What telemetry of assets says instead of the truth, nan for the truth, and the event by which it does."""

    value: Floats
    cause: Rows


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Callables that look at a run; None where the run has no such thing.

    Parameters
    ----------
    sight
        People on foot, on the ground that is simulated in two dimensions, and what stands before cameras.
    false_readings
        From rows of assets to what an attacker has their telemetry say.
    """

    sight: Sight
    false_readings: Callable[[Rows], FalseReadings] | None = None
