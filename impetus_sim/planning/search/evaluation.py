"""The runs of a search: made on demand, and read as what is to be minimised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import RunFailedError
from impetus_sim.planning.comparison.comparison import choose_metric
from impetus_sim.planning.runs.execute import Executor
from impetus_sim.planning.runs.results import build_rows
from impetus_sim.planning.runs.run_table import RunTable
from impetus_sim.planning.runs.store import StudyFolder
from impetus_sim.planning.search.pareto import rank_fronts
from impetus_sim.planning.search.sets import InterventionSet

Floats = npt.NDArray[np.float64]


class Evaluation:
    """Runs of sets on common random numbers, and the objectives measured in them.

    Parameters
    ----------
    store
        The open study folder.
    table
        Of the runs; scenarios are added as they are needed.
    executor
        Makes them.
    objectives
        Metrics; when empty the first of `comparison.PRIMARY_METRICS` that the runs have.
    """

    def __init__(
        self, store: StudyFolder, table: RunTable, executor: Executor, objectives: Sequence[str]
    ) -> None:
        self._store, self._table, self._executor = store, table, executor
        self.objectives = list(objectives)
        self.signs: list[float] = []
        self.labels: list[dict[str, str]] = []
        self.replicates: dict[str, int] = {}
        self._read: dict[tuple[str, int], Mapping[str, Any]] = {}

    @property
    def n_runs(self) -> int:
        """Runs that were asked for."""
        return sum(self.replicates.values())

    def run(self, scenarios: Mapping[str, Any], n: int) -> None:
        """Make replicates 0..n-1 of some scenarios, by name.

        Raises
        ------
        RunFailedError
            When all of them failed and nothing is known of the metrics yet, or the disk is full.
        """
        self._table.add(scenarios)
        names = list(scenarios)
        self._executor.execute(self._table.list_requests(n, names=names))
        for name in names:
            self.replicates[name] = max(n, self.replicates.get(name, 0))
        if not self.signs:
            self._settle(names, n)

    def judge(self, sets: Sequence[InterventionSet], n: int) -> Floats:
        """Return the mean of each objective of sets, lower is better, (sets, objectives)."""
        self.run({each.name: each.scenario for each in sets}, n)
        return self._means([each.name for each in sets], n)

    def score(self, sets: Sequence[InterventionSet], n: int) -> Floats:
        """Return one value to be minimised per set and replicate, (sets, replicates).

        With several objectives: the front of the set, and within a front the first objective.
        """
        self.run({each.name: each.scenario for each in sets}, n)
        names = [each.name for each in sets]
        first = self.values(names, 0, n) * self.signs[0]
        if len(self.signs) == 1:
            return first
        fronts = rank_fronts(np.nan_to_num(self._means(names, n), nan=np.inf)).astype(np.float64)
        low, high = np.nanmin(first), np.nanmax(first)
        return np.asarray(fronts[:, None] + 0.5 * (first - low) / ((high - low) or 1.0), np.float64)

    def values(self, names: Sequence[str], objective: int, n: int) -> Floats:
        """Return an objective as it was measured, (names, replicates); nan where a run failed."""
        return self.metric(names, self.objectives[objective], n)

    def metric(self, names: Sequence[str], metric: str, n: int) -> Floats:
        """Return a metric as it was measured, (names, replicates); nan where a run failed."""
        return np.array([[self._value(name, r, metric) for r in range(n)] for name in names], np.float64)

    def metrics(self, name: str, replicate: int) -> Mapping[str, Any]:
        """Return the metrics of a run, empty where it failed."""
        if (name, replicate) not in self._read:
            result = self._store.read_result(self._table.key(name, replicate))
            self._read[name, replicate] = {} if result is None else result["metrics"]
        return self._read[name, replicate]

    def build_rows(self) -> list[dict[str, Any]]:
        """Return one flat row per run that was asked for."""
        return [
            row
            for name, n in self.replicates.items()
            for row in build_rows([name], self._table.read(self._store, n, names=[name]))
        ]

    def _means(self, names: Sequence[str], n: int) -> Floats:
        columns = []
        for k, sign in enumerate(self.signs):
            values = self.values(names, k, n)
            known = np.isfinite(values)
            sums = np.where(known, values, 0.0).sum(axis=1)
            with np.errstate(invalid="ignore"):
                columns.append(sign * sums / known.sum(axis=1))
        return np.stack(columns, axis=1)

    def _value(self, name: str, replicate: int, metric: str) -> float:
        value = self.metrics(name, replicate).get(metric, {}).get("value")
        return float("nan") if value is None else float(value)

    def _settle(self, names: Sequence[str], n: int) -> None:
        metrics = next((found for name in names for r in range(n) if (found := self.metrics(name, r))), None)
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
