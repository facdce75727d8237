"""In random polygons with random walls and doors: people are conserved and nobody passes a wall."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.arrive import Arrivals
from impetus_sim.crowd.decide import ExitChoice
from impetus_sim.crowd.doors import Doors
from impetus_sim.crowd.models.collision_free_speed import CollisionFreeSpeed, CollisionFreeSpeedSpec
from impetus_sim.crowd.perceive import Perception
from impetus_sim.crowd.population import COLUMNS, INSIDE, LEFT, Roster
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.scenario.exit_choice import ExitChoice as ExitChoiceSpec
from impetus_sim.world.goals import build_goals
from impetus_sim.world.ground import ExitLine, build_ground
from impetus_sim.world.world import World


@st.composite
def plans(draw):
    """Return a star-shaped polygon of 5 to 9 corners, with up to three box-shaped obstacles and one door."""
    n = draw(st.integers(5, 9))
    radii = draw(st.lists(st.floats(4, 9), min_size=n, max_size=n))
    corners = [
        (r * math.cos(2 * math.pi * k / n), r * math.sin(2 * math.pi * k / n)) for k, r in enumerate(radii)
    ]
    plan = shapely.Polygon(corners)
    for _ in range(draw(st.integers(0, 3))):
        x, y = draw(st.floats(-4, 4)), draw(st.floats(-4, 4))
        plan = plan - shapely.box(x, y, x + draw(st.floats(0.1, 2)), y + draw(st.floats(0.1, 2)))
    plan = max(getattr(plan, "geoms", [plan]), key=lambda part: part.area)
    a, b = np.array(corners[0]), np.array(corners[1])
    door = shapely.LineString([a + (b - a) * 0.3, a + (b - a) * 0.7])
    return plan, door


def build_crowd(plan, door, *, n, seed, step_ticks):
    ground = build_ground(plan, exits=[ExitLine(name="door", geometry=door)])
    world = World(
        ground=ground,
        goals=build_goals(ground, {}),
        resolution_us=10_000,
        areas={},
        open_exits=np.ones(1, bool),
    )
    people = Table("crowd", n, COLUMNS)
    random = np.random.default_rng(seed)
    people.uid[:] = np.arange(n)
    places = random.uniform(-9, 9, (4000, 2))
    inner = plan.buffer(-0.03)
    places = places[shapely.contains_xy(inner, places)][:n]
    people.state[: len(places)] = INSIDE
    people.x[: len(places)], people.y[: len(places)] = places.T
    people.spot_x[:], people.spot_y[:] = people.x, people.y
    people.radius[:] = random.uniform(0.15, 0.3, n)
    people.time_gap[:], people.speed_factor[:] = 1.0, 1.0
    people.desired_speed[:] = random.uniform(0.5, 2.0, n)
    people.facing_x[:] = 1.0
    for column in ("goal", "exit", "aware_tick", "aware_cause", "left_tick"):
        people.columns[column][:] = -1
    return CrowdSystem(
        people,
        Roster(populations=("all",), profiles=("adult",)),
        world,
        model=CollisionFreeSpeed(CollisionFreeSpeedSpec(), people, ground, step_s=0.05),
        choice=ExitChoice(
            ExitChoiceSpec(), people, world, allowed=np.ones((1, 1), np.uint8), seed=seed, replicate=0
        ),
        arrivals=Arrivals(people, world, through={}, goal_of={}, seed=seed, replicate=0),
        perception=Perception(people, world, seed=seed, replicate=0),
        doors=Doors(world, capacity=1.3, step_s=world.seconds(step_ticks)),
        beyond_ticks=150,
        step_ticks=step_ticks,
    )


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(plan=plans(), seed=st.integers(0, 2**31), step_ticks=st.sampled_from([5, 10, 25]))
def test_nobody_passes_a_wall_or_vanishes(warm, plan, seed, step_ticks):
    plan, door = plan
    assume(
        plan.boundary.buffer(0.01).contains(door)
    )  # else an obstacle lies across the door: its rim is the exit
    crowd = build_crowd(plan, door, n=60, seed=seed, step_ticks=step_ticks)
    people, world = crowd.people, crowd.world
    entered = int((people.state == INSIDE).sum())
    closed = shapely.difference(plan.boundary, door.buffer(0.05))
    for step in range(1, 120):
        if step in (40, 60):  # the door closes for a while
            world.exits.is_open[0] = step == 60
        before = np.column_stack([people.x, people.y])
        was_inside = people.state == INSIDE
        world.tick = step * step_ticks
        crowd.advance(world.tick)
        crowd.check_finite()
        inside, left = people.state == INSIDE, people.state == LEFT
        assert inside.sum() + left.sum() == entered
        assert world.exits.n_left.sum() == left.sum()
        assert not (left & ~was_inside & (people.left_tick == world.tick)).any()
        assert shapely.contains_xy(plan, people.x[inside], people.y[inside]).all()
        after = np.column_stack([people.x, people.y])
        moved = was_inside & (np.abs(after - before).max(axis=1) > 0)
        ways = shapely.linestrings(np.stack([before[moved], after[moved]], axis=1))
        assert not shapely.intersects(ways, closed).any()
        if 40 <= step < 60:
            assert not (people.left_tick == world.tick).any()


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**63 - 1),
    who=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20, unique=True),
)
def test_draws_do_not_depend_on_order_or_company(warm, seed, who):
    uids = np.array(who, np.uint64)
    together = rng.draw_uniforms(seed, 0, "s", uids)
    backwards = rng.draw_uniforms(seed, 0, "s", uids[::-1])
    assert (together == backwards[::-1]).all()
    assert (rng.draw_uniforms(seed, 0, "s", uids[:1])[0] == together[0]).all()
    assert together.min() > 0 and together.max() < 1


def test_a_door_narrower_than_a_body_holds_nobody_outside(warm):
    plan = shapely.box(0, 0, 6, 6)
    crowd = build_crowd(plan, shapely.LineString([(6, 2.9), (6, 3.1)]), n=20, seed=1, step_ticks=5)
    for step in range(1, 300):
        crowd.world.tick = step * 5
        crowd.advance(step * 5)
        inside = crowd.people.state == INSIDE
        assert shapely.contains_xy(plan, crowd.people.x[inside], crowd.people.y[inside]).all()
    assert crowd.counts()["entered"] == pytest.approx(crowd.counts()["inside"] + crowd.counts()["left"])
