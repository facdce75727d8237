"""What no choice of numbers may change: the step, where the origin lies, how the ground is turned."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import LineString, affinity, box

from impetus_sim.maps.plan import NamedShape, build_plan
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, middle_flow, run_to_end
from impetus_sim.verification.speed.measure import mean_interval

if TYPE_CHECKING:
    import numpy.typing as npt

    from impetus_sim.engine.simulation import Simulation
    from impetus_sim.maps.city import City

N_PEOPLE = 60
DURATION_S = 120.0
FRAME_S = 1.0
"""A whole number of every step."""
FAR_M = 100_000.0
SEEDS = tuple(range(1, 21))
DESIGN_CAPACITY, NO_LIMIT = 1.3, 100.0
"""Of the exit, persons per second and metre: the design set's, which decides the flow, and one that leaves it to
the walking model."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Numbers that nothing should depend on: the step in s, and where and how the ground lies."""

    step_s: float = 0.05
    shift_m: float = 0.0
    turn_degrees: float = 0.0

    def place(self, shape: Any) -> Any:
        """Return a shape of the room turned and moved."""
        turned = affinity.rotate(shape, self.turn_degrees, origin=(0.0, 0.0))
        return affinity.translate(turned, self.shift_m, self.shift_m)


@cache
def small_room(shift_m: float = 0.0, turn_degrees: float = 0.0) -> City:
    """Return a room of 8 x 6 m with a pillar and a neck 1.2 m wide, moved and turned as a whole."""
    place = Choice(shift_m=shift_m, turn_degrees=turn_degrees).place
    ground = box(0.0, 0.0, 8.0, 6.0).union(box(8.0, 2.4, 10.0, 3.6)).difference(box(5.0, 1.2, 5.8, 2.0))
    places = [
        NamedShape(name="room", kind="area", shape=place(box(0.0, 0.0, 8.0, 6.0))),
        NamedShape(name="out", kind="exit", shape=place(LineString([(10.0, 2.4), (10.0, 3.6)]))),
    ]
    return build_plan(name="small-room", ground=place(ground), places=places)


@cache
def empty_room(model: str, capacity: float, choice: Choice, seed: int) -> tuple[float, float]:
    """Return the time in s until the last of 60 persons is out, and the flow in 1/s.

    People start at the same places of the room whatever its position and orientation.

    Parameters
    ----------
    capacity
        Of the exit, persons per second and metre.
    """
    simulation = _build(model, capacity, choice, seed)
    people = simulation.crowd.people
    points = choice.place(shapely.MultiPoint(_places(model, seed)))
    people.x[:], people.y[:] = shapely.get_coordinates(points).T
    times = run_to_end(simulation)
    return (float(times[-1]) if len(times) == N_PEOPLE else DURATION_S), middle_flow(times)


@cache
def _places(model: str, seed: int) -> npt.NDArray[np.float64]:
    return _build(model, 1.0, Choice(), seed).crowd.positions


def _build(model: str, capacity: float, choice: Choice, seed: int) -> Simulation:
    return build(
        {"kind": "room"},
        {WALKER: {"count": N_PEOPLE, "at": "room"}},
        model=model,
        duration_s=DURATION_S,
        seed=seed,
        step_s=choice.step_s,
        city=small_room(choice.shift_m, choice.turn_degrees),
        crowd={"door_capacity": capacity},
        record={"frame_every": FRAME_S},
    )


def compare(
    effort: Effort, *, measure: int, one: Choice, other: Choice, capacity: float = DESIGN_CAPACITY
) -> Measured:
    """Return the greater end of the 95 % interval of the relative difference of means, paired by seed."""
    a, b = (
        np.array([empty_room(effort.model, capacity, choice, seed)[measure] for seed in SEEDS])
        for choice in (one, other)
    )
    mean, half = mean_interval((b - a) / a.mean())
    unit = ("s", "/s")[measure]
    return Measured(
        value=max(abs(mean - half), abs(mean + half)),
        text=f"{mean:+.2%} (95 %: {mean - half:+.2%} to {mean + half:+.2%}); {a.mean():.2f} {unit}",
    )


def _case(id: str, title: str, bound: float, **given: Any) -> Case:
    return Case(
        id=id,
        standard="law",
        title=title,
        source="60 persons, room of 8 x 6 m with a pillar, neck of 1.2 m; means of 20 seeds, paired",
        low=0.0,
        high=bound,
        expected=f"the whole 95 % interval within {bound:.0%}",
        run=partial(compare, **given),
        only_thorough=True,
    )


_USUAL, _FINE = Choice(), Choice(step_s=0.01)
_TURNED = Choice(turn_degrees=45.0)

CASES = (
    _case(
        "law-half-step",
        "halving the step (0.04 to 0.02 s): emptying time",
        0.02,
        measure=0,
        one=Choice(step_s=0.04),
        other=Choice(step_s=0.02),
    ),
    _case(
        "law-step-time", "step 0.05 against 0.01 s: emptying time", 0.03, measure=0, one=_FINE, other=_USUAL
    ),
    _case(
        "law-step-flow",
        "step 0.05 against 0.01 s: flow through the neck",
        0.03,
        measure=1,
        one=_FINE,
        other=_USUAL,
    ),
    _case(
        "law-step-time-open",
        "step 0.05 against 0.01 s, no limit at the exit: emptying time",
        0.03,
        measure=0,
        one=_FINE,
        other=_USUAL,
        capacity=NO_LIMIT,
    ),
    _case(
        "law-translate",
        "ground moved by 100 km: emptying time",
        0.01,
        measure=0,
        one=_USUAL,
        other=Choice(shift_m=FAR_M),
    ),
    _case(
        "law-rotate", "ground turned by 45 degrees: emptying time", 0.01, measure=0, one=_USUAL, other=_TURNED
    ),
    _case(
        "law-rotate-open",
        "ground turned by 45 degrees, no limit at the exit: emptying time",
        0.01,
        measure=0,
        one=_USUAL,
        other=_TURNED,
        capacity=NO_LIMIT,
    ),
)
