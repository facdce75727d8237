"""The `weather` section: wind and stability of the air, which carry what hazards release."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.quantities import Degrees, MetresPerSecond, Seconds, limits
from impetus_sim.scenario.spec import Spec, refuse

Stability = Literal["A", "B", "C", "D", "E", "F"]
WindSpeed = Annotated[MetresPerSecond, limits(low=0.5, high=40.0)]
Bearing = Annotated[Degrees, limits(low=0.0, high=360.0)]


class WeatherChange(Spec):
    """What is different from a time on; what is left out stays as it was.

    Parameters
    ----------
    after
        Time since the start of the run, s.
    wind_speed, wind_from, stability
        As in the section.
    """

    after: Annotated[Seconds, limits(above=0.0)]
    wind_speed: WindSpeed | None = None
    wind_from: Bearing | None = None
    stability: Stability | None = None


def _listed(raw: Any) -> Any:
    return (raw,) if isinstance(raw, dict) else raw


class WeatherSection(Spec):
    """Wind over the whole city.

    Parameters
    ----------
    wind_speed
        At 10 m, m/s; Gaussian puffs do not hold for a calm, so at least 0.5.
    wind_from
        Where it comes from, degrees clockwise from north: 270 is a west wind.
    stability
        Pasquill's class: ``A`` sunny with light wind, ``D`` overcast or windy, ``F`` clear night with light wind.
    surroundings
        ``urban`` or ``rural``: which curves of Briggs hold.
    changes
        Later changes.
    """

    wind_speed: WindSpeed = 3.0
    wind_from: Bearing = 270.0
    stability: Stability = "D"
    surroundings: Literal["urban", "rural"] = "urban"
    changes: Annotated[tuple[WeatherChange, ...], BeforeValidator(_listed)] = ()

    @model_validator(mode="after")
    def _check_changes(self) -> WeatherSection:
        for before, after in pairwise(self.changes):
            if lowest(after.after) <= highest(before.after):
                refuse(f"{after.after} s is not later than the change before", key="changes")
        return self
