"""Profiles of people: how fast they would walk and how much room they take, with sources.

Sources: Weidmann (1993), Transporttechnik der Fussgänger, ETH IVT 90: free speed of pedestrians 1.34 m/s, sd
0.26 m/s. RiMEA guideline 4.1.1 (2022), free walking speeds by age and mobility: under 30 years 0.58 to 1.61,
30 to 50 years 1.41 to 1.54, over 50 years 0.68 to 1.41, people of limited mobility 0.46 to 0.76 m/s. Where
only a range is given, the mean is its middle and the range counts as mean -/+ 2 sd; the speeds are cut
there. Radius 0.2 m: default of the Collision-Free Speed Model in JuPedSim 1.4; its area of 0.125 m2 is that of
an adult in winter dress (Predtechenskii and Milinskii 1978). The
wheelchair's radius is half the 0.7 m width of the ISO 7176-5 reference chair.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import model_validator

from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.quantities import Metres, MetresPerSecond, Seconds, limits
from impetus_sim.scenario.spec import Spec, refuse

TIME_GAP_S = 0.5
"""Of 0.4 to 1.0 s the value nearest to Weidmann's speeds in a corridor, for the walking model with the radius below
(docs/verification.md); JuPedSim's default of 1.0 s walks at half of them from 1 person per m2 on."""
_CUT_SD = 3.0
_SLOWEST_M_S = 0.1


AGE_SPEED = ((5.0, 0.58), (20.0, 1.61), (30.0, 1.54), (50.0, 1.41), (80.0, 0.68))
"""Age in years and mean free speed in m/s: the ends of the ranges that RiMEA 4.1.1 gives for Weidmann's relation of
speed to age; straight between them (ours)."""


class Speed(Spec):
    """Desired speed over people: normal, cut at `min` and `max`; or by age.

    Parameters
    ----------
    mean, sd
        Before the cut, m/s.
    min, max
        Default: mean -/+ 3 sd, at least 0.1 m/s.
    age
        Youngest and oldest, years: ages are uniform between them and the speed is Weidmann's for the age; instead
        of the other keys.
    """

    age: tuple[float, float] | None = None
    mean: Annotated[MetresPerSecond, limits(low=0.1, high=10.0)]
    sd: Annotated[MetresPerSecond, limits(high=5.0)] = 0.0
    min: Annotated[MetresPerSecond, limits(low=0.05, high=10.0)] | None = None
    max: Annotated[MetresPerSecond, limits(low=0.05, high=12.0)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, raw: Any) -> Any:
        if isinstance(raw, Mapping) and raw.get("age") is not None:
            return _by_age(raw)
        return {"mean": raw} if isinstance(raw, (int, float, str)) and not isinstance(raw, bool) else raw

    @model_validator(mode="after")
    def _complete(self) -> Speed:
        spread = _CUT_SD * highest(self.sd)
        if self.min is None:
            self.__dict__["min"] = max(_SLOWEST_M_S, lowest(self.mean) - spread)
        if self.max is None:
            self.__dict__["max"] = highest(self.mean) + spread
        assert self.min is not None and self.max is not None
        if highest(self.min) > lowest(self.mean):
            refuse(f"min is above the mean of {lowest(self.mean):g} m/s", key="min")
        if lowest(self.max) < highest(self.mean):
            refuse(f"max is below the mean of {highest(self.mean):g} m/s", key="max")
        return self

    def sample(self, uniforms: Any) -> Any:
        """Return one speed in m/s for each uniform in (0, 1): inverse distribution function, cut."""
        import numpy as np
        from scipy.special import ndtr, ndtri

        u = np.asarray(uniforms, np.float64)
        if self.age is not None:
            return np.interp(self.age[0] + u * (self.age[1] - self.age[0]), *np.transpose(AGE_SPEED))
        if self.sd == 0.0:
            return np.full_like(u, self.mean)
        low, high = ndtr((self.min - self.mean) / self.sd), ndtr((self.max - self.mean) / self.sd)  # type: ignore[operator]
        return np.clip(self.mean + self.sd * ndtri(low + u * (high - low)), self.min, self.max)


def _by_age(raw: Mapping[str, Any]) -> dict[str, Any]:
    # A section that gives ages: mean and range of the speed follow from them.
    ages = raw["age"]
    youngest, oldest = AGE_SPEED[0][0], AGE_SPEED[-1][0]
    is_range = isinstance(ages, (list, tuple)) and len(ages) == 2
    is_range = is_range and all(isinstance(a, int | float) and not isinstance(a, bool) for a in ages)
    if not is_range or not youngest <= ages[0] <= ages[1] <= oldest:
        refuse(
            f"{ages!r} is not a range of ages"[:100],
            key="age",
            allowed=f"[20, 30], within {youngest:g} to {oldest:g}",
        )
    nodes = [a for a, _ in AGE_SPEED if ages[0] < a < ages[1]]
    speeds = [_speed_at(a) for a in (ages[0], *nodes, ages[1])]
    found = {"age": (float(ages[0]), float(ages[1])), "mean": sum(speeds) / len(speeds), "sd": 0.0,
             "min": min(speeds), "max": max(speeds)}  # fmt: skip
    for key in raw:
        if key != "age" and not (key in found and raw[key] == found[key]):
            refuse("a speed by age takes no other key", key=str(key), allowed="age alone")
    return found


def _speed_at(age: float) -> float:
    for (a, v), (b, w) in pairwise(AGE_SPEED):
        if a <= age <= b:
            return v + (w - v) * (age - a) / (b - a)
    raise ValueError(age)


class Profile(Spec):
    """A kind of person.

    Parameters
    ----------
    extends
        Profile that gives what is not set here; `adult` unless said otherwise.
    desired_speed
        Speed on free, level ground.
    radius
        Of the body seen from above, m.
    time_gap
        Time kept to the person ahead, s.
    uses_steps
        Whether they can use stairs and escalators; where not, they go by ramps and lifts.
    """

    extends: str | None = None
    desired_speed: Speed | None = None
    radius: Annotated[Metres, limits(low=0.05, high=1.0)] | None = None
    time_gap: Annotated[Seconds, limits(low=0.05, high=10.0)] | None = None
    uses_steps: bool | None = None


def _built_in(
    mean: float, sd: float, low: float, high: float, radius: float = 0.2, *, uses_steps: bool = True
) -> Profile:
    speed = Speed(mean=mean, sd=sd, min=low, max=high)
    return Profile(desired_speed=speed, radius=radius, time_gap=TIME_GAP_S, uses_steps=uses_steps)


BUILT_IN: Mapping[str, Profile] = MappingProxyType(
    {
        "adult": _built_in(1.34, 0.26, 0.56, 2.12),  # Weidmann; cut at 3 sd
        "older_adult": _built_in(1.045, 0.1825, 0.68, 1.41),  # RiMEA, over 50 years
        "child": _built_in(1.095, 0.2575, 0.58, 1.61),  # RiMEA, under 30 years: the nearest class it gives
        # RiMEA, limited mobility
        "wheelchair_user": _built_in(0.61, 0.075, 0.46, 0.76, radius=0.35, uses_steps=False),
    }
)
"""Profiles that every scenario can use by name."""


def resolve(own: Mapping[str, Profile], built_in: Mapping[str, Profile] = BUILT_IN) -> dict[str, Profile]:
    """Return the scenario's own and the built-in profiles, each complete.

    Parameters
    ----------
    own
        Of the scenario.
    built_in
        Of the set of parameters.

    A profile may extend one that has its own name among the built-in ones, which changes it.

    Raises
    ------
    PydanticCustomError
        When a profile extends an unknown one or, over others, itself.
    """
    done: dict[str, Profile] = dict(built_in)
    for name in own:
        done[name] = _complete(name, own, (), built_in)
    return done


def _complete(
    name: str, own: Mapping[str, Profile], on_the_way: tuple[str, ...], built_in: Mapping[str, Profile]
) -> Profile:
    if name not in own:
        return built_in[name]
    profile = own[name]
    if name in on_the_way:
        refuse(
            f"profiles extend each other: {' > '.join((*on_the_way, name))}", key=f"profiles.{name}.extends"
        )
    parent = profile.extends or (name if name in built_in else "adult")
    if parent not in own and parent not in built_in:
        import difflib

        known = sorted({*own, *built_in})
        near = difflib.get_close_matches(parent, known, n=1)
        refuse(
            f"profile '{parent}' does not exist",
            key=f"profiles.{name}.extends",
            allowed=", ".join(known),
            nearest=near[0] if near else "",
        )
    base = (
        built_in[parent]
        if parent == name and name in built_in
        else _complete(parent, own, (*on_the_way, name), built_in)
    )
    fields = ("desired_speed", "radius", "time_gap", "uses_steps")
    return Profile(**{key: _or(getattr(profile, key), getattr(base, key)) for key in fields})


def _or(own: Any, base: Any) -> Any:
    return base if own is None else own
