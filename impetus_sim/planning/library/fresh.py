"""Fresh runs where no situation of a library matches: the nearest ones' factors interpolated, options compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.sensing.binned import bin_readings
from impetus_sim.planning.comparison.compare import compare
from impetus_sim.planning.comparison.study import Study
from impetus_sim.planning.experiments.points import make_takers
from impetus_sim.planning.library.build import LibraryPlan
from impetus_sim.planning.library.entries import Entries
from impetus_sim.planning.library.match import Match
from impetus_sim.planning.library.matching import Matcher, equalize
from impetus_sim.planning.library.situations import cross, require_stream
from impetus_sim.planning.runs.executors import Computing
from impetus_sim.planning.runs.runner import READING, Runner
from impetus_sim.planning.runs.store import StudyFolder

Floats = npt.NDArray[np.float64]

N_LETTERS = 12


def run_fresh(
    match: Match,
    entries: Entries,
    plan: LibraryPlan,
    folder: Path | str,
    *,
    runner: Runner = READING,
    **computing: Unpack[Computing],
) -> dict[str, Any]:
    """Run the situation that lies between the nearest ones, with every option.

    Parameters
    ----------
    match
        Of the observed counts.
    entries, plan
        The library, and what it was built from.
    folder
        Where a folder for these runs is made, named by the scenario; the same counts go on in it.
    runner, computing
        As in `compare`.

    Returns
    -------
    ``folder``; ``scenario``, the file of the situation; ``values`` of its factors; ``p_as_replicate``, how often a
    run of that situation counts as differently from it as was observed, and ``fits``; ``answer``, ``recommended``.

    Raises
    ------
    RunFailedError
        When runs fail, or the disk is full.
    """
    cube = interpolate(match.weights, entries.design.cube, plan)
    names = list(plan.spec.options)
    points = {name: cross(cube, plan.spec, plan.variants, name).points[0] for name in names}
    base = points[names[0]].scenario
    home = Path(folder) / base.digest[:N_LETTERS]
    study = compare(
        base,
        {name: points[name].scenario for name in names[1:]},
        seed=plan.seed,
        replicates=int(plan.spec.fresh_replicates),
        metric=plan.spec.metric,
        keep="none",
        folder=home,
        runner=runner,
        **computing,
    )
    p, fits = _compare_counts(match, entries, study)
    best = study.rank()[0]
    return {
        "folder": str(home),
        "scenario": str(home / "scenarios" / "baseline.yaml"),
        "values": dict(points[names[0]].values),
        "p_as_replicate": p,
        "fits": fits,
        "answer": study.answer,
        "recommended": names[0] if best == study.options[0]["name"] else best,
    }


def interpolate(weights: Floats, cube: Floats, plan: LibraryPlan) -> Floats:
    """Return where the weighted situations lie among the quantiles of the factors, float64 (1, factors).

    Ranges by the weighted mean, values by the one that weighs most.
    """
    columns = []
    for column, taker in zip(cube.T, make_takers(plan.spec.factors, plan.variants).values(), strict=True):
        if taker.n_values:
            choices = np.minimum((column * taker.n_values).astype(int), taker.n_values - 1)
            shares = np.bincount(choices, weights=weights, minlength=taker.n_values)
            columns.append((float(np.argmax(shares)) + 0.5) / taker.n_values)
        else:
            columns.append(float(weights @ column))
    return np.array([columns], np.float64)


def _compare_counts(match: Match, entries: Entries, study: Study) -> tuple[float, bool]:
    # how often a run of the fresh situation would be as far from their mean as the counts are; whether it fits
    is_known = np.isfinite(match.counts)
    store = StudyFolder(study.folder)
    runs = [store.read_result(key) for key in study.options[0]["run_keys"]]
    signatures = np.array(
        [
            np.concatenate(
                [bin_readings(require_stream(run, name), entries.edges_s) for name in entries.streams]
            )
            for run in runs
            if run is not None
        ]
    )
    matcher = Matcher.build(entries.design.signatures[:, :, is_known])
    fresh = (equalize(signatures[:, is_known]) @ matcher.turn).mean(axis=0)
    distance = equalize(match.counts[is_known]) @ matcher.turn - fresh
    p = matcher.p_as_replicate(float(distance @ distance) / (1.0 + 1.0 / len(signatures)))
    return p, not matcher.is_rare(p)
