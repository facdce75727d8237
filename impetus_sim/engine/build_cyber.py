"""Attackers and defenders of a scenario's control network, as a system of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim.cyber.plan import plan_control
from impetus_sim.cyber.system import CyberSystem
from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.scenario.cyber import Cyber
    from impetus_sim.world.world import World


def build_cyber(spec: Cyber | None, world: World, *, seed: int, replicate: int) -> CyberSystem | None:
    """Build the system of attackers and defenders; None where a scenario has none.

    Parameters
    ----------
    spec
        Already drawn.
    world
        With the assets of the run.

    Raises
    ------
    InvalidInputError
        When there are no assets, or an entry, a goal or a segment that an intervention names fits nothing.
    """
    if spec is None and world.network_orders is not None:
        raise InvalidInputError(
            f"interventions.{next(iter(world.network_orders.segments))}: there is no control network",
            hint="add the section cyber: {}",
        )
    if spec is None:
        return None
    if world.assets is None:
        raise InvalidInputError(
            "cyber: there are no assets to attack",
            hint="write some under cyber.assets, or give the run an infrastructure",
        )
    plan = plan_control(spec, world.assets)
    graph = plan.graph(spec.defences)
    return CyberSystem(
        world,
        network=plan.network,
        graph=graph,
        attacks=plan.attacks(graph),
        responders=plan.responders(spec.defences),
        seed=seed,
        replicate=replicate,
    )
