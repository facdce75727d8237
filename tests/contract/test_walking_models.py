"""What every walking model of the registry keeps, run through the same rooms."""

import numpy as np
import pytest
import shapely

from impetus_sim import registry
from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.population import COLUMNS, INSIDE
from impetus_sim.verification.crowd.setup import build
from impetus_sim.world.ground import build_ground

MODELS = sorted(registry.catalogue("walking_models"))
ROOM = {
    "kind": "room", "width": 12, "depth": 8, "obstacles": [[5.5, 3.0, 6.5, 5.0]],
    "exits": [{"name": "east", "wall": "east", "width": 1.6}, {"name": "west", "wall": "west", "width": 1.2}],
}  # fmt: skip
HALL = {
    "kind": "room", "width": 36, "depth": 36,
    "exits": [{"name": wall, "wall": wall, "width": 4.0} for wall in ("east", "west", "north", "south")],
}  # fmt: skip


@pytest.fixture(params=MODELS)
def model(request, warm):
    return request.param


def room_of(model, count, *, duration_s=300.0, threads=1, plan=ROOM, step_s=None, seed=3):
    return build(
        plan,
        {"guests": {"count": count, "at": "room"}},
        model=model,
        duration_s=duration_s,
        threads=threads,
        step_s=step_s,
        seed=seed,
    )


def tables(simulation):
    people = simulation.crowd.people
    return {name: column.tobytes() for name, column in people.columns.items()}


def test_a_room_of_100_evacuates_and_everything_stays_sound(model):
    simulation = room_of(model, 100)
    crowd, ground = simulation.crowd, simulation.world.ground
    shapely.prepare(ground.polygon)
    limit = crowd.people.desired_speed * getattr(crowd.model.spec, "max_speed_factor", 1.0)
    while not crowd.is_over and simulation.time_s < 300.0:
        simulation.run_until(simulation.time_s + 1.0)
        crowd.check_finite()
        counts = crowd.counts()
        assert counts["inside"] + counts["left"] == 100
        rows = crowd.inside
        assert shapely.contains_xy(ground.polygon, crowd.people.x[rows], crowd.people.y[rows]).all()
        speed = np.hypot(crowd.people.vx[rows], crowd.people.vy[rows])
        assert (speed <= limit[rows] * (1.0 + 1e-9)).all()
    assert crowd.counts()["left"] == 100


def test_a_coarse_step_is_stable(model):
    simulation = room_of(model, 60, step_s=0.25)
    simulation.run_until(15.0)
    simulation.crowd.check_finite()
    assert simulation.crowd.counts()["left"] > 0


def test_threads_do_not_change_the_result(model):
    found = []
    for threads in (1, 2):
        simulation = room_of(model, 2100, plan=HALL, threads=threads)
        simulation.run_until(2.0)
        found.append(tables(simulation))
    assert found[0] == found[1]


def test_a_step_reads_nothing_but_the_tables(model):
    """A restored run is a new set of systems with the tables written back: it must go on to the same bits."""
    straight = room_of(model, 60)
    straight.run_until(6.0)
    first = room_of(model, 60)
    first.run_until(3.0)
    second = room_of(model, 60)
    second.run_until(3.0)
    crowd = second.crowd
    second.crowd.model = registry.catalogue("walking_models")[model](
        crowd.model.spec, crowd.people, second.world.ground, step_s=crowd.step_s
    )
    for name, column in first.crowd.people.columns.items():
        crowd.people.columns[name][...] = column
    second.run_until(6.0)
    assert tables(second) == tables(straight)


def walkers(positions, directions, speeds, *, radius=0.2):
    people = Table("crowd", len(positions), COLUMNS)
    people.x[:], people.y[:] = np.array(positions, float).T
    people.state[:], people.speed_factor[:] = INSIDE, 1.0
    people.radius[:], people.time_gap[:] = radius, 0.5
    people.desired_speed[:] = speeds
    return people, np.array(directions, float).reshape(-1, 2)


def walk(model, people, directions, ground, *, steps, step_s=0.05, goals=None):
    """Move everybody in the open by the model alone; directions may follow goals."""
    cls = registry.catalogue("walking_models")[model]
    walking = cls(cls.Spec(), people, ground, step_s=step_s)
    people.facing_x[:], people.facing_y[:] = directions.T
    cells, rows = CellList(len(people), ground), np.arange(len(people), dtype=np.int32)
    is_open = np.zeros(len(ground.walls), np.uint8)
    speed = people.desired_speed.copy()
    nearest = np.inf
    for _ in range(steps):
        if goals is not None:
            directions = goals - np.column_stack([people.x, people.y])
            directions /= np.hypot(*directions.T)[:, None]
        cells.update(people, rows, len(people))
        walking.propose(cells, speed, directions[:, 0].copy(), directions[:, 1].copy(), is_open)
        people.x += step_s * people.vx
        people.y += step_s * people.vy
        if len(people) == 2:
            nearest = min(nearest, float(np.hypot(np.diff(people.x), np.diff(people.y))[0]))
    return nearest


@pytest.fixture(scope="module")
def field():
    return build_ground(shapely.box(-60, -60, 60, 60), exits=[])


def test_a_lonely_walker_reaches_the_desired_speed(model, field):
    people, directions = walkers([[0, 0]], [[0.6, 0.8]], [1.3])
    walk(model, people, directions, field, steps=100)
    assert (people.vx[0], people.vy[0]) == pytest.approx((1.3 * 0.6, 1.3 * 0.8), rel=1e-3)


def test_who_is_held_stays(model, field):
    people, directions = walkers([[0, 0], [0.5, 0]], [[1, 0], [-1, 0]], [0.0, 1.3])
    people.vx[0] = 1.0
    walk(model, people, directions, field, steps=20)
    assert (people.x[0], people.y[0], people.vx[0]) == (0.0, 0.0, 0.0)


def test_two_who_meet_head_on_pass(model, field):
    people, _ = walkers([[0, 0.01], [8, 0]], [[1, 0], [-1, 0]], [1.3, 1.3])
    goals = np.array([[30.0, 0.01], [-22.0, 0.0]])
    nearest = walk(model, people, np.array([[1.0, 0.0], [-1.0, 0.0]]), field, steps=300, goals=goals)
    assert people.x[0] > 8.0 and people.x[1] < 0.0
    assert nearest > 0.15


@pytest.mark.parametrize("angle", [0.0, 0.7, 2.9])
def test_nothing_depends_on_where_or_which_way(model, field, angle):
    """Turned and moved, a small crowd walks the same, but for rounding."""
    random = np.random.default_rng(5)
    positions = random.uniform(-2.0, 2.0, (14, 2))
    far = np.hypot(*(positions[:, None] - positions[None]).transpose(2, 0, 1)) + np.eye(14) > 0.45
    positions = positions[far.all(axis=1)]
    speeds = random.uniform(0.8, 1.6, len(positions))
    turns = random.uniform(0, 2 * np.pi, len(positions))
    directions = np.column_stack([np.cos(turns), np.sin(turns)])
    c, s = np.cos(angle), np.sin(angle)
    rotation, shift = np.array([[c, -s], [s, c]]), np.array([13.37, -7.11])
    plain, _ = walkers(positions, directions, speeds)
    walk(model, plain, directions, field, steps=15)
    moved, _ = walkers(positions @ rotation.T + shift, directions, speeds)
    walk(model, moved, directions @ rotation.T, field, steps=15)
    expected = np.column_stack([plain.x, plain.y]) @ rotation.T + shift
    assert np.allclose(np.column_stack([moved.x, moved.y]), expected, atol=1e-6)
