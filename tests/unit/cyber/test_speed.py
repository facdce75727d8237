"""The bench of attacks: the graph is whole, a row says what it should, and a peer that cannot run is said."""

import sys

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.verification.cyber_speed.compare import compare_episodes
from impetus_sim.verification.cyber_speed.devices import STEPS, build_devices, draw_links
from impetus_sim.verification.cyber_speed.peer_malsim import write_language


def test_every_device_can_be_reached_and_no_link_leads_to_itself():
    links = draw_links(30, seed=2)
    assert all(a != b for a, b in links) and {(k, (k + 1) % 30) for k in range(30)} <= set(links)
    graph = build_devices(30, links)
    assert len(graph) == 30 * len(STEPS) and len(graph.parent) == 30 * (len(STEPS) - 1) + len(set(links))
    assert np.unique(graph.owner).tolist() == [-1]


def test_a_row_without_a_peer():
    row = compare_episodes(10, threads=1, n_episodes=32, rounds=1, peer_python=None, say=lambda _: None)
    assert row["ours"] > 0.0 and row["n"] == 10 and row["peer"] is None
    assert row["ours_accuracy"].startswith("100%")


def test_a_peer_that_cannot_run_is_said():
    with pytest.raises(InvalidInputError, match="cannot run mal-simulator"):
        compare_episodes(
            5, threads=1, n_episodes=16, rounds=1, peer_python=sys.executable + "-none", say=lambda _: None
        )


def test_the_peer_gets_the_same_steps_and_means():
    text = write_language(list(STEPS), [1.0] * 6 + [0.5])
    assert text.count("| ") == len(STEPS) and "control [Exponential(2.000000)] -> peers.reach" in text
