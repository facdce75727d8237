"""Opening or closing an exit, for good or for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.quantities import Seconds, limits


class ExitControlSpec(InterventionSpec):
    """Open or close one exit.

    Parameters
    ----------
    exit
        Name of the exit.
    action
        ``open`` or ``close``.
    undo_after
        Set back to what it was before after this time, s; never when left out.
    """

    exit: str
    action: Literal["open", "close"]
    undo_after: Annotated[Seconds, limits(above=0.0)] | None = None

    def references(self) -> list[tuple[str, str, str]]:
        """Return the exit, and the hazard it waits for."""
        return [*super().references(), ("exit", "exits", self.exit)]


@register("interventions", "exit_control")
class ExitControl(Intervention):
    """One exit, opened or closed; people choose anew when theirs has closed."""

    Spec = ExitControlSpec
    terms = Terms(
        cost_eur=0,
        lead_time_s=60,
        staff=1,
        legal=(
            "The organiser's own command; exits that the permit demands must not be closed to "
            "those who leave."
        ),
    )

    def offsets_s(self) -> Sequence[float]:
        """Return now and, where asked, the time of undoing."""
        return [0.0] if self.spec.undo_after is None else [0.0, self.spec.undo_after]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Set the exit, then set it back."""
        is_open = self.spec.action == "open" if n == 0 else self.world.was_open(causes[-1])
        return self.world.set_exit(self.spec.exit, is_open=is_open, causes=causes)
