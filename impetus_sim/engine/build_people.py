"""From a drawn scenario to how its people decide: groups, messages, belief, threats, help, knowledge of exits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.crowd.assistance import Assistance, Needs
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.belief import Belief
from impetus_sim.crowd.contagion import Contagion
from impetus_sim.crowd.groups.form import GroupList
from impetus_sim.crowd.groups.stay import GroupsStay
from impetus_sim.crowd.guidance import Guidance
from impetus_sim.crowd.influences.base import Influence
from impetus_sim.crowd.influences.herding import HerdingInfluence
from impetus_sim.crowd.influences.known_exits import CameByInfluence, draw_came_by
from impetus_sim.crowd.reactions import HidingGround, ThreatReactions
from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.base import HazardSpec
from impetus_sim.response.base import InterventionSpec
from impetus_sim.scenario.messages import Message

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.crowd.population import Roster
    from impetus_sim.scenario.crowd import Crowd
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.scenario.places import Place
    from impetus_sim.world.world import World

HIDING_GOAL = "~ hiding places"
"""Name of the goal; no population can be called so."""


@dataclass(kw_only=True)
class PeopleParts:
    """How the people of a run decide; each part only where the scenario asks for it."""

    messages: dict[str, Message]
    belief: Belief | None = None
    guidance: Guidance | None = None
    reactions: ThreatReactions | None = None
    behaviours: list[Behaviour] = field(default_factory=list)
    influences: list[Influence] = field(default_factory=list)


def build_people_parts(
    scenario: Scenario,
    world: World,
    people: Table,
    roster: Roster,
    *,
    groups: GroupList | None,
    hiding_places: tuple[npt.NDArray[np.int64], ...],
    seed: int,
    replicate: int,
) -> PeopleParts:
    """Build the parts that a drawn scenario asks for.

    Raises
    ------
    InvalidInputError
        When an exit that is named is not there.
    """
    crowd, keys = scenario.crowd, {"seed": seed, "replicate": replicate}
    head = groups.head if groups else np.arange(len(people), dtype=np.int32)
    parts = PeopleParts(messages=_messages(scenario) | _alarms_of_assets(world))
    if crowd.information is not None:
        parts.belief = Belief(crowd, people, roster, seed=seed, replicate=replicate)
    came_by = draw_came_by(crowd, people, roster, world.ground.exit_names, seed=seed, replicate=replicate)
    if (came_by >= 0).any():
        parts.influences.append(CameByInfluence(came_by[head], worth_s=float(crowd.exit_choice.known_worth)))
    herding = crowd.exit_choice.herding
    if herding is not None:
        worth_s, radius_m = float(herding.worth), float(herding.radius)
        parts.influences.append(HerdingInfluence(people, world, worth_s=worth_s, radius_m=radius_m))
    parts.guidance = _build_guidance(parts.messages, world, len(people))
    if parts.guidance is not None:
        parts.behaviours.append(parts.guidance)
        parts.influences.append(parts.guidance)
    if crowd.threat_perception is not None:
        parts.reactions = ThreatReactions(
            crowd.threat_perception,
            [crowd.populations[name].reactions for name in roster.populations],
            people,
            world,
            decider=head,
            hiding=_hiding_ground(world, hiding_places),
            penalty_s=float(crowd.exit_choice.threat_penalty),
            **keys,
        )
        parts.behaviours.append(parts.reactions)
        parts.influences.append(parts.reactions)
    if crowd.contagion is not None:
        parts.behaviours.append(Contagion(crowd.contagion, people, world, **keys))
    if groups is not None:
        parts.behaviours.append(GroupsStay(groups, people, world, **keys))
    if any(crowd.populations[name].assistance for name in roster.populations):
        parts.behaviours.append(Assistance(find_needs(crowd, people, roster, **keys), people, world))
    return parts


def _messages(scenario: Scenario) -> dict[str, Message]:
    messages = {
        f"{name}{suffix}": message
        for name, spec in scenario.hazards.items()
        if isinstance(spec, HazardSpec)
        for suffix, message in spec.messages().items()
    }
    for name, spec in scenario.interventions.items():
        message = spec.message() if isinstance(spec, InterventionSpec) else None
        if message is not None:
            if name in messages:
                raise InvalidInputError(
                    f"'{name}' is a hazard and an intervention: people could not tell their messages apart",
                    hint="rename one",
                )
            zones = spec.zones() if isinstance(spec, InterventionSpec) else {}
            messages |= dict.fromkeys([f"{name}{suffix}" for suffix in zones] or [name], message)
    return messages


def _alarms_of_assets(world: World) -> dict[str, Message]:
    # What people take a siren or a sign of the city for.
    assets, source_of = world.assets, {"siren": "siren", "sign": "loudspeaker"}
    if assets is None:
        return {}
    named = zip(assets.ids, assets.kinds, strict=True)
    return {name: Message(source=source_of[kind]) for name, kind in named if kind in source_of}


def _build_guidance(messages: dict[str, Message], world: World, n_people: int) -> Guidance | None:
    exit_of, worth = {}, {}
    names = world.ground.exit_names
    for name, message in messages.items():
        if message.exit is not None:
            if message.exit not in names:
                raise InvalidInputError(
                    f"interventions.{name}.exit: there is no exit '{message.exit}'",
                    hint=f"one of {', '.join(names) or 'none'}",
                )
            exit_of[name], worth[name] = names.index(message.exit), float(message.worth)
    return Guidance(n_people, exit_of=exit_of, worth_s_of=worth) if exit_of else None


def _hiding_ground(world: World, places: tuple[npt.NDArray[np.int64], ...]) -> HidingGround | None:
    return HidingGround(goal=world.goals.names.index(HIDING_GOAL), places=places) if places else None


def find_hiding_places(
    crowd: Crowd, cells_of: Callable[[Place, str], npt.NDArray[np.int64]]
) -> tuple[npt.NDArray[np.int64], ...]:
    """Return the ground cells of each hiding place, in the order of names.

    Parameters
    ----------
    cells_of
        Function from a place and its key to its flat ground cells.
    """
    return tuple(
        cells_of(place, f"crowd.hiding_places.{name}") for name, place in crowd.hiding_places.items()
    )


def find_needs(crowd: Crowd, people: Table, roster: Roster, *, seed: int, replicate: int) -> Needs:
    """Draw who needs help, and note who may help them."""
    n = len(people)
    needs, by = np.zeros(n, np.uint8), np.zeros(n, np.int16)
    speed, reach = np.zeros(n), np.zeros(n)
    helps = np.zeros((len(roster.populations), n), np.uint8)
    u = rng.draw_uniforms(seed, replicate, "crowd.assistance", people.uid)[:, 0]
    for k, name in enumerate(roster.populations):
        spec = crowd.populations[name].assistance
        if spec is None:
            continue
        profiles = [roster.profiles.index(profile) for profile in spec.profiles]
        rows = np.flatnonzero((people.population == k) & np.isin(people.profile, profiles) & (u < spec.share))
        needs[rows], by[rows] = int(spec.helpers), k
        speed[rows], reach[rows] = float(spec.speed), float(spec.reach)
        helps[k] = np.isin(people.population, [roster.populations.index(other) for other in spec.by])
    return Needs(needs=needs, speed=speed, reach=reach, helps=helps, by=by)
