"""Fields that go on across passages: closed forms, one-way links, classes of mobility."""

import numpy as np
import pytest
import shapely

from impetus_sim.world.goals import build_goals
from impetus_sim.world.ground import ExitLine, build_ground
from impetus_sim.world.passages import EVERYONE, STEP_FREE, Link, WayRules

LENGTH_M, WIDTH_M = 20.0, 4.0


def lie(k):
    """Return the west and east end of the k-th of three corridors, one above the other in the plane."""
    y = 10.0 * k
    west = shapely.LineString([(0, y), (0, y + WIDTH_M)])
    return west, shapely.LineString([(LENGTH_M, y), (LENGTH_M, y + WIDTH_M)])


@pytest.fixture(scope="module")
def ground():
    boxes = [shapely.box(0, 10.0 * k, LENGTH_M, 10.0 * k + WIDTH_M) for k in range(3)]
    passages = [
        ExitLine(name=f"{side}{k}", geometry=line)
        for k in range(3)
        for side, line in zip(("west", "east"), lie(k), strict=True)
    ][1:]
    return build_ground(
        shapely.union_all(boxes), exits=[ExitLine(name="door", geometry=lie(0)[0])], passages=passages
    )


def link(ground, source, target, cost_m=5.0, **more):
    names = ground.line_names
    return Link(source=names.index(source), target=names.index(target), cost_m=cost_m, connection=0, **more)


def cost_at(goals, ground, x, y, field=0):
    row, column = int((y - ground.y0) / ground.cell), int((x - ground.x0) / ground.cell)
    return float(goals.costs[field, row, column])


def test_costs_add_up_over_two_passages(ground):
    links = (link(ground, "west1", "east0"), link(ground, "west2", "east1", 7.0))
    goals = build_goals(ground, {}, rules=WayRules(links=links))
    for k, passed in ((0, 0.0), (1, 5.0), (2, 12.0)):
        found = cost_at(goals, ground, 10.0, 10.0 * k + 2.0)
        assert found == pytest.approx(10.0 + LENGTH_M * k + passed, rel=0.02)
    # towards the passage, and straight through it
    assert (
        goals.directions[0, int((22 - ground.y0) / ground.cell), int((0.3 - ground.x0) / ground.cell), 0]
        < -0.9
    )


def test_links_are_one_way_and_without_them_there_is_no_way(ground):
    backwards = (link(ground, "east0", "west1"),)
    goals = build_goals(ground, {}, rules=WayRules(links=backwards))
    assert np.isinf(cost_at(goals, ground, 10.0, 12.0)) and np.isfinite(cost_at(goals, ground, 10.0, 2.0))


def test_the_cheaper_of_two_passages_is_taken(ground):
    links = (link(ground, "west1", "east0", 30.0), link(ground, "east1", "east0", 1.0))
    goals = build_goals(ground, {}, rules=WayRules(links=links))
    assert cost_at(goals, ground, 19.0, 12.0) == pytest.approx(1.0 + 1.0 + LENGTH_M, rel=0.02)
    # 30 m more in the west than in the east: all 20 m of the corridor lead east
    assert cost_at(goals, ground, 1.0, 12.0) == pytest.approx(19.0 + 1.0 + LENGTH_M, rel=0.02)


def test_who_cannot_use_steps_has_fields_of_their_own(ground):
    links = (
        link(ground, "west1", "east0", 1.0, classes=(EVERYONE,)),
        link(ground, "east1", "east0", 9.0, classes=(STEP_FREE,)),
    )
    goals = build_goals(ground, {}, rules=WayRules(links=links, n_classes=2))
    assert len(goals.costs) == 2 and goals.of_class(STEP_FREE).shape[0] == 1
    assert cost_at(goals, ground, 10.0, 12.0) == pytest.approx(10.0 + 1.0 + LENGTH_M, rel=0.02)
    assert cost_at(goals, ground, 10.0, 12.0, field=1) == pytest.approx(10.0 + 9.0 + LENGTH_M, rel=0.02)


def test_fields_come_back_from_the_cache_equal(ground):
    rules = WayRules(links=(link(ground, "west1", "east0", 3.25),))
    first, second = (build_goals(ground, {}, rules=rules) for _ in range(2))
    for name in ("costs", "directions", "line_costs"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
