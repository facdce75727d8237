"""Which points a calibration tries: Optuna's tree-structured Parzen estimator (Bergstra et al. 2011), in batches.

A batch is asked for as a whole and told as a whole in the order of its points, so that what is tried depends on the
seed and the size of the batch, and not on workers, their order, or a start anew.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError

Floats = npt.NDArray[np.float64]

METHOD: Final = (
    "Optuna's tree-structured Parzen estimator over the quantiles of the ranges, the first points at random; "
    "points of a batch are asked for before any is told"
)
"""As printed beside the result."""

_RANDOM_SHARE: Final = 4  # one in so many points is tried at random before the search learns


def search_points(
    names: Sequence[str],
    evaluate: Callable[[Floats], Sequence[float]],
    *,
    budget: int,
    batch: int,
    seed: int,
) -> Floats:
    """Try points of the unit cube where the error seems least.

    Parameters
    ----------
    names
        Of the factors.
    evaluate
        Returns the error of each point of a batch, float64 (points, factors) in [0, 1]; infinite for a failure.
    budget, batch
        Points in all, and at a time.
    seed
        Of the search.

    Returns
    -------
    All points in the order in which they were tried, float64 (budget, factors).

    Raises
    ------
    InvalidInputError
        When Optuna is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise InvalidInputError(
            "calibration needs Optuna", hint="pip install 'impetus_sim[study]'"
        ) from error
    optuna.logging.set_verbosity(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=seed % 2**32,
            n_startup_trials=max(batch, budget // _RANDOM_SHARE),
            multivariate=True,
            constant_liar=True,
        )
    study = optuna.create_study(sampler=sampler)
    tried: list[Floats] = []
    while len(tried) < budget:
        trials = [study.ask() for _ in range(min(batch, budget - len(tried)))]
        points = np.array(
            [[trial.suggest_float(name, 0.0, 1.0) for name in names] for trial in trials], np.float64
        )
        for trial, found in zip(trials, evaluate(points), strict=True):
            _tell(study, trial, found)
        tried.extend(points)
    return np.array(tried, np.float64)


def _tell(study: Any, trial: Any, error: float) -> None:
    from optuna.trial import TrialState

    if np.isfinite(error):
        study.tell(trial, error)
    else:
        study.tell(trial, state=TrialState.FAIL)
