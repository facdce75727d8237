"""The `traffic` section: who drives where, how drivers find their way, signals, and what is recorded."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from impetus_sim.scenario.abandonment import Abandonment
from impetus_sim.scenario.crossings import Crossings
from impetus_sim.scenario.emergency import EmergencyTrip
from impetus_sim.scenario.faults import nearest_name
from impetus_sim.scenario.lines import GtfsLines, Line, LineKind, Passengers
from impetus_sim.scenario.pickups import PickupKind
from impetus_sim.scenario.places import Place, listed
from impetus_sim.scenario.quantities import (
    Count,
    FixedMetres,
    FixedNumber,
    FixedSeconds,
    Seconds,
    Share,
    limits,
)
from impetus_sim.scenario.spec import Entries, Named, Spec, none_is_empty, refuse
from impetus_sim.scenario.traffic_demand import BackgroundReduction, DemandKind
from impetus_sim.scenario.traffic_focus import TrafficFocus
from impetus_sim.scenario.zones import ZonePlaces


class RouteChoice(Spec):
    """How drivers find their way.

    Parameters
    ----------
    update_every
        Time between two looks at the state of the streets, s.
    informed
        Share of drivers who follow it; the others take the way that is fastest on empty streets, until they meet
        a closure.
    renewal
        Share of the informed who learn of a new state at each update.
    patience
        A driver held up at a junction by a full street for so long takes another way with room, s; 0 for never.
        It is what resolves a lock of streets that wait for each other in a ring.
    """

    update_every: Annotated[FixedSeconds, limits(above=0.0)] = 120.0
    informed: Share = 0.7
    renewal: Annotated[Share, limits(above=0.0)] = 0.15
    patience: Seconds = 30.0


class Signals(Spec):
    """Signals of the map's traffic lights; their plans are guessed, since maps do not hold them.

    Parameters
    ----------
    control
        ``fixed`` times, ``actuated`` by waiting traffic, ``max_pressure``, or ``none`` for streets without.
    cycle
        Length of a fixed cycle, s.
    clearance
        Red for all between two phases, s.
    at
        Places of signals that the map does not show; the junction nearest to each gets one.
    """

    control: Literal["fixed", "actuated", "max_pressure", "none"] = "fixed"
    cycle: Annotated[FixedSeconds, limits(low=20.0, high=300.0)] = 60.0
    clearance: Annotated[FixedSeconds, limits(high=10.0)] = 4.0
    at: Annotated[tuple[Place, ...], BeforeValidator(listed)] = ()


MOST_AREAS = 7
"""More cannot be told apart in one diagram."""


def _few_enough(areas: Named[Place]) -> Named[Place]:
    if len(areas) > MOST_AREAS:
        refuse(f"{len(areas)} areas", allowed=f"at most {MOST_AREAS}")
    return areas


class Traffic(Spec):
    """Vehicles on the drive network.

    Parameters
    ----------
    step
        Time between two exchanges with other systems, s; what happens within it is exact.
    demand
        Who drives.
    background
        Everyday trips that are given up during the crisis; none are when left out.
    routing, signals
        Ways and lights.
    crossings
        How people on the ground wait at kerbs and drivers stop for them.
    emergency
        Emergency vehicles.
    pickups
        Car parks and bus stops behind exits of the ground.
    lines, passengers
        Buses that run on lines, and people who come to their stops.
    abandonment
        Cars that are left on the road; none are when left out.
    focus
        Where vehicles follow each other in continuous motion; nowhere when left out.
    areas
        Areas by name, or a file of them, whose flow is shown against density; quarters of the map when left out.
    zones
        Destinations of everyday trips: the map's buildings in at most so many groups.
    record_every
        Time between recorded states, s.
    record_vehicles
        Whether the place of every vehicle is recorded, or only counts of each street.
    car_length, reaction
        Road that a car takes in a jam, m, and time for which a driver follows the one ahead, s: a lane passes one
        vehicle per (reaction + car_length / speed).
    """

    step: Annotated[FixedSeconds, limits(above=0.0)] = 1.0
    demand: Entries[DemandKind] = Field(default_factory=Named)
    background: BackgroundReduction | None = None
    routing: Annotated[RouteChoice, BeforeValidator(none_is_empty)] = Field(default_factory=RouteChoice)
    signals: Annotated[Signals, BeforeValidator(none_is_empty)] = Field(default_factory=Signals)
    crossings: Annotated[Crossings, BeforeValidator(none_is_empty)] = Field(default_factory=Crossings)
    pickups: Entries[PickupKind] = Field(default_factory=Named)
    lines: Entries[LineKind] = Field(default_factory=Named)
    passengers: Entries[Passengers] = Field(default_factory=Named)
    emergency: Entries[EmergencyTrip] = Field(default_factory=Named)
    abandonment: Abandonment | None = None
    focus: TrafficFocus | None = None
    areas: Annotated[ZonePlaces, AfterValidator(_few_enough)] = Field(default_factory=Named)
    zones: Annotated[Count, limits(low=2, high=2000)] = 400
    record_every: Annotated[FixedSeconds, limits(above=0.0)] = 10.0
    record_vehicles: bool = True
    car_length: Annotated[FixedMetres, limits(low=4.0, high=20.0)] = 7.5
    reaction: Annotated[FixedNumber, limits(low=0.5, high=4.0)] = 1.0

    @model_validator(mode="after")
    def _check_stops(self) -> Traffic:
        names: set[str] = set()
        for line in self.lines.values():
            if isinstance(line, Line):
                names |= {stop.label for stop in line.stops}
            elif isinstance(line, GtfsLines):
                names |= {stop.id for stop in line.window.stops}
        for key, entry in self.passengers.items():
            for field, name in (("origin", entry.origin), ("destination", entry.destination)):
                if name is not None and name not in names:
                    refuse(
                        f"there is no stop '{name}' on a line",
                        key=f"passengers.{key}.{field}",
                        allowed=", ".join(sorted(names)[:20]) or "none: lines is empty",
                        nearest=nearest_name(name, sorted(names)),
                    )
        return self
