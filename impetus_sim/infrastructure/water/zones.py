"""A reduced water network: pressure zones with a tank each, and pumps that lift water from one zone to the next.

Within a station the pumps of a zone push into one main: at H(q) = H0 - c q^2 each, against lift + r Q^2 for all of
them. With the one-point curve of EPANET (4/3 of the design head at no flow, twice the design flow at no head) and
friction that takes what the design head leaves above the lift, a station in full use runs at its design flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

SOURCE: Final = -1
"""Where a pump draws from outside; never dry."""
HOURS_OF_DAY: Final = 24
_RESIDENTIAL = (
    0.55, 0.55, 0.58, 0.67, 0.85, 1.05, 1.16, 1.12, 1.15, 1.10, 1.02, 1.00,
    1.02, 1.10, 1.20, 1.35, 1.45, 1.50, 1.50, 1.35, 1.00, 0.80, 0.70, 0.60,
)  # fmt: skip
RESIDENTIAL: Final = np.array(_RESIDENTIAL) / np.mean(_RESIDENTIAL)
"""Use by hour of day over its mean: residential pattern of the virtual city Micropolis (Brumbelow et al. 2007,
Journal of Water Resources Planning and Management 133(3))."""
_BISECTIONS = 80


@dataclass(frozen=True, kw_only=True)
class ZoneNetwork:
    """Zones and pumps; zones stand after those that feed them.

    Parameters
    ----------
    zone_ids, demand_m3_s
        Names, and mean use, float64 (zones,).
    tank_m3
        Useful volume of its tank, float64 (zones,); 0 for none: then pumps follow the use.
    tank_height_m
        Between empty and full, float64 (zones,).
    start_share, stop_share, first_share
        Pumps of a zone start when its tank is down to the first, stop at the second; how full it is at the start.
    is_pumping_first
        Whether pumps run at the start, where their tank is between the two levels.
    pressure_m
        At which a hole in a zone lets water out, float64 (zones,).
    pump_ids, pump_from, pump_to
        Names; zone from which a pump draws or `SOURCE`, and which it fills, int64 (pumps,).
    design_m3_s, design_head_m, lift_m
        Point of its curve, and height between the water it takes and the tank it fills, float64 (pumps,); the pumps
        of a station have one lift.
    efficiency
        Of pump and motor, float64 (pumps,).
    hourly
        Use by hour of day over its mean, float64 (24,).

    Raises
    ------
    InvalidInputError
        When a pump draws from a later zone, a lift is above what its pump can do, or shares are out of order.
    """

    zone_ids: tuple[str, ...]
    demand_m3_s: Floats
    tank_m3: Floats
    tank_height_m: Floats
    pressure_m: Floats
    pump_ids: tuple[str, ...]
    pump_from: Rows
    pump_to: Rows
    design_m3_s: Floats
    design_head_m: Floats
    lift_m: Floats
    efficiency: Floats
    hourly: Floats
    start_share: float = 0.7
    stop_share: float = 0.95
    first_share: float = 0.9
    is_pumping_first: bool = False

    def __post_init__(self) -> None:
        if np.any(self.pump_from >= self.pump_to):
            raise InvalidInputError("water: a pump draws from the zone that it fills or from a later one")
        if np.any((self.lift_m < 0) | (self.lift_m >= self.design_head_m) | (self.design_m3_s <= 0)):
            raise InvalidInputError("water: a pump's design head must be above its lift, its flow above 0")
        if not 0.0 < self.start_share < self.stop_share <= 1.0 or not 0.0 <= self.first_share <= 1.0:
            raise InvalidInputError(
                "water: pumps start at a lower share of the tank than that at which they stop"
            )
        if self.hourly.shape != (HOURS_OF_DAY,) or np.any(self.hourly < 0.0):
            raise InvalidInputError("water: 24 shares of use by hour of day, none below 0")

    def stations(self) -> list[Rows]:
        """Return the rows of pumps that push into one main: same zones at both ends."""
        key = self.pump_from * len(self.zone_ids) + self.pump_to
        return [np.flatnonzero(key == k) for k in np.unique(key)]

    def station_flows(self, pumps: Rows, is_on: npt.NDArray[np.bool_]) -> Floats:
        """Return the flow of each pump of a station, m3/s, with some of them on."""
        shut_head, drop = self.curves(pumps)
        lift = float(self.lift_m[pumps].max())
        spare = float((self.design_head_m[pumps] - lift).min())
        friction = spare / float(self.design_m3_s[pumps].sum()) ** 2
        flows = np.zeros(len(pumps))
        if not is_on.any():
            return flows
        low, high = lift, float(shut_head[is_on].max())
        for _ in range(_BISECTIONS):  # the head at which curves and main agree
            head = 0.5 * (low + high)
            flows = np.where(is_on, np.sqrt(np.maximum(0.0, shut_head - head) / drop), 0.0)
            if lift + friction * flows.sum() ** 2 > head:
                low = head
            else:
                high = head
        return flows

    def curves(self, pumps: Rows) -> tuple[Floats, Floats]:
        """Return H0, m, and c, m/(m3/s)^2, of the curves H0 - c q^2 of some pumps."""
        design = self.design_head_m[pumps]
        return design * 4.0 / 3.0, design / 3.0 / self.design_m3_s[pumps] ** 2


def build_star(
    zone_ids: tuple[str, ...],
    pump_ids: tuple[str, ...],
    *,
    demand_m3_s: Floats,
    pump_m3_s: Floats,
    tank_m3: Floats,
    head_m: float,
    efficiency: float,
    lift_share: float = 0.8,
    tank_height_m: float = 5.0,
    pressure_m: float = 40.0,
    hourly: Floats = RESIDENTIAL,
) -> ZoneNetwork:
    """Return zones that one source feeds, each by one pumping station.

    Parameters
    ----------
    zone_ids, pump_ids
        Names, in the same order.
    demand_m3_s, pump_m3_s, tank_m3
        Mean use, flow of the station and volume of the tank, shape (zones,).
    head_m, efficiency
        Of all stations.
    lift_share
        Height against which a station lifts, as a share of its head; the rest is friction in the main.
    tank_height_m, pressure_m, hourly
        As in `ZoneNetwork`.
    """
    n = len(zone_ids)
    return ZoneNetwork(
        zone_ids=zone_ids,
        demand_m3_s=demand_m3_s,
        tank_m3=tank_m3,
        tank_height_m=np.full(n, tank_height_m),
        pressure_m=np.full(n, pressure_m),
        pump_ids=pump_ids,
        pump_from=np.full(n, SOURCE, np.int64),
        pump_to=np.arange(n),
        design_m3_s=pump_m3_s,
        design_head_m=np.full(n, head_m),
        lift_m=np.full(n, lift_share * head_m),
        efficiency=np.full(n, efficiency),
        hourly=hourly,
    )
