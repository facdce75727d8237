"""Ways near lines: exact, and the same however the ground lies."""

import numpy as np
import pytest
import shapely
from shapely import LineString, affinity, box

from impetus_sim.crowd.kernels.desire import _even_direction
from impetus_sim.kernels import straight_ways
from impetus_sim.world.doorways import DOOR_INSET_M, find_doorway
from impetus_sim.world.gates import GateGrid, GateLine
from impetus_sim.world.goals import build_goals
from impetus_sim.world.ground import ExitLine, build_ground
from impetus_sim.world.passages import WayRules

ROOM = box(0, 0, 8, 6) | box(8, 2.4, 10, 3.6)
DOOR = LineString([(10, 2.4), (10, 3.6)])
TURN = np.array([8.0 - DOOR_INSET_M, 2.4 + DOOR_INSET_M])
PLACES = [(9.5, 2.7), (9.0, 3.3), (8.2, 2.8), (7.8, 3.2), (6.0, 2.9), (7.5, 1.5), (7.0, 4.5), (6.0, 1.0)]


def turned(shape, degrees):
    return affinity.rotate(shape, degrees, origin=(0, 0))


def directions_in_room(degrees):
    ground = build_ground(
        turned(ROOM, degrees), exits=[ExitLine(name="door", geometry=turned(DOOR, degrees))]
    )
    goals = build_goals(ground, {}, keep=False)
    found = []
    for place in PLACES:
        x, y = turned(shapely.Point(place), degrees).coords[0]
        e = np.array(
            _even_direction(
                x, y, 0, goals.directions, goals.costs, ground.x0, ground.y0, ground.cell, np.array([-1]),
                np.zeros(8, np.float32),
            )
        )  # fmt: skip
        found.append(turned(shapely.Point(e), -degrees).coords[0])
    e = np.array(found)
    return np.degrees(np.arctan2(e[:, 1], e[:, 0]))


@pytest.mark.parametrize("degrees", [10, 30, 45, 77])
def test_directions_do_not_depend_on_how_the_ground_lies(warm, degrees):
    aligned, other = directions_in_room(0.0), directions_in_room(degrees)
    np.testing.assert_allclose(other, aligned, atol=4.0)  # degrees; 25 at the neck before ways were exact


@pytest.fixture(scope="module")
def doorway(warm):
    ground = build_ground(ROOM, exits=[ExitLine(name="door", geometry=DOOR)])
    return ground, find_doorway(ground, 0, WayRules())


def centres(ground, cells):
    row, column = np.divmod(cells, ground.shape[1])
    return np.column_stack([ground.x0 + (column + 0.5) * ground.cell, ground.y0 + (row + 0.5) * ground.cell])


def test_lengths_are_those_of_taut_strings(doorway):
    ground, cells = doorway
    at = centres(ground, cells.cells)
    below = at[:, 1] < 2.2  # round the lower corner of the neck
    below &= at[:, 0] < 7.75
    before = (at[:, 0] < 7.7) & (at[:, 1] > 2.6) & (at[:, 1] < 3.4)
    expected = np.hypot(*(at[below] - TURN).T) + 10.0 - TURN[0]
    assert below.sum() > 50
    np.testing.assert_allclose(cells.distance[below], expected, atol=1e-5)
    np.testing.assert_allclose(cells.distance[before], 10.0 - at[before, 0], atol=1e-9)
    np.testing.assert_allclose(cells.outward[before], np.tile([1.0, 0.0], (before.sum(), 1)), atol=1e-12)


def test_edge_cells_lie_off_the_ways_and_make_for_the_same(doorway):
    ground, cells = doorway
    assert len(cells.edge_cells) > 20
    assert not ground.walkable.flat[cells.edge_cells].any()
    np.testing.assert_allclose(np.hypot(*cells.edge_outward.T), 1.0)
    apart = centres(ground, cells.edge_cells) - centres(ground, cells.cells[cells.edge_of])
    assert (np.abs(apart) < 1.01 * ground.cell).all()


def test_no_straight_way_leads_over_slopes_or_steps_or_through_a_closed_gate(warm):
    gate = GateLine(name="gate", geometry=LineString([(9, 2.4), (9, 3.6)]))
    ground = build_ground(ROOM, exits=[ExitLine(name="door", geometry=DOOR)], gates=[gate])

    def farthest(rules):
        return 10.0 - centres(ground, find_doorway(ground, 0, rules).cells)[:, 0].min()

    in_neck = np.zeros(ground.shape, bool)
    in_neck.flat[ground.cells_of(box(8.5, 2, 9, 4), with_edges=True)] = True
    assert farthest(WayRules()) > 5.5
    assert farthest(WayRules(steps=in_neck)) < 1.3
    assert farthest(WayRules(slower=np.where(in_neck, 2.0, 1.0).astype(np.float32))) < 1.3
    assert farthest(WayRules(is_straight=False)) < 0.4
    grid = GateGrid(ground)
    grid.apply(np.zeros(1, np.uint8))
    assert farthest(WayRules()) < 1.0
    grid.apply(np.ones(1, np.uint8))
    assert farthest(WayRules()) > 5.5


def test_a_thin_wall_keeps_its_two_sides_apart(warm):
    ground = build_ground(
        box(0, 0, 8, 6) - box(2, 2.9, 7, 3.1),
        exits=[ExitLine(name="door", geometry=LineString([(8, 0.5), (8, 1.7)]))],
    )
    cells = find_doorway(ground, 0, WayRules())
    at = centres(ground, cells.edge_cells)
    assert not ((at[:, 0] > 2.5) & (at[:, 0] < 6.5) & (np.abs(at[:, 1] - 3.0) < 0.2)).any()


def test_straight_pieces_keep_their_distance(warm):
    wall = np.array([[0.0, 0.0, 2.0, 0.0]])
    assert straight_ways.is_straight(0.0, 0.2, 2.0, 0.2, wall, 0.2)
    assert not straight_ways.is_straight(0.0, 0.2, 2.0, 0.19, wall, 0.2)
    assert not straight_ways.is_straight(1.0, 0.5, 1.0, -0.5, wall, 0.0)
    assert straight_ways.room_at(1.0, 0.15, wall, 0.2) == pytest.approx(0.15)
    assert straight_ways.room_at(1.0, 0.5, wall, 0.2) == 0.2
