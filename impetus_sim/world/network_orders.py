"""Orders about the control network, and the segments that they will be about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from impetus_sim.arrays import Table
from impetus_sim.world.tables import network_orders_table

if TYPE_CHECKING:
    from impetus_sim.world.world import World


class NetworkOrders:
    """Written by interventions, served by cyber.

    Attributes
    ----------
    table
        `tables.network_orders_table`.
    segments
        What each intervention names, to be found in the network before the run.
    """

    def __init__(self) -> None:
        self.table: Table = network_orders_table()
        self.segments: dict[str, tuple[str, ...]] = {}

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.table]

    def order(self, world: World, segment: str, kind: int, *, cause: int) -> None:
        """Order something about a segment (`tables.ISOLATE` and others)."""
        row = {"tick": world.tick, "kind": kind, "segment": segment.encode(), "cause": cause, "is_served": 0}
        self.table.append(row)


def announce_segments(world: World, name: str, segments: Sequence[str]) -> NetworkOrders:
    """Say which segments an intervention will give orders about (before the run); return where to give them."""
    if world.network_orders is None:
        world.network_orders = NetworkOrders()
    world.network_orders.segments[name] = tuple(segments)
    return world.network_orders
