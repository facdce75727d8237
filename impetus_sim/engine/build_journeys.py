"""From the journeys of a drawn scenario to the behaviour of the people on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from impetus_sim.crowd.journeys.behaviour import Journeys
from impetus_sim.crowd.journeys.plan import JourneyPlan, LegPlan, QueuePlan, StagePlan, WaitingPlan
from impetus_sim.engine.lay_stages import goal_name
from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.crowd.population import Roster
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.scenario.stages import Leg
    from impetus_sim.world.world import World


def used_stages(scenario: Scenario) -> list[str]:
    """Return the names of the stages that some journey has, sorted; others need no fields."""
    crowd = scenario.crowd
    return sorted({name for p in crowd.populations.values() for leg in p.journey for name in leg.among})


def build_journeys(
    scenario: Scenario,
    stages: Mapping[str, StagePlan],
    world: World,
    people: Table,
    roster: Roster,
    *,
    seed: int,
    replicate: int,
) -> Journeys | None:
    """Return the behaviour, or None when nobody has a journey.

    Raises
    ------
    InvalidInputError
        When the least crowded of unlike stages is asked for, or a stage cannot be reached from the next one.
    """
    names = used_stages(scenario)
    if not names:
        return None
    number = {name: k for k, name in enumerate(names)}
    plans = []
    for k, name in enumerate(roster.populations):
        population = scenario.crowd.populations[name]
        if not population.journey:
            continue
        legs = [
            _leg(f"crowd.populations.{name}.journey.{i}", leg, number, stages)
            for i, leg in enumerate(population.journey)
        ]
        home = world.goals.names.index(name, world.goals.n_exits) if population.arrive is not None else -1
        plans.append(
            JourneyPlan(
                population=k,
                name=name,
                legs=legs,
                leaves=population.activity == "leave",
                home_goal=home,
            )
        )
    return Journeys(
        [stages[name] for name in names],
        [world.goals.names.index(goal_name(name), world.goals.n_exits) for name in names],
        plans,
        people,
        world,
        seed=seed,
        replicate=replicate,
    )


def _leg(key: str, leg: Leg, number: Mapping[str, int], stages: Mapping[str, StagePlan]) -> LegPlan:
    kinds = {_kind(stages[name]) for name in leg.among}
    if leg.by == "least_crowded" and len(kinds) > 1:
        raise InvalidInputError(
            f"{key}: the least crowded of {' and '.join(sorted(kinds))} cannot be told",
            hint="stages of one kind, or shares",
        )
    return LegPlan(
        stages=tuple(number[name] for name in leg.among),
        shares=tuple(float(share) for share in leg.among.values()),
        by_crowding=leg.by == "least_crowded",
    )


def _kind(stage: StagePlan) -> str:
    if isinstance(stage, QueuePlan):
        return "queues"
    return "waiting areas" if isinstance(stage, WaitingPlan) else "way-points"
