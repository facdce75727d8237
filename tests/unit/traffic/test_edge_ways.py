"""Edges of SUMO networks on links, by OpenStreetMap ways."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.traffic.demand.edge_ways import EdgeWays, way_of_edge

# Junctions 0-1-2-3 in a row and 4 beside 2; link k and its way, both directions where a pair follows.
LINKS = [
    (0, 1, "10"), (1, 0, "10"),  # way 10 in two pieces
    (1, 2, "10"), (2, 1, "10"),
    (2, 3, "20 30"), (3, 2, "20 30"),  # two ways in one link
    (2, 4, "40"), (4, 2, "40"),
    (1, 4, "50"),  # one direction only
]  # fmt: skip


@pytest.fixture
def streets():
    return EdgeWays(
        (text.split() for _, _, text in LINKS),
        np.array([start for start, _, _ in LINKS]),
        np.array([end for _, end, _ in LINKS]),
        np.full(len(LINKS), 100.0),
    )


@pytest.mark.parametrize(
    ("edge", "way"),
    [("123", "123"), ("-123#4", "-123"), ("123#1-AddedOnRampEdge", "123"), (":1_0", ""), ("gneE3", "")],
)
def test_ids_of_edges_hold_the_way(edge, way):
    assert way_of_edge(edge) == way


@pytest.mark.parametrize(
    ("edges", "links"),
    [
        (["10#0", "10#1", "20"], [2, 4]),  # from the last piece of the first way
        (["10", "40"], [2, 6]),
        (["-40", "-10#1", "-10#0"], [7, 3]),  # to the first piece of the last way
        (["20", "30"], [4]),
        (["10", "20", "30"], [2, 4]),
        (["-30", "-20", "40"], [5, 6]),
        (["10#0", "50", "-40"], [0, 8, 7]),
        (["10", "20", "-20", "40"], [2, 4, 5, 6]),  # turns back where the edges do
        (["50", "10"], []),  # against the only direction
        (["10", "99"], []),
        ([":1_0"], []),
    ],
)
def test_route_passes_the_ways_in_order(streets, edges, links):
    assert streets.route_of(edges) == links


def test_no_route_takes_a_turn_that_signs_ban(streets):
    ends = np.array([(start, end) for start, end, _ in LINKS])
    ways = [text.split() for _, _, text in LINKS]
    banned = EdgeWays(ways, *ends.T, np.full(len(LINKS), 100.0), np.array([(2, 4)]))
    assert banned.route_of(["10", "20"]) == [] and banned.route_of(["10", "40"]) == streets.route_of(
        ["10", "40"]
    )


def test_streets_in_both_directions_belong_to_an_edge(streets):
    assert streets.links_of("-10#1") == [0, 1, 2, 3]
    assert streets.links_of("50") == [8]
    assert streets.links_of(":1_0") == []
