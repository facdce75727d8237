"""People who leave the ground through an exit to a stop or a car park wait there for what they board."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.world.world import World


def people_board_vehicles(world: World, systems: Systems, seconds: float) -> None:
    """Tell the service how many people have come through the exit to each of its stops."""
    del world, seconds
    traffic = systems.traffic
    assert traffic is not None and traffic.service is not None
    traffic.service.people_come(traffic.n_came(traffic.service))
