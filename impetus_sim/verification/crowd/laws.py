"""Laws that hold for every model: people are conserved, nobody passes a wall, threads change nothing."""

from __future__ import annotations

import numpy as np
import shapely

from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.kernels.move import move_people
from impetus_sim.errors import RunFailedError
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.random_ground import random_city
from impetus_sim.verification.crowd.setup import WALKER, build, run_to_end
from impetus_sim.verification.kernels.crossings import count_crossings
from impetus_sim.world.ground import WALL_CELL_M

STEP_S = 0.05
FASTEST_M_S = 9.0
"""Of the unhindered random walks: 0.45 m a step, near the longest step that the engine allows."""
PERSONS_PER_M2 = 0.7
MAX_STEPS = 4000


def conserve_people(effort: Effort) -> Measured:
    """Check after every step that entered = inside + left + removed, and that everybody is on the ground."""
    simulation = build(
        {"kind": "t_junction", "length": 20.0, "width": 4.0, "stem_width": 4.0},
        {
            "west": {
                "count": 120,
                "at": "west_branch",
                "premovement": {"kind": "uniform", "low": 0.0, "high": 20.0},
            },
            "coming": {
                "count": 150,
                "at": "stem",
                "activity": "stay",
                "arrive": {"through": "east", "start": 0.0, "end": 40.0},
            },
        },
        model=effort.model,
        duration_s=90.0,
        check=True,
    )
    steps = round(90.0 / simulation.crowd.step_s)
    try:
        run_to_end(simulation)
    except RunFailedError as error:
        return Measured(value=1.0, text=error.message)
    counts = simulation.crowd.counts()
    return Measured(
        value=0.0,
        text=f"{steps} steps: {counts['entered']} in = {counts['inside']} inside + {counts['left']} left",
    )


def stay_within_walls(effort: Effort) -> Measured:
    """Count steps across a wall and people off the ground, over random walks in random polygons."""
    done = broken = polygons = 0
    while done < effort.person_steps:
        steps, wrong = _walk_at_random(effort, seed=polygons, is_unhindered=polygons % 2 == 1, done=done)
        done, broken, polygons = done + steps, broken + wrong, polygons + 1
    return Measured(value=float(broken), text=f"{broken} in {done} person-steps, {polygons} polygons")


def _walk_at_random(effort: Effort, *, seed: int, is_unhindered: bool, done: int) -> tuple[int, int]:
    # Half of the polygons with the walking model, half with velocities that no model would propose.
    city = random_city(seed)
    count = max(30, int(PERSONS_PER_M2 * city.layers["walkable"].area.sum()))
    simulation = build(
        {"kind": "room"},
        {WALKER: {"count": count, "at": "ground", "activity": "stay"}},
        model=effort.model,
        duration_s=1.0,
        seed=seed,
        city=city,
    )
    people, ground, model = simulation.crowd.people, simulation.world.ground, simulation.crowd.model
    n = len(people)
    random = np.random.default_rng(seed)
    cells, rows = CellList(n, ground), np.arange(n, dtype=np.int32)
    is_open = np.zeros(len(ground.walls), np.uint8)
    lets = np.zeros(len(ground.exit_names), np.uint8)
    crossed = np.empty(n, np.int16)
    shapely.prepare(ground.polygon)
    n_steps = min(MAX_STEPS, 100 + effort.person_steps // 50_000, -(-(effort.person_steps - done) // n))
    broken = 0
    wish = random.uniform(0.0, 2.0 * np.pi, n)
    for step in range(n_steps):
        if step % 10 == 0:
            wish = random.uniform(0.0, 2.0 * np.pi, n)
        x, y = people.x.copy(), people.y.copy()
        cells.update(people, rows, n)
        if is_unhindered:
            speed = random.uniform(0.0, FASTEST_M_S, n)
            people.vx[:], people.vy[:] = speed * np.cos(wish), speed * np.sin(wish)
        else:
            model.propose(cells, people.desired_speed, np.cos(wish), np.sin(wish), is_open)
        move_people(
            cells.order, n, cells.is_here, STEP_S, ground.walls, is_open, ground.wall_exit, lets, ground.x0,
            ground.y0, WALL_CELL_M, ground.wall_columns, ground.near.start, ground.near.of, people.x, people.y,
            people.radius, people.vx, people.vy, crossed,
        )  # fmt: skip
        broken += int(count_crossings(x, y, people.x, people.y, ground.walls))
        broken += int(np.count_nonzero(~shapely.contains_xy(ground.polygon, people.x, people.y)))
    return n * n_steps, broken


def ignore_threads(effort: Effort) -> Measured:
    """Run 2500 people with one and with two threads and compare the digests."""
    digests, used = [], []
    for threads in (1, 2):
        simulation = build(
            {"kind": "room", "width": 45.0, "depth": 40.0, "obstacles": [[20.0, 10.0, 24.0, 30.0]]},
            {WALKER: {"count": 2500, "at": "room"}},
            model=effort.model,
            duration_s=6.0,
            threads=threads,
        )
        run_to_end(simulation)
        digests.append(simulation.digest.value)
        used.append(simulation.threads)
    differ = float(digests[0] != digests[1])
    return Measured(
        value=differ,
        text=f"{'different' if differ else 'equal'} for {used[0]} and {used[1]} threads: {digests[0][:12]}",
    )


CASES = (
    Case(
        id="law-people",
        standard="law",
        title="people are conserved and on walkable ground after every step",
        source="entered = inside + left + removed, exactly",
        low=0.0,
        high=0.0,
        expected="no breach",
        run=conserve_people,
    ),
    Case(
        id="law-walls",
        standard="law",
        title="nobody passes a wall in random polygons with thin fences",
        source="every step tested against every wall, and every position against the polygon",
        low=0.0,
        high=0.0,
        expected="0 crossings",
        run=stay_within_walls,
    ),
    Case(
        id="law-threads",
        standard="law",
        title="one and two threads give the same digest, 2500 persons",
        source="the digest covers every state column, unquantised",
        low=0.0,
        high=0.0,
        expected="equal digests",
        run=ignore_threads,
    ),
)
