"""The part of a run that follows harm, where the scenario or one of its hazards asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim import registry
from impetus_sim.crowd.harm.behaviour import HarmBehaviour
from impetus_sim.crowd.harm.smoke_law import SmokeSpeedLaw
from impetus_sim.scenario.harm import Harm

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.world import World


def build_smoke_speed(scenario: Scenario) -> SmokeSpeedLaw | None:
    """Return the scenario's law of speed in smoke; None for the crowd's own default."""
    if scenario.crowd.harm is None:
        return None
    spec = scenario.crowd.harm.smoke_speed
    law: SmokeSpeedLaw = registry.catalogue("smoke_speed_laws")[spec.kind](spec)
    return law


def build_harm(
    scenario: Scenario, people: Table, world: World, *, seed: int, replicate: int
) -> HarmBehaviour | None:
    """Return the behaviour; None when neither the section ``crowd.harm`` nor a gas hazard asks for it.

    A scenario with gases and without the section gets the section's defaults: gases that harm nobody would mislead.
    """
    parts = registry.catalogue("hazards")
    has_gases = any(parts[hazard.kind].harms_by_gas for hazard in scenario.hazards.values())
    if scenario.crowd.harm is None and not has_gases:
        return None
    spec = Harm() if scenario.crowd.harm is None else scenario.crowd.harm
    kinds = registry.catalogue("harm_laws")
    laws = {
        name: kinds[law.kind](law)
        for name, law in spec.laws.items()
        if has_gases or not kinds[law.kind].is_of_gases
    }
    return HarmBehaviour(spec, laws, people, world, seed=seed, replicate=replicate)
