"""Loads, cascades and mutual parts of small graphs are those of plain twins; the theory has its known values."""

import networkx as nx
import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.networks.coupled import THRESHOLD, expected_share, mutual_remainder
from impetus_sim.infrastructure.networks.graph import build_graph, random_graph
from impetus_sim.infrastructure.networks.overload import largest_share, node_loads, overload_cascade


def of(graph):
    return build_graph(graph.number_of_nodes(), np.array(graph.edges(), np.int64).reshape(-1, 2))


@pytest.mark.parametrize("seed", range(5))
def test_loads_are_betweenness_with_end_points(seed):
    graph = nx.gnm_random_graph(60, 70, seed=seed)  # not connected
    plain = nx.betweenness_centrality(graph, normalized=False, endpoints=True)
    assert node_loads(of(graph)) == pytest.approx([plain[node] for node in range(60)], abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_cascades_are_those_of_a_plain_twin(seed):
    graph = nx.barabasi_albert_graph(60, 2, seed=seed)
    plain = nx.betweenness_centrality(graph, normalized=False, endpoints=True)
    removed = max(plain, key=plain.get)
    left = graph.copy()
    left.remove_node(removed)
    while True:
        now = nx.betweenness_centrality(left, normalized=False, endpoints=True)
        over = [node for node in left if now[node] > 1.2 * plain[node] * (1 + 1e-9)]
        if not over:
            break
        left.remove_nodes_from(over)
    ours = overload_cascade(of(graph), removed, tolerance=0.2)
    assert set(np.flatnonzero(ours).tolist()) == set(left)
    largest = max((len(part) for part in nx.connected_components(left)), default=0)
    assert largest_share(of(graph), ours) == pytest.approx(largest / 60)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_left_of_two_graphs_is_connected_in_both(seed):
    rng = np.random.default_rng(seed)
    a, b = (nx.gnm_random_graph(200, 420, seed=2 * seed + k) for k in range(2))
    is_left = rng.random(200) < 0.9
    alive = set(np.flatnonzero(is_left).tolist())
    while True:
        before = set(alive)
        for graph in (a, b):
            parts = list(nx.connected_components(graph.subgraph(alive)))
            alive = max(parts, key=lambda part: (len(part), -min(part))) if parts else set()
        if alive == before:
            break
    found = mutual_remainder(of(a), of(b), is_left)
    assert found.share == len(alive) / 200 and found.rounds >= 1


def test_the_theory_jumps_at_its_threshold():
    shares = {2.46: 0.3369, 2.48: 0.3689, 2.52: 0.4066, 2.60: 0.4598, 3.00: 0.6374}
    for left_by_degree, share in shares.items():
        assert expected_share(left_by_degree / 4.0, 4.0) == pytest.approx(share, abs=5e-5)
    assert expected_share((THRESHOLD - 1e-3) / 4.0, 4.0) == 0.0
    assert expected_share((THRESHOLD + 1e-3) / 4.0, 4.0) > 0.31  # 1.2564 / 4 at the threshold itself


def test_random_graphs_have_the_degree_asked_for_and_edges_stand_once():
    graph = random_graph(20_000, 4.0, np.random.default_rng(1))
    assert len(graph.neighbour) / 20_000 == pytest.approx(4.0, abs=0.06)
    twice = build_graph(3, np.array([[0, 1], [1, 0], [0, 1], [1, 2]]))
    assert twice.first.tolist() == [0, 1, 3, 4] and twice.neighbour.tolist() == [1, 0, 2, 1]


@pytest.mark.parametrize("edge", [[0, 3], [-1, 0], [1, 1]])
def test_edges_that_join_nothing_are_refused(edge):
    with pytest.raises(InvalidInputError, match="edges join"):
        build_graph(3, np.array([edge]))
