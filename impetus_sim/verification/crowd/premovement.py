"""Pre-movement times: RiMEA test 5, IMO test 5, and the drawn desired speeds of NIST 2.4 / ISO test 5."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

ROOM = {"kind": "room", "width": 8.0, "depth": 5.0, "exits": [{"name": "door", "wall": "east", "width": 1.0}]}


def start_on_time(effort: Effort) -> Measured:
    """Compare when each of ten persons first moves with the pre-movement time drawn for them."""
    simulation = build(
        ROOM,
        {WALKER: {"count": 10, "at": "room", "premovement": {"kind": "uniform", "low": 10.0, "high": 100.0}}},
        model=effort.model,
        duration_s=200.0,
    )
    people = simulation.crowd.people
    x, y = people.x.copy(), people.y.copy()
    started = np.full(len(people), np.inf)
    step_s = simulation.crowd.step_s

    def note(running: Simulation) -> None:
        moved = np.isinf(started) & ((people.x != x) | (people.y != y))
        started[moved] = running.time_s - step_s  # the step in which they first moved began here

    simulation.run_until(200.0, after_tick=note)
    late = np.abs(started - people.premovement_s)
    in_range = bool(np.all((people.premovement_s >= 10.0) & (people.premovement_s <= 100.0)))
    worst = float(late.max()) if in_range else np.inf
    return Measured(
        value=worst, text=f"at most {worst:.3f} s off, {started.min():.1f} to {started.max():.1f} s"
    )


def draw_speeds(effort: Effort) -> Measured:
    """Compare mean and sd of 100 drawn desired speeds with N(1.2, 0.2)."""
    simulation = build(
        {"kind": "room", "width": 20.0, "depth": 10.0},
        {WALKER: {"count": 100, "at": "room"}},
        model=effort.model,
        profile={"desired_speed": {"mean": 1.2, "sd": 0.2}},
        duration_s=1.0,
    )
    speeds = simulation.crowd.people.desired_speed
    mean, sd = float(speeds.mean()), float(speeds.std(ddof=1))
    off = max(abs(mean - 1.2), abs(sd - 0.2))
    return Measured(value=off, text=f"mean {mean:.3f}, sd {sd:.3f} m/s")


def follow_the_law(effort: Effort, *, law: str) -> Measured:
    """Return the p-value of Kolmogorov and Smirnov for ten starting times against the law they were drawn from."""
    import scipy.stats

    given, exact = LAWS[law]
    simulation = build(
        ROOM,
        {WALKER: {"count": 10, "at": "room", "premovement": {"kind": law, **given}}},
        model=effort.model,
        duration_s=600.0,
    )
    people = simulation.crowd.people
    x, y = people.x.copy(), people.y.copy()
    started = np.full(len(people), np.inf)
    step_s = simulation.crowd.step_s

    def note(running: Simulation) -> None:
        moved = np.isinf(started) & ((people.x != x) | (people.y != y))
        started[moved] = running.time_s - step_s

    simulation.run_until(600.0, after_tick=note)
    test = scipy.stats.kstest(started, exact().cdf)
    return Measured(
        value=float(test.pvalue),
        text=f"p = {test.pvalue:.2f}, starts from {started.min():.1f} to {started.max():.1f} s",
    )


def _laws() -> dict[str, tuple[dict[str, float], Any]]:
    def law(name: str, **shape: float) -> Any:
        import scipy.stats

        return getattr(scipy.stats, name)(**shape)

    return {
        "uniform": ({"low": 10.0, "high": 100.0}, partial(law, "uniform", loc=10.0, scale=90.0)),
        "normal": ({"mean": 60.0, "sd": 10.0}, partial(law, "norm", loc=60.0, scale=10.0)),
        "lognormal": ({"median": 40.0, "sigma": 0.4}, partial(law, "lognorm", s=0.4, scale=40.0)),
        "weibull": ({"scale": 50.0, "shape": 2.0}, partial(law, "weibull_min", c=2.0, scale=50.0)),
        "gamma": ({"shape": 4.0, "scale": 12.0}, partial(law, "gamma", a=4.0, scale=12.0)),
    }


LAWS = _laws()
"""Kind of pre-movement time to the parameters of the test and the exact law."""


_START = (
    Case(
        id="rimea-5",
        standard="RiMEA 4.1.1, test 5",
        title="ten persons start after their own pre-movement time of 10 to 100 s",
        source="RiMEA 4.1.1 (2022): room 8 x 5 m, 1 m exit",
        low=0.0,
        high=0.5,
        expected="each within 0.5 s of the own value",
        run=start_on_time,
    ),
    Case(
        id="iso-5",
        standard="ISO 20414, test 5",
        title="desired speeds of 100 persons follow N(1.2, 0.2) m/s",
        source="ISO 20414:2020; NIST TN 1822 (2013)",
        low=0.0,
        high=0.05,
        expected="mean and sd within 0.05 m/s",
        run=draw_speeds,
    ),
)
CASES = (
    _START[0],
    _START[0].also("imo-5", "IMO MSC.1/Circ.1533, test 5"),
    *(
        case
        for law in LAWS
        for first in [
            Case(
                id=f"nist-1.1-{law}",
                standard="NIST TN 1822, 1.1",
                title=f"pre-movement times of ten persons follow the {law} law",
                source="NIST TN 1822 (2013); ISO 20414:2020: Kolmogorov-Smirnov test",
                low=0.05,
                high=1.0,
                expected="p above 0.05",
                run=partial(follow_the_law, law=law),
            )
        ]
        for case in (first, first.also(f"iso-1-{law}", "ISO 20414, test 1"))
    ),
    _START[1],
    _START[1].also("nist-2.4", "NIST TN 1822, 2.4"),
)
