"""The graph of streets: cut to a step, whole, the same for both directions of a street."""

import numpy as np
import pytest
from scipy.sparse import csgraph

from impetus_sim.infrastructure.city.streets import build_street_graph

NO_HOUSES = np.zeros((0, 2))


def test_pieces_are_at_most_a_step_long_and_sum_to_the_streets(draw_town):
    town = draw_town(columns=3, rows=2)
    graph = build_street_graph(town, step_m=50.0, houses=NO_HOUSES)
    assert graph.length_m.max() <= 50.0
    assert graph.length_m.sum() == pytest.approx(17 * 120.0)
    assert graph.is_street.all()


def test_islands_are_joined_by_one_marked_cable(draw_town):
    graph = build_street_graph(draw_town(columns=2, rows=2, islands=3), step_m=50.0, houses=NO_HOUSES)
    assert csgraph.connected_components(graph.costs)[0] == 1
    joints = graph.length_m[~graph.is_street]
    assert joints.tolist() == [700.0, 700.0]


def test_houses_without_streets_are_joined_directly(draw_town):
    town = draw_town(columns=2, rows=2, dropped=2.0)
    houses = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [400.0, 10.0]])
    graph = build_street_graph(town, step_m=50.0, houses=houses)
    assert graph.n_nodes == 4 and not graph.is_street.any()
    assert graph.length_m.sum() == pytest.approx(410.0)


def test_one_house_is_a_graph_of_one_point(draw_town):
    town = draw_town(columns=2, rows=2, dropped=2.0)
    graph = build_street_graph(town, step_m=50.0, houses=np.array([[5.0, 5.0]]))
    assert graph.n_nodes == 1 and not len(graph.length_m)
