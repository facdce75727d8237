"""Closing, stopping or opening a connection between storeys: a lift out of service, an escalator stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.quantities import Seconds, limits
from impetus_sim.world.tables import CLOSED, RUNNING, STOPPED

STATUS = {"open": RUNNING, "close": CLOSED, "stop": STOPPED}


class ConnectionControlSpec(InterventionSpec):
    """Open, close or stop one connection.

    Parameters
    ----------
    connection
        Name of the stair, ramp, escalator or lift.
    action
        ``open``, ``close``, or ``stop``: people walk on an escalator that stands still, others are closed.
    undo_after
        Set back to what it was before after this time, s; never when left out.
    """

    connection: str
    action: Literal["open", "close", "stop"]
    undo_after: Annotated[Seconds, limits(above=0.0)] | None = None

    def references(self) -> list[tuple[str, str, str]]:
        """Return the connection, and the hazard it waits for."""
        return [*super().references(), ("connection", "connections", self.connection)]


@register("interventions", "connection_control")
class ConnectionControl(Intervention):
    """One connection; people look for other ways when theirs is closed."""

    Spec = ConnectionControlSpec
    terms = Terms(
        cost_eur=0,
        lead_time_s=60,
        staff=1,
        legal="The operator's own command, by the rules of the building.",
    )

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time of undoing."""
        return [0.0] if self.spec.undo_after is None else [0.0, self.spec.undo_after]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Set the connection, then set it back."""
        status = STATUS[self.spec.action] if n == 0 else self.world.was_status(causes[-1])
        return self.world.set_connection(self.spec.connection, status=status, causes=causes)
