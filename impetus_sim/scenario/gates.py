"""Gates, fences and barriers inside the ground: walls while closed, nothing while open."""

from __future__ import annotations

from pydantic import model_validator

from impetus_sim.scenario.places import Place
from impetus_sim.scenario.spec import Spec, refuse


class Gate(Spec):
    """A line inside the ground that can be open or closed.

    Parameters
    ----------
    at
        The line, from wall to wall where nobody is to get round it.
    open
        Whether it is open at the start; interventions and hazards change that.
    """

    at: Place
    open: bool = False

    @model_validator(mode="after")
    def _check_line(self) -> Gate:
        if self.at.form in ("lonlat", "xy", "box", "circle"):
            refuse(f"'{self.at}' is not a line", key="at", allowed="{line: [[x, y], ...]} or a drawn line")
        return self
