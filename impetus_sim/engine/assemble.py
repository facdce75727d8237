"""From a drawn scenario to a world and its systems; no time passes here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim import registry, rng
from impetus_sim.crowd.arrive import Arrivals
from impetus_sim.crowd.decide import ExitChoice
from impetus_sim.crowd.doors import Doors
from impetus_sim.crowd.groups.form import form_groups
from impetus_sim.crowd.groups.place import place_together
from impetus_sim.crowd.influences.known_exits import familiar_s
from impetus_sim.crowd.journeys.plan import StagePlan
from impetus_sim.crowd.kernels.choose import cost_at
from impetus_sim.crowd.kernels.move import CLEARANCE
from impetus_sim.crowd.perceive import Perception
from impetus_sim.crowd.placement import place_population
from impetus_sim.crowd.population import ON_LINK, Roster, build_people
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.engine.behaviours import build_behaviours
from impetus_sim.engine.build_gates import build_gates, open_gates
from impetus_sim.engine.build_harm import build_smoke_speed
from impetus_sim.engine.build_journeys import used_stages
from impetus_sim.engine.build_people import HIDING_GOAL, build_people_parts, find_hiding_places
from impetus_sim.engine.describe_storeys import describe_storeys, sheets_in_building
from impetus_sim.engine.describe_ways import describe_ways
from impetus_sim.engine.ground import area_of, build_run_ground
from impetus_sim.engine.lay_stages import goal_name, lay_stages
from impetus_sim.engine.naming import about
from impetus_sim.engine.ways import Ways, build_fields, find_ways, initial_status
from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.system import HazardSystem
from impetus_sim.response.base import InterventionSpec
from impetus_sim.response.system import ResponseSystem
from impetus_sim.scenario.places import Place, locate
from impetus_sim.world.context import PartContext
from impetus_sim.world.goals import build_goals
from impetus_sim.world.ground import NEAR_WALL_M, Ground
from impetus_sim.world.passages import STEP_FREE
from impetus_sim.world.tables import streets_table
from impetus_sim.world.world import World

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.engine.lay_storeys import Layout
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.crowd import Crowd
    from impetus_sim.scenario.model import Scenario


@dataclass(frozen=True, kw_only=True)
class Systems:
    """Everything that acts in one run, and how its storeys lie."""

    world: World
    crowd: CrowdSystem
    hazards: HazardSystem
    response: ResponseSystem
    layout: Layout


def assemble(scenario: Scenario, city: City, *, seed: int, replicate: int) -> Systems:
    """Build the systems of a run.

    Parameters
    ----------
    scenario
        Already drawn for this seed and replicate.
    city
        Its map.

    Raises
    ------
    InvalidInputError
        When a place is not on the map, nobody can get out, or people do not fit.
    """
    ground, is_open, layout = build_run_ground(scenario, city)
    ways = find_ways(scenario, city, ground, layout)
    standing = {
        name: _cells(ground, population.at, city, f"crowd.populations.{name}.at")
        for name, population in scenario.crowd.populations.items()
        if population.network is None
    } | _settling(scenario, city, ground)
    hiding = find_hiding_places(
        scenario.crowd, lambda place, key: _cells(ground, place, city, key, with_edges=False)
    )
    held: list[World] = []
    stages = lay_stages(scenario, city, ground, lambda: held[0])
    gathering = _gathering(scenario, standing, hiding)
    gathering |= {goal_name(name): stages[name].cells for name in used_stages(scenario)}
    world = _build_world(scenario, city, ground, is_open, gathering, ways)
    held.append(world)
    context = PartContext(
        world=world,
        locate=lambda place: locate(place, city),
        stream_key=lambda stream: rng.stream_key(seed, replicate, stream),
    )
    crowd = _build_crowd(
        scenario,
        city,
        world,
        standing,
        hiding,
        stages,
        ways=ways,
        gathering=gathering,
        seed=seed,
        replicate=replicate,
    )
    hazards = HazardSystem(_build_parts("hazards", scenario.hazards, context), world)
    response = ResponseSystem(
        _build_parts("interventions", scenario.interventions, context),
        world,
        n_staff=int(scenario.response.stewards),
        began_at=lambda name: _began_at(hazards, world, name),
    )
    for behaviour in crowd.behaviours:
        behaviour.begin(crowd)
    return Systems(world=world, crowd=crowd, hazards=hazards, response=response, layout=layout)


def _settling(scenario: Scenario, city: City, ground: Ground) -> dict[str, npt.NDArray[np.int64]]:
    # Populations that come over the network to a place on this ground.
    found = {}
    for name, population in scenario.crowd.populations.items():
        if population.network is not None and population.network.to is not None:
            key = f"crowd.populations.{name}.network.to"
            with about(key):
                area = area_of(locate(population.network.to, city))
            if len(ground.cells_of(area)):
                found[name] = _cells(ground, population.network.to, city, key)
    return found


def _build_parts(family: str, specs: Mapping[str, Any], context: PartContext) -> dict[str, Any]:
    parts, built = registry.catalogue(family), {}
    for name, spec in specs.items():
        with about(f"{family}.{name}"):
            built[name] = parts[spec.kind](name, spec, context)
    return built


def _began_at(hazards: HazardSystem, world: World, name: str) -> tuple[int, int] | None:
    event = hazards.first_event(name)
    return None if event is None else (int(world.events.tick[event]), event)


def _gathering(
    scenario: Scenario,
    standing: dict[str, npt.NDArray[np.int64]],
    hiding: tuple[npt.NDArray[np.int64], ...],
) -> dict[str, npt.NDArray[np.int64]]:
    areas = {
        name: standing[name]
        for name, population in scenario.crowd.populations.items()
        if name in standing and (population.arrive is not None or population.network is not None)
    }
    if hiding:
        areas[HIDING_GOAL] = np.unique(np.concatenate(hiding))
    return areas


def _build_world(
    scenario: Scenario,
    city: City,
    ground: Ground,
    is_open: npt.NDArray[np.bool_],
    gathering: dict[str, npt.NDArray[np.int64]],
    ways: Ways,
) -> World:
    ordered = {
        name: np.unique(np.concatenate(parts))
        for name, spec in scenario.interventions.items()
        if isinstance(spec, InterventionSpec)
        and (
            parts := [
                _cells(ground, area, city, f"interventions.{name}", with_edges=True)
                for area in spec.order_areas()
            ]
        )
    }
    status = initial_status(scenario)
    rules = ways.rules_at(np.array(list(status.values()), np.uint8))
    world = World(
        ground=ground,
        goals=build_goals(ground, gathering, rules=rules),
        resolution_us=scenario.time.resolution_us,
        areas=ordered,
        open_exits=is_open,
        connections=status,
        sheets=sheets_in_building(ways.layout),
        open_gates=open_gates(scenario),
    )
    if scenario.crowd.links is not None:
        world.streets = streets_table()
    return world


def _cells(
    ground: Ground, place: Place, city: City, key: str, *, with_edges: bool = False
) -> npt.NDArray[np.int64]:
    with about(key):
        area = locate(place, city)
    if area.geom_type in ("Point", "LineString", "MultiLineString"):
        area = area.buffer(5.0 if area.geom_type == "Point" else 2.0)
    shapely.prepare(area)
    cells = ground.cells_of(area)
    if not len(cells):
        raise InvalidInputError(
            f"{key}: '{place}' has no walkable ground inside the simulated area",
            hint="move it, or widen crowd.focus",
        )
    return ground.cells_of(area, with_edges=True) if with_edges else cells


def _build_crowd(
    scenario: Scenario,
    city: City,
    world: World,
    standing: dict[str, npt.NDArray[np.int64]],
    hiding: tuple[npt.NDArray[np.int64], ...],
    stages: Mapping[str, StagePlan],
    *,
    ways: Ways,
    gathering: dict[str, npt.NDArray[np.int64]],
    seed: int,
    replicate: int,
) -> CrowdSystem:
    spec, ground = scenario.crowd, world.ground
    people, roster = build_people(spec, seed=seed, replicate=replicate, ticks_of=world.ticks)
    groups = form_groups(spec, people, roster, seed=seed, replicate=replicate)
    place_population(people, roster, ground, standing, seed=seed, replicate=replicate)
    if groups is not None:
        place_together(people, roster, groups, ground, standing, seed=seed, replicate=replicate)
    allowed = _allowed_exits(scenario, roster, world)
    mobility = ways.mobility(people, roster)
    _require_way_out(people, roster, world, allowed, mobility)
    _require_short_step(people, spec)
    step_s = world.seconds(scenario.step_ticks)
    model = registry.catalogue("walking_models")[spec.model.kind](spec.model, people, ground, step_s=step_s)
    parts = build_people_parts(
        scenario,
        world,
        people,
        roster,
        groups=groups,
        hiding_places=hiding,
        seed=seed,
        replicate=replicate,
    )
    choice = ExitChoice(
        spec.exit_choice,
        people,
        world,
        allowed=allowed,
        seed=seed,
        replicate=replicate,
        influences=parts.influences,
        mobility=mobility,
        familiar_s=familiar_s(spec, roster, ground.exit_names),
    )
    perception = Perception(
        people,
        world,
        seed=seed,
        replicate=replicate,
        step_ticks=scenario.step_ticks,
        messages=parts.messages,
        belief=parts.belief,
        guidance=parts.guidance,
    )
    gates = build_gates(
        world, lambda: build_fields(world, gathering, ways.rules_at(world.connections.status))
    )
    if parts.reactions is not None:
        perception.listeners.append(parts.reactions)
    others = build_behaviours(
        scenario,
        city,
        world,
        people,
        roster,
        ways=ways,
        gathering=gathering,
        stages=stages,
        seed=seed,
        replicate=replicate,
    )
    return CrowdSystem(
        people,
        roster,
        world,
        model=model,
        choice=choice,
        arrivals=_build_arrivals(scenario, people, roster, world, seed=seed, replicate=replicate),
        perception=perception,
        doors=Doors(
            world, capacity=float(spec.door_capacity), step_s=step_s, passage_flows=ways.layout.flows
        ),
        beyond_ticks=world.ticks(spec.beyond_exits),
        wall_clearance=float(spec.wall_clearance),
        step_ticks=scenario.step_ticks,
        smoke_speed=build_smoke_speed(scenario),
        behaviours=[*([] if gates is None else [gates]), *others, *parts.behaviours],
        threats_are_known=parts.reactions is None,
        mobility=mobility,
    )


def _require_short_step(people: Table, spec: Crowd) -> None:
    # Walls and exit lines are looked up within NEAR_WALL_M of where a step begins.
    step_s, runs = spec.step, spec.threat_perception
    fastest = float(people.desired_speed.max(initial=0.0)) * (1.0 if runs is None else runs.run_factor)
    longest = (NEAR_WALL_M - CLEARANCE) / max(fastest, 1e-9)
    if step_s > longest:
        raise InvalidInputError(
            f"crowd.step: {step_s:g} s is too long for people who walk {fastest:.2f} m/s: they could step "
            "over a wall",
            hint=f"at most {longest:.2f} s; 0.05 s is usual",
        )


def _allowed_exits(scenario: Scenario, roster: Roster, world: World) -> npt.NDArray[np.uint8]:
    names = world.ground.exit_names
    allowed = np.ones((len(roster.populations), len(names)), np.uint8)
    for k, name in enumerate(roster.populations):
        wanted = scenario.crowd.populations[name].exits
        for missing in sorted(set(wanted) - set(names)):
            raise _no_such_exit(f"crowd.populations.{name}.exits", missing, names)
        if wanted:
            allowed[k] = [exit_name in wanted for exit_name in names]
    for name, spec in scenario.interventions.items():
        for key, family, target in spec.references():
            if family == "exits" and target not in names:
                raise _no_such_exit(f"interventions.{name}.{key}", target, names)
    return allowed


def _no_such_exit(key: str, given: str, names: tuple[str, ...]) -> InvalidInputError:
    return InvalidInputError(
        f"{key}: there is no exit '{given}'", hint=f"one of {', '.join(names) or 'none'}"
    )


def _require_way_out(
    people: Table,
    roster: Roster,
    world: World,
    allowed: npt.NDArray[np.uint8],
    mobility: npt.NDArray[np.int16] | None,
) -> None:
    n_exits = world.goals.n_exits
    if n_exits == 0:
        return
    people_here = np.flatnonzero(people.state != ON_LINK)  # the others' way is looked for on the network
    rows = ((people.spot_y[people_here] - world.ground.y0) / world.ground.cell).astype(np.intp)
    columns = ((people.spot_x[people_here] - world.ground.x0) / world.ground.cell).astype(np.intp)
    reached = np.isfinite(world.goals.costs[:n_exits, rows, columns])
    if mobility is not None:
        step_free = np.isfinite(world.goals.of_class(STEP_FREE)[:n_exits, rows, columns])
        reached = np.where(mobility[people_here] == STEP_FREE, step_free, reached)
    stuck = ~(reached & (allowed[people.population[people_here]].T == 1)).any(axis=0)
    if stuck.any():
        names = sorted({roster.populations[k] for k in people.population[people_here][stuck]})
        raise InvalidInputError(
            f"{int(stuck.sum())} people of {', '.join(names)} cannot reach any exit they may use: "
            "their ground is cut off from it",
            hint="check the place, the exits, and narrow passages (under about 0.75 m they count as closed); "
            "people who cannot use steps need a ramp or a lift",
        )


def _build_arrivals(
    scenario: Scenario, people: Table, roster: Roster, world: World, *, seed: int, replicate: int
) -> Arrivals:
    through, goal_of = {}, {}
    for k, name in enumerate(roster.populations):
        arrive = scenario.crowd.populations[name].arrive
        if arrive is None:
            continue
        if arrive.through not in world.ground.exit_names:
            raise _no_such_exit(
                f"crowd.populations.{name}.arrive.through", arrive.through, world.ground.exit_names
            )
        through[k] = world.ground.exit_names.index(arrive.through)
        goal_of[k] = world.goals.names.index(name, world.goals.n_exits)
        _require_way_in(world, name, through[k], goal_of[k])
    return Arrivals(people, world, through=through, goal_of=goal_of, seed=seed, replicate=replicate)


def _require_way_in(world: World, name: str, exit_index: int, goal: int) -> None:
    ground = world.ground
    x, y = ground.exit_segments(exit_index).reshape(-1, 2).mean(axis=0)
    if not np.isfinite(cost_at(world.goals.costs[goal], x, y, ground.x0, ground.y0, ground.cell)):
        raise InvalidInputError(
            f"crowd.populations.{name}.arrive: there is no way on foot from exit "
            f"'{ground.exit_names[exit_index]}' to the population's place",
            hint="check the place, the exit, and narrow passages (under about 0.75 m they count as closed)",
        )


def describe(systems: Systems, city: City) -> dict[str, dict[str, Any]]:
    """Return the static groups of the recording: ground, exits, people, backdrop."""
    ground, people = systems.world.ground, systems.crowd.people
    exits = [
        np.column_stack([ground.exit_segments(e), np.full(len(ground.exit_segments(e)), float(e))])
        for e in range(len(ground.exit_names))
    ]
    names = np.array(ground.exit_names, dtype=object)
    view = shapely.box(*ground.polygon.bounds).buffer(40.0)
    groups: dict[str, dict[str, Any]] = {
        "ground": {"wkt": ground.polygon.wkt, "walls": ground.walls, "wall_exit": ground.wall_exit},
        "exits": {
            "name": names,
            "segments": np.concatenate(exits) if exits else np.empty((0, 5)),
            "width_m": np.array([ground.exit_width_m(e) for e in range(len(ground.exit_names))]),
        },
        **describe_ways(systems.world, systems.crowd),
        "people": {
            "uid": people.uid,
            "population": people.population.astype(np.int32),
            "profile": people.profile.astype(np.int32),
            "radius": people.radius,
            "desired_speed": people.desired_speed,
            "population_names": np.array(systems.crowd.roster.populations, dtype=object),
            "profile_names": np.array(systems.crowd.roster.profiles, dtype=object),
        },
        "backdrop": {
            "buildings_wkt": _clip(city, "buildings", view),
            "water_wkt": _clip(city, "water", view),
            "streets_wkt": _clip(city, "drive_edges", view),
        },
        **describe_storeys(systems.layout, ground),
    }
    for behaviour in systems.crowd.behaviours:
        groups |= behaviour.describe()
    return groups


def _clip(city: City, layer: str, view: BaseGeometry) -> npt.NDArray[np.object_]:
    shapes = city.layers[layer].geometry.to_numpy()
    hit = shapes[shapely.intersects(shapes, view)] if len(shapes) else shapes
    return np.array(shapely.to_wkt(shapely.intersection(hit, view), rounding_precision=2), dtype=object)
