"""The units of a run: stations and hospitals of the scenario or of the map, and what crews find around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from impetus_sim import rng
from impetus_sim.engine.build_emergency_ways import build_emergency_ways
from impetus_sim.engine.build_repair import travel_of_crews
from impetus_sim.engine.couplings.crew_travel import CrewTravel
from impetus_sim.engine.couplings.unit_jobs import UnitJobs
from impetus_sim.engine.couplings.unit_surroundings import GroundAround, StreetTravel
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city.places_of_map import read_mapped_places
from impetus_sim.response.interventions.add_units import AddUnitsSpec
from impetus_sim.response.interventions.move_units import MoveUnitsSpec
from impetus_sim.response.units.fleet import put_at_stations
from impetus_sim.response.units.kinds import KINDS_OF_UNIT
from impetus_sim.response.units.roster import CareRules, Hospital, Move, Roster, Station, Unit
from impetus_sim.response.units.system import UnitsSystem
from impetus_sim.scenario.places import locate
from impetus_sim.traffic.unit_drives import UnitDrives
from impetus_sim.world.drive_network import build_drive_network
from impetus_sim.world.units import Units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.maps.city import City
    from impetus_sim.response.units.travel import Travel
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.scenario.places import Place
    from impetus_sim.scenario.units import Care, UnitGroup
    from impetus_sim.traffic.city_traffic import CityTraffic
    from impetus_sim.world.world import World

MAPPED_BEDS: Final = 20
"""Beds for the injured at a hospital of the map (chosen)."""
GOES_FOR: Final = {"police": ("attacker", "brawl"), "fire": ("fire",)}
"""Kind of unit to the hazards that its crews go for at a scene."""
STATION_ON_MAP: Final = {
    "police": "police",
    "fire": "fire_station",
    "ambulance": "hospital",
    "road_crew": "depot",
    "grid_crew": "depot",
}
"""Kind of unit to the kind of place on the map at which it waits where the scenario names no station."""


def lay_units(scenario: Scenario, world: World) -> None:
    """Give the world the tables of units, requests and injuries, for a scenario with units."""
    is_bringing = any(isinstance(spec, AddUnitsSpec) for spec in scenario.interventions.values())
    if scenario.response.units or is_bringing:
        world.units = Units()
        world.need_alarms()
        world.need_injuries()


def build_units(
    scenario: Scenario,
    city: City,
    world: World,
    crowd: CrowdSystem,
    traffic: CityTraffic | None,
    *,
    day_begins_h: float,
    seed: int,
    replicate: int,
) -> UnitsSystem | None:
    """Build the units of a drawn scenario; None for one without.

    Raises
    ------
    InvalidInputError
        When a place is not on the map, or units have no station or ambulances no hospital.
    """
    if world.units is None:
        return None
    roster = build_roster(scenario, city, world, day_begins_h=day_begins_h)
    put_at_stations(roster, world.units)
    return UnitsSystem(
        roster,
        world,
        travel=_travel(city, world, traffic),
        around=GroundAround(crowd, world),
        draw_key=rng.stream_key(seed, replicate, "response.casualties"),
        jobs=UnitJobs(world, rng.stream_key(seed, replicate, "response.repairs")),
    )


def _travel(city: City, world: World, traffic: CityTraffic | None) -> Travel:
    # Through the run's traffic, or over the empty streets of the map.
    if traffic is None:
        crews = travel_of_crews(city, None)
        return StreetTravel(crews if isinstance(crews, CrewTravel) else None)
    ways, x, y = build_emergency_ways(city, build_drive_network(city), traffic.flow.links)
    drives = UnitDrives(traffic.flow, ways, x, y, world=world)
    traffic.join_units(drives)
    return drives


def build_roster(scenario: Scenario, city: City, world: World, *, day_begins_h: float) -> Roster:
    """Return units, stations and hospitals, from the scenario and from the map."""
    spec = scenario.response
    stations = {
        name: Station(name=name, **_middle(one.at, city, f"response.stations.{name}.at"))
        for name, one in spec.stations.items()
    }
    groups: list[tuple[str, UnitGroup, str, str]] = [
        (name, group, f"response.units.{name}", "") for name, group in spec.units.items()
    ]
    groups += [
        (name, part, f"interventions.{name}", name)
        for name, part in scenario.interventions.items()
        if isinstance(part, AddUnitsSpec)
    ]
    units: list[tuple[str, UnitGroup, str, int, str]] = []
    for name, group, key, added_by in groups:
        own = group.station or _mapped_stations(group.unit, stations, city, world, key)
        units += [(f"{name}_{k + 1}", group, own[k % len(own)], k, added_by) for k in range(int(group.count))]
    names = sorted(stations)
    hospitals = _hospitals(scenario, city, world)
    if not hospitals and any(group.unit == "ambulance" for _, group, *_ in units):
        raise InvalidInputError(
            "response.hospitals: the map shows none to which ambulances could go",
            hint="give one: hospitals: {NAME: {at: PLACE, beds: 20}}",
        )
    return Roster(
        units=tuple(
            sorted(
                (_unit(name, group, names.index(at), by) for name, group, at, _, by in units),
                key=lambda one: one.name,
            )
        ),
        stations=tuple(stations[name] for name in names),
        hospitals=hospitals,
        moves={
            name: Move(
                kind=part.unit, count=int(part.count), **_middle(part.at, city, f"interventions.{name}.at")
            )
            for name, part in scenario.interventions.items()
            if isinstance(part, MoveUnitsSpec)
        },
        targets={kind: _hazards_of(scenario, kinds) for kind, kinds in GOES_FOR.items()},
        rule=spec.dispatch.rule,
        redeploys=spec.dispatch.redeploy,
        care=_care(spec.care),
        day_begins_h=day_begins_h,
    )


def _hazards_of(scenario: Scenario, kinds: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name, spec in scenario.hazards.items() if spec.kind in kinds)


def _unit(name: str, group: UnitGroup, home: int, added_by: str) -> Unit:
    usual = KINDS_OF_UNIT[group.unit]
    return Unit(
        name=name,
        kind=group.unit,
        home=home,
        crew=usual.crew if group.crew is None else int(group.crew),
        turnout_s=usual.turnout_s if group.turnout is None else float(group.turnout),
        stay_s=usual.stay_s if group.stay is None else float(group.stay),
        added_by=added_by,
        shift_begins_h=float(group.shift_begins),
        shift_h=float(group.shift_hours),
    )


def _mapped_stations(
    unit: str, stations: dict[str, Station], city: City, world: World, key: str
) -> Sequence[str]:
    # Places of the map, or synthetic ones of the run's infrastructure, as stations under names of their own.
    kind = STATION_ON_MAP[unit]
    places = read_mapped_places(city)
    at = places.at(places.of(kind)).tolist()
    if not at and world.assets is not None:
        rows = world.assets.of_kind(kind).tolist()
        at = [(float(world.assets.x[row]), float(world.assets.y[row])) for row in rows]
    if not at:
        raise InvalidInputError(
            f"{key}: the map shows no {kind.replace('_', ' ')} at which they could wait",
            hint=f"give one: stations: {{NAME: {{at: PLACE}}}}, and {key}.station: NAME",
        )
    names = [f"{kind} {k + 1}" for k in range(len(at))]
    for name, (x, y) in zip(names, at, strict=True):
        stations.setdefault(name, Station(name=name, x=float(x), y=float(y)))
    return names


def _hospitals(scenario: Scenario, city: City, world: World) -> tuple[Hospital, ...]:
    given = scenario.response.hospitals
    if given:
        found = []
        for name, one in given.items():
            key = f"response.hospitals.{name}"
            asset = -1
            if one.asset is not None:
                with about(f"{key}.asset"):
                    asset = _asset_row(one.asset, world)
            found.append(
                Hospital(name=name, beds=int(one.beds), asset=asset, **_middle(one.at, city, f"{key}.at"))
            )
        return tuple(found)
    if world.assets is not None:
        return tuple(
            Hospital(
                name=world.assets.ids[row],
                x=float(world.assets.x[row]),
                y=float(world.assets.y[row]),
                beds=MAPPED_BEDS,
                asset=row,
            )
            for row in world.assets.of_kind("hospital").tolist()
        )
    places = read_mapped_places(city)
    return tuple(
        Hospital(name=f"hospital {k + 1}", x=x, y=y, beds=MAPPED_BEDS)
        for k, (x, y) in enumerate(places.at(places.of("hospital")).tolist())
    )


def _asset_row(asset: str, world: World) -> int:
    if world.assets is None:
        raise InvalidInputError("there are no assets", hint="together with infrastructure: {}")
    row = world.assets.row(asset)
    if world.assets.kinds[row] != "hospital":
        raise InvalidInputError(f"'{asset}' is a {world.assets.kinds[row]}", hint="name a hospital")
    return row


def _middle(place: Place, city: City, key: str) -> Mapping[str, float]:
    with about(key):
        centre = locate(place, city).centroid
    return {"x": float(centre.x), "y": float(centre.y)}


def _care(spec: Care) -> CareRules:
    return CareRules(
        triage=spec.triage,
        triage_s=float(spec.triage_time),
        immediate_s=float(spec.immediate_time),
        delayed_s=float(spec.delayed_time),
        loading_s=float(spec.loading_time),
        handover_s=float(spec.handover_time),
        scene_radius_m=float(spec.scene_radius),
        under_triage=float(spec.under_triage),
        over_triage=float(spec.over_triage),
    )
