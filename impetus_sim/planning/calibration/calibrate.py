"""Fitting a scenario to observations: a search, then fresh runs that say how well the fit holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Unpack

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import RunFailedError
from impetus_sim.planning.calibration.distance import DISTANCE, Error, measure_error, read_runs
from impetus_sim.planning.calibration.observed import ObservedSeries, read_observed
from impetus_sim.planning.calibration.search import METHOD, search_points
from impetus_sim.planning.calibration.spec import CalibrationSpec
from impetus_sim.planning.experiments.about import load_variants
from impetus_sim.planning.experiments.points import BASE, place_points
from impetus_sim.planning.runs.execute import Executor, ProgressFunction
from impetus_sim.planning.runs.executors import Computing
from impetus_sim.planning.runs.open_study import open_study
from impetus_sim.planning.runs.options import choose_seed
from impetus_sim.planning.runs.results import write_results
from impetus_sim.planning.runs.run_table import RunTable
from impetus_sim.planning.runs.runner import READING, Runner
from impetus_sim.planning.runs.store import SCHEMA_VERSION, StudyFolder, read_finished, write_json
from impetus_sim.scenario.spec_file import read_spec_file
from impetus_sim.version import __version__

Floats = npt.NDArray[np.float64]

DOCUMENT: Final = "calibration.json"
TRIED: Final = "points.parquet"
FITTED: Final = "fitted"
NEAR_BEST_ERRORS: Final = 2.0
"""Points whose error is within so many standard errors of the least one are not told apart from it."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A finished calibration.

    Parameters
    ----------
    folder
        The study folder: ``points.parquet`` has one row per point tried; ``scenarios/fitted.yaml`` is the scenario.
    document
        The document of ``calibration.json``; the same bits for the same calibration.
    """

    folder: Path
    document: dict[str, Any]

    @classmethod
    def load(cls, folder: Path | str) -> Calibration:
        """Read a finished calibration.

        Raises
        ------
        InvalidInputError
            When the folder holds none.
        """
        document = read_finished(folder, DOCUMENT, what="calibration", command="impetus calibrate")
        return cls(folder=Path(folder), document=document)

    @property
    def best(self) -> dict[str, float]:
        """Factor to its fitted value, SI."""
        return {name: float(each["best"]) for name, each in self.document["factors"].items()}


def calibrate(
    file: Path | str,
    folder: Path | str,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    reuse: Sequence[Path | str] = (),
    progress: ProgressFunction | None = None,
) -> Calibration:
    """Fit a scenario to what was observed.

    Parameters
    ----------
    file
        The calibration file.
    folder
        Study folder; calling again with the same folder goes on.
    workers, scheduler, reuse
        Where runs are computed and taken from, as for `compare`; the result does not depend on it. A study that is
        reused must hold readings of sensors: another calibration, or a library.
    progress
        Called after every run.

    Raises
    ------
    InvalidFilesError
        With every problem of the file, or of the scenario.
    InvalidInputError
        When observations or factors do not fit the scenario, or the folder holds something else.
    RunFailedError
        When the disk is full, or no point gave what was observed.

    Examples
    --------
    >>> calibrate("walking.yaml", "fit", workers=2).best  # doctest: +SKIP
    """
    path = Path(file)
    spec = read_spec_file(path, CalibrationSpec)
    base = load_variants(path, spec.scenario, ())[BASE]
    series = read_observed(path.parent / spec.observed, spec.hold_back)
    return fit(
        spec,
        base,
        series,
        folder,
        workers=workers,
        scheduler=scheduler,
        reuse=reuse,
        progress=progress,
    )


def fit(
    spec: CalibrationSpec,
    base: Any,
    series: Sequence[ObservedSeries],
    folder: Path | str,
    *,
    runner: Runner = READING,
    **computing: Unpack[Computing],
) -> Calibration:
    """Fit a scenario to series; as `calibrate`, with everything at hand."""
    seed = choose_seed(base, spec.seed)
    place_points(
        np.full((1, len(spec.factors)), 0.5), spec.factors, {BASE: base}
    )  # are keys and ranges allowed?
    design = _design(spec, base, series, seed=seed, runner=runner)
    with open_study(folder, design, runner, **computing) as (store, executor):
        tried = _Points(spec, base, series, store, executor, seed=seed, runner=runner)
        search_points(
            list(spec.factors), tried.evaluate, budget=int(spec.budget), batch=int(spec.batch), seed=seed
        )
        document = tried.describe()
        write_json(store.path / DOCUMENT, document)
    return Calibration(folder=store.path, document=document)


class _Points:
    # runs points, keeps what they gave, and says which are good
    def __init__(
        self,
        spec: CalibrationSpec,
        base: Any,
        series: Sequence[ObservedSeries],
        store: StudyFolder,
        executor: Executor,
        *,
        seed: int,
        runner: Runner,
    ) -> None:
        self._spec, self._base, self._series, self._seed = spec, base, series, seed
        self._store, self._executor, self._runner = store, executor, runner
        self._values: list[Mapping[str, Any]] = []
        self._scenarios: list[Any] = []
        self._errors: list[Error] = []

    def evaluate(self, cube: Floats) -> list[float]:
        """Return the errors of further points over what is fitted."""
        points = place_points(cube, self._spec.factors, {BASE: self._base}).points
        first = len(self._errors)
        named = {f"p{first + k}": point.scenario for k, point in enumerate(points)}
        runs = self._run(named, int(self._spec.replicates))
        errors = [
            measure_error(self._series, read_runs(self._series, runs[name]), held_back=False)
            for name in named
        ]
        self._values += [point.values for point in points]
        self._scenarios += [point.scenario for point in points]
        self._errors += errors
        return [error.value for error in errors]

    def _run(self, scenarios: Mapping[str, Any], n: int) -> dict[str, list[dict[str, Any] | None]]:
        table = RunTable(scenarios, seed=self._seed, keep="none", runner=self._runner)
        self._executor.execute(table.list_requests(n))
        found = table.read(self._store, n)
        found.require_run(what="every run of a batch", kept_in=self._store.runs)
        return dict(zip(table.names, found.results, strict=True))

    def describe(self) -> dict[str, Any]:
        """Make the fresh runs, write points and fitted scenario, and return the document."""
        spec, series = self._spec, self._series
        errors = np.array([error.value for error in self._errors])
        if not np.isfinite(errors).any():
            raise RunFailedError("no point gave what was observed", hint="look at runs, or widen the ranges")
        best = int(np.argmin(errors))
        limit = errors[best] + NEAR_BEST_ERRORS * self._errors[best].standard_error
        near = np.flatnonzero(errors <= limit)
        self._write_points(errors)
        fitted = self._scenarios[best]
        self._store.write_scenario(FITTED, fitted.to_text())
        skip, n = int(spec.replicates), int(spec.replicates) + int(spec.confirm)
        runs = self._run({BASE: self._base, FITTED: fitted}, n)
        told = {name: read_runs(series, row[skip:]) for name, row in runs.items()}
        return {
            "schema_version": SCHEMA_VERSION,
            "title": spec.title,
            "question": spec.question,
            "factors": {
                name: {
                    "label": factor.label or name.replace("_", " "),
                    "key": factor.key,
                    "before": read_key(self._base, factor.key),
                    "best": self._values[best][name],
                    **_spread([float(self._values[int(k)][name]) for k in near]),
                }
                for name, factor in spec.factors.items()
            },
            "points": len(errors),
            "points_near_best": len(near),
            "error_in_search": float(errors[best]),
            "errors": {
                part: {
                    name: _to_row(measure_error(series, told[name], held_back=is_held))
                    for name in (BASE, FITTED)
                }
                for part, is_held in (("fitted", False), ("held_back", True))
            },
            "series": {
                each.name: {
                    "times_s": each.times_s.tolist(),
                    "observed": each.values.tolist(),
                    "is_held_back": each.is_held_back.tolist(),
                    **{name: _band(told[name][k]) for name in (BASE, FITTED)},
                }
                for k, each in enumerate(series)
            },
            "replicates": int(spec.replicates),
            "confirm": int(spec.confirm),
            "methods": {
                "search": METHOD,
                "error": DISTANCE,
                "errors": f"of {int(spec.confirm)} further runs on random numbers that the search did not see",
                "near_best": f"points within {NEAR_BEST_ERRORS:g} standard errors of the least error: values that "
                "these observations do not tell apart; no posterior",
            },
            "seed": self._seed,
            "engine_version": __version__,
        }

    def _write_points(self, errors: Floats) -> None:
        rows = [
            {
                "point": k,
                **values,
                "error": float(errors[k]) if np.isfinite(errors[k]) else None,
                "standard_error": self._errors[k].standard_error,
            }
            for k, values in enumerate(self._values)
        ]
        write_results(self._store.path / TRIED, rows)


def read_key(scenario: Any, key: str) -> float | None:
    """Return the number at a dotted key of a scenario; None where there is a distribution, or none is written."""
    found: Any = scenario
    for step in key.split("."):
        found = found.get(step) if isinstance(found, Mapping) else getattr(found, step, None)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def _design(
    spec: CalibrationSpec, base: Any, series: Sequence[ObservedSeries], *, seed: int, runner: Runner
) -> dict[str, Any]:
    observed = [[each.name, each.times_s.tolist(), each.values.tolist()] for each in series]
    table = RunTable({BASE: base}, seed=seed, keep="none", runner=runner)
    text = json.dumps([spec.model_dump(mode="json"), observed], sort_keys=True, default=str)
    return {
        "schema_version": SCHEMA_VERSION,
        "calibration": hashlib.sha256(text.encode()).hexdigest(),
        **table.describe(),
        "options": [{"name": BASE, **table.describe_scenario(BASE)}],
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"low": min(values), "median": float(np.median(values)), "high": max(values)}


def _to_row(error: Error) -> dict[str, float | None]:
    return {
        "value": error.value if np.isfinite(error.value) else None,
        "standard_error": error.standard_error,
    }


def _band(values: Floats) -> dict[str, list[float | None]]:
    # mean and 5 to 95 % of runs at each time; None where nothing was said
    low, high = np.quantile(values, [0.05, 0.95], axis=0)
    rows = {"mean": values.mean(axis=0), "low": low, "high": high}
    return {key: [float(v) if np.isfinite(v) else None for v in row] for key, row in rows.items()}
