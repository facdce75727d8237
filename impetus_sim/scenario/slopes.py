"""Stairs and ramps on the ground of a scenario: where they are, which way is up, how fast and how many.

Sources. Stairs: Weidmann (1993), Transporttechnik der Fussgänger, ETH IVT 90: mean horizontal speed 0.610 m/s up
and 0.694 m/s down, beside 1.34 m/s on the level. Flow: IMO MSC.1/Circ.1533: at most 0.88 up and 1.1 down, persons
per second and metre of clear width. Ramps: Fruin (1971), Pedestrian Planning and Design, as handbooks quote him:
no effect up to a gradient of 5 %, 11.5 % slower up 10 %, 25 % slower up 20 %; downhill as on the level.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, model_validator

from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Degrees, FixedMetres, Number, limits
from impetus_sim.scenario.spec import Spec, refuse

LEVEL_SPEED_M_S = 1.34
STAIR_UP_M_S, STAIR_DOWN_M_S = 0.610, 0.694
"""Weidmann's horizontal speeds."""
STAIR_UP_FLOW, STAIR_DOWN_FLOW, LEVEL_FLOW = 0.88, 1.1, 1.3
"""Most persons per second and metre; the last is what `crowd.door_capacity` is measured by."""
STAIR_GRADIENT = 0.17 / 0.29
"""Rise over run of a stair whose rise is not given: 17 cm risers on 29 cm treads."""
RAMP_GRADIENTS, RAMP_FACTORS = (0.0, 0.05, 0.10, 0.20), (1.0, 1.0, 0.885, 0.75)
BEARINGS = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}

Factor = Annotated[Number, limits(low=0.05, high=2.0)]
Flow = Annotated[Number, limits(low=0.05, high=100.0)]


def _bearing(raw: Any) -> Any:
    return BEARINGS.get(raw.strip().lower(), raw) if isinstance(raw, str) else raw


class Slope(Spec):
    """What stairs and ramps share.

    Parameters
    ----------
    at
        The area, edge to edge.
    up
        The way up: north, east, south, west or a compass bearing in degrees (north is +y).
    rise
        Height from foot to head; the area is then the plan, shorter than the way along the slope. When left
        out, the area is drawn along the slope.
    up_factor, down_factor
        Speed along the slope as a share of one's own speed on the level; from handbooks when left out.
    up_capacity, down_capacity
        Most persons per second and metre of width who enter upwards and downwards; when left out, the handbooks'
        ratio to a level passage times `crowd.door_capacity`.
    reluctance
        How much longer the way over it seems than it takes; 1 for not at all. For the choice of ways.
    """

    at: Place
    up: Annotated[Degrees, BeforeValidator(_bearing)]
    rise: Annotated[FixedMetres, limits(above=0.0, high=500.0)] | None = None
    up_factor: Factor | None = None
    down_factor: Factor | None = None
    up_capacity: Flow | None = None
    down_capacity: Flow | None = None
    reluctance: Annotated[Number, limits(low=0.2, high=20.0)] = 1.0

    needs_steps: ClassVar[bool] = False

    @model_validator(mode="after")
    def _check_place(self) -> Slope:
        if self.at.form in ("lonlat", "xy", "line"):
            refuse(f"'{self.at}' is not an area", key="at", allowed="a box, a named or a drawn area")
        return self

    def gradient(self, run_m: float) -> float:
        """Return rise over horizontal run of an area that is `run_m` long; 0 when no rise is given."""
        return 0.0 if self.rise is None else float(self.rise) / run_m

    def factors(self, gradient: float) -> tuple[float, float]:
        """Return the speed along the slope, up and down, as shares of the speed on the level."""
        up, down = self._handbook(gradient)
        return (
            up if self.up_factor is None else float(self.up_factor),
            down if self.down_factor is None else float(self.down_factor),
        )

    def capacities(self, door_capacity: float) -> tuple[float, float]:
        """Return the most who enter up and down, persons per second and metre."""
        up, down = (flow * door_capacity / LEVEL_FLOW for flow in self._flows())
        return (
            up if self.up_capacity is None else float(self.up_capacity),
            down if self.down_capacity is None else float(self.down_capacity),
        )

    def _handbook(self, gradient: float) -> tuple[float, float]:
        raise NotImplementedError

    def _flows(self) -> tuple[float, float]:
        raise NotImplementedError


class Stair(Slope):
    """A flight of stairs; nobody in a wheelchair uses it."""

    kind: ClassVar[str] = "stair"
    needs_steps: ClassVar[bool] = True

    def _handbook(self, gradient: float) -> tuple[float, float]:
        along = math.hypot(1.0, gradient or STAIR_GRADIENT)
        return STAIR_UP_M_S / LEVEL_SPEED_M_S * along, STAIR_DOWN_M_S / LEVEL_SPEED_M_S * along

    def _flows(self) -> tuple[float, float]:
        return STAIR_UP_FLOW, STAIR_DOWN_FLOW


class Ramp(Slope):
    """A slope without steps."""

    kind: ClassVar[str] = "ramp"

    @model_validator(mode="after")
    def _check_rise(self) -> Ramp:
        if self.rise is None and (self.up_factor is None or self.down_factor is None):
            refuse("a ramp without rise has no gradient", key="rise", allowed="rise, or both factors")
        return self

    def _handbook(self, gradient: float) -> tuple[float, float]:
        # between the measured gradients the loss is taken as linear, beyond the last as constant
        return float(np.interp(gradient, RAMP_GRADIENTS, RAMP_FACTORS)), 1.0

    def _flows(self) -> tuple[float, float]:
        return LEVEL_FLOW, LEVEL_FLOW


SLOPE_KINDS = (Stair, Ramp)

SlopeKind = Annotated[Slope, OneOf("slopes", SLOPE_KINDS)]
"""Field type: ``{kind: stair, at: PLACE, up: north}``."""
