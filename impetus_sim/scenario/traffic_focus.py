"""The `focus` of traffic: an area in which vehicles follow each other in continuous motion."""

from __future__ import annotations

from typing import Annotated, Literal

from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import FixedMetres, FixedNumber, FixedSeconds, limits
from impetus_sim.scenario.spec import Spec


class TrafficFocus(Spec):
    """Streets on which vehicles have a place, a speed and a lane at every moment; see docs/models/car_following.md.

    Parameters
    ----------
    area
        Streets that lie in it or cross its edge.
    model
        ``idm``: Intelligent Driver Model (IDM+) with MOBIL lane changes.
    step
        Length of a step, s.
    acceleration, braking
        Of a driver, m/s2; what is comfortable.
    gap
        Between two vehicles at a standstill, m; part of `car_length`.
    politeness
        Weight of what others gain or lose by a lane change.
    """

    area: Place
    model: Literal["idm"] = "idm"
    step: Annotated[FixedSeconds, limits(low=0.05, high=0.25)] = 0.2
    acceleration: Annotated[FixedNumber, limits(low=0.5, high=4.0)] = 2.6
    braking: Annotated[FixedNumber, limits(low=0.5, high=6.0)] = 2.6
    gap: Annotated[FixedMetres, limits(low=0.5, high=3.5)] = 2.0
    politeness: Annotated[FixedNumber, limits(low=0.0, high=1.0)] = 0.2
