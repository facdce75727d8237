"""Lists of neighbours that hold for some steps: nobody is missed, and results do not depend on their age."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.crowd.cells import CellList
from impetus_sim.crowd.models.collision_free_speed import CollisionFreeSpeed, CollisionFreeSpeedSpec
from impetus_sim.crowd.neighbours import NeighbourLists

SLACK_M = 0.3


@pytest.fixture
def crowd(build_world):
    from shapely import LineString, box

    from impetus_sim.arrays import Table
    from impetus_sim.crowd.population import COLUMNS

    world = build_world(box(0, 0, 12, 8) - box(5, 3, 5.2, 6), {"east": LineString([(12, 3), (12, 5)])})
    people, random = Table("crowd", 300, COLUMNS), np.random.default_rng(4)
    people.x[:], people.y[:] = random.uniform(0.2, 4.8, 300), random.uniform(0.2, 7.8, 300)
    people.x[150:] += 6.8
    people.radius[:], people.time_gap[:] = random.uniform(0.15, 0.25, 300), random.uniform(0.5, 1.2, 300)
    people.desired_speed[:] = random.uniform(0.5, 1.6, 300)
    people.facing_x[:] = 1.0
    return world.ground, people


def pairs_of(lists, cells):
    return {
        (int(cells.order[k]), int(cells.order[m]))
        for k in range(cells.n)
        for m in lists.of[lists.first[k] : lists.first[k] + lists.count[k]]
    }


def near_pairs(people, reach, rows):
    x, y = people.x[rows], people.y[rows]
    d = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(d, np.inf)
    return {(int(rows[i]), int(rows[j])) for i, j in zip(*np.nonzero(d < reach[rows][:, None]), strict=True)}


def test_lists_hold_everybody_within_reach(crowd):
    ground, people = crowd
    rows = np.arange(300, dtype=np.int32)
    cells, lists = CellList(300, ground), NeighbourLists(300)
    cells.update(people, rows, 300)
    reach = 0.5 + np.linspace(0.0, 1.5, 300)
    lists.update(cells, reach[cells.order])
    assert pairs_of(lists, cells) == near_pairs(people, reach, rows)


def test_room_grows_until_lists_fit(crowd):
    ground, people = crowd
    cells, lists = CellList(300, ground), NeighbourLists(300)
    cells.update(people, np.arange(300, dtype=np.int32), 300)
    lists.update(cells, np.full(300, 20.0))
    assert (lists.count[:300] == 299).all()


def follow(cells, people, rows):
    is_present = np.zeros(300, np.uint8)
    is_present[rows] = 1
    sorts = cells.sorts
    cells.update(people, rows, len(rows), is_present=is_present, slack_m=SLACK_M)
    return cells.sorts > sorts


def test_people_keep_their_places_until_somebody_has_moved_far_or_comes(crowd):
    ground, people = crowd
    rows, cells = np.arange(300, dtype=np.int32), CellList(300, ground)
    assert follow(cells, people, rows[:290])
    people.x[:] += 0.49 * SLACK_M
    assert not follow(cells, people, rows[:280])  # ten have gone
    gone = ~np.isin(cells.order[: cells.n], rows[:280])
    assert (cells.is_here[: cells.n] == ~gone).all()
    assert (cells.x[: cells.n][~gone] == people.x[cells.order[: cells.n][~gone]]).all()
    people.y[3] += 0.2 * SLACK_M
    assert follow(cells, people, rows[:280])
    assert follow(cells, people, rows[:281])  # one has come


def test_velocities_do_not_depend_on_the_age_of_lists(crowd):
    ground, people = crowd
    rows, random = np.arange(300, dtype=np.int32), np.random.default_rng(5)
    angle = random.uniform(0, 2 * np.pi, 300)
    is_open = (ground.wall_exit >= 0).astype(np.uint8)
    spec = CollisionFreeSpeedSpec()
    kept, fresh = (CollisionFreeSpeed(spec, people, ground, step_s=0.01) for _ in range(2))
    kept_cells, fresh_cells = CellList(300, ground), CellList(300, ground)
    n_sorts = []
    for step in range(12):
        here = rows[: 300 - step]
        speed = people.desired_speed * (1.5 if step == 9 else 1.0)  # faster than the lists allow for
        is_present = (np.arange(300) < len(here)).astype(np.uint8)
        kept_cells.update(people, here, len(here), is_present=is_present, slack_m=kept.slack_m)
        kept.propose(kept_cells, speed, np.cos(angle), np.sin(angle), is_open)
        velocity = people.vx.copy(), people.vy.copy()
        fresh_cells.update(people, here, len(here))
        fresh.propose(fresh_cells, speed, np.cos(angle), np.sin(angle), is_open)
        assert np.array_equal(people.vx[here], velocity[0][here])
        assert np.array_equal(people.vy[here], velocity[1][here])
        people.x[:] += 0.01 * people.vx
        people.y[:] += 0.01 * people.vy
        n_sorts.append(kept_cells.sorts)
    assert n_sorts[8] < 4 and n_sorts[9] == n_sorts[8] + 1
