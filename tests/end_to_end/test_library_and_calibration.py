"""A small library and a small calibration with the engine itself, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.cli.main import cli
from impetus_sim.planning.library.build import LibraryPlan
from impetus_sim.planning.runs.store import StudyFolder

ROOT = Path(__file__).parents[2]
LIBRARY = """\
title: How many guests?
scenario: {scenario}
factors:
  people: {{key: crowd.populations.guests.count, range: 20 to 80}}
  hesitation: {{key: crowd.populations.guests.premovement.median, values: [4 s, 12 s]}}
design: {{kind: lhs, samples: 6}}
options: [base, slow_to_start]
observe: {{until: 30 s, every: 10 s}}
metric: mean_egress_time
replicates: 2
held_back: 1
fresh_replicates: 2
seed: 5
"""


def invoke(*words: str) -> str:
    done = CliRunner().invoke(cli, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_bundled_library_fits_its_scenario():
    plan = LibraryPlan.load(ROOT / "experiments" / "square_library.yaml")
    assert set(plan.spec.options) <= set(plan.variants)
    few = plan.spec.model_copy(
        update={"held_back": 1, "design": plan.spec.design.model_copy(update={"samples": 2})}
    )
    situations = LibraryPlan(spec=few, variants=plan.variants).situations()
    assert situations.n_design == 2
    assert len(situations.scenarios) == 9


def test_what_a_library_was_built_from_is_read_back(tmp_path):
    plan = LibraryPlan.load(ROOT / "experiments" / "square_library.yaml")
    store = StudyFolder(tmp_path / "library")
    store.scenarios.mkdir(parents=True)
    plan.write_down(store)
    again = LibraryPlan.read_back(store.path)
    assert again.spec == plan.spec
    for name, scenario in plan.variants.items():
        assert again.variants[name].digest == scenario.digest
        assert again.variants[name].open_map().digest == scenario.open_map().digest


@pytest.mark.slow
def test_a_library_is_built_matched_and_run_afresh(tmp_path):
    file, folder = tmp_path / "library.yaml", tmp_path / "library"
    scenario = ROOT / "scenarios" / "teaching" / "counted_room.yaml"
    slow = tmp_path / "room.yaml"
    slow.write_text(
        f"extends: {scenario}\n"
        "variants:\n  slow_to_start: {title: More doubt, change: {hazards: {alarm: {believed_share: 0.7}}}}\n"
    )
    file.write_text(LIBRARY.format(scenario=slow))
    about = json.loads(invoke("library", "build", str(file), "-o", str(folder), "--workers", "1", "--json"))
    assert about["failed_runs"] == 0
    assert about["quality"]["left_out"]["situations"] == 6
    run = next(
        StudyFolder(folder).read_result(path.stem) for path in sorted((folder / "runs").glob("*.json"))
    )
    counts = tmp_path / "counts.csv"
    told = run["readings"]["door.people_passing"]
    rows = [f"{t},door,{v}" for t, v in zip(told["times_s"], told["values"], strict=True)]
    counts.write_text("\n".join(["time,sensor,count", *rows]) + "\n")
    near = json.loads(invoke("library", "match", str(counts), "--library", str(folder), "--json"))
    assert near["verdict"] in ("replicate", "neighbour")
    counts.write_text("time,sensor,count\n10,door,40\n20,door,0\n30,door,40\n")
    words = ("library", "match", str(counts), "--library", str(folder), "--workers", "1", "--json")
    far = json.loads(invoke(*words))
    assert far["verdict"] == "poor"
    assert not far["fresh"]["fits"]
    assert Path(far["fresh"]["scenario"]).is_file()
    assert far["fresh"]["recommended"] in ("base", "slow_to_start")


@pytest.mark.slow
def test_parameters_of_a_room_are_found_again(tmp_path):
    """70 guests with a median hesitation of 14 s made the counts of experiments/room_counts.csv.

    The door is full in most of the time that is fitted, so that how many there are shows where it is held back.
    """
    pytest.importorskip("optuna")
    file = ROOT / "experiments" / "room_calibration.yaml"
    document = json.loads(
        invoke("calibrate", str(file), "-o", str(tmp_path / "fit"), "--workers", "1", "--json")
    )
    factors, errors = document["factors"], document["errors"]
    assert factors["people"]["best"] == pytest.approx(70, abs=12)
    assert factors["hesitation"]["best"] == pytest.approx(14.0, abs=4.0)
    assert errors["fitted"]["fitted"]["value"] < errors["fitted"]["base"]["value"]
    assert errors["held_back"]["fitted"]["value"] < 0.5 * errors["held_back"]["base"]["value"]
    told = np.array(document["series"]["door"]["is_held_back"])
    assert 0 < told.sum() < len(told)
    assert Path(document["picture"]).stat().st_size > 20_000
