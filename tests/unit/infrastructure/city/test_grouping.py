"""Trees cut into groups: limits hold, groups are connected, and for load alone there are no more than needed."""

import itertools

import numpy as np
import pytest

from impetus_sim.infrastructure.city.grouping import Tree, group_tree, middle_of_groups


def random_tree(seed, n):
    random = np.random.default_rng(seed)
    parent = np.array([-1] + [int(random.integers(0, k)) for k in range(1, n)])
    length = np.concatenate([[0.0], random.uniform(1.0, 100.0, n - 1)])
    load = np.where(random.random(n) < 0.7, random.uniform(0.5, 4.0, n), 0.0)
    return Tree(parent=parent, order=np.arange(n), length_m=length), load


def fewest_groups(tree, load, most):
    """Return the fewest connected groups, by trying every set of cut edges."""
    n = len(load)
    for n_cuts in range(n):
        for cut in itertools.combinations(range(1, n), n_cuts):
            group = np.zeros(n, int)
            for node in range(1, n):
                group[node] = node if node in cut else group[tree.parent[node]]
            if max(load[group == g].sum() for g in np.unique(group)) <= most:
                return len([g for g in np.unique(group) if load[group == g].sum() > 0.0])
    raise AssertionError("a node is above the limit")


@pytest.mark.parametrize("seed", range(25))
def test_for_load_alone_no_more_groups_than_needed(seed):
    tree, load = random_tree(seed, 9)
    _, tops = group_tree(tree, load, most_load=5.0)
    assert len(tops) == fewest_groups(tree, load, 5.0)


@pytest.mark.parametrize("seed", range(10))
def test_limits_hold_and_groups_are_connected(seed):
    tree, load = random_tree(seed, 300)
    group, tops = group_tree(tree, load, most_load=20.0, most_span_m=400.0, most_length_m=900.0)
    assert (group[load > 0.0] >= 0).all()
    held = np.bincount(group[group >= 0], load[group >= 0], len(tops))
    assert held.max() <= 20.0 and held.min() > 0.0
    way = np.zeros((300, 300))
    for node in range(1, 300):
        up = tree.parent[node]
        way[node, :node] = way[up, :node] + tree.length_m[node]
        way[:node, node] = way[node, :node]
    for one in range(len(tops)):
        members = np.flatnonzero(group == one)
        assert (np.isin(tree.parent[members], members) | (members == tops[one])).all()
        loaded = members[load[members] > 0.0]
        assert way[np.ix_(loaded, loaded)].max(initial=0.0) <= 400.0 + 1e-9


def test_a_node_above_the_limit_stands_alone():
    tree = Tree(parent=np.array([-1, 0, 1]), order=np.arange(3), length_m=np.ones(3))
    group, tops = group_tree(tree, np.array([1.0, 50.0, 1.0]), most_load=10.0)
    assert len(tops) == 3 and len(set(group.tolist())) == 3


def test_the_middle_is_the_member_nearest_to_the_centre_of_weight():
    x = np.array([0.0, 1.0, 2.0, 10.0, 12.0])
    group = np.array([0, 0, 0, 1, -1])
    middle = middle_of_groups(group, 2, x, np.zeros(5), np.array([1.0, 1.0, 1.0, 2.0, 9.0]))
    assert middle.tolist() == [1, 3]
