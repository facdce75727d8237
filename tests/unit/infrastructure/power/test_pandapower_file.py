"""Files of pandapower: flows equal to its own, and what is said of files that cannot be used."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.infrastructure.power.pandapower_file import read_pandapower

ORACLES = Path(__file__).parents[3] / "oracles" / "power"


def read_flows(name):
    """Return the flow into each branch at an end as pandapower has it, MW."""
    with (ORACLES / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return {(row["table"], row["index"], row["end"]): float(row["p_mw"]) for row in rows}


@pytest.mark.parametrize("name", ["mesh", "two_sources", "multivoltage"])
def test_flows_equal_those_of_pandapower(name):
    found = read_pandapower(ORACLES / f"{name}.json")
    flow = dict(zip(found.branch_keys, DcGrid(found.network).flow_mw, strict=True))
    expected = read_flows(name)
    for (table, index, end), value in expected.items():
        if table == "trafo3w":
            sign = 1.0 if end == "hv" else -1.0  # counted from the high side to the star, and from there on
            ours = sign * flow[f"trafo3w[{index}]:{end}"]
        else:
            ours = flow.get(f"{table}[{index}]", 0.0)
        assert ours == pytest.approx(value if np.isfinite(value) else 0.0, abs=1e-6), (table, index, end)
    assert len(expected) > 3


def test_a_kept_switch_can_be_opened():
    found = read_pandapower(ORACLES / "mesh.json", keep_switches=True)
    merged = read_pandapower(ORACLES / "mesh.json")
    assert found.network.n_buses == merged.network.n_buses + 1
    grid = PowerGrid(found.network)
    section = grid.bus("section")
    assert grid.share[section] == 1.0
    grid.open_branch(grid.branch("coupling"), at_us=0)
    grid.advance(0)
    assert grid.share[section] == 0.0
    grid.close_branch(grid.branch("open coupling"), at_us=1)
    grid.advance(1)
    assert grid.share[section] == 1.0


def test_positions():
    network = read_pandapower(ORACLES / "mesh.json").network
    at = network.bus_names.index("ehv 1")
    assert (network.x[at], network.y[at]) == (11.0, 53.5)
    assert np.isnan(network.x).sum() == network.n_buses - 2


def test_loads_by_name():
    loads = read_pandapower(ORACLES / "mesh.json").loads
    at = dict(zip(loads.names, zip(loads.bus, loads.mw, strict=True), strict=True))
    assert at["town"][1] == pytest.approx(6.6)
    assert at["nowhere"][0] == -1
    assert at["motor_0"][1] == pytest.approx(1.5 / 0.95 * 0.8)


def broken(tmp_path, change):
    """Return a file of the mesh after a change of its tables."""
    document = json.loads((ORACLES / "mesh.json").read_text())
    tables = {}
    for name, value in document["_object"].items():
        if isinstance(value, dict) and value.get("_class") == "DataFrame":
            value["_object"] = json.loads(value["_object"])
            tables[name] = value["_object"]
    change(tables, document["_object"])
    path = tmp_path / "net.json"
    path.write_text(json.dumps(document))
    return path


def put(table, row, column, value):
    """Return a change that puts a value into a table."""

    def change(tables, objects):
        frame = tables[table]
        frame["data"][row][frame["columns"].index(column)] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("line", 2, "to_bus", 99), r"line\[2\]: to_bus is 99, and there is no such bus"),
        (put("line", 1, "x_ohm_per_km", 0.0), r"line\[1\]: x_ohm_per_km is 0 \(allowed: above 0\)"),
        (put("trafo", 0, "vk_percent", None), r"trafo\[0\]: vk_percent is missing"),
        (put("load", 0, "p_mw", None), r"load\[0\]: p_mw is missing \(allowed: a number\)"),
        (put("switch", 1, "element", 77), r"switch\[1\]: element is 77"),
        (put("trafo", 1, "tap_dependency_table", True), r"trafo\[1\]: its tap depends on a table"),
        (lambda tables, objects: tables["ext_grid"]["data"].clear() or tables["ext_grid"]["index"].clear(),
         "ext_grid: there is no ext_grid and no slack generator"),
    ],
)  # fmt: skip
def test_what_cannot_be_used(tmp_path, change, said):
    with pytest.raises(InvalidFilesError, match=said):
        read_pandapower(broken(tmp_path, change))


def test_all_problems_are_told_at_once(tmp_path):
    def change(tables, objects):
        put("line", 2, "to_bus", 99)(tables, objects)
        put("load", 0, "p_mw", None)(tables, objects)

    with pytest.raises(InvalidFilesError) as raised:
        read_pandapower(broken(tmp_path, change))
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[1]", "no network of pandapower"),
        ('{"_object": {"bus": {"_class": "DataFrame", "_object": "[]"}}}', "table 'bus' is not split"),
    ],
)
def test_what_is_no_network(tmp_path, text, said):
    path = tmp_path / "net.json"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=said):
        read_pandapower(path)
