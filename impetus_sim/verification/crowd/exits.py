"""Which exit people leave by: RiMEA tests 9 (closing two of four) and 10 (allocated exits)."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely import LineString, box

from impetus_sim.maps.plan import NamedShape, build_plan
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, run_to_end

DOORS = (("n1", "north", 10.0), ("n2", "north", 20.0), ("s1", "south", 10.0), ("s2", "south", 20.0))
"""Four exits of the 30 x 20 m room, two in each long wall: name, wall, middle in m."""
DURATION_S = 1200.0
CORRIDOR_M = 1.8
ROOM_M = (3.0, 5.0)
WALL_M = 0.2
N_COLUMNS = 6


def empty_hall(effort: Effort, doors: tuple[tuple[str, str, float], ...]) -> float:
    """Return the time in s until 1000 persons have left the hall by the given doors; inf if not all do."""
    exits = [{"name": name, "wall": wall, "centre": at, "width": 1.0} for name, wall, at in doors]
    simulation = build(
        {"kind": "room", "width": 30.0, "depth": 20.0, "exits": exits},
        {WALKER: {"count": 1000, "at": "room"}},
        model=effort.model,
        duration_s=DURATION_S,
    )
    times = run_to_end(simulation)
    return float(times[-1]) if len(times) == 1000 else np.inf


def close_two_exits(effort: Effort) -> Measured:
    """Compare the emptying times of the hall with four exits and with the two of one wall."""
    four, two = empty_hall(effort, DOORS), empty_hall(effort, DOORS[:2])
    ratio = two / four if np.isfinite(four) else np.inf
    return Measured(value=ratio, text=f"{two:.1f} s / {four:.1f} s = {ratio:.2f}")


def cabins() -> Any:
    """Return the plan of RiMEA test 10: twelve rooms on a corridor, an exit at either end."""
    pitch = ROOM_M[0] + WALL_M
    length = N_COLUMNS * pitch + 4.0
    parts = {"corridor": [box(0.0, 0.0, length, CORRIDOR_M)], "main_rooms": [], "secondary_rooms": []}
    doors = []
    for column in range(N_COLUMNS):
        x = 2.0 + column * pitch
        # rooms 1 to 4 and 7 to 10 belong to the main exit (west), the others to the secondary one (east)
        name = "main_rooms" if column < 4 else "secondary_rooms"
        for low, gap in ((CORRIDOR_M + WALL_M, CORRIDOR_M), (-WALL_M - ROOM_M[1], -WALL_M)):
            parts[name].append(box(x, low, x + ROOM_M[0], low + ROOM_M[1]))
            doors.append(box(x + 1.0, gap - 0.01, x + 1.9, gap + WALL_M + 0.01))
    ground = shapely.union_all([*doors, *(shape for shapes in parts.values() for shape in shapes)])
    places = [
        NamedShape(name=name, kind="area", shape=shapely.union_all(shapes)) for name, shapes in parts.items()
    ]
    ends = (("main", 0.0), ("secondary", length))
    places += [
        NamedShape(name=name, kind="exit", shape=LineString([(x, 0.0), (x, CORRIDOR_M)])) for name, x in ends
    ]
    return build_plan(name="cabins", ground=ground, places=places)


def keep_to_allocated_exit(effort: Effort) -> Measured:
    """Return the share of 23 persons who leave by the exit allocated to their room."""
    simulation = build(
        {"kind": "room"},
        {
            "main_people": {"count": 15, "at": "main_rooms", "exits": ["main"]},
            "secondary_people": {"count": 8, "at": "secondary_rooms", "exits": ["secondary"]},
        },
        model=effort.model,
        duration_s=120.0,
        city=cabins(),
    )
    run_to_end(simulation)
    people, roster = simulation.crowd.people, simulation.crowd.roster
    names = simulation.world.ground.exit_names
    wanted = {"main_people": names.index("main"), "secondary_people": names.index("secondary")}
    own = np.array([wanted[name] for name in roster.populations])[people.population]
    right = int(np.count_nonzero(people.exit == own))
    return Measured(value=right / 23.0, text=f"{right} of 23")


def prefer_the_near_exit(effort: Effort) -> Measured:
    """Return the share of 1000 persons in the left third who leave by the nearer of two exits of one wall."""
    exits = [
        {"name": name, "wall": "north", "centre": at, "width": 1.0}
        for name, at in (("near", 7.5), ("far", 22.5))
    ]
    simulation = build(
        {"kind": "room", "width": 30.0, "depth": 20.0, "exits": exits},
        {WALKER: {"count": 1000, "at": {"box": [0.0, 0.0, 18.0, 20.0]}}},
        model=effort.model,
        duration_s=DURATION_S,
    )
    run_to_end(simulation)
    names, used = simulation.world.ground.exit_names, simulation.crowd.people.exit
    near, far = (int(np.count_nonzero(used == names.index(name))) for name in ("near", "far"))
    return Measured(value=near / max(1, near + far), text=f"{near} near, {far} far")


_EXITS = (
    Case(
        id="rimea-9",
        standard="RiMEA 4.1.1, test 9",
        title="1000 persons leave a 30 x 20 m hall: two of four 1 m exits closed",
        source="RiMEA 4.1.1 (2022): time about doubles; band of +-20 % around 2",
        low=1.6,
        high=2.4,
        expected="time ratio 1.6 to 2.4",
        run=close_two_exits,
    ),
    Case(
        id="rimea-10",
        standard="RiMEA 4.1.1, test 10",
        title="23 persons in 12 rooms leave by the exit allocated to them",
        source="RiMEA 4.1.1 (2022)",
        low=1.0,
        high=1.0,
        expected="all by the allocated exit",
        run=keep_to_allocated_exit,
    ),
)
CASES = (
    _EXITS[0],
    _EXITS[0].also("imo-9", "IMO MSC.1/Circ.1533, test 9"),
    _EXITS[1],
    _EXITS[1].also("imo-10", "IMO MSC.1/Circ.1533, test 10"),
    _EXITS[1].also("nist-3.1", "NIST TN 1822, 3.1"),
    _EXITS[1].also("iso-8", "ISO 20414, test 8"),
    Case(
        id="rimea-11",
        standard="RiMEA 4.1.1, test 11",
        title="1000 persons in the left of a hall, two exits in one wall",
        source="RiMEA 4.1.1 (2022)",
        low=0.5001,
        high=0.9999,
        expected="most leave by the nearer exit, some by the farther",
        run=prefer_the_near_exit,
    ),
)
