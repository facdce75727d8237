"""Hazards and the response of a run: parts by name from their registries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from impetus_sim import registry, rng
from impetus_sim.engine.naming import about
from impetus_sim.hazards.system import HazardSystem
from impetus_sim.response.system import ResponseSystem
from impetus_sim.scenario.places import locate
from impetus_sim.world.context import PartContext

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.world import World


def part_context(world: World, city: City, *, seed: int, replicate: int) -> PartContext:
    """Return what parts get to be built with."""
    return PartContext(
        world=world,
        locate=lambda place: locate(place, city),
        stream_key=lambda stream: rng.stream_key(seed, replicate, stream),
        buildings=city.layers["buildings"].geometry.to_numpy,
    )


def build_hazards(scenario: Scenario, context: PartContext) -> HazardSystem:
    """Build the hazards of a drawn scenario."""
    return HazardSystem(_build_parts("hazards", scenario.hazards, context), context.world)


def build_response(scenario: Scenario, context: PartContext, hazards: HazardSystem) -> ResponseSystem:
    """Build the interventions of a drawn scenario, and who carries them out."""
    world = context.world

    def began_at(name: str) -> tuple[int, int] | None:
        event = hazards.first_event(name)
        return None if event is None else (int(world.events.tick[event]), event)

    return ResponseSystem(
        _build_parts("interventions", scenario.interventions, context),
        world,
        n_staff=int(scenario.response.stewards),
        began_at=began_at,
    )


def _build_parts(family: str, specs: Mapping[str, Any], context: PartContext) -> dict[str, Any]:
    parts, built = registry.catalogue(family), {}
    for name, spec in specs.items():
        with about(f"{family}.{name}"):
            built[name] = parts[spec.kind](name, spec, context)
    return built
