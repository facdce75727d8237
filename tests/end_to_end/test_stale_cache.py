"""Editing a kernel changes what the next run computes: no stale compiled caller is used."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import impetus_sim

PROBE = """
import json, numpy as np
from impetus_sim.kernels.compile import kernel_hash, cache_folder
from impetus_sim.kernels.raster import fill_distance
out = np.empty((2, 2), np.float32)
fill_distance(np.array([[0.0, 0.0, 0.0, 2.0]]), 0.0, 0.0, 1.0, 9.0, out)  # calls geometry.distance_to_segment
misses = sum(fill_distance.stats.cache_misses.values())
found = {"value": float(out[0, 0]), "hash": kernel_hash(), "misses": misses, "folder": str(cache_folder())}
print(json.dumps(found))
"""


@pytest.fixture
def package(tmp_path):
    """Return a copy of the package's sources whose kernels may be edited."""
    source = Path(impetus_sim.__file__).parent
    shutil.copytree(
        source, tmp_path / "impetus_sim", ignore=shutil.ignore_patterns("bundled", "__pycache__", "templates")
    )
    return tmp_path / "impetus_sim"


def probe(package):
    environment = {
        **os.environ,
        "IMPETUS_CACHE": str(package.parent / "cache"),
        "PYTHONPATH": str(package.parent),
    }
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROBE],
        capture_output=True,
        text=True,
        cwd=package.parent,
        env=environment,
        check=True,
    )
    return json.loads(done.stdout)


def test_an_edited_callee_in_another_file(package):
    first, again = probe(package), probe(package)
    assert first["value"] == 0.5 and first["folder"].startswith(str(package.parent))
    assert first["misses"] > 0 and again["misses"] == 0  # the second process compiled nothing
    geometry = package / "kernels" / "geometry.py"
    text = geometry.read_text()
    changed = text.replace("return math.sqrt((px - qx) ** 2", "return 3.0 * math.sqrt((px - qx) ** 2")
    assert changed != text
    geometry.write_text(changed)
    edited = probe(package)
    assert edited["value"] == 1.5
    assert edited["hash"] != first["hash"]
    geometry.write_text(text)
    back = probe(package)
    assert (back["value"], back["hash"], back["misses"]) == (0.5, first["hash"], 0)


def test_without_a_folder_of_its_own_nothing_is_cached(package):
    """numba would fall back to a folder beside the sources, which does not see an edited callee."""
    (package.parent / "cache").write_text("a file is in the way")
    first, again = probe(package), probe(package)
    assert first["value"] == again["value"] == 0.5
    assert not list(package.rglob("*.nbi"))


RUN = """
import json, sys
from impetus_sim.engine.simulation import Simulation
from impetus_sim.scenario.load import load_scenario
simulation = Simulation(load_scenario(sys.argv[1]), seed=3)
simulation.run_until(3)
print(simulation.digest.value)
"""


@pytest.mark.slow
def test_a_whole_run_sees_an_edited_kernel(package, eventful, tmp_path):
    (tmp_path / "room.yaml").write_text(eventful().to_text(), "utf-8")
    environment = {**os.environ, "IMPETUS_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path)}

    def run():
        command = [sys.executable, "-P", "-c", RUN, "room.yaml"]
        return subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=True
        ).stdout

    first = run()
    assert run() == first
    geometry = package / "kernels" / "geometry.py"
    geometry.write_text(geometry.read_text().replace("return math.sqrt(", "return 1.2 * math.sqrt("))
    assert run() != first
