"""Whole comparisons over real worker processes, with a stand-in for the engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cheap_runner import CHEAP, CheapScenario

from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.planning.comparison.compare import compare
from impetus_sim.planning.comparison.study import Study
from impetus_sim.planning.runs.execute import Progress

BASE = CheapScenario()
OPEN = CheapScenario(title="Opening the north gate", effect=-42.0, own_noise=5.0)


def test_table_answer_and_files(tmp_path: Path) -> None:
    seen: list[Progress] = []
    study = compare(
        BASE,
        {"open": OPEN, "same": CheapScenario()},
        replicates=12,
        workers=2,
        folder=tmp_path,
        runner=CHEAP,
        progress=seen.append,
    )
    assert study.answer.startswith("Opening the north gate shortens the mean egress time by 4")
    assert study.rank()[0] == "open"
    base, _, same = study.options
    for metric in study.metrics:
        assert same[metric]["mean"] == base[metric]["mean"]
        assert same[metric]["difference"]["is_identical"]
    assert base["run_keys"] == same["run_keys"]
    assert seen[-1].n_done == seen[-1].n_total == 24  # the option that changes nothing costs no runs
    assert len(study.runs()) == 36
    assert set(study.to_dataframe()["option"]) == {"baseline", "open", "same"}
    assert study.comparison["groups"][0]["group"] == "profile=child"
    assert Study.load(tmp_path).comparison == study.comparison
    kept = study.recording_path("open")
    assert kept is not None and kept.exists()
    assert study.recording_path("open", 1) is None
    assert not (tmp_path / "scratch").exists()
    assert "wall_seconds" not in (tmp_path / "comparison.json").read_text()


def test_a_different_text_that_changes_nothing_differs_by_exactly_nothing(tmp_path: Path) -> None:
    study = compare(
        BASE, {"renamed": CheapScenario(title="Renamed")}, replicates=4, folder=tmp_path, runner=CHEAP
    )
    base, renamed = study.options
    assert base["run_keys"] != renamed["run_keys"]
    assert all(renamed[metric]["difference"]["is_identical"] for metric in study.metrics)


def test_precision_stops_after_a_whole_batch_and_is_taken_up_for_more(tmp_path: Path) -> None:
    rough = compare(BASE, {"open": OPEN}, precision=0.05, folder=tmp_path, runner=CHEAP, workers=2)
    assert rough.comparison["is_precise"]
    assert rough.n_replicates in (10, 15)
    seen: list[Progress] = []
    fine = compare(
        BASE,
        {"open": OPEN},
        precision=0.001,
        max_replicates=18,
        folder=tmp_path,
        runner=CHEAP,
        progress=seen.append,
    )
    assert fine.n_replicates == 18 and not fine.comparison["is_precise"]
    assert "not reached" in fine.answer
    assert seen[0].n_done == 20  # the first batch came from the folder


def test_failed_replicates_are_kept_and_do_not_stop_the_study(tmp_path: Path) -> None:
    option = CheapScenario(effect=-42.0, fails_at=(1, 3))
    study = compare(BASE, {"open": option}, replicates=8, folder=tmp_path, runner=CHEAP, workers=2)
    assert study.options[1]["n_failed"] == 2
    assert study.options[1]["mean_egress_time"]["n"] == 6
    assert study.options[0]["mean_egress_time"]["n"] == 6
    assert [failure["replicate"] for failure in study.comparison["failures"]] == [1, 3]
    assert "passed a wall" in study.comparison["failures"][0]["message"]
    assert "2 of 16 runs failed" in study.answer
    assert (study.runs()["status"] == "failed").sum() == 2


def test_nothing_to_compare_is_a_failed_study(tmp_path: Path) -> None:
    broken = CheapScenario(effect=1.0, fails_at=tuple(range(4)))
    with pytest.raises(RunFailedError, match="passed a wall"):
        compare(BASE, {"broken": broken}, replicates=4, folder=tmp_path, runner=CHEAP)
    assert (tmp_path / "results.parquet").exists()
    assert not (tmp_path / "comparison.json").exists()


def test_a_lost_worker_costs_nothing_but_time(tmp_path: Path) -> None:
    calm = CheapScenario(effect=-42.0, dies_once_at=2, folder=str(tmp_path))
    (tmp_path / "died").write_text("")
    undisturbed = compare(BASE, {"o": calm}, replicates=5, folder=tmp_path / "a", runner=CHEAP, workers=2)
    (tmp_path / "died").unlink()
    disturbed = compare(BASE, {"o": calm}, replicates=5, folder=tmp_path / "b", runner=CHEAP, workers=2)
    assert (tmp_path / "died").exists()
    assert disturbed.comparison == undisturbed.comparison


def test_a_run_that_kills_its_worker_is_found_and_marked_failed(tmp_path: Path) -> None:
    deadly = CheapScenario(effect=-42.0, dies_always_at=1)
    study = compare(BASE, {"o": deadly}, replicates=5, folder=tmp_path, runner=CHEAP, workers=2)
    assert [(each["option"], each["replicate"]) for each in study.comparison["failures"]] == [("o", 1)]
    assert study.comparison["failures"][0]["error"] == "WorkerLost"


def test_workers_and_order_do_not_change_a_bit(tmp_path: Path) -> None:
    for workers in (1, 2):
        compare(
            BASE, {"open": OPEN}, replicates=6, workers=workers, folder=tmp_path / str(workers), runner=CHEAP
        )
    for name in ("comparison.json", "results.parquet"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_recordings_asked_for_later_are_made_again(tmp_path: Path) -> None:
    compare(BASE, {"open": OPEN}, replicates=2, keep="none", folder=tmp_path, runner=CHEAP)
    assert not list((tmp_path / "recordings").iterdir())
    before = json.loads((tmp_path / "comparison.json").read_text())
    study = compare(BASE, {"open": OPEN}, replicates=2, keep="all", folder=tmp_path, runner=CHEAP)
    assert len(list((tmp_path / "recordings").iterdir())) == 4
    assert study.comparison == before


def test_finished_runs_are_taken_from_another_study(tmp_path: Path) -> None:
    compare(BASE, {"open": OPEN}, replicates=3, folder=tmp_path / "old", runner=CHEAP)
    seen: list[Progress] = []
    new = compare(
        BASE,
        {"open": OPEN, "far": CheapScenario(effect=5.0)},
        replicates=4,
        folder=tmp_path / "new",
        runner=CHEAP,
        reuse=[tmp_path / "old"],
        progress=seen.append,
    )
    assert (seen[0].n_done, seen[0].n_total) == (6, 12)
    assert "6 runs taken" in seen[0].note
    kept = new.recording_path("open")
    assert kept is not None and kept.read_bytes() == b"recording"
    plain = compare(
        BASE,
        {"open": OPEN, "far": CheapScenario(effect=5.0)},
        replicates=4,
        folder=tmp_path / "plain",
        runner=CHEAP,
    )
    assert new.comparison == plain.comparison


def test_runs_whose_recording_is_wanted_and_missing_are_not_taken(tmp_path: Path) -> None:
    compare(BASE, {"open": OPEN}, replicates=2, keep="none", folder=tmp_path / "old", runner=CHEAP)
    settings = {"replicates": 2, "runner": CHEAP, "reuse": [tmp_path / "old"]}
    compare(BASE, {"open": OPEN}, keep="all", folder=tmp_path / "new", **settings)
    assert len(list((tmp_path / "new" / "recordings").iterdir())) == 4
    with pytest.raises(InvalidInputError, match="not the folder of a study"):
        compare(BASE, {"open": OPEN}, folder=tmp_path / "other", runner=CHEAP, reuse=[tmp_path])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"replicates": 1}, "replicates is 1"),
        ({"precision": 0.0}, "precision is 0"),
        ({"confidence": 1.5}, "confidence is 1.5"),
        ({"max_replicates": 5}, "max_replicates is 5"),
        ({"workers": 0}, "workers is 0"),
        ({"keep": "some"}, "keep is 'some'"),
    ],
)
def test_settings_are_checked_before_anything_is_written(
    tmp_path: Path, settings: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        compare(BASE, {"open": OPEN}, folder=tmp_path / "study", runner=CHEAP, **settings)
    assert not (tmp_path / "study").exists()


def test_options_need_names_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="named 'square'"):
        compare(BASE, [OPEN, OPEN], folder=tmp_path, runner=CHEAP)
    with pytest.raises(InvalidInputError, match="no option"):
        compare(BASE, [], folder=tmp_path, runner=CHEAP)


def test_an_unknown_metric_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="did you mean 'mean_egress_time'"):
        compare(BASE, [OPEN], replicates=2, metric="mean_egres_time", folder=tmp_path, runner=CHEAP)


def test_a_full_disk_stops_the_study_and_keeps_what_is_written(tmp_path: Path) -> None:
    full = CheapScenario(effect=1.0, disk_full_at=2)
    with pytest.raises(RunFailedError, match="No space left on device"):
        compare(BASE, {"full": full}, replicates=4, folder=tmp_path, runner=CHEAP)
    assert len(list((tmp_path / "runs").glob("*.json"))) >= 3
    assert not list((tmp_path / "runs").glob("*.failed.json"))
