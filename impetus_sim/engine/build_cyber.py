"""Attackers and defenders of a scenario's control network, as a system of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim.cyber.plan import plan_control
from impetus_sim.cyber.system import CyberSystem
from impetus_sim.engine.build_hand_assets import build_hand_assets
from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.cyber import Cyber
    from impetus_sim.world.assets import Assets
    from impetus_sim.world.world import World


def hand_assets(spec: Cyber, city: City | None) -> Assets:
    """Build the assets that a scenario writes by hand.

    Raises
    ------
    InvalidInputError
        When it writes none, or a place is not on the map.
    """
    if not spec.assets:
        raise InvalidInputError(
            "cyber: there are no assets to attack",
            hint="write some under cyber.assets, or give the run an infrastructure",
        )
    return build_hand_assets(spec.assets, city, key="cyber.assets")


def build_cyber(
    spec: Cyber | None, city: City, world: World, *, seed: int, replicate: int
) -> CyberSystem | None:
    """Build the system of attackers and defenders; None where a scenario has none.

    Parameters
    ----------
    spec
        Already drawn.
    world
        With the assets of its infrastructure; where it has none, it gets those written by hand.

    Raises
    ------
    InvalidInputError
        When there are no assets, or two kinds of them, or an entry or a goal fits nothing.
    """
    if spec is None:
        return None
    if world.assets is None:
        world.have_assets(hand_assets(spec, city))
    elif spec.assets:
        raise InvalidInputError(
            "cyber.assets: the run has the assets of its infrastructure",
            hint="leave out one of the two",
        )
    assert world.assets is not None
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
