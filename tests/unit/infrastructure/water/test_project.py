"""The EPANET toolkit through its C library: values, steps, errors, nothing left behind."""

import gc
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.water import library
from impetus_sim.infrastructure.water.codes import Link, Node, NodeKind, Time

pytest.importorskip("wntr")

from impetus_sim.infrastructure.water.project import Project

# EPANET 2.2, pressures at t = 0 in metres
NET1_PRESSURES_M = {
    "10": 89.717,
    "11": 83.890,
    "12": 82.317,
    "13": 83.476,
    "21": 82.767,
    "22": 83.539,
    "23": 84.931,
    "31": 81.501,
    "32": 77.934,
}


def test_net1_at_the_start():
    project = Project(library.find_network("Net1"))
    project.begin()
    assert project.solve() == 0
    pressure_m = project.length_m * (project.node_values(Node.HEAD) - project.node_values(Node.ELEVATION))
    found = dict(zip(project.ids("node"), pressure_m, strict=True))
    for name, expected_m in NET1_PRESSURES_M.items():
        assert found[name] == pytest.approx(expected_m, abs=1e-3)
    flows = dict(zip(project.ids("link"), project.flow_m3_s * project.link_values(Link.FLOW), strict=True))
    assert flows["9"] == pytest.approx(0.117737, abs=1e-6)
    tanks = project.kinds("node") == NodeKind.TANK
    assert project.flow_m3_s * project.node_values(Node.DEMAND)[tanks][0] == pytest.approx(0.048338, abs=1e-6)


def test_a_step_is_cut_and_the_steps_of_the_file_stay():
    project = Project(library.find_network("Net1"))
    steps_s = project.time_s(Time.HYDRAULIC_STEP), project.time_s(Time.QUALITY_STEP)
    project.begin()
    project.solve()
    assert project.step(100) == 100
    assert project.solve() == 100
    assert (project.time_s(Time.HYDRAULIC_STEP), project.time_s(Time.QUALITY_STEP)) == steps_s
    project.end()
    project.begin()
    assert project.solve() == 0


def test_thousands_of_runs_leave_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = library.find_network("Net1")
    for _ in range(3000):
        project = Project(path)
        project.begin()
        project.solve()
        project.close()
    assert list(tmp_path.iterdir()) == []
    descriptors = Path("/proc/self/fd")  # Linux
    assert not descriptors.is_dir() or len(list(descriptors.iterdir())) < 200


def test_the_collector_frees_a_project():
    project = Project(library.find_network("Net1"))
    free = project._free
    del project
    gc.collect()
    assert not free.alive


def test_what_epanet_does_not_accept_is_said(tmp_path):
    path = tmp_path / "bad.inp"
    path.write_text("[JUNCTIONS]\n a 1\n b 1\n[PIPES]\n p a b 1 1 1\n[END]\n", "utf-8")
    with pytest.raises(InvalidInputError, match="EPANET does not accept") as raised:
        Project(path)
    assert "224" in str(raised.value)
    with pytest.raises(InvalidInputError, match="there is no water network file"):
        Project(tmp_path / "none.inp")
    with pytest.raises(InvalidInputError, match="ships no network 'Net9'"):
        library.find_network("Net9")


def test_a_missing_extra_names_the_command(monkeypatch):
    monkeypatch.setattr(library, "find_spec", lambda name: None)
    library.load_library.cache_clear()
    with pytest.raises(InvalidInputError) as raised:
        library.load_library()
    assert "pip install 'impetus_sim[water]'" in str(raised.value)


def test_the_package_wntr_is_not_imported():
    code = (
        "from impetus_sim.infrastructure.water.project import Project\n"
        "from impetus_sim.infrastructure.water.library import find_network\n"
        "Project(find_network('Net1'))\nimport sys\nassert 'wntr' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_values_of_all_nodes_are_those_of_each():
    project = Project(library.find_network("Net3"))
    project.begin()
    project.solve()
    heads = project.node_values(Node.HEAD)
    assert np.array_equal(heads, [project.node_value(row, Node.HEAD) for row in range(project.n_nodes)])
