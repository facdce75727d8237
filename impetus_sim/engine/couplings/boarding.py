"""People who leave the ground through an exit to a car park or a bus stop board its vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.world.world import World


def people_board_vehicles(world: World, systems: Systems, seconds: float) -> None:
    """Tell every car park and bus stop how many people have come through its exit."""
    del world, seconds
    traffic = systems.traffic
    assert traffic is not None and traffic.pickups is not None
    traffic.pickups.board(traffic.n_came(traffic.pickups))
