"""Compare options with a baseline on common random numbers, until the interval is tight enough."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.comparison.comparison import Comparison
from impetus_sim.planning.comparison.stopping import StoppingRule
from impetus_sim.planning.comparison.study import Study
from impetus_sim.planning.runs.execute import ProgressFunction
from impetus_sim.planning.runs.open_study import open_study
from impetus_sim.planning.runs.options import (
    BASE_NAME,
    choose_seed,
    name_options,
    require_equal_durations,
)
from impetus_sim.planning.runs.run_table import KEEP, Keep
from impetus_sim.planning.runs.runner import ENGINE, Runner


def compare(
    base: Any,
    options: Mapping[str, Any] | Sequence[Any],
    *,
    seed: int | None = None,
    replicates: int | None = None,
    precision: float = 0.05,
    confidence: float = 0.95,
    max_replicates: int = 50,
    select: bool = False,
    metric: str | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    reuse: Sequence[Path | str] = (),
    keep: Keep = "first",
    folder: Path | str | None = None,
    progress: ProgressFunction | None = None,
    runner: Runner = ENGINE,
) -> Study:
    """Run a baseline and its options on the same random numbers and compare them pair by pair.

    Parameters
    ----------
    base
        The baseline scenario.
    options
        Name to scenario, or scenarios (named by their file or title).
    seed
        Root of all randomness; default: the baseline's own seed, else 1.
    replicates
        Exactly so many runs of each option; None: until the precision is reached.
    precision, max_replicates
        Stop when the half-width of the paired difference of `metric` is at most this share of the
        baseline's mean for every option, or at the maximum.
    select
        Look for the best option only: options that cannot be best any more get no further replicates (KN++).
    confidence
        Of every interval.
    metric
        The metric to decide by; default: `comparison.PRIMARY_METRICS`.
    workers
        Processes at a time; each computes on one thread. The results do not depend on it.
    scheduler
        Address of a Dask scheduler whose workers compute instead, such as ``tcp://host:8786``.
    reuse
        Folders of other studies from which equal finished runs are taken.
    keep
        Which recordings stay in the folder.
    folder
        Study folder; calling again with the same folder goes on. Default: a new temporary folder.
    progress
        Called after every run.
    runner
        Computes a run; for tests and other engines.

    Returns
    -------
    The study; its folder holds ``comparison.json`` and ``results.parquet``.

    Raises
    ------
    InvalidInputError
        When the folder holds another study or a setting is not allowed (nothing is run).
    RunFailedError
        When there is nothing to compare because runs failed, the disk is full, or the scheduler was lost.

    Examples
    --------
    >>> study = compare(base, {"north_open": north_open}, replicates=20)  # doctest: +SKIP
    >>> study.answer  # doctest: +SKIP
    """
    rule = StoppingRule(
        replicates=replicates,
        precision=precision,
        confidence=confidence,
        max_replicates=max_replicates,
        select=select,
    )
    if keep not in KEEP:
        raise InvalidInputError(f"keep is '{keep}'; allowed: {', '.join(KEEP)}")
    scenarios = {BASE_NAME: base, **name_options(options)}
    require_equal_durations(scenarios)
    root = choose_seed(base, seed)
    comparison = Comparison(scenarios, seed=root, rule=rule, metric=metric, keep=keep, runner=runner)
    with open_study(
        folder or tempfile.mkdtemp(prefix="impetus-study-"),
        comparison.design(),
        runner,
        workers=workers,
        scheduler=scheduler,
        reuse=reuse,
        progress=progress,
    ) as (store, executor):
        for name, scenario in scenarios.items():
            store.write_scenario(name, scenario.to_text())
        document = comparison.carry_out(store, executor)
    return Study(folder=store.path, comparison=document)
