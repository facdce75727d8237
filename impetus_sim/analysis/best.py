"""Which option is best, how sure that is, and what choosing another one costs: a posterior of all means.

Model, for k options with paired replicates. Differences between options are looked at through k - 1 orthonormal
(Helmert) contrasts, in which whatever all options share, noise of the day included, drops out.

1. Noise: one replicate's contrasts are normal with an unknown covariance, inverse Wishart around a multiple of the
   unit matrix. Both the multiple and how closely to keep to it are learnt from the replicates: alike noise in all
   options makes ten replicates tell the covariance, unlike noise is taken as it is.
2. Effects: true means are independent draws from one normal distribution of unknown centre and spread. The spread
   is log-uniform between `SPREAD_RANGE` times the noise of one replicate; the centre is flat. Options that hardly
   differ are thereby drawn together, so that the luckiest of them is not taken for the best.

Symbols: z mean contrasts; A sums of squares and products of their deviations; q = k - 1.

Sources: Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., ch. 3.6 and 5; Bartlett (1933), On the theory of
statistical regression (draws of a Wishart matrix); Chick and Inoue (2001), Oper. Res. 49(5):732 (opportunity cost).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.linalg import helmert
from scipy.special import gammaincinv, gammaln, ndtri

from impetus_sim.analysis.bootstrap import Floats, draw_rows

SPREAD_RANGE: Final = (50.0**-0.5, 10.0)
"""Least and greatest spread of the true means, in units of the paired noise of one replicate. The least is the
standard error that 50 replicates leave (the default maximum of a study): what is smaller no study could show."""

N_DRAWS: Final = 2000
"""Posterior draws of the means."""

BEST_METHOD: Final = (
    "posterior probability that the option's true mean is the best, from the paired replicates; prior: true means "
    "normal around an unknown centre with a spread that is log-uniform from "
    f"{SPREAD_RANGE[0]:.2g} to {SPREAD_RANGE[1]:g} times the paired noise of one replicate, noise covariance "
    "inverse Wishart; draws keyed by the seed; ties are shared equally"
)
"""How the probability of best is computed, as printed beside it."""

REGRET_METHOD: Final = (
    "expected opportunity cost: mean, over the same posterior draws as the probability of best, of how much worse "
    "the option is than the best tested option of that draw; options not tested do not count, and noise biases it "
    "upward, since the best of noisy means looks better than it is"
)
"""How regret is computed, as printed beside it."""

_SPREADS: Final = np.geomspace(*SPREAD_RANGE, 24)
_CLOSENESS: Final = np.geomspace(1.0, 256.0, 9)
_MULTIPLES: Final = np.geomspace(1e-6, 10.0, 48)


@dataclass(frozen=True, kw_only=True)
class BestOption:
    """What is known about which option is best.

    Parameters
    ----------
    probability
        Of having the best true mean, shape (options,), sum 1.
    regret
        Expected opportunity cost of choosing the option, at least 0, in the metric's unit, shape (options,).
    """

    probability: Floats
    regret: Floats


def judge_best(values: Floats, *, seed: int, is_lower_better: bool, n_draws: int = N_DRAWS) -> BestOption:
    """Return probability of best and regret of every option; see `BEST_METHOD` and `REGRET_METHOD`.

    Parameters
    ----------
    values
        Shape (options, replicates), paired along the columns, finite, two replicates or more.
    seed
        Keys the draws.
    is_lower_better
        Which way is better.
    n_draws
        Posterior draws; the default gives a probability to 0.011 (one standard error) or better.
    """
    # Less the first option's values: equal rows stay exactly equal, and rounding stays small.
    relative = values - values[0]
    unlike, row_of = np.unique(relative, axis=0, return_inverse=True)
    draws = draw_means(unlike, seed=seed, n_draws=n_draws)[:, row_of.reshape(-1)]
    draws = draws if is_lower_better else -draws
    least = draws.min(axis=1, keepdims=True)
    wins = draws == least
    return BestOption(
        probability=(wins / wins.sum(axis=1, keepdims=True)).mean(axis=0),
        regret=(draws - least).mean(axis=0),
    )


def draw_means(values: Floats, *, seed: int, n_draws: int = N_DRAWS) -> Floats:
    """Draw from the posterior of the true means, up to a number that all options share.

    Parameters
    ----------
    values
        Shape (options, replicates), rows that differ from one another, two replicates or more.
    seed
        Keys the draws; the same for all metrics of a study.

    Returns
    -------
    Array of shape (n_draws, options); only differences within a row mean anything.
    """
    n_options, n = values.shape
    q = n_options - 1
    if q == 0:
        return np.zeros((n_draws, 1))
    contrasts = helmert(n_options) @ values
    z = contrasts.mean(axis=1)
    deviations = contrasts - z[:, None]
    noise = float(np.sum(deviations**2)) / (q * (n - 1))
    if (
        noise <= (1e-12 * float(np.abs(contrasts).max())) ** 2
    ):  # every difference is the same in all replicates
        return np.broadcast_to(z @ helmert(n_options), (n_draws, n_options))
    scale = np.sqrt(noise)
    uniforms = _draw_uniforms(n_draws, q, seed)
    covariances = _draw_covariances(deviations / scale, uniforms)
    effects = _draw_effects(z / scale, covariances / n, uniforms)
    return scale * effects @ helmert(n_options)


@dataclass(frozen=True, kw_only=True)
class _Uniforms:
    """Uniform draws by purpose, each (n_draws, ...), and the normal ones among them turned normal."""

    cell: Floats
    chi_square: Floats
    below: Floats
    normal: Floats
    start: float


@lru_cache(maxsize=4)  # all metrics of a comparison share their draws
def _draw_uniforms(n_draws: int, q: int, seed: int) -> _Uniforms:
    n_below = q * (q - 1) // 2
    rows = draw_rows(n_draws, 2 + 2 * q + n_below, seed=seed, stream="analysis.posterior")
    return _Uniforms(
        cell=rows[:, 0],
        start=float(rows[0, 1]),
        chi_square=rows[:, 2 : 2 + q],
        normal=ndtri(rows[:, 2 + q : 2 + 2 * q]),
        below=ndtri(rows[:, 2 + 2 * q :]),
    )


def _draw_covariances(deviations: Floats, uniforms: _Uniforms) -> Floats:
    """Draw covariances of one replicate's contrasts, shape (n_draws, q, q), from deviations (q, n)."""
    q, n = deviations.shape
    squares, axes = np.linalg.eigh(deviations @ deviations.T)
    squares = np.maximum(squares, 0.0)
    multiple, closeness = _draw_multiples(squares, n, uniforms.cell)
    degrees = closeness + (q - 1 + n - 1)
    # Bartlett: the inverse is Wishart, L T T' L' with L L' the inverse of the sum below, in the axes of A.
    lower = np.zeros((len(degrees), q, q))
    rows, columns = np.tril_indices(q, -1)
    lower[:, rows, columns] = uniforms.below
    diagonal = np.arange(q)
    freedom = 0.5 * (degrees[:, None] - diagonal)
    lower[:, diagonal, diagonal] = np.sqrt(2.0 * gammaincinv(freedom, uniforms.chi_square))
    sums = squares + (closeness * multiple)[:, None]
    root = axes @ (np.sqrt(sums)[:, :, None] * np.linalg.inv(lower).transpose(0, 2, 1))
    drawn: Floats = root @ root.transpose(0, 2, 1)
    return drawn


def _draw_multiples(squares: Floats, n: int, uniforms: Floats) -> tuple[Floats, Floats]:
    """Draw multiple and closeness from their posterior given the eigenvalues of A (closed form on a grid)."""
    q = len(squares)
    prior = _CLOSENESS + (q - 1)
    after = prior + (n - 1)
    sphere = np.outer(_CLOSENESS, _MULTIPLES)
    log_density = (
        0.5 * q * prior[:, None] * np.log(sphere)
        - 0.5 * after[:, None] * np.log(squares + sphere[:, :, None]).sum(axis=2)
        + (_log_multigamma(after, q) - _log_multigamma(prior, q))[:, None]
    )
    closeness, multiple = np.divmod(_choose(log_density.ravel(), uniforms), len(_MULTIPLES))
    return _MULTIPLES[multiple], _CLOSENESS[closeness]


def _log_multigamma(degrees: Floats, q: int) -> Floats:
    """Return the log of the multivariate gamma function of half the degrees of freedom, less a constant."""
    logs: Floats = gammaln(0.5 * (degrees[:, None] - np.arange(q))).sum(axis=1)
    return logs


def _draw_effects(z: Floats, covariances: Floats, uniforms: _Uniforms) -> Floats:
    """Draw true contrasts (n_draws, q) given covariances of their estimates z (q,)."""
    n_draws = len(covariances)
    variances, axes = np.linalg.eigh(covariances)
    along = np.einsum("dji,j->di", axes, z)
    total = variances[:, None, :] + (_SPREADS**2)[:, None]
    log_density = -0.5 * (np.log(total) + along[:, None, :] ** 2 / total).sum(axis=2)
    # A covariance is as likely as it foretells z: draws of it and of the spread are chosen together.
    evenly = (np.arange(n_draws) + uniforms.start) / n_draws
    draw, spread = np.divmod(_choose(log_density.ravel(), evenly), len(_SPREADS))
    kept = _SPREADS[spread, None] ** 2 / total[draw, spread]
    centre = kept * along[draw]
    drawn = centre + np.sqrt(kept * variances[draw]) * uniforms.normal
    effects: Floats = np.einsum("dij,dj->di", axes[draw], drawn)
    return effects


def _choose(log_density: Floats, uniforms: Floats) -> npt.NDArray[np.intp]:
    shares = np.cumsum(np.exp(log_density - log_density.max()))
    return np.minimum(np.searchsorted(shares, uniforms * shares[-1]), len(shares) - 1)
