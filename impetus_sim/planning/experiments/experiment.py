"""An experiment under way and finished: its runs, one row each, and what they say of the factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.planning.discovery import discover_failures
from impetus_sim.planning.experiments.about import load_variants
from impetus_sim.planning.experiments.effects import describe_differences, describe_effects, point_means
from impetus_sim.planning.experiments.points import BASE, Plan, build_plan, describe_factor, find_variants
from impetus_sim.planning.experiments.sensitivity import compute_sensitivity
from impetus_sim.planning.experiments.spec import ExperimentSpec
from impetus_sim.planning.ranges import to_number
from impetus_sim.planning.runs.execute import ProgressFunction
from impetus_sim.planning.runs.open_study import open_study
from impetus_sim.planning.runs.options import choose_seed
from impetus_sim.planning.runs.results import build_rows, write_results
from impetus_sim.planning.runs.run_table import Found, RunTable, require_metrics
from impetus_sim.planning.runs.runner import ENGINE, Runner
from impetus_sim.planning.runs.store import SCHEMA_VERSION, StudyFolder, read_finished, write_json
from impetus_sim.scenario.spec_file import read_spec_file

if TYPE_CHECKING:
    import pandas

DOCUMENT = "experiment.json"


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A scenario with its variants, and an experiment about it.

    Parameters
    ----------
    spec
        The experiment.
    variants
        The scenario as ``base``, and its variants by name.

    Examples
    --------
    >>> experiment = Experiment.load("experiments/warning_delay.yaml")  # doctest: +SKIP
    >>> result = experiment.run("study", workers=2)  # doctest: +SKIP
    >>> result.to_dataframe()  # doctest: +SKIP
    """

    spec: ExperimentSpec
    variants: Mapping[str, Any]

    @classmethod
    def load(cls, path: Path | str) -> Experiment:
        """Read an experiment file and the scenario that it is about.

        Raises
        ------
        InvalidFilesError
            With every problem of the file, or of the scenario.
        """
        file = Path(path)
        spec = read_spec_file(file, ExperimentSpec)
        wanted = [name for factor in spec.factors.values() for name in factor.variants]
        return cls(spec=spec, variants=load_variants(file, spec.scenario, wanted))

    @property
    def seed(self) -> int:
        """Root of all randomness."""
        return choose_seed(self.variants[BASE], self.spec.seed)

    def plan(self) -> Plan:
        """Return the points of the design; nothing is run."""
        return build_plan(self.spec, self.variants, seed=self.seed)

    def run(
        self,
        folder: Path | str,
        *,
        workers: int = 1,
        scheduler: str | None = None,
        reuse: Sequence[Path | str] = (),
        progress: ProgressFunction | None = None,
        runner: Runner = ENGINE,
    ) -> ExperimentResult:
        """Carry out every run that the folder does not hold yet.

        Parameters
        ----------
        folder
            Study folder; calling again with the same folder goes on.
        workers, scheduler, reuse
            Where runs are computed and taken from, as for `compare`; the results do not depend on it.
        progress
            Called after every run.
        runner
            Computes a run; for tests and other engines.

        Raises
        ------
        InvalidInputError
            When a factor does not fit the scenario, or the folder holds something else (nothing is run).
        RunFailedError
            When the disk is full, every run failed, or the scheduler was lost.
        """
        plan = self.plan()
        scenarios = {point.name: point.scenario for point in plan.points}
        table = RunTable(scenarios, seed=self.seed, keep=self.spec.keep, runner=runner)
        n = int(self.spec.replicates)
        with open_study(
            folder,
            self._design(table, plan),
            runner,
            workers=workers,
            scheduler=scheduler,
            reuse=reuse,
            progress=progress,
        ) as (store, executor):
            store.write_scenario(BASE, self.variants[BASE].to_text())
            executor.execute(table.list_requests(n))
            document = self._evaluate(store, table, plan, n)
        return ExperimentResult(folder=store.path, document=document)

    def _design(self, table: RunTable, plan: Plan) -> dict[str, Any]:
        return {
            "schema_version": SCHEMA_VERSION,
            "design": _plain_design(self.spec),
            **table.describe(),
            "keep": table.keep,
            "options": [
                {
                    "name": point.name,
                    "values": dict(point.values),
                    **table.describe_scenario(point.name),
                }
                for point in plan.points
            ],
        }

    def _evaluate(self, store: StudyFolder, table: RunTable, plan: Plan, n: int) -> dict[str, Any]:
        found = table.read(store, n)
        values = {point.name: point.values for point in plan.points}
        rows = [
            {"point": row.pop("option"), **values[point], **row}
            for row in build_rows(table.names, found)
            for point in [row["option"]]
        ]
        write_results(store.path / "results.parquet", rows)
        n_runs = len(table.names) * n
        run = found.require_run(what=f"all {n_runs} runs", kept_in=store.runs)
        metrics = require_metrics(run, self.spec.metrics)
        document = {
            "schema_version": SCHEMA_VERSION,
            "title": self.spec.title,
            "question": self.spec.question,
            "expected": self.spec.expected,
            "design": _plain_design(self.spec),
            "factors": {
                name: describe_factor(self.variants[BASE], name, factor)
                for name, factor in self.spec.factors.items()
            },
            "points": len(plan.points),
            "replicates": n,
            "runs": n_runs,
            "failed": found.n_failed,
            "metrics": metrics,
            "effects": describe_effects(self.spec.design, plan, found, metrics),
            "differences": describe_differences(
                self.spec.design, plan, found, metrics, factor=find_variants(self.spec.factors)
            ),
            "sensitivity": compute_sensitivity(self.spec.design, plan, found, metrics, seed=self.seed),
            "failures": self._discover(plan, found),
            **table.describe(),
        }
        write_json(store.path / DOCUMENT, document)
        return document

    def _discover(self, plan: Plan, found: Found) -> dict[str, Any] | None:
        rule = self.spec.fail_when
        if rule is None:
            return None
        described = require_metrics(found.require_run(), [rule.metric])[rule.metric]
        values = point_means(found, rule.metric)
        known = np.isfinite(values)
        points = [point for point, is_known in zip(plan.points, known, strict=True) if is_known]
        factors = {
            name: describe_factor(self.variants[BASE], name, each) for name, each in self.spec.factors.items()
        }
        sampled = {name: [to_number(point.values[name]) for point in points] for name in plan.factors}
        return {
            "rule": rule.describe(described["label"], described["unit"]),
            "left_out": int((~known).sum()),
            **discover_failures(sampled, rule.judge(values[known]), factors, what="points"),
        }


def _plain_design(spec: ExperimentSpec) -> dict[str, Any]:
    return {"kind": spec.design.kind, **spec.design.model_dump(mode="json")}


@dataclass(frozen=True, kw_only=True)
class ExperimentResult:
    """A finished experiment.

    Parameters
    ----------
    folder
        The study folder: ``results.parquet`` has one row per run.
    document
        The document of ``experiment.json``; the same bits for the same experiment.
    """

    folder: Path
    document: dict[str, Any]

    @classmethod
    def load(cls, folder: Path | str) -> ExperimentResult:
        """Read a finished experiment.

        Raises
        ------
        InvalidInputError
            When the folder holds none.
        """
        document = read_finished(folder, DOCUMENT, what="experiment", command="impetus experiment")
        return cls(folder=Path(folder), document=document)

    def to_dataframe(self) -> pandas.DataFrame:
        """Return one row per run: point, factors, replicate, status, error, digest, and every metric."""
        import pandas as pd

        return pd.read_parquet(self.folder / "results.parquet")
