"""The crowd of a run: people in their places, how they walk and choose, and what joins their step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim import registry
from impetus_sim.crowd.arrive import Arrivals
from impetus_sim.crowd.decide import ExitChoice
from impetus_sim.crowd.doors import Doors
from impetus_sim.crowd.groups.form import form_groups
from impetus_sim.crowd.groups.place import place_together
from impetus_sim.crowd.influences.known_exits import familiar_s
from impetus_sim.crowd.perceive import Perception
from impetus_sim.crowd.placement import place_population
from impetus_sim.crowd.population import Roster, build_people
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.engine.behaviours import build_behaviours
from impetus_sim.engine.build_gates import build_gates
from impetus_sim.engine.build_harm import build_smoke_speed
from impetus_sim.engine.build_people import build_people_parts
from impetus_sim.engine.require_ways import (
    allowed_exits,
    no_such_exit,
    require_short_step,
    require_way_in,
    require_way_out,
)
from impetus_sim.engine.ways import build_fields
from impetus_sim.world.world import World

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.engine.lay_ground import GroundPlan
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario


def build_crowd(
    scenario: Scenario, city: City, world: World, plan: GroundPlan, *, seed: int, replicate: int
) -> CrowdSystem:
    """Build the people of a drawn scenario and everything that makes them act.

    Raises
    ------
    InvalidInputError
        When an exit or a way is missing, or people do not fit.
    """
    spec, ground = scenario.crowd, world.ground
    people, roster = build_people(spec, seed=seed, replicate=replicate, ticks_of=world.ticks)
    groups = form_groups(spec, people, roster, seed=seed, replicate=replicate)
    place_population(people, roster, ground, plan.standing, seed=seed, replicate=replicate)
    if groups is not None:
        place_together(people, roster, groups, ground, plan.standing, seed=seed, replicate=replicate)
    allowed = allowed_exits(scenario, roster, world)
    mobility = plan.ways.mobility(people, roster)
    require_way_out(people, roster, world, allowed, mobility)
    require_short_step(people, spec)
    step_s = world.seconds(scenario.step_ticks)
    model = registry.catalogue("walking_models")[spec.model.kind](spec.model, people, ground, step_s=step_s)
    parts = build_people_parts(
        scenario,
        world,
        people,
        roster,
        groups=groups,
        hiding_places=plan.hiding,
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
        world, lambda: build_fields(world, plan.gathering, plan.ways.rules_at(world.connections.status))
    )
    if parts.reactions is not None:
        perception.listeners.append(parts.reactions)
    others = build_behaviours(
        scenario,
        city,
        world,
        people,
        roster,
        ways=plan.ways,
        gathering=plan.gathering,
        stages=plan.stages,
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
            world, capacity=float(spec.door_capacity), step_s=step_s, passage_flows=plan.ways.layout.flows
        ),
        beyond_ticks=world.ticks(spec.beyond_exits),
        wall_clearance=float(spec.wall_clearance),
        step_ticks=scenario.step_ticks,
        smoke_speed=build_smoke_speed(scenario),
        behaviours=[*([] if gates is None else [gates]), *others, *parts.behaviours],
        threats_are_known=parts.reactions is None,
        mobility=mobility,
        records_positions=scenario.record.positions,
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
            raise no_such_exit(
                f"crowd.populations.{name}.arrive.through", arrive.through, world.ground.exit_names
            )
        through[k] = world.ground.exit_names.index(arrive.through)
        goal_of[k] = world.goals.names.index(name, world.goals.n_exits)
        require_way_in(world, name, through[k], goal_of[k])
    return Arrivals(people, world, through=through, goal_of=goal_of, seed=seed, replicate=replicate)
