"""One comparison under way: which runs it needs, batch after batch, and what their results say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from impetus_sim.analysis.best import BEST_METHOD, REGRET_METHOD
from impetus_sim.analysis.bootstrap import N_RESAMPLES
from impetus_sim.analysis.paired import is_precise_enough
from impetus_sim.analysis.tail import CVAR_METHOD
from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.planning.comparison.answer import BASE_TITLE, answer
from impetus_sim.planning.comparison.curves import summarise_curves
from impetus_sim.planning.comparison.effort import describe_effort
from impetus_sim.planning.comparison.evaluate import (
    collect_metrics,
    compare_groups,
    compare_metric,
    compare_runs,
    find_complete_replicates,
)
from impetus_sim.planning.comparison.selection import SELECTION_METHOD, Selection
from impetus_sim.planning.comparison.stopping import StoppingRule
from impetus_sim.planning.comparison.worst_off import (
    WORST_OFF_METHOD,
    choose_recommended,
    describe_worst_off,
    find_worst_off,
)
from impetus_sim.planning.runs.execute import Executor
from impetus_sim.planning.runs.options import ComparedScenario, title_options
from impetus_sim.planning.runs.results import build_rows, write_results
from impetus_sim.planning.runs.run_table import Found, Keep, RunTable
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.store import SCHEMA_VERSION, StudyFolder, write_json
from impetus_sim.version import __version__

PRIMARY_METRICS = ("mean_egress_time", "clearance_time", "total_delay")
"""Metrics to decide by when none is named: the first of these that the runs have, else their first. Runs without
anybody on foot have no egress, and those with vehicles the delay of all."""

METHODS = {
    "pairing": "replicate r of every option has the same random numbers; differences within replicates",
    "interval": "Student t over replicates",
    "bootstrap": f"BCa over replicates, expanded for few, {N_RESAMPLES} resamples keyed by the seed",
    "cvar95": CVAR_METHOD,
    "probability_best": BEST_METHOD,
    "regret": REGRET_METHOD,
    "worst_off": WORST_OFF_METHOD,
    "variance_ratio": "(var option + var baseline) / var difference; percentile bootstrap interval",
    "censoring": "durations are cut off at the shortest time to which an unfinished run was followed; "
    "sums count up to the end of the runs",
    "stopping": "the rule is looked at after whole batches of replicates 0..k, at least 10",
}
"""How the numbers were made, as printed beside them."""

_FAILURE_KEYS = ("error", "message", "hint")


@dataclass(frozen=True, kw_only=True)
class _Batch:
    # replicates 0..n-1: options that can be compared, replicates that all of those finished, their results
    n: int
    found: Found
    usable: list[int]
    complete: list[int]
    failed: list[dict[str, Any]]
    runs: list[list[dict[str, Any]]]

    @property
    def metrics(self) -> list[list[dict[str, Any]]]:
        """Per option, per replicate: metric name to measure."""
        return [[run["metrics"] for run in row] for row in self.runs]


class Comparison:
    """One comparison under way: which runs it needs, and what they say."""

    def __init__(
        self,
        scenarios: Mapping[str, ComparedScenario],
        *,
        seed: int,
        rule: StoppingRule,
        metric: str | None,
        keep: Keep,
        runner: Runner,
    ) -> None:
        self._table = RunTable(scenarios, seed=seed, keep=keep, runner=runner)
        self._names = self._table.names
        self._rule = rule
        self._metric = metric
        self._titles = title_options(scenarios)

    def design(self) -> dict[str, Any]:
        """Return what is compared, as plain values."""
        return {
            "schema_version": SCHEMA_VERSION,
            **self._table.describe(),
            "rule": self._rule.to_row(),
            "metric": self._metric,
            "keep": self._table.keep,
            "options": [
                {"name": name, "title": self._titles[name], **self._table.describe_scenario(name)}
                for name in self._names
            ],
        }

    def carry_out(self, store: StudyFolder, executor: Executor) -> dict[str, Any]:
        """Run batch after batch until the rule says stop; write and return the comparison.

        Between batches only what the rule is about is computed: workers are idle meanwhile.
        """
        selection = self._open_selection()
        dropped: dict[int, _Batch] = {}
        for n in self._rule.counts():
            running = range(len(self._names)) if selection is None else selection.running
            executor.execute(self._table.list_requests(n, names=[self._names[row] for row in running]))
            batch = self._take(store, n, running)
            if selection is not None:
                self._look(selection, batch)
                if selection.is_decided:
                    break
                dropped |= {row: batch for row in running if row not in selection.running}
            elif self._is_enough(batch):
                break
        document = self._evaluate(batch)
        if selection is not None:
            self._add_selection(document, selection, dropped)
        write_results(store.path / "results.parquet", build_rows(self._names, batch.found))
        write_json(store.path / "comparison.json", document)
        return document

    def _open_selection(self) -> Selection | None:
        if not self._rule.select:
            return None
        return Selection(
            n_options=len(self._names), precision=self._rule.precision, confidence=self._rule.confidence
        )

    def _look(self, selection: Selection, batch: _Batch) -> None:
        columns = collect_metrics(batch.metrics)
        primary = choose_metric(self._metric, columns)
        if not columns[primary].better:
            raise InvalidInputError(
                f"of '{primary}' neither more nor less is better, so none can be selected by it",
                hint="name another with --metric",
            )
        selection.look(columns[primary], rows=batch.usable, replicates=batch.n)

    def _add_selection(
        self, document: dict[str, Any], selection: Selection, dropped: Mapping[int, _Batch]
    ) -> None:
        """Add to the document of those that stayed what is known of the options that were dropped."""
        document["selection"] = selection.to_row(self._names)
        document["is_precise"] = selection.is_decided
        document["methods"] = {**METHODS, "selection": SELECTION_METHOD}
        for row, each in enumerate(document["options"]):
            each["dropped_after"] = selection.dropped_after.get(row)
        for row, batch in dropped.items():
            option = document["options"][row]
            option["run_keys"] = option["run_keys"][: batch.n]
            if row in batch.usable:
                option |= self._compare_dropped(batch, batch.usable.index(row))

    def _compare_dropped(self, batch: _Batch, place: int) -> dict[str, dict[str, Any]]:
        table = compare_runs(
            [batch.metrics[0], batch.metrics[place]], seed=self._table.seed, confidence=self._rule.confidence
        )
        # among two only, these would mean something else than in the rows of those that stayed
        return {name: {**entry, "probability_best": None, "regret": None} for name, entry in table[1].items()}

    def _take(self, store: StudyFolder, n: int, running: Sequence[int]) -> _Batch:
        found = self._table.read(store, n)
        compared, complete = find_complete_replicates([found.results[row] for row in running])
        usable = [running[place] for place in compared]
        failed = self._list_failures(found.failures)
        if 0 not in usable or len(usable) < min(2, len(running)) or not complete:
            write_results(store.path / "results.parquet", build_rows(self._names, found))
            raise RunFailedError(
                f"nothing to compare: {len(failed)} of {n * len(self._names)} runs failed; the first, "
                f"{failed[0]['option']} replicate {failed[0]['replicate']}: {failed[0]['message']}",
                hint=f"errors are kept in {store.runs}",
            )
        runs = [[_require(found.results[option][r]) for r in complete] for option in usable]
        return _Batch(n=n, found=found, usable=usable, complete=complete, failed=failed, runs=runs)

    def _is_enough(self, batch: _Batch) -> bool:
        if self._rule.is_fixed:
            return True
        columns = collect_metrics(batch.metrics)
        primary = choose_metric(self._metric, columns)
        entries = compare_metric(columns[primary], seed=self._table.seed, confidence=self._rule.confidence)
        return self._is_precise([{primary: entry} for entry in entries], primary)

    def _evaluate(self, batch: _Batch) -> dict[str, Any]:
        n, runs, usable, failed = batch.n, batch.runs, batch.usable, batch.failed
        seed, confidence = self._table.seed, self._rule.confidence
        table = compare_runs(batch.metrics, seed=seed, confidence=confidence)
        groups = compare_groups(runs, seed=seed, confidence=confidence)
        primary = choose_metric(self._metric, table[0])
        rows = [self._describe(option, batch.found) for option in range(len(self._names))]
        for option, metrics in zip(usable, table, strict=True):
            rows[option] |= metrics
        compared = [rows[option] for option in usable]
        is_precise = not self._rule.is_fixed and self._is_precise(compared, primary)
        recommended = choose_recommended(compared, primary)
        is_base = recommended == self._names[0]
        worst_off = find_worst_off(
            groups, option=[self._names[option] for option in usable].index(recommended)
        )
        notes = self._notes(batch)
        notes += describe_worst_off(
            worst_off, primary, title=BASE_TITLE if is_base else self._titles[recommended]
        )
        if not is_precise and n == self._rule.max_replicates and not self._rule.is_fixed:
            notes.append(f"The precision asked for was not reached in {n} replicates, the maximum.")
        return {
            "schema_version": SCHEMA_VERSION,
            "answer": answer(compared, primary, confidence=confidence, notes=notes),
            "primary": primary,
            "recommended": recommended,
            "worst_off": worst_off,
            "replicates": n,
            "seeds": [{"seed": seed, "replicate": r} for r in range(n)],
            "rule": self._rule.to_row(),
            "is_precise": is_precise,
            "options": rows,
            "groups": [
                {
                    "group": group,
                    "options": [
                        {"name": self._names[option], **metrics}
                        for option, metrics in zip(usable, grouped, strict=True)
                    ],
                }
                for group, grouped in groups.items()
            ],
            "curves": summarise_curves([self._names[option] for option in usable], runs),
            "metrics_not_compared": [
                name
                for name in dict.fromkeys(name for row in batch.metrics for run in row for name in run)
                if name not in table[0]
            ],
            "failures": failed,
            "notes": notes,
            "methods": METHODS,
            "engine_version": __version__,
            "kernel_hash": self._table.kernel_hash,
        }

    def _describe(self, option: int, found: Found) -> dict[str, Any]:
        name = self._names[option]
        return {
            "name": name,
            "title": self._titles[name],
            "change_text": self._change_text(name),
            **self._table.describe_scenario(name),
            "effort": describe_effort(
                self._table.scenarios[self._names[0]], self._table.scenarios[name], name
            ),
            "n_failed": sum(failure is not None for failure in found.failures[option]),
            "run_keys": list(found.keys[option]),
        }

    def _change_text(self, name: str) -> str:
        """Return the option's own description; empty when it only has the baseline's."""
        text = str(getattr(self._table.scenarios[name], "description", ""))
        inherited = str(getattr(self._table.scenarios[self._names[0]], "description", ""))
        return text if text != inherited else ""

    def _list_failures(self, failures: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        return [
            {"option": name, "replicate": replicate, **{key: failure[key] for key in _FAILURE_KEYS}}
            for name, row in zip(self._names, failures, strict=True)
            for replicate, failure in enumerate(row)
            if failure is not None
        ]

    def _is_precise(self, compared: Sequence[Mapping[str, Any]], primary: str) -> bool:
        baseline_mean = compared[0][primary]["mean"]
        return all(
            is_precise_enough(
                n=difference["n"],
                half_width=difference["half_width"],
                baseline_mean=baseline_mean,
                precision=self._rule.precision,
            )
            for difference in (option[primary]["difference"] for option in compared[1:])
        )

    def _notes(self, batch: _Batch) -> list[str]:
        notes = []
        if batch.failed:
            notes.append(
                f"{len(batch.failed)} of {batch.n * len(self._names)} runs failed; {len(batch.complete)} of "
                f"{batch.n} replicates finished in every compared option and are used."
            )
        left_out = [name for option, name in enumerate(self._names) if option not in batch.usable]
        if left_out:
            notes.append(f"Not compared, since most of their runs failed: {', '.join(left_out)}.")
        elsewhere = [
            name for name in self._names if self._table.maps[name] != self._table.maps[self._names[0]]
        ]
        if elsewhere:
            notes.append(f"On another map than the baseline, so hardly paired: {', '.join(elsewhere)}.")
        return notes


def choose_metric(asked: str | None, available: Mapping[str, Any]) -> str:
    """Return the metric to decide by.

    Raises
    ------
    InvalidInputError
        When the runs do not have the metric asked for.
    """
    if not available:
        raise RunFailedError("no metric is defined in every option", hint="see results.parquet")
    if asked is None:
        return next((name for name in PRIMARY_METRICS if name in available), next(iter(available)))
    if asked not in available:
        nearest = get_close_matches(asked, available, n=1)
        hint = f"did you mean '{nearest[0]}'? " if nearest else ""
        raise InvalidInputError(f"no metric '{asked}'", hint=f"{hint}these runs have {', '.join(available)}")
    return asked


def _require(result: dict[str, Any] | None) -> dict[str, Any]:
    assert result is not None  # complete replicates have one
    return result
