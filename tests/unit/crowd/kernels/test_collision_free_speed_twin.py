"""The walking kernel against a plain Python twin written from the paper.

Tordeux, Chraibi, Seyfried (2016), eqs. 1 to 4: direction = desired + sum of a exp((l - s) / D) away from
neighbours; speed = min(v0, max(0, gap / T)) with the gap to whoever is ahead within the body's width.
Version 2 adds walls as repulsion from the nearest point of each segment.
"""

import math

import numpy as np
import pytest
import shapely
from shapely import LineString, box

from impetus_sim.arrays import Table
from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.models.collision_free_speed import CollisionFreeSpeed, CollisionFreeSpeedSpec
from impetus_sim.crowd.population import COLUMNS
from impetus_sim.world.ground import ExitLine, build_ground

PLAN = box(0, 0, 9, 7) - box(3, 2, 3.2, 5) - box(5.5, 4, 8, 4.3)


@pytest.fixture(scope="module")
def ground(warm):
    return build_ground(PLAN, exits=[ExitLine(name="door", geometry=LineString([(9, 3), (9, 4.5)]))])


def make_people(seed, n):
    random = np.random.default_rng(seed)
    people = Table("crowd", n, COLUMNS)
    k = 0
    while k < n:
        x, y = random.uniform(0.05, 8.95), random.uniform(0.05, 6.95)
        if shapely.contains_xy(PLAN.buffer(-0.03), x, y):
            people.x[k], people.y[k] = x, y
            k += 1
    people.radius[:] = random.uniform(0.15, 0.3, n)
    people.time_gap[:] = random.uniform(0.5, 1.5, n)
    people.desired_speed[:] = random.uniform(0.3, 1.8, n)
    angle = random.uniform(0, 2 * np.pi, n)
    people.facing_x[:], people.facing_y[:] = 1.0, 0.0
    speed = people.desired_speed * (random.random(n) > 0.2)
    return people, speed, np.cos(angle), np.sin(angle)


def nearest(p, w):
    ax, ay, bx, by = w
    dx, dy = bx - ax, by - ay
    t = min(1.0, max(0.0, ((p[0] - ax) * dx + (p[1] - ay) * dy) / (dx * dx + dy * dy)))
    return ax + t * dx, ay + t * dy


def twin(people, speed, desired_x, desired_y, walls, wall_is_open, spec):
    lines = [LineString([w[:2], w[2:]]) for w in walls]
    position = np.column_stack([people.x, people.y])
    velocity = np.zeros((len(people), 2))
    for i, p in enumerate(position):
        if speed[i] <= 0:
            continue
        e = np.array([desired_x[i], desired_y[i]])
        seen = []
        for j, q in enumerate(position):
            if j == i or any(line.intersects(LineString([p, q])) for line in lines):
                continue
            seen.append(j)
            s, contact = math.dist(p, q), people.radius[i] + people.radius[j]
            e -= spec.strength * math.exp((contact - s) / spec.range) * (q - p) / s
        for wall, is_open in zip(walls, wall_is_open, strict=True):
            if is_open:
                continue
            q = np.array(nearest(p, wall))
            s = math.dist(p, q)
            if s < people.radius[i] + 1.0:
                e -= spec.wall_strength * math.exp((people.radius[i] - s) / spec.wall_range) * (q - p) / s
        e /= np.hypot(*e)
        gap = math.inf
        for j in seen:
            d, contact = position[j] - p, people.radius[i] + people.radius[j]
            if e @ d >= 0 and abs(e[0] * d[1] - e[1] * d[0]) <= contact:
                gap = min(gap, np.hypot(*d) - contact)
        velocity[i] = min(speed[i], max(0.0, gap / people.time_gap[i])) * e
    return velocity


@pytest.mark.parametrize(("seed", "n"), [(1, 30), (2, 80), (3, 2), (4, 1), (5, 150)])
def test_twin(ground, seed, n):
    people, speed, desired_x, desired_y = make_people(seed, n)
    spec = CollisionFreeSpeedSpec()
    model = CollisionFreeSpeed(spec, people, ground, step_s=0.05)
    cells = CellList(n, ground)
    cells.update(people, np.arange(n, dtype=np.int32), n)
    wall_is_open = (ground.wall_exit >= 0).astype(np.uint8)
    expected = twin(people, speed, desired_x, desired_y, ground.walls, wall_is_open, spec)
    model.propose(cells, speed, desired_x, desired_y, wall_is_open)
    # repulsion below 1e-4 of the unit desire is left out: a few such terms move the direction by under 1e-3
    difference = np.hypot(people.vx - expected[:, 0], people.vy - expected[:, 1])
    switched = (
        difference > 5e-3
    )  # somebody stands exactly at the edge of the body's width: rare and both right
    assert switched.sum() <= 0.02 * n
    assert np.median(difference) < 1e-5
    assert (people.vx[speed == 0] == 0).all()


def test_alone_in_the_open_walks_at_the_desired_speed(ground):
    people, _, _, _ = make_people(1, 1)
    people.x[0], people.y[0] = 1.5, 3.5
    model = CollisionFreeSpeed(CollisionFreeSpeedSpec(), people, ground, step_s=0.05)
    cells = CellList(1, ground)
    cells.update(people, np.zeros(1, np.int32), 1)
    is_open = (ground.wall_exit >= 0).astype(np.uint8)
    model.propose(cells, np.array([1.3]), np.array([0.6]), np.array([0.8]), is_open)
    assert (people.vx[0], people.vy[0]) == pytest.approx((1.3 * 0.6, 1.3 * 0.8), rel=1e-12)


def test_speed_follows_the_gap_ahead(ground):
    people, _, _, _ = make_people(1, 2)
    people.x[:], people.y[:] = [1.0, 2.0], [6.0, 6.0]
    people.radius[:], people.time_gap[:] = 0.2, 1.25
    model = CollisionFreeSpeed(CollisionFreeSpeedSpec(strength=0.0), people, ground, step_s=0.05)
    cells = CellList(2, ground)
    cells.update(people, np.arange(2, dtype=np.int32), 2)
    is_open = (ground.wall_exit >= 0).astype(np.uint8)
    model.propose(cells, np.array([1.3, 0.0]), np.ones(2), np.zeros(2), is_open)
    assert people.vx.tolist() == pytest.approx([(1.0 - 0.4) / 1.25, 0.0])


def test_people_behind_a_wall_do_not_count(ground):
    people, _, _, _ = make_people(1, 2)
    people.x[:], people.y[:] = [2.7, 3.5], [3.5, 3.5]  # on both sides of the thin wall
    model = CollisionFreeSpeed(CollisionFreeSpeedSpec(wall_strength=0.0), people, ground, step_s=0.05)
    cells = CellList(2, ground)
    cells.update(people, np.arange(2, dtype=np.int32), 2)
    is_open = (ground.wall_exit >= 0).astype(np.uint8)
    model.propose(cells, np.array([1.0, 1.0]), np.array([1.0, -1.0]), np.zeros(2), is_open)
    assert people.vx.tolist() == pytest.approx([1.0, -1.0])
