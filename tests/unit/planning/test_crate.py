"""RO-Crates of runs and studies: the library opens them again, and the profile's required properties are there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cheap_function import FUNCTION, Numbers
from cheap_runner import CHEAP, CheapScenario
from click.testing import CliRunner

from impetus_sim.analysis.run import simulate
from impetus_sim.cli.export import export_command
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.comparison.compare import compare
from impetus_sim.planning.crate.provenance import ODBL, PROFILE
from impetus_sim.planning.experiments.experiment import Experiment
from impetus_sim.planning.experiments.spec import ExperimentSpec

rocrate = pytest.importorskip("rocrate.rocrate")


@pytest.fixture(scope="module")
def run(room, tmp_path_factory):
    return simulate(
        room({"time": {"duration": 2}}), seed=5, path=tmp_path_factory.mktemp("crate") / "small.h5"
    )


def export(source, folder, *more):
    words = [str(source), "--to", "rocrate", "-o", str(folder), "--author", "Ada Planner", *more]
    shown = CliRunner().invoke(export_command, words)
    if shown.exception is not None:
        raise shown.exception
    return rocrate.ROCrate(folder)


def require_profile(crate):
    """Check what Process Run Crate 0.5 requires; return the action."""
    root = crate.root_dataset
    assert root["conformsTo"].id == PROFILE
    assert crate.dereference(PROFILE).type == "CreativeWork" and crate.dereference(PROFILE)["version"]
    for name in ("name", "description", "datePublished", "license"):
        assert root[name], name
    (action,) = root["mentions"]
    assert action.type == "CreateAction"
    assert action["instrument"].type == "SoftwareApplication" and action["instrument"]["softwareVersion"]
    assert action["agent"].type == "Person" and action["agent"]["name"] == "Ada Planner"
    assert action["startTime"] <= action["endTime"]
    assert action["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert action["object"] and action["result"]
    for entity in (*action["object"], *action["result"]):
        assert crate.dereference(entity.id) is entity
    for entity in crate.data_entities:
        assert (crate.source / entity.id).is_file() and entity["encodingFormat"]
    return action


def test_a_run_with_all_that_made_it(run, tmp_path):
    licence = "https://creativecommons.org/licenses/by/4.0/"
    crate = export(run.path, tmp_path / "crate", "--licence", licence)
    action = require_profile(crate)
    assert crate.root_dataset["license"].id == licence
    assert action["description"] == "impetus run scenario.yaml --seed 5 -o run.h5"
    values = {e["name"]: e["value"] for e in action["object"] if e.type == "PropertyValue"}
    assert values["seed"] == 5 and values["run_key"] == run.attributes["run_key"]
    (kept,) = [e for e in action["result"] if e.type == "PropertyValue"]
    assert kept["value"] == run.summary["digest"]
    assert (tmp_path / "crate" / "scenario.yaml").read_text() == run.attributes["scenario"]
    assert (tmp_path / "crate" / "run.h5").read_bytes() == run.path.read_bytes()
    metrics = json.loads((tmp_path / "crate" / "metrics.json").read_text())
    assert metrics["peak_density"]["value"] == run.metrics["peak_density"].value
    assert {e["name"] for e in action["instrument"]["softwareRequirements"]} >= {"numpy", "numba", "python"}


def test_the_same_run_gives_the_same_crate_and_a_folder_is_not_overwritten(run, tmp_path):
    for name in ("a", "b"):
        export(run.path, tmp_path / name)
    first, second = ((tmp_path / name / "ro-crate-metadata.json").read_text() for name in "ab")
    assert first == second
    with pytest.raises(InvalidInputError, match="is there already"):
        export(run.path, tmp_path / "a")


def test_a_study_with_its_kept_recordings(run, tmp_path):
    options = {"open": CheapScenario(title="Open", effect=-9.0, fails_at=(1,))}
    study = compare(
        CheapScenario(), options, replicates=4, keep="none", folder=tmp_path / "study", runner=CHEAP
    )
    study.note_command("impetus compare square.yaml open.yaml --replicates 4")
    (study.folder / "recordings").mkdir(exist_ok=True)
    shutil.copy(run.path, study.folder / "recordings" / "one.h5")
    crate = export(study.folder, tmp_path / "crate")
    action = require_profile(crate)
    assert action["description"] == "impetus compare square.yaml open.yaml --replicates 4"
    results, used = {e.id for e in action["result"]}, {e.id for e in action["object"]}
    assert {"results.parquet", "comparison.json", "recordings/one.h5"} <= results
    assert {"scenarios/baseline.yaml", "scenarios/open.yaml", "design.json"} <= used
    assert {e["value"] for e in action["result"] if e.type == "PropertyValue"} == {1}  # failed runs
    back = Path(tmp_path / "crate" / "comparison.json")
    assert json.loads(back.read_text()) == study.comparison


def test_an_experiment(tmp_path):
    factors = {"x1": {"key": "x1", "values": [1.0, 2.0]}}
    spec = ExperimentSpec.model_validate(
        {"title": "What x does", "scenario": "s.yaml", "factors": factors, "design": {"kind": "factorial"}}
    )
    spec = spec.model_copy(update={"replicates": 2})
    numbers = Numbers(values={"x1": 1.0, "x2": 1.0, "x3": 1.0})
    Experiment(spec=spec, variants={"base": numbers}).run(tmp_path / "study", runner=FUNCTION)
    crate = export(tmp_path / "study", tmp_path / "crate")
    action = require_profile(crate)
    assert crate.root_dataset["name"] == "What x does"
    assert {"experiment.json", "results.parquet"} <= {e.id for e in action["result"]}
    assert action["description"] == "impetus experiment (from Python)"


def test_maps_of_openstreetmap_carry_their_licence_and_date(run, tmp_path):
    from impetus_sim.planning.crate.run_crate import Maker, export_run_crate

    run.attributes.update(
        map_credit="© OpenStreetMap contributors (ODbL)", map_date="2019-04", map_licence="ODbL 1.0"
    )
    export_run_crate(run, tmp_path / "crate", maker=Maker(author="Ada Planner"))
    crate = rocrate.ROCrate(tmp_path / "crate")
    (city,) = [e for e in require_profile(crate)["object"] if e.id.startswith("#map-")]
    assert city["license"].id == ODBL and city["temporalCoverage"] == "2019-04"
    assert "OpenStreetMap" in city["creditText"]


def test_an_unfinished_study_is_refused(tmp_path):
    (tmp_path / "study").mkdir()
    with pytest.raises(InvalidInputError, match="holds no finished study"):
        export(tmp_path / "study", tmp_path / "crate")
