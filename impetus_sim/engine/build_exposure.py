"""What gives people doses in a run: one for each hazard that lets something loose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim import rng
from impetus_sim.crowd.links.behaviour import LinkWalking
from impetus_sim.engine.couplings.exposure import BEARS_STREAM, Dose, ExposureSystem
from impetus_sim.engine.couplings.fires import FireDose
from impetus_sim.engine.couplings.flood import FloodDose, FloodedStreets
from impetus_sim.engine.couplings.plumes import PlumeDose, Shelters
from impetus_sim.hazards.fire import Fire
from impetus_sim.hazards.flood import Flood
from impetus_sim.hazards.plume import Plume

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.hazards.system import HazardSystem
    from impetus_sim.traffic.city_traffic import CityTraffic
    from impetus_sim.world.context import PartContext
    from impetus_sim.world.world import World


def build_exposure(
    context: PartContext, crowd: CrowdSystem, hazards: HazardSystem, *, seed: int, replicate: int
) -> ExposureSystem | None:
    """Return the doses of a run; None where no hazard gives any, or nobody is there."""
    world, n = context.world, len(crowd.people)
    bears = rng.draw_uniforms(seed, replicate, BEARS_STREAM, crowd.people.uid)[:, 0]
    doses: list[Dose] = [
        FloodDose(part, world, n, bears) for part in hazards.parts.values() if isinstance(part, Flood)
    ]
    doses += [FireDose(name, world, n) for name, part in hazards.parts.items() if isinstance(part, Fire)]
    plumes = [part for part in hazards.parts.values() if isinstance(part, Plume)]
    if plumes:
        shelters = _shelters(context, crowd, plumes)
        assert world.plumes is not None
        world.plumes.boxes = shelters.boxes
        doses += [PlumeDose(plume, shelters, world, n) for plume in plumes]
    if not doses or not n:
        return None
    return ExposureSystem(
        world,
        crowd.people,
        doses,
        first_event=hazards.first_event,
        bears=bears,
    )


def build_flooded_streets(world: World, traffic: CityTraffic | None) -> FloodedStreets | None:
    """Return the water on the streets of a run; None without a flood or without traffic."""
    return None if traffic is None or world.flood is None else FloodedStreets(world, traffic.streets)


def _shelters(context: PartContext, crowd: CrowdSystem, plumes: list[Plume]) -> Shelters:
    links = next((b for b in crowd.behaviours if isinstance(b, LinkWalking)), None)
    return Shelters(
        context.buildings(),
        context.world,
        [area for plume in plumes for area in plume.indoors],
        people=crowd.people,
        link_mode=None if links is None else links.system.people.mode,
    )
