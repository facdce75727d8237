"""Whether what an alert or a call says is so: a walk along causes, back to what began them.

Nobody in a run reads this but the draws that decide whether an operator is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from impetus_sim.detection import blind_spots

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.hazards.base import Hazard
    from impetus_sim.world.world import World

OF_PEOPLE: Final = frozenset({"egress", "crush", "traffic", "transit", "unrest"})
"""Kinds that say what people do, which is so whatever made them do it."""
OF_SYSTEMS: Final = frozenset({"cyber", "outage"})
"""Kinds that say that something is wrong with what the city runs on, which is so when anything brought it about."""
ALERT: Final = b"alert"
"""Of a detector or caller, who may be called as a hazard is."""
NOT_SEEN: Final = blind_spots.NOT_SEEN.encode()
"""Tells why an alert comes late, not what it is about."""
BY_STAFF: Final = b"ordered"
"""Event by which an intervention was ordered: what follows is no longer the hazard's doing alone."""


CROWDED_WITHIN_M: Final = 50.0
"""How far from the place of an alert, often that of the camera, a crowd may be."""
CROWDED_PER_M2: Final = 2.17
"""Fruin's level F on walkways (1971)."""
_CELL_M: Final = 2.0


def is_crowded(crowd: CrowdSystem, x: float, y: float) -> bool:
    """Tell whether people stand closer than `CROWDED_PER_M2` on some square of 2 m near a place (nan: anywhere)."""
    positions = crowd.positions
    if np.isfinite(x):
        positions = positions[np.hypot(positions[:, 0] - x, positions[:, 1] - y) <= CROWDED_WITHIN_M]
    cells, counts = np.unique(np.floor(positions / _CELL_M).astype(np.int64), axis=0, return_counts=True)
    return bool(len(cells) and counts.max() >= CROWDED_PER_M2 * _CELL_M**2)


class Truth:
    """What is behind the events of a run.

    Parameters
    ----------
    world
        With events and alerts.
    hazards
        By name.
    is_crowded
        Whether people stand close near a place; nobody does when left out.
    """

    def __init__(
        self,
        world: World,
        hazards: Mapping[str, Hazard],
        *,
        is_crowded: Callable[[float, float], bool] = lambda x, y: False,
    ) -> None:
        self._world, self._hazards, self._is_crowded = world, hazards, is_crowded

    def is_real(self, alert: int) -> bool:
        """Tell whether what an alert says is so.

        A crush is one where people stand close. One without causes is false. One of `OF_PEOPLE` or `OF_SYSTEMS` is
        true when it has any; every other when a hazard that is real is among them: what rests on a false reading
        alone leads back to who made it so.
        """
        alerts, events = self._world.need_alarms().alerts, self._world.events
        event, kind = int(alerts.event[alert]), alerts.kind[alert].decode()
        if kind == "crush" and self._is_crowded(float(alerts.x[alert]), float(alerts.y[alert])):
            return True
        if event < 0 or not any(events.kind[cause] != NOT_SEEN for cause in self._causes(event)):
            return False
        if kind in OF_PEOPLE or kind in OF_SYSTEMS:
            return True
        return any(hazard.is_real for hazard in self._hazards_behind(event, through_orders=True))

    def threat_behind(self, event: int) -> Hazard | None:
        """Return the hazard that alarmed somebody, seen, heard or through others; None for staff who did."""
        return next(self._hazards_behind(event, through_orders=False), None)

    def _hazards_behind(self, event: int, *, through_orders: bool) -> Iterator[Hazard]:
        events, seen, ahead = self._world.events, set(), [event]
        while ahead:
            at = ahead.pop(0)
            if (
                at in seen
                or events.kind[at] == NOT_SEEN
                or (not through_orders and events.kind[at] == BY_STAFF)
            ):
                continue
            seen.add(at)
            hazard = self._hazards.get(events.subject[at].decode())
            if hazard is not None and events.kind[at] != ALERT:
                yield hazard
            ahead += self._causes(at)

    def _causes(self, event: int) -> list[int]:
        return [int(cause) for cause in self._world.events.causes[event].split(b",") if cause]
