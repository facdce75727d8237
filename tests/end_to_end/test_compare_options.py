"""Options compared through the real engine: pairing is structural, and a restart repeats nothing."""

from __future__ import annotations

import pytest

from impetus_sim.planning.comparison.compare import compare
from impetus_sim.planning.comparison.study import Study
from impetus_sim.scenario.load import load_scenario

BASE = """
title: Room with one door
map: {synthetic: {kind: room, width: 12 m, depth: 8 m}}
time: {duration: 40 s}
crowd:
  populations:
    visitors:
      count: 10 to 20 people
      at: {box: [1, 1, 11, 7]}
      activity: leave
variants:
  renamed: {title: Only another name, change: {description: Nothing else}}
  fewer: {title: Fewer people, change: {crowd: {populations: {visitors: {count: 5}}}}}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("compare")
    base = folder / "base.yaml"
    base.write_text(BASE)
    same = folder / "same.yaml"
    same.write_text("extends: base.yaml\n")
    references = {"same": same, "renamed": f"{base}:renamed", "fewer": f"{base}:fewer"}
    options = {name: load_scenario(reference) for name, reference in references.items()}
    return compare(load_scenario(base), options, replicates=3, workers=2, folder=folder / "study")


def test_options_that_change_nothing_differ_by_exactly_nothing(study: Study) -> None:
    base, same, renamed, _ = study.options
    assert same["run_keys"] == base["run_keys"]
    assert not set(renamed["run_keys"]) & set(base["run_keys"])
    assert study.metrics
    for metric in study.metrics:
        assert renamed[metric]["difference"]["is_identical"]
        assert renamed[metric]["mean"] == base[metric]["mean"]
    runs = study.runs().set_index(["option", "replicate"])
    assert runs.loc["renamed", "digest"].tolist() == runs.loc["baseline", "digest"].tolist()


def test_an_option_that_changes_something_is_seen(study: Study) -> None:
    fewer = study.options[3]
    assert any(not fewer[metric]["difference"]["is_identical"] for metric in study.metrics)
    assert not study.comparison["failures"]


def test_replicates_have_numbers_of_their_own(study: Study) -> None:
    digests = study.runs().query("option == 'baseline'")["digest"]
    assert digests.nunique() == 3


def test_the_first_recordings_are_kept_and_can_be_read(study: Study) -> None:
    from impetus_sim.recording.reader import open_recording

    path = study.recording_path("fewer")
    assert path is not None
    recording = open_recording(path)
    assert recording.is_complete
    assert recording.attributes["run_key"] == study.options[3]["run_keys"][0]
    assert study.recording_path("fewer", 1) is None
