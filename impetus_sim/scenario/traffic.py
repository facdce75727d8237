"""The `traffic` section: who drives where, how drivers find their way, signals, and what is recorded."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.abandonment import Abandonment
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.emergency import EmergencyTrip
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.pickups import PickupKind
from impetus_sim.scenario.places import Place, listed
from impetus_sim.scenario.quantities import (
    Count,
    FixedMetres,
    FixedNumber,
    FixedSeconds,
    Metres,
    Number,
    Seconds,
    Share,
    limits,
)
from impetus_sim.scenario.spec import Entries, Named, Spec, none_is_empty, refuse


class Demand(Spec):
    """Trips of one kind.

    Parameters
    ----------
    start, end
        Vehicles set out between these, s from the start of the run.
    trucks
        Share of trucks among them.
    """

    kind: ClassVar[str]

    start: Seconds = 0.0
    end: Annotated[Seconds, limits(above=0.0)] = 3600.0
    trucks: Share = 0.0

    @model_validator(mode="after")
    def _check(self) -> Demand:
        if highest(self.start) >= lowest(self.end):
            refuse(f"end is not after start ({highest(self.start):g} s)", key="end")
        return self


class Gravity(Demand):
    """Everyday trips between the buildings of the map, fewer the farther apart, and through its edges.

    Parameters
    ----------
    trips
        Vehicles.
    mean_distance
        Mean distance of the exponential decay, m.
    through
        Share of trip ends at the map's edge, by the capacity of the streets that leave it there.
    profile
        Departures spread evenly, or rising to a peak in the middle of the time and falling again.
    """

    kind = "gravity"

    trips: Annotated[Count, limits(low=1)]
    mean_distance: Annotated[Metres, limits(above=0.0)] = 2500.0
    through: Share = 0.3
    profile: Literal["even", "peak"] = "even"


class Flight(Demand):
    """People who leave an area by car: households at its buildings, one car each where they have one.

    Parameters
    ----------
    at
        The area.
    people_per_car
        People of the map's estimate for each car that leaves.
    mean_delay
        Mean time from `start` until a household sets out, s; Rayleigh distributed, and cut at `end`.
    to
        A place, or ``out`` for the streets that leave the map, nearest first.
    """

    kind = "flight"

    at: Place
    people_per_car: Annotated[Number, limits(above=0.0)] = 2.5
    mean_delay: Annotated[Seconds, limits(above=0.0)] = 900.0
    to: Annotated[Place | None, BeforeValidator(lambda raw: None if raw == "out" else raw)] = None


class Trips(Demand):
    """A number of vehicles from one place to another.

    Parameters
    ----------
    trips
        Vehicles.
    origin, destination
        Places; the junction nearest to each is taken.
    vehicles
        Their class.
    """

    kind = "trips"

    trips: Annotated[Count, limits(low=1)]
    origin: Place
    destination: Place
    vehicles: Literal["car", "truck", "bus"] = "car"


DEMAND_KINDS: tuple[type[Demand], ...] = (Gravity, Flight, Trips)
DemandKind = Annotated[Demand, OneOf("traffic_demand", DEMAND_KINDS)]


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


class Traffic(Spec):
    """Vehicles on the drive network.

    Parameters
    ----------
    step
        Time between two exchanges with other systems, s; what happens within it is exact.
    demand
        Who drives.
    routing, signals
        Ways and lights.
    emergency
        Emergency vehicles.
    pickups
        Car parks and bus stops behind exits of the ground.
    abandonment
        Cars that are left on the road; none are when left out.
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
    routing: Annotated[RouteChoice, BeforeValidator(none_is_empty)] = Field(default_factory=RouteChoice)
    signals: Annotated[Signals, BeforeValidator(none_is_empty)] = Field(default_factory=Signals)
    pickups: Entries[PickupKind] = Field(default_factory=Named)
    emergency: Entries[EmergencyTrip] = Field(default_factory=Named)
    abandonment: Annotated[Abandonment | None, BeforeValidator(none_is_empty)] = None
    zones: Annotated[Count, limits(low=2, high=2000)] = 400
    record_every: Annotated[FixedSeconds, limits(above=0.0)] = 10.0
    record_vehicles: bool = True
    car_length: Annotated[FixedMetres, limits(low=4.0, high=20.0)] = 7.5
    reaction: Annotated[FixedNumber, limits(low=0.5, high=4.0)] = 1.0
