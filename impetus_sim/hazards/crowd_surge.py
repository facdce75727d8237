"""A crowd surge: people rush all at once towards a place, such as a stage or a gate, and press on who stands there.

What follows (density, crowd pressure, fences that give way: `crowd.harm`, `fence_falls`) is computed, what sets
it off is not: that crowds of 4 people per m2 and more surge and that those at the front bear it is well told
(Fruin 1993, The causes and prevention of crowd disasters; Helbing, Johansson and Al-Abideen 2007); shares, speeds
and times are chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.base import Hazard, HazardSpec
from impetus_sim.registry import register
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Metres, Number, Seconds, Share, limits
from impetus_sim.world.context import PartContext


class CrowdSurgeSpec(HazardSpec):
    """A rush of those around a place.

    Parameters
    ----------
    to
        Where they rush, in a straight line; `at` when left out.
    within, share
        Distance from `at` in metres, and the share of people there who rush.
    hurry
        Their wished speed over their desired one.
    lasts
        How long they push, s.
    """

    to: Place | None = None
    within: Annotated[Metres, limits(above=0.0, high=500.0)] = 20.0
    share: Share = 0.7
    hurry: Annotated[Number, limits(low=0.1, high=3.0)] = 1.5
    lasts: Annotated[Seconds, limits(above=0.0, high=600.0)] = 15.0

    def message(self) -> Message:
        """Return what it is to people who see it: nothing that they flee from."""
        return Message(source="others")


@register("hazards", "crowd_surge")
class CrowdSurge(Hazard):
    """Begins and ends."""

    Spec = CrowdSurgeSpec
    reported_as = "crush"

    def __init__(self, name: str, spec: CrowdSurgeSpec, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._surges = context.world.need_surges()
        goal = self.place if spec.to is None else context.locate(spec.to)
        self._goal = goal if goal.geom_type == "Point" else goal.representative_point()
        if not context.world.ground.holds(self._goal.x, self._goal.y):
            raise InvalidInputError(
                f"{'to' if spec.to else 'at'}: nobody can stand at '{spec.to or spec.at}'",
                hint="choose a point on walkable ground, such as before the stage",
            )

    def times_s(self) -> Sequence[float]:
        """Return the start and the end."""
        return [self.spec.start, self.spec.start + self.spec.lasts]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Begin, or be over."""
        s = self.spec
        if n == 1:
            return self.log("surge_over", causes)
        event = self.log("crowd_surge", causes, lasts_s=float(s.lasts))
        self._surges.append(
            {
                "tick": self.world.tick,
                "key": self.name.encode(),
                "x": self.place.x,
                "y": self.place.y,
                "reach_m": float(s.within),
                "share": float(s.share),
                "to_x": self._goal.x,
                "to_y": self._goal.y,
                "hurry": float(s.hurry),
                "until_tick": self.world.tick + self.world.ticks(s.lasts),
                "event": event,
            }
        )
        return event
