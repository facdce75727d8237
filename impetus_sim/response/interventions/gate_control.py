"""Opening or closing a gate inside the ground, for good or for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.quantities import Seconds, limits


class GateControlSpec(InterventionSpec):
    """Open or close one gate.

    Parameters
    ----------
    gate
        Name of the gate.
    action
        ``open`` or ``close``.
    undo_after
        Set back to what it was before after this time, s; never when left out.
    """

    gate: str
    action: Literal["open", "close"]
    undo_after: Annotated[Seconds, limits(above=0.0)] | None = None

    def references(self) -> list[tuple[str, str, str]]:
        """Return the gate, and the hazard it waits for."""
        return [*super().references(), ("gate", "gates", self.gate)]


@register("interventions", "gate_control")
class GateControl(Intervention):
    """One gate, opened or closed; people find other ways, and choose other exits where there is none."""

    Spec = GateControlSpec
    terms = Terms(
        cost_eur=0,
        lead_time_s=60,
        staff=2,
        legal="The organiser's own command; the permit's ways out must stay open.",
    )

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time of undoing."""
        return [0.0] if self.spec.undo_after is None else [0.0, self.spec.undo_after]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Set the gate, then set it back."""
        is_open = self.spec.action == "open" if n == 0 else self.world.was_open(causes[-1])
        return self.world.set_gate(self.spec.gate, is_open=is_open, causes=causes)
