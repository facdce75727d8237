"""Observed counts matched to a library: which situations they look like, how sure that is, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.sensing.binned import SUMMED_KINDS, bin_values
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.library.advice import INTERVAL, N_NEAREST, advise, find_reach, foretell, score
from impetus_sim.planning.library.counts import Series, read_counts
from impetus_sim.planning.library.entries import Entries
from impetus_sim.planning.library.matching import Matcher, choose_scale, weigh, weigh_quantiles

Floats = npt.NDArray[np.float64]

N_SHOWN: Final = 5

AS_REPLICATE, AS_NEIGHBOUR, POOR = "replicate", "neighbour", "poor"

VERDICTS = {
    AS_REPLICATE: "The counts look like another run of a situation in the library.",
    AS_NEIGHBOUR: "The counts lie between situations of the library, as those of most situations in its ranges do.",
    POOR: "POOR MATCH: the counts are farther from every situation than those of most situations in the library's "
    "ranges. Do not act on it.",
}


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a library says of observed counts.

    Parameters
    ----------
    document
        Plain values: verdict, p-values, nearest situations, options, recommendation, regret.
    weights
        How much each situation of the design counts, float64 (situations,).
    counts
        The observed signature, float64 (counts,); nan where nothing was observed.
    """

    document: dict[str, Any]
    weights: Floats
    counts: Floats

    @property
    def is_poor(self) -> bool:
        """Whether the counts look like nothing in the library."""
        return bool(self.document["verdict"] == POOR)

    @property
    def recommended(self) -> str:
        """Name of the option with the best expected outcome."""
        return str(self.document["recommended"])


def match_counts(counts: Path | str | Mapping[str, Series], entries: Entries) -> Match:
    """Match observed counts to a library.

    Parameters
    ----------
    counts
        A file (see `counts.read_counts`), or series by stream. Sensors and stretches of time that are missing are
        left out of the comparison, on both sides.
    entries
        The library.

    Raises
    ------
    InvalidInputError
        When the file is faulty, or no stretch of time was observed.
    """
    series = counts if isinstance(counts, Mapping) else read_counts(counts, entries.streams)
    observed = arrange_counts(series, entries)
    is_known = np.isfinite(observed)
    if not is_known.any():
        ends = f"{entries.edges_s[0]:g} s to {entries.edges_s[-1]:g} s"
        raise InvalidInputError(
            "no count lies in the time that the library observes", hint=f"times from {ends} of the run"
        )
    matcher = Matcher.build(entries.design.signatures[:, :, is_known])
    squared = matcher.distances(observed[is_known])
    values = entries.design.values[0]
    scale = (
        float(entries.about["quality"]["scale"])
        if is_known.all()
        else choose_scale(matcher, values.mean(axis=2))
    )
    weights = weigh(squared, scale)
    nearest = float(squared.min())
    p_replicate, p_neighbour = matcher.p_as_replicate(nearest), matcher.p_as_neighbour(nearest)
    if matcher.is_rare(p_neighbour):
        verdict = POOR
    else:
        verdict = AS_NEIGHBOUR if matcher.is_rare(p_replicate) else AS_REPLICATE
    left_out = weigh(matcher.to_others, scale)
    advice = advise(weights, left_out, values, is_lower_better=entries.is_lower_better)
    foretold = _foretell_metrics(entries, weights, left_out)
    order = np.argsort(squared, kind="stable")
    document = {
        "library": entries.about["title"],
        "verdict": verdict,
        "told": VERDICTS[verdict],
        "p_as_replicate": p_replicate,
        "p_as_neighbour": p_neighbour,
        "counts_used": int(is_known.sum()),
        "counts_missing": int((~is_known).sum()),
        "nearest": [_describe_situation(entries, int(k), squared, weights) for k in order[:N_SHOWN]],
        "situation": _describe_factors(entries, weights),
        "recommended": entries.options[int(advice.best)]["name"],
        "options": [
            {
                **option,
                "probability_best": float(advice.probability_best[k]),
                "metrics": foretold[k],
            }
            for k, option in enumerate(entries.options)
        ],
        "metrics": {name: dict(metric) for name, metric in entries.metrics.items()},
        "interval": INTERVAL,
        "expected_loss": float(advice.expected_loss),
        "regret": _describe_regret(entries, left_out, order),
        "notes": _notes(entries),
        "seed": entries.about["seed"],
        "engine_version": entries.about["engine_version"],
    }
    return Match(document=document, weights=weights, counts=observed)


def arrange_counts(series: Mapping[str, Series], entries: Entries) -> Floats:
    """Return observed counts as a signature, float64 (counts,); nan where nothing was observed."""
    empty = np.full(len(entries.edges_s) - 1, np.nan)
    return np.concatenate(
        [
            bin_values(
                series[name].times_s,
                series[name].values,
                entries.edges_s,
                is_summed=kind in SUMMED_KINDS,
            )
            if name in series
            else empty
            for name, kind in zip(entries.streams, entries.kinds, strict=True)
        ]
    )


def _describe_situation(entries: Entries, k: int, squared: Floats, weights: Floats) -> dict[str, Any]:
    situation = entries.design.situations[k]
    return {
        "name": situation.name,
        "values": dict(situation.values),
        "squared_distance": float(squared[k]),
        "weight": float(weights[k]),
    }


def _describe_factors(entries: Entries, weights: Floats) -> dict[str, Any]:
    # what the weighted situations say of each factor: mean and spread of numbers, shares of other values
    told: dict[str, Any] = {}
    for name, label in entries.about["factors"].items():
        values = [situation.values[name] for situation in entries.design.situations]
        if all(isinstance(value, int | float) for value in values):
            low, median, high = weigh_quantiles(np.array(values, np.float64), weights, (0.05, 0.5, 0.95))
            told[name] = {"label": label, "median": median, "low": low, "high": high}
        else:
            shares: dict[str, float] = {}
            for value, weight in zip(values, weights.tolist(), strict=True):
                shares[str(value)] = shares.get(str(value), 0.0) + weight
            ranked = sorted(shares.items(), key=lambda item: -item[1])
            told[name] = {"label": label, "shares": dict(ranked)}
    return told


def _foretell_metrics(
    entries: Entries, weights: Floats, left_out: Floats
) -> list[dict[str, dict[str, float | None]]]:
    # by option: expected value and interval of every metric that all situations define
    found: list[dict[str, dict[str, float | None]]] = [{} for _ in entries.options]
    for name, values in zip(entries.metrics, entries.design.values, strict=True):
        if not np.isfinite(values).all():
            for told in found:
                told[name] = {"mean": None, "low": None, "high": None}
            continue
        foresight, reach = foretell(weights, values), find_reach(left_out, values)
        ends = foresight.means + reach * foresight.spreads
        for told, mean, low, high in zip(found, foresight.means, *ends, strict=True):
            told[name] = {"mean": float(mean), "low": float(low), "high": float(high)}
    return found


def _describe_regret(entries: Entries, left_out: Floats, order: npt.NDArray[np.intp]) -> dict[str, Any]:
    # of the situations nearest to the counts, each matched to the others
    values = entries.design.values[0]
    near = order[:N_NEAREST]
    regrets = score(left_out[near], values, values[near], is_lower_better=entries.is_lower_better)
    quality = entries.about["quality"]
    held_back = quality["held_back"]
    return {
        "near": float(regrets.shares.mean()),
        "near_situations": len(near),
        "left_out": quality["left_out"]["regret_mean"],
        "held_back": None if held_back is None else held_back["regret_mean"],
    }


def _notes(entries: Entries) -> list[str]:
    titles = {option["name"]: option["title"] for option in entries.options}
    early: Sequence[str] = entries.about.get("options_that_act_early", ())
    return [
        f"'{titles[name]}' acts before the observation ends: it can no longer be chosen as it was run."
        for name in early
    ]
