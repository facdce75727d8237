"""A search under way: which runs it needs, and which sets it finds best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.best import BEST_METHOD, judge_best
from impetus_sim.analysis.paired import compute_mean_interval
from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.planning.comparison import choose_metric
from impetus_sim.planning.execute import Executor, ProgressFunction
from impetus_sim.planning.executors import open_executor
from impetus_sim.planning.options import choose_seed
from impetus_sim.planning.results import build_rows, write_results
from impetus_sim.planning.run_table import Keep, RunTable
from impetus_sim.planning.runner import ENGINE, Runner
from impetus_sim.planning.search.candidates import (
    InterventionSet,
    Limits,
    list_candidates,
    list_sets,
)
from impetus_sim.planning.search.halving import Halving, halve
from impetus_sim.planning.search.pareto import find_pareto, rank_fronts
from impetus_sim.planning.store import SCHEMA_VERSION, StudyFolder, write_json, write_whole
from impetus_sim.version import __version__

Floats = npt.NDArray[np.float64]

RUNS_PER_SET: Final = 5
"""Runs that a search makes for each set unless told otherwise: a quarter of 20 replicates for all."""
N_FINAL: Final = 4
DOCUMENT: Final = "plan.json"


@dataclass(frozen=True, kw_only=True)
class PlanResult:
    """A finished search.

    Parameters
    ----------
    folder
        The study folder.
    document
        The document of ``plan.json``: sets, best first, with what they take and bring; rounds; limits.
    """

    folder: Path
    document: dict[str, Any]

    @property
    def best(self) -> str:
        """Name of the best set."""
        return str(self.document["sets"][0]["name"])


def search_plan(
    base: Any,
    *,
    limits: Limits,
    folder: Path | str,
    candidates: Sequence[str] = (),
    objectives: Sequence[str] = (),
    max_runs: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    reuse: Sequence[Path | str] = (),
    keep: Keep = "none",
    progress: ProgressFunction | None = None,
    runner: Runner = ENGINE,
) -> PlanResult:
    """Find the best sets of a scenario's variants within limits.

    Every feasible set is looked at; runs are spent by paired successive halving.

    Parameters
    ----------
    base
        The scenario; its variants are the candidates.
    limits
        Budget, staff and lead time of a set.
    folder
        Study folder; calling again with the same folder goes on.
    candidates
        Variants that count; all when empty.
    objectives
        Metrics; the first decides, all make the Pareto set. Default: as in `comparison.PRIMARY_METRICS`.
    max_runs
        Runs at most; default `RUNS_PER_SET` for each set.
    seed
        Root of all randomness; default: the scenario's.
    workers, scheduler, reuse
        Where runs are computed and taken from, as for `compare`; the results do not depend on it.
    keep
        Recordings that stay.
    progress
        Called after every run.
    runner
        Computes a run; for tests and other engines.

    Raises
    ------
    InvalidInputError
        When nothing is feasible, or a name is unknown (nothing is run).
    RunFailedError
        When every run of the first look failed, the disk is full, or the scheduler was lost.
    """
    sets = list_sets(base, list_candidates(base.variants, candidates), limits)
    if len(sets) < 2:
        raise InvalidInputError(
            "no set of variants keeps the limits", hint="raise --budget, --staff or --lead-time"
        )
    n_runs = RUNS_PER_SET * len(sets) if max_runs is None else max_runs
    if n_runs < len(sets):
        raise InvalidInputError(
            f"{n_runs} runs cannot look at {len(sets)} feasible sets once",
            hint="raise --max-runs, or name fewer variants with --candidate",
        )
    root = choose_seed(base) if seed is None else seed
    table = RunTable({each.name: each.scenario for each in sets}, seed=root, keep=keep, runner=runner)
    store = StudyFolder(Path(folder))
    with open_executor(
        store, runner, workers=workers, scheduler=scheduler, reuse=reuse, report=progress
    ) as executor:
        store.open(_design(table, sets, limits))
        try:
            write_whole(store.scenarios / "base.yaml", base.to_text().encode())
            study = _Study(store, table, executor, list(objectives))
            found = halve(len(sets), n_runs=n_runs, evaluate=study.evaluate, n_final=N_FINAL, always=(0,))
            document = _describe(sets, limits, study, found, seed=root)
            found_runs = table.read(store, study.most)
            write_results(store.path / "results.parquet", build_rows(table.names, found_runs))
            write_json(store.path / DOCUMENT, document)
        finally:
            store.close()
    return PlanResult(folder=store.path, document=document)


class _Study:
    # runs on demand, and the values of the objectives
    def __init__(
        self, store: StudyFolder, table: RunTable, executor: Executor, objectives: list[str]
    ) -> None:
        self._store, self._table, self._executor = store, table, executor
        self.objectives = objectives
        self.signs: list[float] = []
        self.labels: list[dict[str, str]] = []
        self.most = 0
        self._read: dict[tuple[str, int], Mapping[str, Any]] = {}

    def evaluate(self, rows: Sequence[int], n: int) -> Floats:
        """Make the runs of some sets and return what is to be minimised, (sets, replicates)."""
        self.most = max(self.most, n)
        names = [self._table.names[row] for row in rows]
        self._executor.execute(self._table.list_requests(n, names=names))
        if not self.signs:
            self._settle(names, n)
        values = np.stack([self.values(rows, k, n) * sign for k, sign in enumerate(self.signs)])
        if len(values) == 1:
            return np.asarray(values[0], np.float64)
        fronts = rank_fronts(np.nan_to_num(values.mean(axis=2).T, nan=np.inf)).astype(np.float64)
        spread = np.ptp(values[0]) or 1.0
        return np.asarray(fronts[:, None] + 0.5 * (values[0] - values[0].min()) / spread, np.float64)

    def values(self, rows: Sequence[int], objective: int, n: int) -> Floats:
        """Return an objective as it was measured, (sets, replicates); nan where a run failed."""
        name = self.objectives[objective]
        return np.array(
            [[self._value(self._table.names[row], r, name) for r in range(n)] for row in rows], np.float64
        )

    def _value(self, name: str, replicate: int, metric: str) -> float:
        value = self._metrics(name, replicate).get(metric, {}).get("value")
        return float("nan") if value is None else float(value)

    def _metrics(self, name: str, replicate: int) -> Mapping[str, Any]:
        # of a finished run, read once; empty where it failed
        if (name, replicate) not in self._read:
            result = self._store.read_result(self._table.key(name, replicate))
            self._read[name, replicate] = {} if result is None else result["metrics"]
        return self._read[name, replicate]

    def _settle(self, names: Sequence[str], n: int) -> None:
        metrics = next((found for name in names for r in range(n) if (found := self._metrics(name, r))), None)
        if metrics is None:
            failure = self._store.read_failure(self._table.key(names[0], 0)) or {"message": "no result"}
            raise RunFailedError(f"every run failed; the first: {failure['message']}")
        self.objectives = [choose_metric(name, metrics) for name in self.objectives] or [
            choose_metric(None, metrics)
        ]
        self.signs = [-1.0 if metrics[name]["better"] == "higher" else 1.0 for name in self.objectives]
        self.labels = [
            {key: metrics[name][key] for key in ("label", "unit", "better")} for name in self.objectives
        ]


def _design(table: RunTable, sets: Sequence[InterventionSet], limits: Limits) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "seed": table.seed,
        "engine_version": __version__,
        "kernel_hash": table.kernel_hash,
        "limits": asdict(limits),
        "keep": table.keep,
        "options": [
            {
                "name": each.name,
                "scenario_digest": table.digests[each.name],
                "map_digest": table.maps[each.name],
            }
            for each in sets
        ],
    }


def _describe(
    sets: Sequence[InterventionSet], limits: Limits, study: _Study, found: Halving, *, seed: int
) -> dict[str, Any]:
    replicates = {row: each.replicates for each in found.rounds for row in each.sets}
    final = found.rounds[-1]
    chances = _chances(study, final.sets, final.replicates, seed=seed)
    means = np.array(
        [
            [float(np.nanmean(study.values([row], k, replicates[row]))) for k in range(len(study.objectives))]
            for row in range(len(sets))
        ]
    )
    pareto = find_pareto(np.nan_to_num(means * study.signs, nan=np.inf))
    rows = []
    for row in found.order:
        each, n = sets[row], replicates[row]
        rows.append(
            {
                "name": each.name,
                "choices": [{"variant": name, "setting": number + 1} for name, number in each.choices],
                **asdict(each.effort),
                "replicates": n,
                "is_finalist": row in final.sets,
                "is_pareto": bool(pareto[row]),
                "probability_best": chances.get(row),
                "objectives": {
                    name: _summary(study.values([row], k, n)[0]) for k, name in enumerate(study.objectives)
                },
            }
        )
    return {
        "schema_version": SCHEMA_VERSION,
        "objectives": dict(zip(study.objectives, study.labels, strict=True)),
        "limits": asdict(limits),
        "feasible_sets": len(sets),
        "runs": found.n_runs,
        "rounds": [
            {"sets": len(each.sets), "replicates": each.replicates, "kept": len(each.kept)}
            for each in found.rounds
        ],
        "sets": rows,
        "seed": seed,
        "methods": {
            "search": "every feasible set; paired successive halving on common random numbers",
            "probability_best": f"{BEST_METHOD}; among the sets of the last round",
        },
        "engine_version": __version__,
    }


def _chances(study: _Study, rows: Sequence[int], n: int, *, seed: int) -> dict[int, float]:
    values = study.values(rows, 0, n) * study.signs[0]
    whole = np.isfinite(values).all(axis=0)
    if whole.sum() < 2:
        return {}
    best = judge_best(values[:, whole], seed=seed, is_lower_better=True)
    return dict(zip(rows, best.probability.tolist(), strict=True))


def _summary(values: Floats) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    if not len(known):
        return {"mean": None, "low": None, "high": None, "failed": len(values)}
    interval = compute_mean_interval(known)
    low, high = (end if np.isfinite(end) else None for end in (interval.low, interval.high))
    return {"mean": interval.mean, "low": low, "high": high, "failed": len(values) - len(known)}
