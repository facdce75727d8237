"""Which behaviours a scenario asks for, in the fixed order in which they act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.phone_alerts import AlertsOnPhones
from impetus_sim.crowd.stuck import Stuck
from impetus_sim.crowd.untangle import Untangle
from impetus_sim.engine.build_harm import build_harm
from impetus_sim.engine.build_journeys import build_journeys
from impetus_sim.engine.build_links import build_links
from impetus_sim.response.interventions.phone_alert import PhoneAlertSpec

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.crowd.journeys.plan import StagePlan
    from impetus_sim.crowd.population import Roster
    from impetus_sim.engine.ways import Ways
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.world import World


def build_behaviours(
    scenario: Scenario,
    city: City,
    world: World,
    people: Table,
    roster: Roster,
    *,
    ways: Ways,
    gathering: Mapping[str, npt.NDArray[np.int64]],
    stages: Mapping[str, StagePlan],
    seed: int,
    replicate: int,
) -> list[Behaviour]:
    """Build the behaviours that a drawn scenario asks for.

    Parameters
    ----------
    ways
        Slopes and connections.
    gathering
        Cells of the areas that people walk to, by name.

    Raises
    ------
    InvalidInputError
        When one cannot be built: a place off the map, an unknown name.
    """
    step_s = world.seconds(scenario.step_ticks)
    behaviours: list[Behaviour] = []
    journeys = build_journeys(scenario, stages, world, people, roster, seed=seed, replicate=replicate)
    if journeys is not None:
        behaviours.append(journeys)
    behaviours += ways.behaviours(world, people, roster, step_s=step_s, gathering=gathering)
    if scenario.crowd.ways_around > 0.0:
        every = float(scenario.crowd.ways_around)
        behaviours.append(ways.around_crowds(world, people, every=every, gathering=gathering))
    if scenario.crowd.links is not None:
        behaviours.append(build_links(scenario, city, world, people, roster, seed=seed, replicate=replicate))
    if scenario.crowd.stuck is not None:
        behaviours.append(Stuck(scenario.crowd.stuck, people, world))
    if scenario.crowd.untangle_after > 0.0:
        after = float(scenario.crowd.untangle_after)
        behaviours.append(Untangle(people, world, after=after, seed=seed, replicate=replicate))
    sent = {n: spec for n, spec in scenario.interventions.items() if isinstance(spec, PhoneAlertSpec)}
    if sent:
        areas = frozenset(name for name, spec in sent.items() if spec.at is not None)
        behaviours.append(AlertsOnPhones(people, world, areas=areas, seed=seed, replicate=replicate))
    harm = build_harm(scenario, people, world, seed=seed, replicate=replicate)
    if harm is not None:
        behaviours.append(harm)  # last: it looks at what the others have led to
    return behaviours
