"""A study under way: its folder is held and its executor is there, for as long as runs are made in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Unpack

from impetus_sim.planning.runs.execute import Executor
from impetus_sim.planning.runs.executors import Computing, open_executor
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.store import StudyFolder


@contextmanager
def open_study(
    folder: Path | str, design: dict[str, Any], runner: Runner, **computing: Unpack[Computing]
) -> Iterator[tuple[StudyFolder, Executor]]:
    """Open a study folder and the executor that fills it; let go of both at the end, whatever happens.

    Settings of computing are checked, and a scheduler is reached, before anything is written.

    Parameters
    ----------
    folder
        Study folder; one that holds the same design goes on.
    design
        Plain values: what is studied (`StudyFolder.open`).
    runner
        Computes a run.
    computing
        Where runs are computed and taken from.

    Raises
    ------
    InvalidInputError
        When a setting is not allowed, or the folder holds something else or is being worked on.
    RunFailedError
        When no scheduler answers.
    """
    store = StudyFolder(Path(folder))
    with open_executor(store, runner, **computing) as executor:
        store.open(design)
        try:
            yield store, executor
        finally:
            store.close()
