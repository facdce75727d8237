"""The interface of hazards.

Write: a frozen `Spec`, and a class with `times_s` (when it acts) and `act` (what it does then). What comes
for free: scheduling, state that survives checkpoints, causes. How often a hazard has acted is in the hazards'
table; what else it remembers is in the world's tables, or in tables of its own that it names in `state`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.messages import Message
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Seconds
from impetus_sim.scenario.spec import Spec
from impetus_sim.world.alarms import AlertKind
from impetus_sim.world.context import PartContext
from impetus_sim.world.stimuli import stimulate
from impetus_sim.world.world import World


class HazardSpec(Spec):
    """What every hazard has: a place and a start.

    Parameters
    ----------
    at
        Where; of an area its centre.
    start
        When, s from the start of the run.
    """

    at: Place
    start: Seconds

    def message(self) -> Message:
        """Return what its stimuli are to people who notice them: a threat in sight, unless it says otherwise."""
        return Message(source="threat_seen", is_threat=True)

    def messages(self) -> dict[str, Message]:
        """Return the messages of all its stimuli, by what their keys add to its name before the colon."""
        return {"": self.message()}


class Hazard(ABC):
    """A hazard of one run.

    Parameters
    ----------
    name
        Its key in the scenario.
    spec
        Its section, drawn.
    context
        World and places.
    """

    Spec: ClassVar[type[Spec]]
    kind: ClassVar[str]
    reported_as: ClassVar[AlertKind] = "anomaly"
    """What people who call for help say it is."""
    is_real: ClassVar[bool] = True
    """Whether there is what they say."""
    harms_by_gas: ClassVar[bool] = False
    """Whether it fouls the air: the run then follows harm, with or without the section ``crowd.harm``."""

    def __init__(self, name: str, spec: Any, context: PartContext) -> None:
        self.name = name
        self.spec = spec
        self.world: World = context.world
        self.place: Point = self.find_place(context)
        self.watch_every_s = 0.0
        """Above 0 it acts for the first time when `is_due`, which is asked at multiples of this, says so."""

    @property
    def state(self) -> list[Table]:
        """Tables of its own that a later act reads, named by the hazard; empty until it first acts."""
        return []

    def find_place(self, context: PartContext) -> Point:
        """Return where it is."""
        place = context.locate(self.spec.at)
        return place if place.geom_type == "Point" else place.representative_point()

    def is_due(self) -> bool:
        """Tell whether what it waits for has come (for hazards with `watch_every_s`)."""
        return False

    @abstractmethod
    def times_s(self) -> Sequence[float]:
        """Return the times at which it acts, ascending, s."""

    @abstractmethod
    def act(self, n: int, causes: Sequence[int]) -> int:
        """Act for the n-th time (from 0) at the world's present tick; `causes`: its last event, if any.

        Returns
        -------
        The event that stands for this act.
        """

    def log(self, kind: str, causes: Sequence[int], **data: Any) -> int:
        """Append an event at the hazard's place."""
        return self.world.log(kind, self.name, x=self.place.x, y=self.place.y, causes=causes, **data)

    def stimulate(
        self, n: int, cause: int, *, radius_m: float, share: float, delay_factor: float, overrides_hold: bool
    ) -> None:
        """Let people within a distance notice something (`n` tells apart the stimuli of one hazard)."""
        stimulate(
            self.world,
            f"{self.name}:{n}",
            x=self.place.x,
            y=self.place.y,
            radius_m=radius_m,
            share=share,
            delay_factor=delay_factor,
            overrides_hold=overrides_hold,
            cause=cause,
        )

    def threaten(self, cause: int, *, danger_m: float, avoid_m: float, strength: float) -> None:
        """Become something that people avoid, until `calm`."""
        self.world.threats.append(
            {
                "key": self.name.encode(),
                "x": self.place.x,
                "y": self.place.y,
                "danger_m": danger_m,
                "avoid_m": max(avoid_m, danger_m),
                "strength": strength,
                "is_active": 1,
                "cause": cause,
            }
        )

    def area_of(self, place: BaseGeometry) -> BaseGeometry:
        """Return the area that a place stands for.

        Raises
        ------
        InvalidInputError
            When the place is a point or a line.
        """
        if place.area <= 0.0:
            raise InvalidInputError(
                f"at: '{self.spec.at}' is not an area",
                hint="name an area, or give {at: PLACE, radius: 10 m} or {box: [x0, y0, x1, y1]}",
            )
        return place

    def calm(self) -> None:
        """Stop being a threat."""
        threats = self.world.threats
        threats.is_active[threats.key == self.name.encode()] = 0
