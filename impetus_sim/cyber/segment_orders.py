"""Orders of the response about segments of the control network: cut off, connected again, patched."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Final

import numpy as np

from impetus_sim.cyber.control_network import ControlNetwork
from impetus_sim.cyber.defence import Defence
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.tables import ISOLATE, PATCH, RECONNECT
from impetus_sim.world.world import World

EVENTS: Final = {ISOLATE: "node_isolated", RECONNECT: "node_reconnected", PATCH: "node_patched"}


class SegmentOrders:
    """Serves `World.network_orders`, each order once.

    Parameters
    ----------
    world
        With the orders.
    network, defence
        Nodes, and what is isolated and patched.
    log
        Called with kind, subject, time in us and causes of an event.

    Raises
    ------
    InvalidInputError
        When an intervention names a segment that is not there.
    """

    def __init__(
        self,
        world: World,
        network: ControlNetwork,
        defence: Defence,
        *,
        log: Callable[[str, str, int, tuple[int, ...]], int],
    ) -> None:
        self._network, self._defence, self._log = network, defence, log
        self._orders = world.network_orders
        named = {} if self._orders is None else self._orders.segments
        for name, segments in named.items():
            for segment in segments:
                if not self._nodes_of(segment):
                    raise _no_such_segment(name, segment, network)

    @property
    def is_waiting(self) -> bool:
        """Whether an order has not been served."""
        return self._orders is not None and bool((self._orders.table.is_served == 0).any())

    def serve(self, at_us: int) -> bool:
        """Serve what waits; return whether there was anything."""
        if self._orders is None or not self.is_waiting:
            return False
        orders, nodes = self._orders.table, self._defence.nodes
        for row in np.flatnonzero(orders.is_served == 0).tolist():
            orders.is_served[row] = 1
            kind = int(orders.kind[row])
            column = nodes.is_patched if kind == PATCH else nodes.is_isolated
            value = kind != RECONNECT
            for node in self._nodes_of(orders.segment[row].decode()):
                if bool(column[node]) != value:
                    column[node] = value
                    self._log(EVENTS[kind], self._network.nodes[node].id, at_us, (int(orders.cause[row]),))
        return True

    def _nodes_of(self, segment: str) -> list[int]:
        return [
            row
            for row, node in enumerate(self._network.nodes)
            if any(fnmatchcase(name, segment) for name in (node.id, *node.zones))
        ]


def _no_such_segment(name: str, segment: str, network: ControlNetwork) -> InvalidInputError:
    zones = sorted({zone for node in network.nodes for zone in node.zones})
    nodes = ", ".join(node.id for node in network.nodes[:10])
    return InvalidInputError(
        f"interventions.{name}.segments: '{segment}' fits no zone and no node of the control network",
        hint=f"zones: {', '.join(zones[:20])}; nodes: {nodes}, ...; with * and ?",
    )
