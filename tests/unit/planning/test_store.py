"""The study folder: whole files, other studies refused, one process at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.files import temporary_beside
from impetus_sim.planning.runs.store import StudyFolder, write_json

DESIGN = {
    "seed": 1,
    "engine_version": "0.1.0",
    "kernel_hash": "k",
    "rule": {"replicates": 10},
    "keep": "first",
    "metric": None,
    "options": [
        {"name": "baseline", "scenario_digest": "a", "map_digest": "m"},
        {"name": "open", "scenario_digest": "b", "map_digest": "m"},
    ],
}


def open_once(folder: Path, design: dict[str, object]) -> StudyFolder:
    store = StudyFolder(folder)
    store.open(design)
    store.close()
    return store


def test_the_same_study_is_taken_up(tmp_path: Path) -> None:
    store = open_once(tmp_path / "study", DESIGN)
    write_json(store.result_path("k1"), {"digest": "d"})
    open_once(tmp_path / "study", {**DESIGN, "rule": {"replicates": 20}, "keep": "all"})
    assert store.read_result("k1") == {"digest": "d"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seed": 2}, "its seed is 1, not 2"),
        ({"kernel_hash": "z"}, "its kernel_hash is k, not z"),
        ({"options": DESIGN["options"][:1]}, "it compares baseline, open, not baseline"),
        (
            {"options": [DESIGN["options"][0], {**DESIGN["options"][1], "scenario_digest": "c"}]},
            "the scenario of 'open' has changed since",
        ),
    ],
)
def test_another_study_is_refused_with_a_reason(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    open_once(tmp_path, DESIGN)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(InvalidInputError, match="holds another study") as caught:
        StudyFolder(tmp_path).open({**DESIGN, **change})
    assert reason in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_foreign_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(InvalidInputError, match="not a study"):
        StudyFolder(tmp_path).open(DESIGN)
    with pytest.raises(InvalidInputError, match="is a file"):
        StudyFolder(tmp_path / "thesis.tex").open(DESIGN)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_two_processes_cannot_write_one_study(tmp_path: Path) -> None:
    first = StudyFolder(tmp_path)
    first.open(DESIGN)
    with pytest.raises(InvalidInputError, match="another process"):
        StudyFolder(tmp_path).open(DESIGN)
    first.close()
    open_once(tmp_path, DESIGN)


def test_damaged_results_count_as_absent_and_leftovers_go(tmp_path: Path) -> None:
    store = open_once(tmp_path, DESIGN)
    store.result_path("k1").write_text('{"digest": ')
    temporary_beside(store.result_path("k2")).write_text("half")
    assert store.read_result("k1") is None
    open_once(tmp_path, DESIGN)
    assert not list(store.runs.glob(".*"))


def test_only_transient_failures_are_tried_again(tmp_path: Path) -> None:
    store = open_once(tmp_path, DESIGN)
    write_json(store.failure_path("lost"), {"is_transient": True})
    write_json(store.failure_path("broken"), {"is_transient": False})
    open_once(tmp_path, DESIGN)
    assert store.read_failure("lost") is None
    assert store.read_failure("broken") is not None


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"old": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"new": float("nan")})
    assert json.loads(path.read_text()) == {"old": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]
