"""Who people are and whom they follow: ages, groups, social influence, familiar exits.

RiMEA and IMO test 7, NIST 2.9 / ISO 14, NIST 3.2 / ISO 15, NIST 3.3 / ISO 16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, run_to_end

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

AGES = {"from_20": (1.54, 1.61), "from_30": (1.41, 1.54), "from_50": (0.68, 1.41)}
"""Adults by age in years (20 to 30, to 50, above): range of free speeds, m/s (Weidmann 1993, as in RiMEA)."""
ALLOWED_M_S = 0.03
SEEDS = tuple(range(1, 41))
TWO_DOORS: dict[str, Any] = {
    "kind": "room",
    "width": 20.0,
    "depth": 10.0,
    "exits": [
        {"name": "exit_1", "wall": "west", "width": 2.0},
        {"name": "exit_2", "wall": "east", "width": 2.0},
    ],
}


def walk_by_age(effort: Effort) -> Measured:
    """Count adults who walk outside their age's range, and 50 more when the means do not fall with age."""
    profiles = {
        name: {
            "desired_speed": {"mean": 0.5 * (low + high), "sd": 0.25 * (high - low), "min": low, "max": high}
        }
        for name, (low, high) in AGES.items()
    }
    simulation = build(
        {"kind": "room", "width": 60.0, "depth": 40.0},
        {
            WALKER: {
                "count": 50,
                "at": {"box": [0.0, 0.0, 30.0, 40.0]},
                "profiles": {"from_20": 0.34, "from_30": 0.33, "from_50": 0.33},
            }
        },
        model=effort.model,
        profiles=profiles,
        duration_s=15.0,
    )
    people, roster = simulation.crowd.people, simulation.crowd.roster
    x, y = people.x.copy(), people.y.copy()
    walked = np.zeros(len(people))

    def note(running: Simulation) -> None:
        nonlocal x, y
        if running.tick % 100 or running.tick == 0:
            return
        here = running.crowd.inside
        walked[here] = np.maximum(walked[here], np.hypot(people.x[here] - x[here], people.y[here] - y[here]))
        x, y = people.x.copy(), people.y.copy()

    simulation.run_until(15.0, after_tick=note)
    outside, means = 0, []
    for name, (low, high) in AGES.items():
        members = walked[people.profile == roster.profiles.index(name)]
        outside += int(np.count_nonzero((members < low - ALLOWED_M_S) | (members > high + ALLOWED_M_S)))
        means.append(float(members.mean()))
    falls = bool(np.all(np.diff(means) < 0.0))
    words = ", ".join(f"{mean:.2f}" for mean in means)
    return Measured(value=outside + 50.0 * (not falls), text=f"{outside} outside; means {words} m/s")


def arrive_together(effort: Effort) -> Measured:
    """Return the seconds between the first and the last of a group of four fast and one slow at the exit."""
    population = {
        "count": 5,
        "at": {"box": [0.5, 1.0, 4.0, 3.0]},
        "exits": ["east"],
        "profiles": {WALKER: 0.8, "slow": 0.2},
        "groups": {"share": 1.0, "of": {WALKER: 4, "slow": 1}},
    }
    return _spread(effort, {"group": population}, 120.0)


def stay_together_among_others(effort: Effort) -> Measured:
    """Return the seconds between the first and the last of a group of five among ten slower people."""
    populations = {
        "group": {
            "count": 5,
            "at": {"box": [0.5, 0.5, 4.0, 3.5]},
            "exits": ["east"],
            "groups": {"share": 1.0, "of": {WALKER: 5}},
        },
        "others": {"count": 10, "at": {"box": [5.0, 0.5, 12.0, 3.5]}, "exits": ["east"], "profiles": "slow"},
    }
    return _spread(effort, populations, 120.0)


def _spread(effort: Effort, populations: dict[str, Any], duration_s: float) -> Measured:
    simulation = build(
        {"kind": "corridor", "length": 30.0, "width": 4.0},
        populations,
        model=effort.model,
        profile={"desired_speed": 1.25},
        profiles={"slow": {"desired_speed": 0.5}},
        duration_s=duration_s,
    )
    run_to_end(simulation)
    people, roster = simulation.crowd.people, simulation.crowd.roster
    ticks = people.left_tick[people.population == roster.populations.index("group")]
    if np.any(ticks < 0):
        return Measured(value=np.inf, text=f"{int(np.count_nonzero(ticks < 0))} of 5 did not arrive")
    times = np.sort(ticks) * simulation.world.seconds(1)
    return Measured(
        value=float(np.ptp(times)),
        text=f"{np.ptp(times):.1f} s apart, from {times[0]:.1f} to {times[-1]:.1f} s",
    )


def follow_the_third(effort: Effort) -> Measured:
    """Return how much more often two people leave by exit 2 when a third is bound to it, or -1 below half."""
    alone, led = (_share_by_exit_2(effort, is_led=is_led) for is_led in (False, True))
    return Measured(
        value=led - alone if led > 0.5 else -1.0,
        text=f"{led:.0%} with the third, {alone:.0%} without, {len(SEEDS)} seeds",
    )


def _share_by_exit_2(effort: Effort, *, is_led: bool) -> float:
    used = []
    for seed in SEEDS:
        populations: dict[str, Any] = {
            WALKER: {
                "count": 2,
                "at": {"box": [9.0, 3.0, 11.0, 7.0]},
                "premovement": {"kind": "constant", "value": 1.0},
            }
        }
        if is_led:
            populations["third"] = {"count": 1, "at": {"box": [9.5, 4.5, 10.5, 5.5]}, "exits": ["exit_2"]}
        simulation = build(
            TWO_DOORS,
            populations,
            model=effort.model,
            duration_s=40.0,
            seed=seed,
            crowd={"exit_choice": {"herding": {}}},
        )
        run_to_end(simulation)
        people, roster = simulation.crowd.people, simulation.crowd.roster
        members = people.population == roster.populations.index(WALKER)
        used.append(people.exit[members] == simulation.world.ground.exit_names.index("exit_2"))
    return float(np.concatenate(used).mean())


def prefer_the_familiar(effort: Effort) -> Measured:
    """Return the share by exit 2 at odds of 4 (20/80), or -1 when equal odds do not give half within 10 %."""
    equal, preferred = (_familiar_share(effort, odds) for odds in (1.0, 4.0))
    return Measured(
        value=preferred if abs(equal - 0.5) <= 0.1 else -1.0,
        text=f"{equal:.0%} by exit 2 at equal odds, {preferred:.0%} at 20/80",
    )


def _familiar_share(effort: Effort, odds: float) -> float:
    used = []
    for seed in (1, 2, 3, 4, 5):
        simulation = build(
            TWO_DOORS,
            {WALKER: {"count": 40, "at": {"box": [9.0, 0.0, 11.0, 10.0]}, "familiar": {"exit_2": odds}}},
            model=effort.model,
            duration_s=60.0,
            seed=seed,
        )
        run_to_end(simulation)
        exits = simulation.crowd.people.exit
        used.append(exits == simulation.world.ground.exit_names.index("exit_2"))
    return float(np.concatenate(used).mean())


_THIRD = Case(
    id="nist-3.2",
    standard="NIST TN 1822, 3.2",
    title="two persons between two exits, a third is bound to exit 2 (exit_choice.herding, defaults)",
    source="NIST TN 1822 (2013); ISO 20414:2020; 40 seeds",
    low=0.01,
    high=1.0,
    expected="more than half by exit 2, and more than without the third",
    run=follow_the_third,
)
_FAMILIAR = Case(
    id="nist-3.3",
    standard="NIST TN 1822, 3.3",
    title="exits equally far: familiar at odds 50/50, then 20/80",
    source="NIST TN 1822 (2013); ISO 20414:2020; 200 persons in 5 runs",
    low=0.6,
    high=1.0,
    expected="half within 10 %, then exit 2 preferred (60 % or more)",
    run=prefer_the_familiar,
)
_AGES = (
    Case(
        id="rimea-7",
        standard="RiMEA 4.1.1, test 7",
        title="50 adults walk at the speeds of their age",
        source="RiMEA 4.1.1 (2022); Weidmann (1993): 1.54 to 1.61, 1.41 to 1.54, 0.68 to 1.41 m/s",
        low=0.0,
        high=0.0,
        expected="all within 0.03 m/s of their range, means fall with age",
        run=walk_by_age,
    ),
)
CASES = (
    _AGES[0],
    _AGES[0].also("imo-7", "IMO MSC.1/Circ.1533, test 7"),
    Case(
        id="nist-2.9",
        standard="NIST TN 1822, 2.9",
        title="a group of four at 1.25 m/s and one at 0.5 m/s over 26 m",
        source="NIST TN 1822 (2013): arrive together, 10 s",
        low=0.0,
        high=10.0,
        expected="at most 10 s between the first and the last",
        run=arrive_together,
    ),
    Case(
        id="iso-14",
        standard="ISO 20414, test 14",
        title="a group of five at 1.25 m/s among ten at 0.5 m/s",
        source="ISO 20414:2020: arrive together, 10 s",
        low=0.0,
        high=10.0,
        expected="at most 10 s between the first and the last",
        run=stay_together_among_others,
    ),
    _THIRD,
    _THIRD.also("iso-15", "ISO 20414, test 15"),
    _FAMILIAR,
    _FAMILIAR.also("iso-16", "ISO 20414, test 16"),
)
