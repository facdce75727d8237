"""What attackers have done to assets, as orders about them, until defenders undo it."""

from __future__ import annotations

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.cyber.attack_graph import Step
from impetus_sim.world.assets import Order
from impetus_sim.world.world import World

NORMAL = {
    Order.LEVEL: 1.0,
    Order.READING: float("nan"),
    Order.VIEW: 1.0,
    Order.CONTROL: 1.0,
    Order.MODE: 0.0,
}
"""What is ordered when nothing is done to an asset any more."""


class Effects:
    """Effects that are or were in force, one row each; orders go to the world's table."""

    def __init__(self, world: World) -> None:
        self._world = world
        columns = {"node": "i8", "asset": "i8", "order": "u1", "value": "f8"}
        self.table = Table("cyber_effects", 0, {**columns, "since_us": "i8", "until_us": "i8", "event": "i8"})

    def put(self, step: Step, at_us: int, event: int) -> None:
        """Put an effect in force."""
        assert step.effect is not None
        self.table.append(
            {
                "node": step.owner,
                "asset": step.target,
                "order": step.effect.order,
                "value": step.effect.value,
                "since_us": at_us,
                "until_us": -1,
                "event": event,
            }
        )
        self._world.order_asset(step.target, Order(step.effect.order), step.effect.value, cause=event)

    def in_force(self, *, node: int | None = None, asset: int | None = None) -> list[int]:
        """Return the rows in force, of a node or on an asset where given."""
        table = self.table
        is_so = table.until_us < 0
        if node is not None:
            is_so &= table.node == node
        if asset is not None:
            is_so &= table.asset == asset
        return [int(row) for row in np.flatnonzero(is_so)]

    def end(self, rows: list[int], at_us: int, event: int) -> None:
        """End effects; what another one still orders about the same asset goes on."""
        table = self.table
        table.until_us[rows] = at_us
        for asset, order in sorted({(int(table.asset[row]), int(table.order[row])) for row in rows}):
            left = [row for row in self.in_force(asset=asset) if table.order[row] == order]
            value = float(table.value[left[-1]]) if left else NORMAL[Order(order)]
            self._world.order_asset(asset, Order(order), value, cause=event)
