"""What road and grid crews do at a scene: clear road incidents, repair what is broken of the grid.

They come beside the crews of `infrastructure.repair`, which work through all that is broken in their own order:
a grid crew that is sent somewhere takes what is broken nearest to there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from impetus_sim.infrastructure.repair.times import REPAIR_TIMES, draw_repair_h
from impetus_sim.world.assets import Order
from impetus_sim.world.tables import ROAD_CAPACITY, ROAD_LANES

if TYPE_CHECKING:
    import numpy.typing as npt

    from impetus_sim.world.world import World

REACH_M: Final = {"road_crew": 200.0, "grid_crew": 500.0}
"""A crew looks for work within this distance of where it was sent (chosen)."""
CLEARING_S: Final = 1200.0
"""Towing and sweeping once the crew is there (chosen)."""
_S_PER_H: Final = 3600.0
_FREE: Final = {ROAD_LANES: 0.0, ROAD_CAPACITY: 1.0}
"""What an order about a road says when nothing is in the way."""


class UnitJobs:
    """Work for crews in a run.

    Parameters
    ----------
    world
        Of the run.
    draw_key
        Key of the stream of repair times, uint32 (2,).
    """

    def __init__(self, world: World, draw_key: npt.NDArray[np.uint32]) -> None:
        self._world, self._key = world, draw_key

    def find(self, kind: str, x: float, y: float) -> tuple[int, float] | None:
        """Return a job near a place and the time that it takes, s; None for nothing to do.

        A job is the row of an asset for a grid crew, the event of a road incident for a road crew.
        """
        if kind == "grid_crew":
            return self._broken(x, y, REACH_M[kind])
        return self._incident(x, y, REACH_M[kind])

    def finish(self, kind: str, job: int, cause: int) -> None:
        """Order the repair, or the end of what blocks the road."""
        if kind == "grid_crew":
            self._world.order_asset(job, Order.REPAIRED, 0.0, cause=cause)
            return
        key = bytes(self._world.events.subject[job])
        for what in self._held(key):
            self._world.order_roads(key.decode(), what, _FREE[what], cause=cause)

    def _broken(self, x: float, y: float, reach_m: float) -> tuple[int, float] | None:
        assets, states = self._world.assets, self._world.asset_states
        if assets is None or states is None:
            return None
        away = np.hypot(assets.x - x, assets.y - y)
        is_grid = np.array([REPAIR_TIMES[kind].skill == "power" for kind in assets.kinds])
        rows = np.flatnonzero((states.is_intact == 0) & is_grid & (away <= reach_m))
        if not len(rows):
            return None
        row = int(rows[np.argmin(away[rows])])
        hours = draw_repair_h(assets.kinds[row], self._key, assets.ids[row], 0)
        return row, hours * _S_PER_H

    def _incident(self, x: float, y: float, reach_m: float) -> tuple[int, float] | None:
        events = self._world.events
        if self._world.road_orders is None:
            return None
        away = np.hypot(events.x - x, events.y - y)
        rows = np.flatnonzero((events.kind == b"road_incident") & (away <= reach_m))
        rows = np.array([row for row in rows.tolist() if self._held(bytes(events.subject[row]))], np.int64)
        if not len(rows):
            return None
        return int(rows[np.argmin(away[rows])]), CLEARING_S

    def _held(self, key: bytes) -> list[int]:
        # Kinds of order of an incident whose latest says that something is in the way.
        orders = self._world.road_orders
        assert orders is not None
        found = []
        for kind, free in _FREE.items():
            rows = np.flatnonzero((orders.key == key) & (orders.kind == kind))
            if len(rows) and orders.value[rows[-1]] != free:
                found.append(kind)
        return found
