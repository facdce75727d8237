"""What a part (hazard, intervention) gets to be built with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from impetus_sim.world.world import World


@dataclass(frozen=True, kw_only=True)
class PartContext:
    """Surroundings of a part under construction.

    locate: from a scenario's place to geometry in local metres. stream_key: from a purpose to the key of a
    random stream of this run. buildings: footprints of the map's buildings, in local metres, object (n,).
    """

    world: World
    locate: Callable[[Any], BaseGeometry]
    stream_key: Callable[[str], npt.NDArray[np.uint32]]
    buildings: Callable[[], npt.NDArray[np.object_]]
