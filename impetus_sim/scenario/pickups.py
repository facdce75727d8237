"""Car parks and bus stops: where people who leave the ground on foot drive on."""

from __future__ import annotations

from typing import Annotated, ClassVar

from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, Number, Seconds, limits
from impetus_sim.scenario.spec import Spec


class Pickup(Spec):
    """Vehicles that people board behind an exit.

    Parameters
    ----------
    exit
        The exit of the ground that leads there.
    destination
        Where the vehicles drive, by the junction nearest to it; they start from that nearest to the exit.
    vehicles
        How many there are.
    """

    kind: ClassVar[str]

    exit: str
    destination: Place
    vehicles: Annotated[Count, limits(low=1)]

    def references(self) -> list[tuple[str, str, str]]:
        """Return the exit that leads there."""
        return [("exit", "exits", self.exit)]


class CarPark(Pickup):
    """People's own cars.

    Parameters
    ----------
    people_per_car
        Mean number of people in a car, drawn per car: 1 and Poisson distributed more.
    fetch
        Time from when the last one is through the exit until the car is at the car park's way out, s.
    wait
        Whoever is there leaves with an incomplete car so long after its first has come, s.
    capacity
        Cars per second that the car park's way out passes.
    """

    kind = "car_park"

    people_per_car: Annotated[Number, limits(low=1.0, high=5.0)] = 1.5
    fetch: Seconds = 120.0
    wait: Seconds = 300.0
    capacity: Annotated[Number, limits(above=0.0)] = 0.15


class BusStop(Pickup):
    """Evacuation buses, one after the other at one stop.

    Parameters
    ----------
    seats
        People that a bus takes.
    first, every
        When the first bus leaves at the latest, s; time between two of them, s. A full bus leaves at once, and the
        next one comes to the stop.
    boarding
        Time that one person takes to board, s; the bus leaves when all have.
    on_call
        Nobody boards and no bus leaves before an intervention ``bus_evacuation`` sends them; `first` counts from
        then.
    """

    kind = "bus_stop"

    seats: Annotated[Count, limits(low=1, high=300)] = 60
    first: Seconds = 600.0
    every: Seconds = 600.0
    boarding: Annotated[Number, limits(low=0.0)] = 2.5
    on_call: bool = False


PICKUP_KINDS: tuple[type[Pickup], ...] = (CarPark, BusStop)
PickupKind = Annotated[Pickup, OneOf("traffic_pickup", PICKUP_KINDS)]
