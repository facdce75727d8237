"""How well a library answers, measured by its own situations left out and by those held back."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.planning.library.advice import INTERVAL, advise, count_inside, find_reach, score, share_lost
from impetus_sim.planning.library.entries import Entries
from impetus_sim.planning.library.matching import Matcher, choose_scale, weigh

Floats = npt.NDArray[np.float64]

METHODS = {
    "left_out": "each run of a situation is matched to the other situations",
    "held_back": "each run of a situation held back is matched to the library",
    "regret": "loss of the option chosen against the situation's best option, both as means over its replicates, "
    "as a share of the best: the best of noisy means is too good, so the regret is rather too large",
    "fixed": "the same if one option, that with the best mean over the library, is always taken",
    "random": "the same if an option is taken at random",
    "right": "share of looks in which the option chosen was the best; probability_stated is what was said of it",
    "inside": f"share of single outcomes within the {100 * INTERVAL:g} % intervals that were foretold; left out it "
    "is that share by construction",
}
"""How the numbers of `measure_quality` are made."""


def measure_quality(entries: Entries) -> dict[str, Any]:
    """Return regrets and coverage of a library, left out and held back, as plain values.

    Returns
    -------
    ``{"left_out": {...}, "held_back": {...} or None, "scale", "methods"}``; each with the number of situations,
    mean and 95 % quantile of the regret of the match, mean regrets of a fixed and of a random option, and the share
    of outcomes inside their intervals.
    """
    matcher = Matcher.build(entries.design.signatures)
    library = entries.design.values[0]
    scale = choose_scale(matcher, library.mean(axis=2))
    left_out = weigh(matcher.to_others, scale)
    reach = find_reach(left_out, library)
    found: dict[str, Any] = {
        "scale": scale,
        "left_out": _summarize(left_out, left_out, entries, library, reach),
        "held_back": None,
        "methods": METHODS,
    }
    if len(entries.held_back):
        looks = entries.held_back.signatures
        squared = np.array([[matcher.distances(run) for run in runs] for runs in looks])
        found["held_back"] = _summarize(
            weigh(squared, scale), left_out, entries, entries.held_back.values[0], reach
        )
        found["held_back"]["as_neighbour"] = [
            [matcher.p_as_neighbour(float(look.min())) for look in looks_of] for looks_of in squared
        ]
    return found


def _summarize(
    weights: Floats, left_out: Floats, entries: Entries, truth: Floats, reach: Floats
) -> dict[str, Any]:
    library = entries.design.values[0]
    advice = advise(weights, left_out, library, is_lower_better=entries.is_lower_better)
    stated = np.take_along_axis(advice.probability_best, advice.best[..., None], axis=-1)
    regrets = score(weights, library, truth, is_lower_better=entries.is_lower_better)
    sign = 1.0 if entries.is_lower_better else -1.0
    means = sign * truth.mean(axis=2)
    least = means.min(axis=1)
    fixed = int(np.argmin(sign * library.mean(axis=(0, 2))))
    return {
        "situations": len(truth),
        "looks": int(regrets.chosen.size),
        "regret_mean": float(regrets.shares.mean()),
        "regret_p95": float(np.quantile(regrets.shares, 0.95)),
        "loss_mean": float((regrets.chosen - regrets.least).mean()),
        "right": float((regrets.chosen == regrets.least).mean()),
        "probability_stated": float(stated.mean()),
        "regret_fixed": float(share_lost(means[:, fixed], least).mean()),
        "regret_random": float(share_lost(means, least[:, None]).mean()),
        "inside": count_inside(weights, library, truth, reach),
    }
