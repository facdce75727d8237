"""A search for the best intervention sets: every one of few, or bred ones of many, then halving among them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.runs.execute import ProgressFunction
from impetus_sim.planning.runs.open_study import open_study
from impetus_sim.planning.runs.options import choose_seed
from impetus_sim.planning.runs.results import write_results
from impetus_sim.planning.runs.run_table import Keep, RunTable
from impetus_sim.planning.runs.runner import ENGINE, Runner
from impetus_sim.planning.runs.store import SCHEMA_VERSION, write_json
from impetus_sim.planning.search import guided
from impetus_sim.planning.search.as_good import MATTERS, require_matters
from impetus_sim.planning.search.candidates import Candidate, list_candidates
from impetus_sim.planning.search.document import DOCUMENT, Outcome, describe_plan
from impetus_sim.planning.search.evaluation import Evaluation
from impetus_sim.planning.search.halving import halve
from impetus_sim.planning.search.robustness import evaluate_states
from impetus_sim.planning.search.sets import (
    InterventionSet,
    Limits,
    build_set,
    has_few_sets,
    list_sets,
)
from impetus_sim.planning.search.space import Space
from impetus_sim.planning.search.uncertain import UncertainSpec, require_free_keys

RUNS_PER_SET: Final = 5
"""Runs that a search of every set makes for each unless told otherwise: a quarter of 20 replicates for all."""
GUIDED_RUNS: Final = 2_000
"""Runs of a guided search unless told otherwise."""
N_FINAL: Final = 4
N_FINAL_OF_SEVERAL: Final = 8
"""Sets of the last round with several objectives: the front has to have room."""

Method = Literal["auto", "every", "guided"]
METHODS: tuple[Method, ...] = ("auto", "every", "guided")
"""Look at every set, breed them, or breed them only where there are more than `sets.MOST_SETS`."""


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

    @property
    def as_good(self) -> list[str]:
        """Names of the other sets that are as good but for what does not matter."""
        return [row["name"] for row in self.document["sets"] if row["standing"] == "as_good"]


def search_plan(
    base: Any,
    *,
    limits: Limits,
    folder: Path | str,
    candidates: Sequence[str] = (),
    objectives: Sequence[str] = (),
    max_runs: int | None = None,
    method: Method = "auto",
    uncertain: UncertainSpec | None = None,
    matters: float = MATTERS,
    seed: int | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    reuse: Sequence[Path | str] = (),
    keep: Keep = "none",
    progress: ProgressFunction | None = None,
    runner: Runner = ENGINE,
) -> PlanResult:
    """Find the best sets of a scenario's variants within limits.

    Few feasible sets are all looked at, many are searched by NSGA-II; then runs are spent by paired successive
    halving.

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
        Runs at most, those in uncertain states not counted; default `RUNS_PER_SET` for each set where every one is
        looked at, else `GUIDED_RUNS`.
    method
        How sets are searched; see `METHODS`.
    uncertain
        States of the world in which the sets of the last round are tried, too.
    matters
        Differences in the first objective below this share of the baseline's mean do not matter: sets of the last
        round that are surely closer to the best are called as good. It has no influence on the search.
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
        When nothing is feasible, a name is unknown, or there are too few runs (nothing is run).
    RunFailedError
        When every run of the first look failed, the disk is full, or the scheduler was lost.
    """
    require_matters(matters)
    chosen = list_candidates(base, candidates)
    if uncertain is not None:
        require_free_keys(uncertain, chosen)
    is_guided = method == "guided" or (method == "auto" and not has_few_sets(chosen))
    sets = [build_set(base, ())] if is_guided else list_sets(base, chosen, limits)
    n_runs = _require_runs(max_runs, sets, is_guided=is_guided)
    root = choose_seed(base, seed)
    table = RunTable({each.name: each.scenario for each in sets}, seed=root, keep=keep, runner=runner)
    with open_study(
        folder,
        _design(table, sets, limits, chosen if is_guided else ()),
        runner,
        workers=workers,
        scheduler=scheduler,
        reuse=reuse,
        progress=progress,
    ) as (store, executor):
        store.write_scenario("base", base.to_text())
        evaluation = Evaluation(store, table, executor, objectives)
        if is_guided:
            outcome = _search_guided(base, chosen, limits, evaluation, n_runs, seed=root)
        else:
            outcome = _search_every(sets, evaluation, n_runs)
        document = describe_plan(
            outcome,
            limits,
            evaluation,
            title=base.title,
            matters=matters,
            n_runs=evaluation.n_runs,
            seed=root,
        )
        document["has_ranges"] = any(candidate.has_ranges for candidate in chosen)
        if uncertain is not None:
            document["robust"] = evaluate_states(uncertain, outcome.finalists, evaluation, seed=root)
        write_results(store.path / "results.parquet", evaluation.build_rows())
        write_json(store.path / DOCUMENT, document)
    return PlanResult(folder=store.path, document=document)


def _require_runs(max_runs: int | None, sets: Sequence[InterventionSet], *, is_guided: bool) -> int:
    if is_guided:
        n_runs = GUIDED_RUNS if max_runs is None else max_runs
        if n_runs < guided.LEAST_RUNS:
            raise InvalidInputError(
                f"{n_runs} runs are too few for a guided search",
                hint=f"--max-runs {guided.LEAST_RUNS} or more",
            )
        return n_runs
    if len(sets) < 2:
        raise InvalidInputError(
            "no set of variants keeps the limits", hint="raise --budget, --staff or --lead-time"
        )
    n_runs = RUNS_PER_SET * len(sets) if max_runs is None else max_runs
    if n_runs < len(sets):
        raise InvalidInputError(
            f"{n_runs} runs cannot look at {len(sets)} feasible sets once",
            hint="raise --max-runs, name fewer variants with --candidate, or search guided",
        )
    return n_runs


def _search_every(sets: Sequence[InterventionSet], evaluation: Evaluation, n_runs: int) -> Outcome:
    found = halve(
        len(sets),
        n_runs=n_runs,
        evaluate=lambda rows, n: evaluation.score([sets[row] for row in rows], n),
        n_final=N_FINAL_OF_SEVERAL if len(evaluation.objectives) > 1 else N_FINAL,
        always=(0,),
    )
    return Outcome(sets=tuple(sets), halving=found, others=(), method="every", generations=0)


def _search_guided(
    base: Any,
    candidates: Sequence[Candidate],
    limits: Limits,
    evaluation: Evaluation,
    n_runs: int,
    *,
    seed: int,
) -> Outcome:
    bred = guided.breed(
        base,
        Space.of(candidates),
        limits=limits,
        judge=evaluation.judge,
        n_objectives=max(1, len(evaluation.objectives)),
        n_runs=int(guided.SEARCH_SHARE * n_runs),
        seed=seed,
    )
    if len(bred.sets) < 2:
        raise InvalidInputError(
            "the guided search met no set of variants that keeps the limits",
            hint="raise --budget, --staff or --lead-time",
        )
    elite = [bred.sets[row] for row in bred.elite]
    found = halve(
        len(elite),
        n_runs=n_runs - len(bred.sets) * guided.N_LOOK,
        evaluate=lambda rows, n: evaluation.score([elite[row] for row in rows], n),
        n_final=N_FINAL_OF_SEVERAL if len(evaluation.objectives) > 1 else N_FINAL,
        always=(0,),
        already=guided.N_LOOK,
    )
    others = tuple(each for row, each in enumerate(bred.sets) if row not in bred.elite)
    return Outcome(
        sets=tuple(elite), halving=found, others=others, method="guided", generations=bred.generations
    )


def _design(
    table: RunTable, sets: Sequence[InterventionSet], limits: Limits, bred: Sequence[Candidate]
) -> dict[str, Any]:
    design = {
        "schema_version": SCHEMA_VERSION,
        **table.describe(),
        "limits": asdict(limits),
        "keep": table.keep,
        "options": [{"name": each.name, **table.describe_scenario(each.name)} for each in sets],
    }
    if bred:  # the sets are not known yet: what they are bred from
        text = json.dumps([asdict(candidate) for candidate in bred], sort_keys=True, default=str)
        design["candidates"] = [candidate.name for candidate in bred]
        design["candidates_digest"] = hashlib.sha256(text.encode()).hexdigest()
    return design
