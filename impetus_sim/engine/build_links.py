"""Link-level walking of a run: network, areas, destinations, where people start, and what can be closed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim import rng
from impetus_sim.crowd.links.areas import AreaRule, SwitchAreas
from impetus_sim.crowd.links.behaviour import LinkWalking
from impetus_sim.crowd.links.border import build_border
from impetus_sim.crowd.links.measure import Walker, measure_relation
from impetus_sim.crowd.links.routes import Destination
from impetus_sim.crowd.links.speed import SpeedDensity, weidmann
from impetus_sim.crowd.links.system import LinkSystem
from impetus_sim.engine.ground import area_of, focus_areas
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.places import locate
from impetus_sim.world.walk_network import WalkNetwork, build_walk_network

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.crowd.population import Roster
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.crowd import Crowd
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.world import World

_log = logging.getLogger(__name__)
N_SPEEDS = 20
"""Free speeds that stand for all people when the speed-density relation is measured."""


def build_links(
    scenario: Scenario, city: City, world: World, people: Table, roster: Roster, *, seed: int, replicate: int
) -> LinkWalking:
    """Build the links of a drawn scenario that has the section `crowd.links`.

    Raises
    ------
    InvalidInputError
        When the map has no walk network, a place is not on it, or people cannot get to where they go.
    """
    spec = scenario.crowd.links
    assert spec is not None
    polygons = focus_areas(scenario, city)
    network = build_walk_network(city, list(polygons.values()))
    border = build_border(network, world.ground, world.goals, widest_m=float(people.radius.max(initial=0.2)))
    if border.n_blind:
        _log.info("%d ends of links at the border meet no exit: nobody passes there", border.n_blind)
    destinations, destination_of = _destinations(
        scenario, city, world, network, roster, border.crossings.exit
    )
    system = LinkSystem(
        network,
        people.desired_speed,
        destinations=destinations,
        relation=find_relation(scenario),
        crossings=border.crossings,
        flow_capacity=spec.flow_capacity,
        n_exits=len(world.ground.exit_names),
    )
    key = rng.stream_key(seed, replicate, "crowd.links.areas")
    areas = SwitchAreas(_rules(scenario, world, polygons), network, key)
    system.people.destination[:] = destination_of[people.population]
    is_open = ~np.append(areas.is_active, False)[network.link_area]
    system.set_open(
        is_open,
        (world.exits.is_open[: len(world.ground.exit_names)] == 1)
        & np.append(areas.is_active, False)[border.area_of_exit],
    )
    for k, name in enumerate(roster.populations):
        if scenario.crowd.populations[name].network is not None:
            with about(f"crowd.populations.{name}"):
                _start(
                    scenario, city, system, people, np.flatnonzero(people.population == k), name,
                    seed=seed, replicate=replicate,
                )  # fmt: skip
    return LinkWalking(
        world,
        people,
        system,
        border,
        areas,
        closable=_closable(scenario, city, network),
        door_capacity=float(scenario.crowd.door_capacity),
        link_ticks=world.ticks(spec.step),
        record_ticks=world.ticks(spec.record_every),
        step_s=world.seconds(scenario.step_ticks),
        key=rng.stream_key(seed, replicate, "crowd.links.admit"),
    )


def find_relation(scenario: Scenario) -> SpeedDensity:
    """Return the relation of speed to density that a scenario asks for, measured where it says so."""
    crowd = scenario.crowd
    assert crowd.links is not None
    if crowd.links.speed_density == "weidmann":
        return weidmann(jam_density=crowd.links.jam_density)
    return measure_relation(
        crowd.model, mean_walker(crowd), step_s=crowd.step, jam_density=crowd.links.jam_density
    )


def mean_walker(crowd: Crowd) -> Walker:
    """Return who stands for the people of a scenario: means by profile, free speeds over all profiles."""
    shares: dict[str, float] = {}
    for population in crowd.populations.values():
        for name, share in population.profiles.items():
            shares[name] = shares.get(name, 0.0) + float(share) * float(population.count)
    shares = {name: share for name, share in sorted(shares.items()) if share > 0.0} or {"adult": 1.0}
    weights = np.array(list(shares.values())) / sum(shares.values())
    profiles = [crowd.profiles[name] for name in shares]
    uniforms = (np.arange(200) + 0.5) / 200
    speeds = np.concatenate([p.desired_speed.sample(uniforms) for p in profiles])  # type: ignore[union-attr]
    each = np.repeat(weights / 200, 200)
    order = np.argsort(speeds, kind="stable")
    at = np.cumsum(each[order])
    picked = [
        round(float(speeds[order][np.searchsorted(at, (k + 0.5) / N_SPEEDS)]), 3) for k in range(N_SPEEDS)
    ]
    return Walker(
        radius=round(float(weights @ np.array([float(p.radius) for p in profiles])), 3),  # type: ignore[arg-type]
        time_gap=round(float(weights @ np.array([float(p.time_gap) for p in profiles])), 3),  # type: ignore[arg-type]
        speeds=tuple(picked),
    )


def _rules(scenario: Scenario, world: World, polygons: dict[str, BaseGeometry]) -> list[AreaRule]:
    links = scenario.crowd.links
    assert links is not None
    rules = []
    for name, polygon in polygons.items():
        spec = links.areas.get(name)
        if spec is None:
            rules.append(AreaRule(name="focus", polygon=polygon))
        else:
            rules.append(
                AreaRule(
                    name=name, polygon=polygon, on=spec.on, off=spec.off, hold_ticks=world.ticks(spec.hold)
                )
            )
    return rules


def _destinations(
    scenario: Scenario,
    city: City,
    world: World,
    network: WalkNetwork,
    roster: Roster,
    tied_exits: npt.NDArray[np.int64],
) -> tuple[list[Destination], npt.NDArray[np.int16]]:
    """Return the destinations, `out` first, and the index of each population's."""
    on_land = (network.node_area < 0) & network.is_map_edge
    names = world.ground.exit_names
    drawn = set(scenario.crowd.exits)
    away = np.array(
        [k for k, name in enumerate(names) if name in drawn and k not in set(tied_exits)], np.int64
    )
    found = [Destination(name="out", nodes=np.flatnonzero(on_land), exits=away)]
    of_population = np.zeros(len(roster.populations), np.int16)
    for k, name in enumerate(roster.populations):
        trip = scenario.crowd.populations[name].network
        if trip is None or trip.to is None:
            continue
        if name in world.goals.names[world.goals.n_exits :]:
            goal = world.goals.names.index(name, world.goals.n_exits)
            place = Destination(name=name, nodes=np.empty(0, np.int64), goal=goal)
        else:
            with about(f"crowd.populations.{name}.network.to"):
                place = Destination(name=name, nodes=_nodes_of(locate(trip.to, city), network))
        of_population[k] = len(found)
        found.append(place)
    return found, of_population


def _nodes_of(area: BaseGeometry, network: WalkNetwork) -> npt.NDArray[np.int64]:
    points = shapely.points(network.node_x, network.node_y)
    outside = network.node_area < 0
    within = np.flatnonzero(outside & shapely.intersects(area, points))
    if len(within):
        return within
    distance = np.where(outside, shapely.distance(points, area), np.inf)
    return np.array([int(np.argmin(distance))], np.int64)


def _start(
    scenario: Scenario,
    city: City,
    system: LinkSystem,
    people: Table,
    rows: npt.NDArray[np.intp],
    name: str,
    *,
    seed: int,
    replicate: int,
) -> None:
    """Put a population beside links of its place, from which its destination can be reached."""
    if not len(rows):
        return
    population, network = scenario.crowd.populations[name], system.network
    trip = population.network
    assert trip is not None
    place = area_of(locate(population.at, city))
    times = system.routes.times[0, system.people.destination[rows[0]]]
    lines = network.lines()
    shapely.prepare(place)
    usable = (network.link_area < 0) & np.isfinite(np.minimum(times[network.u], times[network.v]))
    links = np.flatnonzero(usable & shapely.intersects(place, lines))
    if not len(links):
        raise InvalidInputError(
            f"there is no street at '{population.at}' from which "
            f"{'a way leads out of the map' if trip.to is None else f'a way leads to {trip.to}'}",
            hint="choose a larger place outside the focus, or another destination",
        )
    u = rng.draw_uniforms(seed, replicate, "crowd.links.start", people.uid[rows])
    if trip.spread == "buildings":
        where, offsets = _at_buildings(city, place, lines, links, u[:, 0])
    else:
        where, offsets = _along_streets(network, place, lines, links, u)
    system.put_beside(rows, where, offsets)


def _along_streets(
    network: WalkNetwork,
    place: BaseGeometry,
    lines: npt.NDArray[np.object_],
    links: npt.NDArray[np.intp],
    u: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    low, high = np.zeros(len(links)), network.length[links].copy()
    for n in np.flatnonzero(~shapely.contains(place, lines[links])):
        points = shapely.points(shapely.get_coordinates(shapely.intersection(lines[links[n]], place)))
        along = shapely.line_locate_point(lines[links[n]], points)
        low[n], high[n] = float(along.min()), float(along.max())
    edges = np.cumsum((high - low) * network.width[links])
    if edges[-1] <= 0.0:
        edges = np.arange(1.0, len(links) + 1.0)
    k = np.minimum(np.searchsorted(edges, u[:, 0] * edges[-1], side="right"), len(links) - 1)
    return links[k], low[k] + u[:, 1] * (high[k] - low[k])


def _at_buildings(
    city: City,
    place: BaseGeometry,
    lines: npt.NDArray[np.object_],
    links: npt.NDArray[np.intp],
    u: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    layer = city.layers["buildings"]
    points = shapely.point_on_surface(layer.geometry.to_numpy()) if len(layer) else np.empty(0, object)
    held = layer["people_estimate"].to_numpy() if len(layer) else np.empty(0)
    chosen = np.flatnonzero((held > 0.0) & shapely.intersects(place, points))
    if not len(chosen):
        raise InvalidInputError(
            "network.spread: no building at the place has an estimate of people",
            hint="network: {spread: streets}",
        )
    near = links[shapely.STRtree(lines[links]).nearest(points[chosen])]
    offsets = shapely.line_locate_point(lines[near], points[chosen])
    edges = np.cumsum(held[chosen])
    k = np.minimum(np.searchsorted(edges, u * edges[-1], side="right"), len(chosen) - 1)
    return near[k], offsets[k]


def _closable(scenario: Scenario, city: City, network: WalkNetwork) -> dict[str, npt.NDArray[np.bool_]]:
    """Return the links that each closing of streets is about."""
    lines = network.lines()
    found = {}
    for name, spec in scenario.interventions.items():
        if spec.kind == "street_closure":
            with about(f"interventions.{name}.at"):
                area = area_of(locate(spec.at, city))  # type: ignore[attr-defined]
            found[name] = np.asarray(shapely.intersects(area, lines))
            if not found[name].any():
                raise InvalidInputError(f"there is no street at '{spec.at}'", hint="move or widen it")  # type: ignore[attr-defined]
    return found
