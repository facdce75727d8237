"""Several storeys: RiMEA test 8 (a parameter study), NIST 2.7 (a lift)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.crowd.population import BETWEEN, LEFT
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build

if TYPE_CHECKING:
    from impetus_sim.engine.simulation import Simulation

FLOOR_M = 4.0
SPEEDS_M_S = (0.9, 1.2, 1.5)
LIFT = {"capacity": 4, "speed": 1.0, "door_time": 2.0, "dwell": 4.0}
RISE_M = 6.0


def _plan(*exits: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "room", "width": 16.0, "depth": 8.0, "exits": list(exits)}


def _stair(lower: str, upper: str, x: float) -> dict[str, Any]:
    return {
        "kind": "stair",
        "lower": {"storey": lower, "line": [[x, 8.0], [x + 2.0, 8.0]]},
        "upper": {"storey": upper, "line": [[x, 8.0], [x + 2.0, 8.0]]},
    }


def vary_the_speed(effort: Effort) -> Measured:
    """Return the least fall of the emptying time of three storeys from one walking speed to the next, s."""
    times = [_empty_building(effort.model, speed) for speed in SPEEDS_M_S]
    words = ", ".join(f"{time:.1f} s at {v:g} m/s" for v, time in zip(SPEEDS_M_S, times, strict=True))
    fall = float(-np.diff(times).max()) if np.all(np.isfinite(times)) else -np.inf
    return Measured(value=fall, text=words)


def _empty_building(model: str, speed: float) -> float:
    door = {"name": "door", "wall": "east", "width": 2.0}
    people = {"activity": "leave", "profiles": WALKER, "count": 40}
    simulation = build(
        _plan(door),
        {
            "ground_people": people | {"at": {"storey": "ground", "box": [1.0, 1.0, 15.0, 7.0]}},
            "first_people": people | {"at": {"storey": "first", "box": [1.0, 1.0, 15.0, 7.0]}},
            "second_people": people | {"at": {"storey": "second", "box": [1.0, 1.0, 15.0, 7.0]}},
        },
        model=model,
        profile={"desired_speed": {"mean": speed, "sd": 0.1}},
        duration_s=400.0,
        crowd={
            "storeys": {
                "ground": {"elevation": 0.0},
                "first": {"map": {"synthetic": _plan()}, "elevation": FLOOR_M},
                "second": {"map": {"synthetic": _plan()}, "elevation": 2.0 * FLOOR_M},
            },
            "connections": {
                "lower_stair": _stair("ground", "first", 2.0),
                "upper_stair": _stair("first", "second", 10.0),
            },
        },
    )
    simulation.run_until(400.0)
    people_table = simulation.crowd.people
    if not np.all(people_table.state == LEFT):
        return np.inf
    return float(people_table.left_tick.max()) * simulation.world.seconds(1)


def ride_a_lift(effort: Effort) -> Measured:
    """Return how far the ride of a full lift is from door, travel and door time, s; infinite when out of order.

    Eight people wait, four fit. Order: whoever rides first comes out before the others get in.
    """
    door = {"name": "door", "wall": "east", "width": 2.0}
    simulation = build(
        _plan(door),
        {WALKER: {"count": 8, "at": {"storey": "below", "box": [1.0, 1.0, 15.0, 7.0]}}},
        model=effort.model,
        profile={"desired_speed": 1.2},
        duration_s=300.0,
        crowd={
            "storeys": {
                "above": {"elevation": RISE_M},
                "below": {"map": {"synthetic": _plan()}, "elevation": 0.0},
            },
            "connections": {
                "lift": {
                    "kind": "lift",
                    **LIFT,
                    "stops": {
                        "below": {"storey": "below", "line": [[7.0, 0.0], [8.2, 0.0]]},
                        "above": {"storey": "above", "line": [[7.0, 8.0], [8.2, 8.0]]},
                    },
                }
            },
        },
    )
    people = simulation.crowd.people
    boarded, alighted = np.full(8, np.inf), np.full(8, np.inf)

    def note(running: Simulation) -> None:
        aboard = people.state == BETWEEN
        boarded[aboard & np.isinf(boarded)] = running.time_s
        alighted[~aboard & np.isfinite(boarded) & np.isinf(alighted)] = running.time_s

    simulation.run_until(300.0, after_tick=note)
    if not np.all(np.isfinite(alighted)):
        return Measured(value=np.inf, text=f"{int(np.isfinite(alighted).sum())} of 8 rode and got out")
    order = np.argsort(boarded)
    first, second = order[:4], order[4:]
    ride = float(alighted[first].min() - boarded[first].max())
    expected = 2.0 * float(LIFT["door_time"]) + RISE_M / float(LIFT["speed"])
    in_order = alighted[first].max() <= boarded[second].min()
    words = f"{ride:.2f} s, specified {expected:.2f} s; then the other four" if in_order else "out of order"
    return Measured(value=abs(ride - expected) if in_order else np.inf, text=words)


CASES = (
    Case(
        id="rimea-8",
        standard="RiMEA 4.1.1, test 8",
        title="three storeys, 120 persons, walking speed 0.9 to 1.5 m/s",
        source="RiMEA 4.1.1 (2022): parameter study, to be documented",
        low=1.0,
        high=400.0,
        expected="the building empties sooner with every speed",
        run=vary_the_speed,
    ),
    Case(
        id="nist-2.7",
        standard="NIST TN 1822, 2.7",
        title="eight persons and a lift for four: doors 2 s, 6 m at 1 m/s",
        source="NIST TN 1822 (2013): order and travel time as specified",
        low=0.0,
        high=0.25,
        expected="10 s from the last in to the first out, within 0.25 s; four by four",
        run=ride_a_lift,
    ),
)
