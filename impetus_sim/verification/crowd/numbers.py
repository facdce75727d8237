"""What no choice of numbers may change: the step, where the origin lies, how the ground is turned."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import LineString, affinity, box

from impetus_sim.maps.plan import NamedShape, build_plan
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, run_to_end

if TYPE_CHECKING:
    import numpy.typing as npt

    from impetus_sim.maps.city import City

N_PEOPLE = 60
SEEDS = tuple(range(1, 21))
USUAL_S, HALF_S, FINE_S = 0.05, 0.02, 0.01
"""Steps, s. Ticks are 10 ms, so half of 0.05 is halved from 0.04."""
DURATION_S = 120.0
FAR_M = 100_000.0


def small_room(*, shift_m: float = 0.0, turn_degrees: float = 0.0) -> City:
    """Return a room of 8 x 6 m with a pillar and a neck 1.2 m wide, moved and turned as a whole."""
    ground = box(0.0, 0.0, 8.0, 6.0).union(box(8.0, 2.4, 10.0, 3.6)).difference(box(5.0, 1.2, 5.8, 2.0))

    def place(shape: Any) -> Any:
        turned = affinity.rotate(shape, turn_degrees, origin=(0.0, 0.0))
        return affinity.translate(turned, shift_m, shift_m)

    places = [
        NamedShape(name="room", kind="area", shape=place(box(0.0, 0.0, 8.0, 6.0))),
        NamedShape(name="out", kind="exit", shape=place(LineString([(10.0, 2.4), (10.0, 3.6)]))),
    ]
    return build_plan(name="small-room", ground=place(ground), places=places)


@cache
def emptying_times(model: str, step_s: float, shift_m: float, turn_degrees: float) -> npt.NDArray[np.float64]:
    """Return the time in s until the last of 60 persons is out, and the flow in 1/s, for each seed: (seeds, 2).

    People start at the same places of the room whatever its position and orientation.
    """
    found = []
    places = _places(model)
    for k, seed in enumerate(SEEDS):
        city = small_room(shift_m=shift_m, turn_degrees=turn_degrees)
        simulation = build(
            {"kind": "room"},
            {WALKER: {"count": N_PEOPLE, "at": "room"}},
            model=model,
            duration_s=DURATION_S,
            seed=seed,
            step_s=step_s,
            city=city,
        )
        people = simulation.crowd.people
        points = affinity.rotate(shapely.MultiPoint(places[k]), turn_degrees, origin=(0.0, 0.0))
        points = affinity.translate(points, shift_m, shift_m)
        people.x[:], people.y[:] = shapely.get_coordinates(points).T
        times = run_to_end(simulation)
        last = float(times[-1]) if len(times) == N_PEOPLE else DURATION_S
        n = len(times)
        flow = (0.6 * n) / float(times[int(0.8 * n)] - times[int(0.2 * n)]) if n > 4 else 0.0
        found.append((last, flow))
    return np.array(found)


@cache
def _places(model: str) -> list[npt.NDArray[np.float64]]:
    found = []
    for seed in SEEDS:
        simulation = build(
            {"kind": "room"},
            {WALKER: {"count": N_PEOPLE, "at": "room"}},
            model=model,
            duration_s=1.0,
            seed=seed,
            city=small_room(),
        )
        found.append(simulation.crowd.positions)
    return found


def compare(
    effort: Effort,
    *,
    measure: int,
    one: tuple[float, float, float],
    other: tuple[float, float, float],
) -> Measured:
    """Return the greater end of the 95 % interval of the relative difference of means, paired by seed."""
    a = emptying_times(effort.model, *one)[:, measure]
    b = emptying_times(effort.model, *other)[:, measure]
    difference = (b - a) / a.mean()
    half = 2.093 * float(difference.std(ddof=1)) / np.sqrt(len(difference))  # Student's t, 19 degrees
    mean = float(difference.mean())
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


CASES = (
    _case(
        "law-half-step",
        "halving the step (0.04 to 0.02 s): emptying time",
        0.02,
        measure=0,
        one=(0.04, 0.0, 0.0),
        other=(HALF_S, 0.0, 0.0),
    ),
    _case(
        "law-step-time",
        "step 0.05 against 0.01 s: emptying time",
        0.03,
        measure=0,
        one=(FINE_S, 0.0, 0.0),
        other=(USUAL_S, 0.0, 0.0),
    ),
    _case(
        "law-step-flow",
        "step 0.05 against 0.01 s: flow through the neck",
        0.03,
        measure=1,
        one=(FINE_S, 0.0, 0.0),
        other=(USUAL_S, 0.0, 0.0),
    ),
    _case(
        "law-translate",
        "ground moved by 100 km: emptying time",
        0.01,
        measure=0,
        one=(USUAL_S, 0.0, 0.0),
        other=(USUAL_S, FAR_M, 0.0),
    ),
    _case(
        "law-rotate",
        "ground turned by 45 degrees: emptying time",
        0.01,
        measure=0,
        one=(USUAL_S, 0.0, 0.0),
        other=(USUAL_S, 0.0, 45.0),
    ),
)
