"""Ways that shut and ways that are short: NIST 4.1 / ISO test 9, ISO test 17."""

from __future__ import annotations

from typing import Any

import numpy as np
from shapely import LineString, box

from impetus_sim.maps.plan import NamedShape, build_plan
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, run_to_end

SHUT_AT_S = 1.0


def leave_by_the_other(effort: Effort) -> Measured:
    """Shut the exit right beside somebody after a second and see by which exit they leave."""
    simulation = build(
        {
            "kind": "room",
            "width": 10.0,
            "depth": 10.0,
            "exits": [
                {"name": "exit_1", "wall": "east", "width": 1.0},
                {"name": "exit_2", "wall": "west", "width": 1.0},
            ],
        },
        {WALKER: {"count": 1, "at": {"box": [5.5, 4.5, 6.5, 5.5]}}},
        model=effort.model,
        duration_s=60.0,
        crowd={"exit_choice": {"taste": 0.0}},
        interventions={
            "shut": {"kind": "exit_control", "exit": "exit_1", "action": "close", "at_time": SHUT_AT_S}
        },
    )
    people, names = simulation.crowd.people, simulation.world.ground.exit_names
    simulation.run_until(SHUT_AT_S / 2.0)
    wanted = names[int(people.goal[0])]
    run_to_end(simulation)
    used = names[int(people.exit[0])] if people.exit[0] >= 0 else "none"
    is_right = wanted == "exit_1" and used == "exit_2"
    return Measured(value=float(is_right), text=f"made for {wanted}, left by {used}")


def building_with_a_shortcut() -> Any:
    """Return a room with two ways to one hall: a direct corridor, and one three times as long around."""
    ground = box(0.0, 0.0, 10.0, 10.0)
    for part in (
        box(10.0, 4.0, 30.0, 6.0),  # direct
        box(2.0, 10.0, 4.0, 20.0),  # around: up, along, down
        box(2.0, 18.0, 38.0, 20.0),
        box(36.0, 10.0, 38.0, 20.0),
        box(30.0, 0.0, 40.0, 10.0),
    ):
        ground = ground.union(part)
    places = [
        NamedShape(name="start", kind="area", shape=box(0.0, 0.0, 10.0, 10.0)),
        NamedShape(name="out", kind="exit", shape=LineString([(40.0, 3.0), (40.0, 7.0)])),
    ]
    return build_plan(name="shortcut", ground=ground, places=places)


def take_the_shortcut(effort: Effort) -> Measured:
    """Return the share of 50 persons who go the direct way."""
    simulation = build(
        {"kind": "room"},
        {WALKER: {"count": 50, "at": "start"}},
        model=effort.model,
        duration_s=200.0,
        city=building_with_a_shortcut(),
    )
    people = simulation.crowd.people
    direct = np.zeros(len(people), bool)

    def note(running: Any) -> None:
        rows = running.crowd.inside
        direct[rows[(people.x[rows] > 18.0) & (people.x[rows] < 22.0) & (people.y[rows] < 8.0)]] = True

    simulation.run_until(200.0, after_tick=note)
    share = float(direct.mean())
    n_out = int(np.count_nonzero(people.left_tick >= 0))
    return Measured(
        value=share if n_out == len(people) else 0.0, text=f"{share:.0%} the direct way, {n_out} out"
    )


_SHUT = Case(
    id="nist-4.1",
    standard="NIST TN 1822, 4.1",
    title="the exit somebody makes for is shut after 1 s",
    source="NIST TN 1822 (2013); ISO 20414:2020",
    low=1.0,
    high=1.0,
    expected="leaves by the other exit",
    run=leave_by_the_other,
)
CASES = (
    _SHUT,
    _SHUT.also("iso-9", "ISO 20414, test 9"),
    Case(
        id="iso-17",
        standard="ISO 20414, test 17",
        title="a direct way and one three times as long: 50 persons",
        source="ISO 20414:2020",
        low=0.5001,
        high=1.0,
        expected="more than half take the direct way, all out",
        run=take_the_shortcut,
    ),
)
