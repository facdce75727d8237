"""The `crowd.links` section, and populations that start on the walk network."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import FixedMetres, FixedNumber, FixedSeconds, Seconds, limits
from impetus_sim.scenario.spec import Entries, Named, Spec, refuse


def _out_is_none(raw: Any) -> Any:
    return None if isinstance(raw, str) and raw.strip() == "out" else raw


class NetworkTrip(Spec):
    """A way over the walk network: from the streets of the population's place to somewhere.

    Parameters
    ----------
    to
        A place, or ``out`` for wherever streets leave the map. People whose place lies in the focus settle
        there.
    spread
        Where they start within the population's place: evenly over the area of its ``streets``, or at its
        ``buildings`` by the people that each is estimated to hold.
    start, end
        They set out at a time uniform between these, s from the start of the run. People who stay until
        alarmed (`activity`) and whose way leads out set out when they have been alarmed.
    """

    to: Annotated[Place | None, BeforeValidator(_out_is_none)] = None
    spread: Literal["streets", "buildings"] = "streets"
    start: Seconds = 0.0
    end: Seconds = 0.0

    @model_validator(mode="after")
    def _check(self) -> NetworkTrip:
        if highest(self.start) > lowest(self.end) and self.end != 0.0:
            refuse(f"end is before start ({highest(self.start):g} s)", key="end")
        return self


class SwitchArea(Spec):
    """Ground that is link-level while it is quiet and becomes two-dimensional when it is crowded.

    Parameters
    ----------
    at
        An area, or the centre when `radius` is given; it must not overlap the focus or another area.
    radius
        m.
    on, off
        Density on its streets, persons/m2: above `on` it becomes two-dimensional; once it has been below
        `off` for `hold`, link-level again.
    hold
        s.
    """

    at: Place
    radius: Annotated[FixedMetres, limits(above=0.0, high=5000.0)] | None = None
    on: Annotated[FixedNumber, limits(above=0.0, high=5.0)] = 0.5
    off: Annotated[FixedNumber, limits(low=0.0, high=5.0)] = 0.2
    hold: Annotated[FixedSeconds, limits(high=3600.0)] = 30.0

    @model_validator(mode="after")
    def _check(self) -> SwitchArea:
        if self.off >= self.on:
            refuse(f"off ({self.off:g}) is not below on ({self.on:g})", key="off")
        return self


class Links(Spec):
    """The city around the focus, walked link by link.

    Parameters
    ----------
    speed_density
        How speed falls with density: ``measured`` from the walking model of the run, so that it does not jump
        at the border of the focus, or ``weidmann``.
    jam_density
        Density at which nobody moves, persons/m2; a link holds this many people per area.
    flow_capacity
        The most people per second and metre of width; the highest flow of `speed_density` when left out.
    step
        Time between two updates of the links, s; a whole number of crowd steps. Who reaches the end of a link
        when is known to the microsecond inside.
    record_every
        Time between recorded states of the links, s; a whole number of `step`.
    areas
        Areas that become two-dimensional when crowded, by name.
    """

    speed_density: Literal["measured", "weidmann"] = "measured"
    jam_density: Annotated[FixedNumber, limits(low=1.0, high=10.0)] = 5.4
    flow_capacity: Annotated[FixedNumber, limits(low=0.1, high=5.0)] | None = None
    step: Annotated[FixedSeconds, limits(low=0.01, high=10.0)] = 1.0
    record_every: Annotated[FixedSeconds, limits(low=0.01)] = 10.0
    areas: Entries[SwitchArea] = Field(default_factory=Named)
