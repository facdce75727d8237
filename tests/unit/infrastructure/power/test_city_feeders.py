"""Faults on every section of a built city's feeders: cut out, supplied over ties where one bears it, and undone."""

import numpy as np
import pytest

from impetus_sim.infrastructure.city import build_city_infrastructure
from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.maps.load import open_city

S = 1_000_000
SWITCHED_S, REPAIRED_S = 600, 3600


@pytest.fixture(scope="module")
def network():
    """Return the grid of a bundled map."""
    return build_city_infrastructure(open_city("helsinki_centre")).grid


def reachable(network, *, without):
    """Return which buses any closed switches could feed with one branch out, bool (buses,)."""
    fed = network.is_reference.copy()
    rows = np.arange(network.n_branches) != without
    i, j = network.from_bus[rows], network.to_bus[rows]
    while True:
        more = fed.copy()
        np.logical_or.at(more, i, fed[j])
        np.logical_or.at(more, j, fed[i])
        if np.array_equal(more, fed):
            return fed
        fed = more


def test_every_section(network):
    n_over_ties = 0
    for branch in np.flatnonzero(network.is_in).tolist():
        grid = PowerGrid(network)
        before = grid.is_in
        grid.break_branch(branch, at_us=0)
        grid.advance(0)
        at_once = grid.is_live
        changes = grid.advance(SWITCHED_S * S)
        name = network.branch_names[branch]
        assert (grid.is_live >= at_once).all(), name
        over_tie = any(change.kind == "tie_closed" for change in changes)
        refused = any(change.kind == "tie_refused" for change in changes)
        n_over_ties += over_tie
        if not refused:
            np.testing.assert_array_equal(grid.is_live, reachable(network, without=branch), err_msg=name)
        assert (grid.loading <= 1.0 + 1e-6).all(), name
        assert grid.imbalance_mw() < 1e-9
        grid.repair_branch(branch, at_us=REPAIRED_S * S)
        grid.advance(REPAIRED_S * S)
        np.testing.assert_array_equal(grid.share, 1.0, err_msg=name)
        np.testing.assert_array_equal(grid.is_in, before, err_msg=name)
    assert n_over_ties > 20
