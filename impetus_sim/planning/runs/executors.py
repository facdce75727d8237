"""Which executor computes the runs of a study: processes of this machine, or the workers of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.runs.execute import Executor, ProgressFunction
from impetus_sim.planning.runs.local import LocalExecutor
from impetus_sim.planning.runs.reuse import Source
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.store import StudyFolder


class Computing(TypedDict, total=False):
    """Where the runs of a study are computed and taken from: the keywords of `open_executor`, to be handed on."""

    workers: int
    scheduler: str | None
    reuse: Sequence[Path | str]
    progress: ProgressFunction | None


def open_executor(
    store: StudyFolder,
    runner: Runner,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    reuse: Sequence[Path | str] = (),
    progress: ProgressFunction | None = None,
) -> Executor:
    """Return an executor for a study; it is a context manager, and nothing has been written yet.

    Parameters
    ----------
    store
        The study folder; open it before runs are handed out.
    runner
        Computes a run.
    workers
        Processes of this machine at a time.
    scheduler
        Address of a Dask scheduler, whose workers then compute instead.
    reuse
        Folders of other studies: a finished run of the same scenario, map, seed and engine is taken from them.
    progress
        Called after every run.

    Raises
    ------
    InvalidInputError
        When a setting is not allowed, a folder holds no study, or Dask is not installed.
    RunFailedError
        When no scheduler answers.
    """
    if workers < 1:
        raise InvalidInputError(f"workers is {workers}; allowed: 1 or more")
    sources = [Source(folder) for folder in reuse]
    if scheduler is None:
        return LocalExecutor(store, runner, n_workers=workers, sources=sources, report=progress)
    from impetus_sim.planning.runs.cluster import ClusterExecutor

    return ClusterExecutor(store, runner, scheduler=scheduler, sources=sources, report=progress)
