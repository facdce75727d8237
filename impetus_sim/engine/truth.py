"""Whether what an alert or a call says is so: a walk along causes, back to what began them.

Nobody in a run reads this but the draws that decide whether an operator is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from impetus_sim.hazards.base import Hazard
    from impetus_sim.world.world import World

OF_PEOPLE: Final = frozenset({"egress", "crush", "traffic", "transit", "unrest"})
"""Kinds that say what people do, which is so whatever made them do it."""
OF_SYSTEMS: Final = frozenset({"cyber", "outage"})
"""Kinds that say that something is wrong with what the city runs on, which is so when anything brought it about."""
ALERT: Final = b"alert"
"""Of a detector or caller, who may be called as a hazard is."""
BY_STAFF: Final = b"ordered"
"""Event by which an intervention was ordered: what follows is no longer the hazard's doing alone."""


class Truth:
    """What is behind the events of a run.

    Parameters
    ----------
    world
        With events and alerts.
    hazards
        By name.
    """

    def __init__(self, world: World, hazards: Mapping[str, Hazard]) -> None:
        self._world, self._hazards = world, hazards

    def is_real(self, alert: int) -> bool:
        """Tell whether what an alert says is so.

        One without causes is false. One of `OF_PEOPLE` or `OF_SYSTEMS` is true when it has any; every other when a
        hazard that is real is among them: what rests on a false reading alone leads back to who made it so.
        """
        alerts, events = self._world.need_alarms().alerts, self._world.events
        event, kind = int(alerts.event[alert]), alerts.kind[alert].decode()
        if event < 0 or not events.causes[event]:
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
            if at in seen or (not through_orders and events.kind[at] == BY_STAFF):
                continue
            seen.add(at)
            hazard = self._hazards.get(events.subject[at].decode())
            if hazard is not None and events.kind[at] != ALERT:
                yield hazard
            ahead += [int(cause) for cause in events.causes[at].split(b",") if cause]
