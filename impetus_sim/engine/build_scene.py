"""What sensors can see of the systems of a run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.engine.build_sight import build_sight
from impetus_sim.infrastructure.supplies.phones import PhoneSupply
from impetus_sim.sensing.base import NO_CAUSE
from impetus_sim.sensing.scene import (
    AtPoints,
    AwareNow,
    CauseAtPoints,
    FalseReadings,
    LeftNow,
    Measurand,
    Rows,
    Scene,
    Streets,
    Transit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.infrastructure.system import InfrastructureSystem
    from impetus_sim.traffic.city_traffic import CityTraffic
    from impetus_sim.world.context import PartContext
    from impetus_sim.world.plumes import PlumeField
    from impetus_sim.world.world import World

Floats = npt.NDArray[np.float64]

CO_MG_M3_PER_PPM: Final = 28.01 / 24.45
"""Molar mass over molar volume at 25 degrees and 1 atm."""
MG_PER_KG: Final = 1e6
SMOKE_EVENTS: Final = ("fire", "smoke", "smoke_area")
RELEASE_EVENTS: Final = ("release",)
CO2_MG_M3_PER_PERCENT: Final = 44.01 / 24.45 * 1e4


def build_scene(
    context: PartContext,
    crowd: CrowdSystem,
    traffic: CityTraffic | None,
    infrastructure: InfrastructureSystem | None,
    *,
    start: str,
) -> Scene:
    """Return what there is to be seen.

    Parameters
    ----------
    start
        Local date and time of tick 0, ISO 8601.
    """

    world = context.world

    def aware() -> AwareNow:
        people = crowd.people
        rows = np.flatnonzero(people.aware_tick >= 0)
        return AwareNow(people.x[rows], people.y[rows], people.aware_tick[rows], people.aware_cause[rows])

    def people_inside() -> tuple[npt.NDArray[np.int32], Floats, Floats]:
        rows = crowd.inside.copy()
        return rows, crowd.people.x[rows], crowd.people.y[rows]

    def left() -> LeftNow:
        people = crowd.people
        rows = np.flatnonzero(people.exit >= 0)
        return LeftNow(people.exit[rows].astype(np.int64), people.left_tick[rows], people.aware_cause[rows])

    services = None if infrastructure is None else infrastructure.services

    def false_readings(rows: Rows) -> FalseReadings:
        assert services is not None
        return FalseReadings(*services.false_telemetry(rows))

    phones = _phones(infrastructure)

    def calls() -> Mapping[int, float]:
        assert phones is not None
        return dict(zip(phones.cells.tolist(), phones.phones.carried_erlang.tolist(), strict=True))

    moment = datetime.fromisoformat(start)
    return Scene(
        sight=build_sight(context.buildings(), world, crowd),
        n_people=len(crowd.people),
        people=people_inside,
        aware=aware,
        left=left,
        substances=_substances(world),
        water=_water(world),
        phones_reach=None if world.coverage is None else world.coverage.delivered_at,
        false_readings=None if services is None else false_readings,
        calls=None if phones is None else calls,
        streets=None if traffic is None else _streets(traffic),
        transit=_transit(traffic),
        second_of_day=moment.hour * 3600.0 + moment.minute * 60.0 + moment.second + moment.microsecond * 1e-6,
    )


def _phones(infrastructure: InfrastructureSystem | None) -> PhoneSupply | None:
    supplies = () if infrastructure is None else infrastructure.supplies
    return next((supply for supply in supplies if isinstance(supply, PhoneSupply)), None)


def _substances(world: World) -> dict[str, Measurand]:
    # smoke, the gases of fires, and each plume by the name of its hazard
    def co(x: Floats, y: Floats) -> Floats:
        return np.zeros(len(x)) if world.air is None else CO_MG_M3_PER_PPM * world.air.gases_at(x, y).co_ppm

    def co2(x: Floats, y: Floats) -> Floats:
        if world.air is None:
            return np.zeros(len(x))
        return CO2_MG_M3_PER_PERCENT * world.air.gases_at(x, y).co2_percent

    def source(x: Floats, y: Floats) -> Rows:
        return np.full(len(x), NO_CAUSE, np.int64) if world.air is None else world.air.nearest_source(x, y)

    held = {
        "smoke": Measurand(world.extinction_at, _nearest_event(world, SMOKE_EVENTS)),
        "co": Measurand(co, source),
        "co2": Measurand(co2, source),
    }
    if world.plumes is not None:
        for release in world.plumes.names:
            cause = _nearest_event(world, RELEASE_EVENTS, subject=release)
            held[release] = Measurand(_of_release(world.plumes, release), cause)
    return held


def _of_release(plumes: PlumeField, release: str) -> AtPoints:
    return lambda x, y: MG_PER_KG * plumes.concentration_at(x, y, release=release)


def _nearest_event(world: World, kinds: tuple[str, ...], *, subject: str = "") -> CauseAtPoints:
    """Return a function to the nearest event of some kinds, of one subject where given; -1 before the first."""
    wanted = [kind.encode() for kind in kinds]

    def find(x: Floats, y: Floats) -> Rows:
        events = world.events
        is_meant = np.isin(events.kind, wanted)
        if subject:
            is_meant &= events.subject == subject.encode()
        rows = np.flatnonzero(is_meant)
        if not len(rows):
            return np.full(len(x), NO_CAUSE, np.int64)
        apart = np.hypot(x[:, None] - events.x[rows], y[:, None] - events.y[rows])
        return rows[np.argmin(apart, axis=1)].astype(np.int64)

    return find


def _water(world: World) -> Measurand | None:
    flood = world.flood
    return None if flood is None else Measurand(flood.depth_at, flood.cause_at)


def _streets(traffic: CityTraffic) -> Streets:
    flow, drawn = traffic.flow, traffic.streets
    n = np.diff(drawn.first)
    lines = shapely.linestrings(drawn.points, indices=np.repeat(np.arange(len(n)), n))
    ends = drawn.points[drawn.first[1:] - 1] - drawn.points[drawn.first[:-1]]

    def link_of_vehicle() -> Rows:
        queue = flow.vehicles["queue"]
        return np.where(queue >= 0, flow.road.queues["link"][queue], -1).astype(np.int64)

    return Streets(
        lines=np.asarray(lines, object),
        bearing_deg=np.degrees(np.arctan2(ends[:, 0], ends[:, 1])),
        n_left=lambda: flow.road.n_left,
        vehicles=traffic.uid,
        link_of_vehicle=link_of_vehicle,
    )


def _transit(traffic: CityTraffic | None) -> Transit | None:
    if traffic is None or traffic.service is None:
        return None
    service, runs = traffic.service, traffic.service.plan.runs
    return Transit(
        lines=tuple(pool.name for pool in service.plan.pools),
        line_of_call=runs.pool[runs.run_of_call],
        due_us=runs.due_us,
        n_boarded=lambda: service.calls.n_on.astype(np.int64),
        left_us=lambda: service.calls.left_us,
    )
