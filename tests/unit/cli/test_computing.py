"""Where a study is computed: the options that compare, experiment and plan share."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from impetus_sim.cli.compare import compare_command
from impetus_sim.cli.computing import choose_computing
from impetus_sim.cli.experiment import experiment_command
from impetus_sim.cli.plan import plan_command
from impetus_sim.cli.run_bar import count_processors
from impetus_sim.errors import InvalidInputError


def test_local_processes_by_default_one_per_processor() -> None:
    chosen = choose_computing(workers=None, scheduler=None, reuse=())
    assert chosen == {"workers": count_processors(), "scheduler": None, "reuse": ()}


def test_workers_or_a_scheduler_not_both() -> None:
    with pytest.raises(InvalidInputError, match="--workers was given together with --scheduler"):
        choose_computing(workers=2, scheduler="tcp://host:8786", reuse=())


@pytest.mark.parametrize("command", [compare_command, experiment_command, plan_command])
def test_every_command_of_many_runs_has_the_options(command: object) -> None:
    text = CliRunner().invoke(command, ["--help"]).output  # type: ignore[arg-type]
    assert all(name in text for name in ("--workers", "--scheduler", "--reuse"))


def test_a_bad_address_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    scenario = str(Path(__file__).parents[3] / "scenarios" / "teaching" / "room.yaml")
    words = [scenario, ":slow_to_start", "--scheduler", "somewhere", "-o", str(tmp_path / "study")]
    failed = CliRunner().invoke(compare_command, words).exception
    assert isinstance(failed, InvalidInputError)
    assert "such as tcp://host:8786" in failed.message
    assert not (tmp_path / "study").exists()
