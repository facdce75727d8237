"""Storeys and what joins them: stairs, ramps, escalators and lifts.

Sources of the defaults: EN 81-20 (a rated load of 1000 kg carries 13 persons); EN 115-1 (rated speed 0.5 m/s,
inclination 30 degrees; at that speed a step width of 1.0 m carries at most 6000, 0.8 m 4800 and 0.6 m 3600 persons
per hour). Speeds and flows on stairs and ramps: `impetus_sim.scenario.slopes`.
"""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from impetus_sim.scenario.city_map import MapSource
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import (
    FixedCount,
    FixedMetres,
    FixedMetresPerSecond,
    FixedNumber,
    FixedSeconds,
    limits,
)
from impetus_sim.scenario.slopes import STAIR_GRADIENT, Factor, Flow
from impetus_sim.scenario.spec import Entries, Spec, refuse

ESCALATOR_SINE = 0.5
"""Sine of 30 degrees."""
ESCALATOR_PER_MINUTE_AND_METRE = 100.0


class Storey(Spec):
    """One level of a building, or the ground.

    Parameters
    ----------
    map
        Its own plan; left out for the one storey that is the scenario's map.
    elevation
        Height of its floor, m; differences are what counts.
    """

    map: MapSource | None = None
    elevation: Annotated[FixedMetres, limits(low=-2000.0, high=2000.0)] = 0.0


class Connection(Spec):
    """What all connections share.

    Parameters
    ----------
    open
        Whether it can be used at the start; the intervention ``connection_control`` changes that.
    """

    open: bool = True

    needs_steps: ClassVar[bool] = False

    def lines(self) -> list[tuple[str, Place]]:
        """Return where people step on and off: key and line, from the lowest upwards where that is known."""
        raise NotImplementedError


class Flight(Connection):
    """A stair or ramp: a strip of its own between a line below and a line above.

    Parameters
    ----------
    lower, upper
        Lines on the edge of the ground of two storeys, such as ``{storey: hall, line: [[4, 0], [6, 0]]}``.
    length
        Along the slope; follows from the difference in elevation when left out.
    width
        Clear width; that of the narrower line when left out.
    only
        ``up`` or ``down`` for a one-way flight.
    up_factor, down_factor, up_capacity, down_capacity, reluctance
        As for `impetus_sim.scenario.slopes.Slope`.
    """

    lower: Place
    upper: Place
    length: Annotated[FixedMetres, limits(low=1.0, high=500.0)] | None = None
    width: Annotated[FixedMetres, limits(low=0.8, high=50.0)] | None = None
    only: Literal["up", "down"] | None = None
    up_factor: Factor | None = None
    down_factor: Factor | None = None
    up_capacity: Flow | None = None
    down_capacity: Flow | None = None
    reluctance: Annotated[FixedNumber, limits(low=0.2, high=20.0)] = 1.0

    def lines(self) -> list[tuple[str, Place]]:
        """Return the lower and the upper line."""
        return [("lower", self.lower), ("upper", self.upper)]

    def slope_length(self, rise_m: float) -> float:
        """Return the length along the slope for a difference in elevation."""
        raise NotImplementedError


class StairFlight(Flight):
    """A stair between storeys."""

    kind: ClassVar[str] = "stair"
    needs_steps: ClassVar[bool] = True

    def slope_length(self, rise_m: float) -> float:
        """Return the given length, or that of 17 cm risers on 29 cm treads."""
        return float(self.length or rise_m * math.hypot(1.0, 1.0 / STAIR_GRADIENT))


class RampFlight(Flight):
    """A ramp between storeys."""

    kind: ClassVar[str] = "ramp"

    length: Annotated[FixedMetres, limits(low=1.0, high=500.0)]

    def slope_length(self, rise_m: float) -> float:
        """Return the given length."""
        del rise_m
        return float(self.length)


class Escalator(Connection):
    """An escalator; when it is stopped people walk on it as on a stair, in its direction.

    Parameters
    ----------
    lower, upper
        As for a stair.
    direction
        ``up`` or ``down``.
    length
        Along the slope; that of 30 degrees when left out.
    speed
        Of the belt, m/s; people stand on it.
    width
        Of a step, m.
    capacity
        Persons per minute; 100 per metre of step width when left out.
    reluctance
        How much longer the ride seems than it takes; below 1 since it costs no effort. An assumption: on rises of
        6 m most people take the escalator beside a stair, which a value near 0.5 gives.
    """

    kind: ClassVar[str] = "escalator"
    needs_steps: ClassVar[bool] = True

    lower: Place
    upper: Place
    direction: Literal["up", "down"]
    length: Annotated[FixedMetres, limits(low=1.0, high=500.0)] | None = None
    speed: Annotated[FixedMetresPerSecond, limits(low=0.1, high=1.5)] = 0.5
    width: Annotated[FixedMetres, limits(low=0.4, high=2.0)] = 1.0
    capacity: Annotated[FixedNumber, limits(low=1.0, high=1000.0)] | None = None
    reluctance: Annotated[FixedNumber, limits(low=0.1, high=20.0)] = 0.5

    def lines(self) -> list[tuple[str, Place]]:
        """Return the lower and the upper line."""
        return [("lower", self.lower), ("upper", self.upper)]

    def slope_length(self, rise_m: float) -> float:
        """Return the given length, or that of an inclination of 30 degrees."""
        return float(self.length or rise_m / ESCALATOR_SINE)

    def per_second(self) -> float:
        """Return the most persons per second."""
        return float(self.capacity or ESCALATOR_PER_MINUTE_AND_METRE * self.width) / 60.0


class Lift(Connection):
    """One lift car that serves several storeys.

    Parameters
    ----------
    stops
        Storey to the line of its door there.
    capacity
        Persons.
    speed
        m/s; the travel time is the difference in elevation over it.
    door_time
        To open, and to close, s.
    dwell
        How long the doors stay open after the last one has got in or out, s.
    users
        ``everyone``, or ``step_free`` for those who cannot use steps.
    at
        Storey at which the car stands at the start; the lowest when left out.
    """

    kind: ClassVar[str] = "lift"

    stops: Entries[Place]
    capacity: Annotated[FixedCount, limits(low=1, high=200)] = 13
    speed: Annotated[FixedMetresPerSecond, limits(low=0.1, high=20.0)] = 1.0
    door_time: Annotated[FixedSeconds, limits(high=60.0)] = 3.0
    dwell: Annotated[FixedSeconds, limits(low=0.5, high=600.0)] = 5.0
    users: Literal["everyone", "step_free"] = "everyone"
    at: str | None = None

    @model_validator(mode="after")
    def _check_stops(self) -> Lift:
        if len(self.stops) < 2:
            refuse("a lift needs at least two stops", key="stops", allowed="{storey: line, storey: line}")
        if self.at is not None and self.at not in self.stops:
            refuse(f"'{self.at}' is none of its stops", key="at", allowed=", ".join(self.stops))
        return self

    def lines(self) -> list[tuple[str, Place]]:
        """Return the line of each stop, by storey."""
        return list(self.stops.items())


CONNECTION_KINDS = (StairFlight, RampFlight, Escalator, Lift)

ConnectionKind = Annotated[Connection, OneOf("connections", CONNECTION_KINDS)]
"""Field type: ``{kind: stair, lower: PLACE, upper: PLACE}``."""
