"""Crews and tankers of a run: where they start, how they travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim.engine.couplings.crew_travel import CrewTravel
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.repair.depot import CrewSpec, Stock
from impetus_sim.infrastructure.repair.repairs import Repairs
from impetus_sim.infrastructure.repair.road_work import straight_travel_s
from impetus_sim.infrastructure.repair.tankers import Tankers
from impetus_sim.infrastructure.repair.times import SKILLS
from impetus_sim.world.drive_network import build_drive_network

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from impetus_sim.infrastructure.parts import Supply
    from impetus_sim.infrastructure.repair.road_work import TravelTime
    from impetus_sim.infrastructure.services.services import Services
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.infrastructure import Repair
    from impetus_sim.traffic.city_traffic import CityTraffic
    from impetus_sim.world.assets import Assets


def travel_of_crews(city: City, traffic: CityTraffic | None) -> TravelTime:
    """Return how long crews take: over the map's streets, or straight where it shows none."""
    if not len(city.layers["drive_edges"]):
        return straight_travel_s
    return CrewTravel(build_drive_network(city), traffic)


def build_repair(
    spec: Repair,
    assets: Assets,
    services: Services,
    travel_s: TravelTime,
    *,
    day_begins_h: float,
    draw_key: npt.NDArray[np.uint32],
) -> list[Supply]:
    """Build crews and tankers.

    Parameters
    ----------
    assets
        With all their needs, by which crews know who waits for what.
    services
        States of assets.
    travel_s
        How long a drive takes.
    day_begins_h
        Hour of the day at time 0.
    draw_key
        Key of the stream of repair times.

    Raises
    ------
    InvalidInputError
        When the city has no depot.
    """
    depots = [assets.ids[row] for row in assets.of_kind("depot")]
    if not depots:
        raise InvalidInputError("there is no depot for crews to start from", hint="leave out repair")
    crews = [
        CrewSpec(
            depot=depots[k % len(depots)],
            skills=frozenset(SKILLS),
            shift_begins_h=float(spec.shift_begins),
            shift_h=float(spec.shift_hours),
        )
        for k in range(int(spec.crews))
    ]
    repairs = Repairs(
        services,
        crews,
        draw_key=draw_key,
        stocks=[] if spec.parts is None else [Stock(depot=depot, parts=int(spec.parts)) for depot in depots],
        rule=spec.order,
        travel_s=travel_s,
        day_begins_h=day_begins_h,
        report_s=float(spec.report_after),
        needs_of=assets,
    )
    return [repairs, Tankers(services, dict.fromkeys(depots, int(spec.tankers)), travel_s=travel_s)]
