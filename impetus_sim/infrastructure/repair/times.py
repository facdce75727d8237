"""How long repairs take by kind of asset, who can do them, and where the figures come from.

Repair times are lognormal with the mean and the standard deviation of their source. Figures marked as recalled were
written down from memory of the source and not read again; those marked as assumed have none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.kernels.philox import draw_normals
from impetus_sim.rng import stable_hash

SKILLS: Final = ("power", "water", "telecom", "control", "building")
_HAZUS: Final = (
    "FEMA Hazus Earthquake Model Technical Manual, restoration functions, moderate damage (recalled)"
)
_ASSUMED: Final = "assumed"


@dataclass(frozen=True, kw_only=True)
class RepairTime:
    """Hours of work on the spot for one kind of asset.

    Parameters
    ----------
    mean_h, sd_h
        Mean and standard deviation of a lognormal time, h.
    skill
        Of `SKILLS`; who can do it.
    needs_part
        Whether a spare part from the depot is used up.
    source
        With ``recalled`` or ``assumed`` where that holds.
    """

    mean_h: float
    sd_h: float
    skill: str
    needs_part: bool
    source: str

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return math.sqrt(math.log1p((self.sd_h / self.mean_h) ** 2))

    @property
    def median_h(self) -> float:
        """Median, h."""
        return self.mean_h * math.exp(-0.5 * self.sigma**2)


def _time(mean_h: float, sd_h: float, skill: str, source: str, *, needs_part: bool = True) -> RepairTime:
    return RepairTime(mean_h=mean_h, sd_h=sd_h, skill=skill, needs_part=needs_part, source=source)


REPAIR_TIMES: Final = MappingProxyType(
    {
        "power_plant": _time(86.4, 86.4, "power", _HAZUS),
        "substation": _time(72.0, 36.0, "power", _HAZUS),
        "line": _time(24.0, 12.0, "power", f"{_ASSUMED}, as distribution circuits"),
        "feeder": _time(24.0, 12.0, "power", f"{_HAZUS}, distribution circuits"),
        "transformer": _time(24.0, 12.0, "power", f"{_HAZUS}, distribution circuits"),
        "generator": _time(12.0, 6.0, "power", _ASSUMED),
        "street_lights": _time(6.0, 3.0, "power", _ASSUMED),
        "water_source": _time(36.0, 28.8, "water", f"{_HAZUS}, wells"),
        "pumping_station": _time(74.4, 64.8, "water", _HAZUS),
        "water_tank": _time(74.4, 64.8, "water", _HAZUS),
        "water_zone": _time(12.0, 6.0, "water", f"{_ASSUMED}: one main in a street"),
        "telecom_core": _time(24.0, 24.0, "telecom", f"{_HAZUS}, central offices"),
        "exchange": _time(24.0, 24.0, "telecom", f"{_HAZUS}, central offices"),
        "cell": _time(8.0, 4.0, "telecom", _ASSUMED),
        "control_centre": _time(24.0, 24.0, "control", _ASSUMED),
        "controller": _time(4.0, 2.0, "control", _ASSUMED),
        "signal": _time(4.0, 2.0, "control", _ASSUMED),
        "camera": _time(3.0, 1.5, "control", _ASSUMED),
        "siren": _time(3.0, 1.5, "control", _ASSUMED),
        "sign": _time(3.0, 1.5, "control", _ASSUMED),
        "block": _time(48.0, 48.0, "building", _ASSUMED, needs_part=False),
        "hospital": _time(48.0, 48.0, "building", _ASSUMED, needs_part=False),
        "station": _time(48.0, 48.0, "building", _ASSUMED, needs_part=False),
        "petrol_station": _time(48.0, 48.0, "building", _ASSUMED, needs_part=False),
        "depot": _time(48.0, 48.0, "building", _ASSUMED, needs_part=False),
        "police": _time(48.0, 48.0, "building", _ASSUMED, needs_part=False),
        "fire_station": _time(48.0, 48.0, "building", _ASSUMED, needs_part=False),
    }
)
"""Kind of asset to its repair time. A breaker that only has to be closed again is not a repair: it is an order."""


def draw_repair_h(kind: str, draw_key: npt.NDArray[np.uint32], asset_id: str, nth: int) -> float:
    """Draw the hours that a repair takes: a function of the key, the id and how often it broke before, only."""
    time = REPAIR_TIMES[kind]
    normal = draw_normals(draw_key, np.uint64(stable_hash(asset_id)), nth, 0)[0]
    return time.median_h * math.exp(time.sigma * normal)
