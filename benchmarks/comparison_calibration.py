"""Do comparisons mean what they say? Coverage of intervals and calibration of the probability of best.

Synthetic problems of five options under the real stopping rule: true means 100 + N(0, tau^2), noise of one
replicate sigma = 6, so that the rule (5 % of the baseline's mean, replicates 10, 15, ... 50) stops between 10 and
50. Noise is normal, or skewed (exponential, skewness 2), own to each option, or shared in part (correlation 0.7 of
the outcomes).

    python benchmarks/comparison_calibration.py [--problems 5000] [--draws 500]

Printed for each case: mean replicates; share of t and bootstrap (BCa) intervals of paired differences that hold
the truth; expected calibration error of the probability of best over ten bins; the largest distance of a bin with
100 or more entries from what it states, in binomial standard errors; then stated and true share of each bin.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.best import judge_best
from impetus_sim.analysis.bootstrap import compute_bca_interval, draw_resamples
from impetus_sim.analysis.paired import compute_mean_interval, is_precise_enough
from impetus_sim.planning.comparison.stopping import StoppingRule

Floats = npt.NDArray[np.float64]

N_OPTIONS = 5
BASE_MEAN = 100.0
SIGMA = 6.0
SHARED_CORRELATION = 0.7
RULE = StoppingRule()
N_BOOTSTRAP = 400
"""Problems whose bootstrap intervals are looked at, with 1 000 resamples each."""


@dataclass(kw_only=True)
class Found:
    """What one case gave: stated and true, per problem and option; hits of intervals; replicates."""

    stated: list[float] = field(default_factory=list)
    is_best: list[bool] = field(default_factory=list)
    t_hits: list[bool] = field(default_factory=list)
    bootstrap_hits: list[bool] = field(default_factory=list)
    replicates: list[int] = field(default_factory=list)


def draw_noise(rng: np.random.Generator, shape: tuple[int, ...], noise: str) -> Floats:
    """Return noise of mean 0 and standard deviation 1."""
    return rng.normal(size=shape) if noise == "normal" else rng.exponential(size=shape) - 1.0


def draw_problem(
    rng: np.random.Generator, *, tau: float, noise: str, correlation: float
) -> tuple[Floats, Floats]:
    """Return true means (options,) and values (options, replicates)."""
    n = RULE.max_replicates
    means = BASE_MEAN + tau * SIGMA * rng.normal(size=N_OPTIONS)
    shared = np.sqrt(correlation / (1.0 - correlation)) * draw_noise(rng, (1, n), noise)
    return means, means[:, None] + SIGMA * (draw_noise(rng, (N_OPTIONS, n), noise) + shared)


def stop(values: Floats) -> int:
    """Return the number of replicates at which the rule stops."""
    n = 0
    for n in RULE.counts():
        differences = values[1:, :n] - values[0, :n]
        if all(
            is_precise_enough(
                n=n,
                half_width=compute_mean_interval(row, confidence=RULE.confidence).half_width,
                baseline_mean=float(values[0, :n].mean()),
                precision=RULE.precision,
            )
            for row in differences
        ):
            break
    return n


def solve(seed: int, *, n_problems: int, n_draws: int, tau: float, noise: str, correlation: float) -> Found:
    """Compare many problems of one case."""
    rng = np.random.default_rng(seed)
    found = Found()
    for problem in range(n_problems):
        means, values = draw_problem(rng, tau=tau, noise=noise, correlation=correlation)
        n = stop(values)
        seen = values[:, :n]
        best = judge_best(seen, seed=problem, is_lower_better=True, n_draws=n_draws)
        found.stated += best.probability.tolist()
        found.is_best += (means == means.min()).tolist()
        found.replicates.append(n)
        for option in range(1, N_OPTIONS):
            difference, truth = seen[option] - seen[0], means[option] - means[0]
            interval = compute_mean_interval(difference, confidence=RULE.confidence)
            found.t_hits.append(interval.low <= truth <= interval.high)
            if problem < N_BOOTSTRAP:
                resamples = draw_resamples(n, seed=problem, n_resamples=1000)
                low, high = compute_bca_interval(difference, resamples, confidence=RULE.confidence)
                found.bootstrap_hits.append(low <= truth <= high)
    return found


def describe(found: Found) -> tuple[float, float, list[str]]:
    """Return expected calibration error, the largest standardised distance of a bin, and words for each bin."""
    stated, is_best = np.array(found.stated), np.array(found.is_best)
    bins = np.minimum((10.0 * stated).astype(int), 9)
    error, largest, words = 0.0, 0.0, []
    for each in np.unique(bins):
        own = bins == each
        n, says, truth = int(own.sum()), float(stated[own].mean()), float(is_best[own].mean())
        error += n / len(stated) * abs(says - truth)
        distance = (truth - says) / np.sqrt(max(says * (1.0 - says), 1e-9) / n)
        if n >= 100:
            largest = max(largest, abs(distance))
        words.append(f"{says:.3f}/{truth:.3f} ({n}, {distance:+.1f})")
    return error, largest, words


def main() -> None:
    """Print the figures of every case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--problems", type=int, default=5000)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--correlations", type=float, nargs="+", default=[0.0, SHARED_CORRELATION])
    given = parser.parse_args()
    for correlation, tau, noise in product(given.correlations, (0.25, 1.0, 4.0), ("normal", "skewed")):
        started = time.process_time()
        found = solve(
            given.seed,
            n_problems=given.problems,
            n_draws=given.draws,
            tau=tau,
            noise=noise,
            correlation=correlation,
        )
        error, largest, words = describe(found)
        print(
            f"correlation {correlation:g}, tau/sigma {tau:g}, {noise}: {np.mean(found.replicates):.0f} replicates; "
            f"t {np.mean(found.t_hits):.3f}, bootstrap {np.mean(found.bootstrap_hits):.3f}; error {error:.3f}, "
            f"largest {largest:.1f} s.e.; {time.process_time() - started:.0f} s"
        )
        print("   ", "; ".join(words), flush=True)


if __name__ == "__main__":
    main()
