"""What a study says while it runs stands on standard error, also where that is no terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from impetus_sim.cli.run_bar import INTERRUPTED, RunBar
from impetus_sim.planning.runs.execute import Progress


def test_a_note_is_said_once_and_the_time_left_is_shown() -> None:
    text = io.StringIO()
    with RunBar(Console(file=text, width=100), what="runs", folder=Path("study")) as tell:
        for n_done in (0, 0, 3):
            tell(
                Progress(
                    n_done=n_done, n_total=8, n_failed=1, seconds_left=75.0, note="waiting for workers at x"
                )
            )
    assert text.getvalue().count("waiting for workers at x") == 1
    assert "3/8 1 failed, 1 min 15 s left" in text.getvalue()


def test_an_interrupted_study_names_its_folder(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(file=io.StringIO())
    with pytest.raises(SystemExit) as stop, RunBar(console, what="runs", folder=Path("study")):
        raise KeyboardInterrupt
    assert stop.value.code == INTERRUPTED
    assert "kept in study" in capsys.readouterr().err
