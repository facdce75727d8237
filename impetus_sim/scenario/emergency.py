"""Emergency vehicles: who is sent where, and what they may do on the way."""

from __future__ import annotations

from typing import Annotated

from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, Number, Seconds, limits
from impetus_sim.scenario.spec import Spec

MetresPerSecond = Annotated[Number, limits(above=0.0, high=60.0)]


class EmergencyTrip(Spec):
    """Emergency vehicles from one place to another.

    Parameters
    ----------
    origin, destination
        Places; the junction nearest to each is taken, or a point of a pedestrian street or square that is nearer.
    vehicles, start, every
        How many; when the first sets out, s; time between two of them, s.
    over_limit
        Speed on an empty street, as a multiple of the street's.
    top_speed
        Never faster, m/s.
    jam_speed
        Speed through standing vehicles that give way, m/s.
    contraflow
        Whether they drive against the direction of a street where that is faster; `contraflow_speed` where it is
        empty, m/s.
    walkways
        Whether they take pedestrian streets and squares where that is faster, at `walkway_speed`, m/s, if these are
        `least_width` wide, m.
    priority_ahead
        Signals turn to their approach so long before they arrive, s; 0 for no priority.
    red_delay
        Time lost where they cross against red, s.
    """

    origin: Place
    destination: Place
    vehicles: Annotated[Count, limits(low=1, high=1000)] = 1
    start: Seconds = 0.0
    every: Seconds = 60.0
    over_limit: Annotated[Number, limits(above=0.0, high=3.0)] = 1.2
    top_speed: MetresPerSecond = 30.0
    jam_speed: MetresPerSecond = 5.0
    contraflow: bool = True
    contraflow_speed: MetresPerSecond = 8.0
    walkways: bool = True
    walkway_speed: MetresPerSecond = 3.0
    least_width: Annotated[Number, limits(above=0.0, high=20.0)] = 3.5
    priority_ahead: Seconds = 15.0
    red_delay: Seconds = 5.0
