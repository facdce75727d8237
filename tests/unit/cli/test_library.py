"""`impetus library`: what is printed, and that a poor match is never silent."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.cli.main import cli
from impetus_sim.planning.library.entries import Entries, Set, Situation
from impetus_sim.planning.library.quality import measure_quality

STREAMS = ("gate.people_passing", "camera.people_in_view")
N_SITUATIONS = 40


def make_library(folder: Path) -> Path:
    # people and the mean time out grow together; a second option is better for many people
    random = np.random.default_rng(1)
    people = random.uniform(50, 400, N_SITUATIONS)
    rates = np.stack([people / 10, people / 8, people / 2, people / 3], axis=1)
    signatures = random.poisson(rates[:, None, :], (N_SITUATIONS, 3, 4)).astype(float)
    means = np.stack([people / 4, 30 + people / 8], axis=1)
    values = means[:, :, None] + random.normal(0.0, 1.0, (N_SITUATIONS, 1, 3))
    entries = Entries(
        about={"title": "Crowd", "factors": {"people": "people"}, "seed": 1, "engine_version": "0"},
        options=({"name": "base", "title": "the baseline"}, {"name": "open", "title": "Open the gate"}),
        metrics={"mean_time": {"label": "mean time out", "unit": "s", "better": "lower"}},
        streams=STREAMS,
        kinds=("people_passing", "people_in_view"),
        edges_s=np.array([0.0, 10.0, 20.0]),
        design=Set(
            situations=tuple(
                Situation(name=f"p{k}", values={"people": float(n)}) for k, n in enumerate(people)
            ),
            cube=((people - 50) / 350)[:, None],
            signatures=signatures,
            values=values[None],
        ),
        held_back=Set(
            situations=(),
            cube=np.empty((0, 1)),
            signatures=np.empty((0, 3, 4)),
            values=np.empty((1, 0, 2, 3)),
        ),
    )
    folder.mkdir()
    entries.with_about(quality=measure_quality(entries)).save(folder)
    return folder


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    return make_library(tmp_path_factory.mktemp("cli") / "library")


def write_counts(path: Path, people: float) -> Path:
    rows = [
        (10, "gate", people / 10),
        (20, "gate", people / 8),
        (10, "camera", people / 2),
        (20, "camera", people / 3),
    ]
    path.write_text("time,sensor,count\n" + "".join(f"{t},{name},{count:.0f}\n" for t, name, count in rows))
    return path


def match(library: Path, counts: Path, *more: str):
    return CliRunner().invoke(cli, ["library", "match", str(counts), "--library", str(library), *more])


def test_a_match_says_what_to_do_and_how_sure_it_is(library, tmp_path):
    found = match(library, write_counts(tmp_path / "c.csv", 350))
    assert found.exit_code == 0, found.output
    assert "recommended: open" in found.output
    assert "regret of acting on this match" in found.output
    assert "as another run of a situation in the library" in found.output
    assert "recommended: base" in match(library, write_counts(tmp_path / "d.csv", 90)).output


def test_json_holds_the_same(library, tmp_path):
    document = json.loads(match(library, write_counts(tmp_path / "c.csv", 350), "--json").output)
    assert document["recommended"] == "open"
    assert document["fresh"] is None
    option = next(each for each in document["options"] if each["name"] == "open")
    told = option["metrics"]["mean_time"]
    assert told["low"] < 30 + 350 / 8 < told["high"]
    assert document["situation"]["people"]["low"] < 350 < document["situation"]["people"]["high"] + 40


def test_a_poor_match_gives_no_advice(library, tmp_path):
    counts = tmp_path / "c.csv"
    counts.write_text("time,sensor,count\n10,gate,300\n20,gate,2\n10,camera,5\n20,camera,900\n")
    found = match(library, counts, "--no-fresh")
    assert found.exit_code == 0
    assert "POOR MATCH" in found.output
    assert "no advice" in found.output
    assert "recommended" not in found.output


def test_a_poor_match_wants_fresh_runs_and_says_what_they_lack(library, tmp_path):
    counts = tmp_path / "c.csv"
    counts.write_text("time,sensor,count\n10,gate,300\n20,gate,2\n10,camera,5\n20,camera,900\n")
    found = match(library, counts)
    assert "fresh runs" in found.output
    assert "holds no library" in str(found.exception)  # these arrays were not built from a file


def test_a_folder_without_a_library_is_told(tmp_path):
    found = match(tmp_path, write_counts(tmp_path / "c.csv", 100))
    assert "holds no finished library" in str(found.exception)


def test_matching_loads_nothing_heavy(library, tmp_path):
    import subprocess
    import sys

    counts = write_counts(tmp_path / "c.csv", 100)
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom impetus_sim.cli.main import cli\n"
        f"done = CliRunner().invoke(cli, ['library', 'match', {str(counts)!r}, '--library', {str(library)!r}])\n"
        "assert done.exit_code == 0, done.output\n"
        "print([m for m in ('numba', 'scipy', 'pandas', 'pydantic', 'h5py', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
