"""Selection spends replicates where they decide, and is the same after a kill and with other workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from cheap_runner import CHEAP, CheapScenario

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.comparison.compare import compare

BASE = CheapScenario()
OPTIONS = {
    "good": CheapScenario(effect=-12.0, own_noise=3.0),
    "near": CheapScenario(effect=-11.5, own_noise=3.0),
    "bad": CheapScenario(effect=60.0, own_noise=3.0),
}


def select(folder: Path, workers: int = 1) -> object:
    return compare(
        BASE,
        OPTIONS,
        select=True,
        precision=0.01,
        max_replicates=25,
        folder=folder,
        runner=CHEAP,
        workers=workers,
    )


def test_what_cannot_be_best_gets_no_further_replicates_and_workers_do_not_matter(tmp_path: Path) -> None:
    study = select(tmp_path / "a")
    options = {each["name"]: each for each in study.options}
    assert options["bad"]["dropped_after"] == 10
    assert options["bad"]["mean_egress_time"]["n"] == 10
    assert options["bad"]["mean_egress_time"]["difference"]["mean"] == pytest.approx(60.0, abs=4.0)
    assert options["bad"]["mean_egress_time"]["probability_best"] is None
    assert options["good"]["mean_egress_time"]["n"] == study.n_replicates > 10
    assert (study.runs().groupby("option").size()["bad"], len(options["bad"]["run_keys"])) == (10, 10)
    stayed = [each["mean_egress_time"]["probability_best"] for each in options.values()]
    assert sum(share for share in stayed if share is not None) == pytest.approx(1.0)
    selection = study.comparison["selection"]
    assert selection["looks"][0] == {**selection["looks"][0], "replicates": 10}
    assert "bad" not in selection["left"] and "good" in selection["left"]
    for name in ("comparison.json", "results.parquet"):  # as after a kill: part of the runs are there already
        (tmp_path / "a" / name).rename(tmp_path / name)
    for result in sorted((tmp_path / "a" / "runs").glob("*.json"))[::2]:
        result.unlink()
    select(tmp_path / "a", workers=2)
    for name in ("comparison.json", "results.parquet"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_selection_decides_how_many_replicates_there_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="fixed number"):
        compare(BASE, OPTIONS, select=True, replicates=10, folder=tmp_path / "s", runner=CHEAP)


def test_a_metric_without_a_better_side_selects_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="neither more nor less is better"):
        compare(BASE, OPTIONS, select=True, metric="exposed", folder=tmp_path, runner=CHEAP)
