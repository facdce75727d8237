"""Vehicles: classes, trips, and the fleet's records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.traffic.kernels.records import NONE, STATIC, VEHICLE
from impetus_sim.traffic.routing import TREES_KEPT

CAR, TRUCK, BUS, EMERGENCY = range(4)
KINDS = ("car", "truck", "bus", "emergency")


@dataclass(frozen=True, kw_only=True)
class VehicleClass:
    """What vehicles of one class have in common.

    length_m: road taken in a jam, gap included. speed_m_s: greatest speed.
    """

    length_m: float
    speed_m_s: float


CLASSES: Mapping[str, VehicleClass] = {
    "car": VehicleClass(length_m=7.5, speed_m_s=50.0),
    "truck": VehicleClass(length_m=15.0, speed_m_s=22.2),
    "bus": VehicleClass(length_m=15.0, speed_m_s=22.2),
    "emergency": VehicleClass(length_m=9.0, speed_m_s=33.3),
}
"""Cars take 7.5 m (133 per km and lane); a truck or bus counts as two cars in a jam (HCM 2016, passenger-car
equivalent of 2.0 on level ground); trucks are limited to 80 km/h as in most of Europe."""


@dataclass(frozen=True, kw_only=True)
class Trips:
    """Trips to be made; one row each.

    depart_s: float. origin: junction. goal: row of the routing's destinations (any value for fixed routes).
    kind: number in `KINDS`. path: first entry in the routing's list of paths, -1 for those that follow trees.
    units: vehicles that one record stands for (a platoon), 1 as a rule.
    """

    depart_s: npt.NDArray[np.float64]
    origin: npt.NDArray[np.int64]
    goal: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64] | None = None
    path: npt.NDArray[np.int64] | None = None
    units: int = 1
    classes: Mapping[str, VehicleClass] = field(default_factory=lambda: CLASSES)

    def __len__(self) -> int:
        return len(self.depart_s)


def build_vehicles(
    trips: Trips,
    *,
    uid: npt.NDArray[np.uint64] | None = None,
    seed: int = 1,
    replicate: int = 0,
    informed: float = 1.0,
    renewal: float = 0.15,
) -> npt.NDArray[np.void]:
    """Build the records of vehicles that have yet to depart.

    Parameters
    ----------
    uid
        Stable id of each vehicle, uint64 (n,), by which its driver's information is drawn; the row when left out.
    seed, replicate
        Root of the drivers' information.
    informed
        Share of drivers who follow the traffic; the others take the way that is fastest without any.
    renewal
        Share of informed drivers who learn of a new state at each update; the age of what one knows is geometric.
    """
    n = len(trips)
    vehicles = np.zeros(n, VEHICLE)
    vehicles["depart_us"] = vehicles["sets_out_us"] = np.rint(np.asarray(trips.depart_s) * 1e6)
    vehicles["queue"] = vehicles["behind"] = vehicles["want"] = NONE
    vehicles["origin"], vehicles["goal"] = trips.origin, trips.goal
    vehicles["path"] = NONE if trips.path is None else trips.path
    vehicles["kind"] = CAR if trips.kind is None else trips.kind
    length = np.array([trips.classes[name].length_m for name in KINDS])
    speed = np.array([trips.classes[name].speed_m_s for name in KINDS])
    vehicles["size_mm"] = np.rint(length[vehicles["kind"]] * 1000.0 * trips.units)
    vehicles["speed_mm_s"] = np.rint(speed[vehicles["kind"]] * 1000.0)
    draws = rng.draw_uniforms(
        seed, replicate, "traffic.information", np.arange(n, dtype=np.uint64) if uid is None else uid
    )
    age = np.floor(np.log(draws[:, 0]) / np.log1p(-renewal)) if renewal < 1.0 else np.zeros(n)
    vehicles["tree"] = np.where(draws[:, 1] < informed, np.minimum(age, TREES_KEPT - 1), STATIC)
    return vehicles
