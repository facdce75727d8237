"""Two crowds through one corridor: IMO test 8, NIST 2.8, ISO 20414 test 6."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import shapely
from shapely import LineString, box

from impetus_sim.maps.plan import NamedShape, build_plan
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import build, run_to_end

SIDE_M = 10.0
LENGTH_M, WIDTH_M = 10.0, 2.0
COMING = (0, 10, 50, 100)
SEEDS = (1, 2, 3)
DURATION_S = 600.0


def two_rooms() -> Any:
    """Return two rooms of 10 x 10 m joined by a corridor of 10 x 2 m, an exit along the far wall of each."""
    low, high = (SIDE_M - WIDTH_M) / 2.0, (SIDE_M + WIDTH_M) / 2.0
    end = 2.0 * SIDE_M + LENGTH_M
    rooms = {
        "west_room": box(0.0, 0.0, SIDE_M, SIDE_M),
        "east_room": box(SIDE_M + LENGTH_M, 0.0, end, SIDE_M),
    }
    ground = shapely.union_all([*rooms.values(), box(SIDE_M, low, SIDE_M + LENGTH_M, high)])
    places = [NamedShape(name=name, kind="area", shape=shape) for name, shape in rooms.items()]
    for name, x in (("west", 0.0), ("east", end)):
        places.append(NamedShape(name=name, kind="exit", shape=LineString([(x, 0.0), (x, SIDE_M)])))
    return build_plan(name="two-rooms", ground=ground, places=places)


@cache
def crossing(model: str, coming: int) -> tuple[float, int]:
    """Return the mean time in s until the 100 have crossed, over the seeds, and how many never did."""
    times, stuck = [], 0
    for seed in SEEDS:
        populations = {"eastward": {"count": 100, "at": {"box": [2.0, 0.0, 10.0, 10.0]}, "exits": ["east"]}}
        if coming:
            populations["westward"] = {
                "count": coming,
                "at": {"box": [20.0, 0.0, 28.0, 10.0]},
                "exits": ["west"],
            }
        simulation = build(
            {"kind": "room"},
            populations,
            model=model,
            duration_s=DURATION_S,
            seed=seed,
            city=two_rooms(),
        )
        run_to_end(simulation)
        people, roster = simulation.crowd.people, simulation.crowd.roster
        ticks = people.left_tick[people.population == roster.populations.index("eastward")]
        stuck += int(np.count_nonzero(people.left_tick < 0))
        times.append(float(ticks.max()) * simulation.world.seconds(1))
    return float(np.mean(times)), stuck


def rises_with_those_coming(effort: Effort) -> Measured:
    """Return the least rise of the crossing time from one number of people coming to the next, s."""
    found = [crossing(effort.model, coming) for coming in COMING]
    stuck = sum(n for _, n in found)
    words = ", ".join(
        f"{time:.1f} s against {coming}" + (f" ({n} never crossed)" if n else "")
        for coming, (time, n) in zip(COMING, found, strict=True)
    )
    rise = float(np.diff([time for time, _ in found]).min())
    return Measured(value=-float(stuck) if stuck else rise, text=words)


_CASE = Case(
    id="nist-2.8",
    standard="NIST TN 1822, 2.8",
    title="100 persons cross a 10 x 2 m corridor against 0, 10, 50 and 100",
    source="IMO MSC.1/Circ.1533; NIST TN 1822 (2013); ISO 20414:2020; mean of 3 seeds",
    low=0.1,
    high=300.0,
    expected="each time longer (by 0.1 s or more), nobody left stuck",
    run=rises_with_those_coming,
    default_model="anticipation_velocity",
)
CASES = (
    _CASE.also("imo-8", "IMO MSC.1/Circ.1533, test 8"),
    _CASE,
    _CASE.also("iso-6", "ISO 20414, test 6"),
)
