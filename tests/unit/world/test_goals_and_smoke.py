"""Fields of goals, the smoke field, and the world's clock."""

import numpy as np
import pytest
from shapely import LineString, box

from impetus_sim.world.smoke import DECAY_PER_S, SmokeField

PLAN = box(0, 0, 20, 10) - box(9.5, 0, 10.5, 7)


@pytest.fixture(scope="module")
def world(build_world):
    exits = {"east": LineString([(20, 2), (20, 4)]), "west": LineString([(0, 2), (0, 4)])}
    return build_world(PLAN, exits, areas={"meeting": box(2, 6, 5, 9)})


def cost(world, goal, x, y):
    ground = world.ground
    return world.goals.costs[goal, int((y - ground.y0) / ground.cell), int((x - ground.x0) / ground.cell)]


def test_exits_first_then_areas(world):
    assert world.goals.names == ("east", "west", "meeting") and world.goals.n_exits == 2


def test_costs_are_lengths_of_ways(world):
    assert cost(world, 0, 15, 3) == pytest.approx(5.0, abs=0.3)
    assert cost(world, 0, 5, 3) == pytest.approx(np.hypot(4.6, 4.4) + 1.2 + np.hypot(9.4, 3.6), rel=0.08)
    assert np.isinf(cost(world, 0, 10, 3))


def test_no_cost_inside_the_place(world):
    assert cost(world, 2, 3, 7) == 0.0
    assert world.goals.in_area[2].sum() == len(world.areas["meeting"])
    assert world.goals.in_area[:2].sum() == 0


def test_at_the_line_people_go_straight_through(world):
    ground, directions = world.ground, world.goals.directions
    row, column = int((3 - ground.y0) / ground.cell), int((19.9 - ground.x0) / ground.cell)
    assert directions[0, row, column] == pytest.approx([1, 0], abs=1e-6)


def test_fields_come_back_from_the_cache_unchanged(world, build_world):
    exits = {"east": LineString([(20, 2), (20, 4)]), "west": LineString([(0, 2), (0, 4)])}
    again = build_world(PLAN, exits, areas={"meeting": box(2, 6, 5, 9)})
    assert (again.goals.costs == world.goals.costs).all()
    assert (again.goals.directions == world.goals.directions).all()


def test_a_damaged_cache_is_built_again(build_world, tmp_path, monkeypatch):
    monkeypatch.setattr("impetus_sim.world.goals.cache_folder", lambda: tmp_path / "a" / "b" / "c")
    exits = {"east": LineString([(4, 1), (4, 2)])}
    first = build_world(box(0, 0, 4, 4), exits)
    (stored,) = tmp_path.rglob("*.npz")
    stored.write_bytes(stored.read_bytes()[:100])
    again = build_world(box(0, 0, 4, 4), exits)
    assert (again.goals.costs == first.goals.costs).all()


@pytest.mark.parametrize(
    ("seconds", "tick"), [(0.0, 0), (0.01, 1), (0.07, 7), (0.0701, 8), (86400.29, 8640029), (1 / 3, 34)]
)
def test_ticks_round_up_and_never_by_float_error(world, seconds, tick):
    assert world.ticks(seconds) == tick


def test_every_tick_survives_the_way_to_seconds_and_back(world):
    for tick in [*range(2000), 123_456_789, 8_640_001]:
        assert world.ticks(world.seconds(tick)) == tick


def test_smoke_spreads_within_walls_and_thins_out(world):
    smoke = SmokeField(world.ground)
    assert not smoke.is_present and smoke.at(np.array([1.0]), np.array([1.0])) == 0.0
    smoke.emit(4.5, 3.5, 10.0)
    before = smoke.extinction.sum()
    assert before * smoke.cell**2 == pytest.approx(10.0)
    for _ in range(5):
        smoke.spread(1.0)
    assert smoke.extinction.sum() == pytest.approx(before * (1 - DECAY_PER_S / 4) ** 20, rel=1e-9)
    near, far = smoke.at(np.array([4.5, 15.0]), np.array([3.5, 3.0]))
    assert near > 0.1 and far < 1e-3
    assert smoke.extinction.min() >= 0.0


def test_smoke_does_not_pass_a_wall(build_world):
    world = build_world(box(0, 0, 9, 9) - box(4, 0, 5, 9), {"west": LineString([(0, 2), (0, 4)])})
    smoke = SmokeField(world.ground)
    smoke.emit(2.0, 4.0, 10.0)
    for _ in range(60):
        smoke.spread(1.0)
    assert smoke.at(np.array([7.0]), np.array([4.0])) == 0.0


def test_events_count_up_and_name_their_causes(world):
    first = world.log("a", "x")
    second = world.log("b", "y", causes=[first, 0], size=3)
    assert second == first + 1
    assert world.events.causes[second].decode() == f"{first},0"
    assert world.events.data[second].decode() == '{"size": 3}'


def test_setting_an_exit_opens_its_wall(world):
    wall = world.ground.wall_exit == 0
    event = world.set_exit("east", is_open=False, causes=())
    assert (world.wall_is_open()[wall] == 0).all()
    assert world.was_open(event)
    world.set_exit("east", is_open=True, causes=())
    assert (world.wall_is_open()[wall] == 1).all()
    assert (world.wall_is_open()[world.ground.wall_exit < 0] == 0).all()


def test_long_names_are_cut_between_characters(world):
    event = world.log("a", "ö" * 31 + "x" + "ö" * 9)
    assert world.events.subject[event].decode() == "ö" * 31 + "x"


def test_beside_a_door_the_way_leads_into_it(build_world):
    world = build_world(box(0, 0, 6, 8), {"east": LineString([(6, 3), (6, 4)])})
    ground, directions = world.ground, world.goals.directions
    for y, sign in [(2.9, 1), (3.5, 0), (4.1, -1)]:
        row, column = int((y - ground.y0) / ground.cell), int((5.8 - ground.x0) / ground.cell)
        x_part, y_part = directions[0, row, column]
        assert x_part > 0.4
        assert np.sign(round(float(y_part), 1)) == sign


def test_an_exit_over_several_walls_has_ends_only_at_its_ends(build_world):
    line = LineString([(6, 3), (6, 8), (3, 8)])  # round a corner
    world = build_world(box(0, 0, 6, 8), {"corner": line})
    ground, directions = world.ground, world.goals.directions
    row, column = int((7.9 - ground.y0) / ground.cell), int((5.1 - ground.x0) / ground.cell)
    assert directions[0, row, column] == pytest.approx([0, 1], abs=1e-6)
