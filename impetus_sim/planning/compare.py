"""Compare options with a baseline on common random numbers, until the interval is tight enough."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.comparison import KEEP, Comparison, Keep
from impetus_sim.planning.execute import ProgressFunction
from impetus_sim.planning.runner import ENGINE, Runner
from impetus_sim.planning.stopping import StoppingRule
from impetus_sim.planning.store import StudyFolder, write_whole
from impetus_sim.planning.study import Study

BASE_NAME = "baseline"
"""Name of the first option in every table."""


def compare(
    base: Any,
    options: Mapping[str, Any] | Sequence[Any],
    *,
    seed: int | None = None,
    replicates: int | None = None,
    precision: float = 0.05,
    confidence: float = 0.95,
    max_replicates: int = 50,
    metric: str | None = None,
    workers: int = 1,
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
    confidence
        Of every interval.
    metric
        The metric to decide by; default: `comparison.PRIMARY_METRICS`.
    workers
        Processes at a time; each computes on one thread. The results do not depend on it.
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
        When there is nothing to compare because runs failed, or the disk is full.

    Examples
    --------
    >>> study = compare(base, {"north_open": north_open}, replicates=20)  # doctest: +SKIP
    >>> study.answer  # doctest: +SKIP
    """
    rule = StoppingRule(
        replicates=replicates, precision=precision, confidence=confidence, max_replicates=max_replicates
    )
    if workers < 1:
        raise InvalidInputError(f"workers is {workers}; allowed: 1 or more")
    if keep not in KEEP:
        raise InvalidInputError(f"keep is '{keep}'; allowed: {', '.join(KEEP)}")
    scenarios = {BASE_NAME: base, **name_options(options)}
    require_equal_durations(scenarios)
    root = choose_seed(base) if seed is None else seed
    comparison = Comparison(scenarios, seed=root, rule=rule, metric=metric, keep=keep, runner=runner)
    store = StudyFolder(Path(folder) if folder else Path(tempfile.mkdtemp(prefix="impetus-study-")))
    store.open(comparison.design())
    try:
        for name, scenario in scenarios.items():
            write_whole(store.scenarios / f"{name}.yaml", scenario.to_text().encode())
        document = comparison.carry_out(store, workers=workers, progress=progress)
    finally:
        store.close()
    return Study(folder=store.path, comparison=document)


def require_equal_durations(scenarios: Mapping[str, Any]) -> None:
    """Raise when an option runs for another time than the baseline: sums over time could not be compared."""
    durations = {
        name: getattr(getattr(each, "time", None), "duration", None) for name, each in scenarios.items()
    }
    for name, duration in durations.items():
        if duration != durations[BASE_NAME]:
            raise InvalidInputError(
                f"option '{name}' runs for {duration} s, the baseline for {durations[BASE_NAME]} s",
                hint="give both the same time.duration",
            )


def choose_seed(base: Any) -> int:
    """Return the seed that the baseline scenario names, else 1."""
    seed = getattr(getattr(base, "run", None), "seed", None)
    return 1 if seed is None else int(seed)


def name_options(options: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    """Return options by name: as given, else by file or title.

    Raises
    ------
    InvalidInputError
        When there is none, or two share a name, or a name cannot be a file name.
    """
    pairs: Iterable[tuple[str, Any]]
    if isinstance(options, Mapping):
        pairs = options.items()
    else:
        pairs = [(_name_scenario(option), option) for option in options]
    named: dict[str, Any] = {}
    for name, option in pairs:
        if name in named or name == BASE_NAME:
            raise InvalidInputError(f"two options are named '{name}'", hint="give each its own name")
        if not name or not all(letter.isalnum() or letter in "-_. " for letter in name):
            raise InvalidInputError(f"option name '{name}'", hint="use letters, digits, '-', '_' and '.'")
        named[name] = option
    if not named:
        raise InvalidInputError("no option to compare with the baseline", hint="give at least one")
    return named


def _name_scenario(scenario: Any) -> str:
    source = getattr(scenario, "source", None)
    variant = getattr(scenario, "variant", None)
    name = variant or (Path(source).stem if source else scenario.title)
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in str(name))
