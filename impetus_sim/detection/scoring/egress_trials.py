"""How soon and how surely an egress is found on exit counts, and how often there is a false alarm."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.detection.detectors.egress_start import EgressStart, EgressStartSpec
from impetus_sim.detection.scoring.exit_counts import DAY_S, Egress, Square, draw_day, draw_egress

Floats = npt.NDArray[np.float64]

HISTORY_DAYS: Final = 28
"""Days without an egress that the detector learns from."""
SHARE: Final = 0.02
WITHIN_S: Final = 30.0
"""An egress counts as found when it is within this time after this share of people has crossed."""
QUIET_S: Final = 600.0
"""Alarms closer than this are one."""
FIRST_S, LAST_S = 8.0 * 3600, 23.5 * 3600
"""An egress begins between these times of the day."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One egress: when it began, when `SHARE` had crossed and when it was found, s of the day; nan for never."""

    people: int
    onset_s: float
    share_crossed_s: float
    found_s: float

    @property
    def is_found(self) -> bool:
        """Whether it was found in time."""
        return bool(self.found_s <= self.share_crossed_s + WITHIN_S)


@dataclass(frozen=True, kw_only=True)
class EgressResult:
    """What came of all trials and of all days without one."""

    trials: tuple[Trial, ...]
    days: int
    false_alarms: int
    fano: float

    @property
    def n_found(self) -> int:
        """Trials found in time."""
        return sum(trial.is_found for trial in self.trials)

    @property
    def found_low(self) -> float:
        """Lower bound of the share found in time, Wilson, 95 % two-sided."""
        return wilson(self.n_found, len(self.trials))[0]

    @property
    def false_per_day(self) -> float:
        """False alarms per simulated 24 h."""
        return self.false_alarms / self.days

    def delays_s(self, *, after_onset: bool) -> Floats:
        """Return the delays of those found at all, after the onset or after `SHARE` had crossed."""
        return np.array(
            [
                trial.found_s - (trial.onset_s if after_onset else trial.share_crossed_s)
                for trial in self.trials
                if math.isfinite(trial.found_s)
            ]
        )


def wilson(n_yes: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the Wilson interval of a share.

    Reference: Wilson 1927, J. Am. Stat. Assoc. 22:209-212.
    """
    if n == 0:
        return 0.0, 1.0
    share, square = n_yes / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return middle - half, middle + half


def taught_detector(square: Square, *, seed: int, days: int = HISTORY_DAYS) -> EgressStart:
    """Return a detector that has learned from days without an egress."""
    rng = np.random.default_rng([seed, 1])
    values = np.concatenate([draw_day(square, day, rng) for day in range(days)])
    times = np.asarray((np.arange(len(values)) + 0.5) * square.every_s, np.float64)
    detector = EgressStart(
        "egress",
        EgressStartSpec(streams=("*",), every=square.every_s),
        [f"exit_{k}" for k in range(square.n_counters)],
    )
    detector.fit(times, values)
    return detector


def run_trials(
    *,
    n_trials: int,
    n_days: int,
    seed: int = 1,
    square: Square | None = None,
    detector: EgressStart | None = None,
) -> EgressResult:
    """Run days with an egress, each of another seed, and days without.

    Parameters
    ----------
    n_trials, n_days
        How many of each.
    seed
        Root of the draws.
    square
        What is counted; the one by default when left out.
    detector
        Taught; a fresh one when left out.
    """
    square = square or Square()
    detector = detector or taught_detector(square, seed=seed)
    before = {name: column.copy() for name, column in detector.memory.columns.items()}
    trials = []
    for k in range(n_trials):
        detector.memory.load({name: column.copy() for name, column in before.items()})
        trials.append(_run_trial(square, detector, np.random.default_rng([seed, 2, k])))
    detector.memory.load(before)
    n_false, ratios = 0, []
    for day in range(n_days):
        counts = draw_day(square, day, np.random.default_rng([seed, 3, day]))
        n_false += _count_alarms(_scores(detector, counts, day, square) >= 1.0, square)
        ratios.append(_fano_of(counts))
    fano = float(np.median(ratios)) if ratios else float("nan")
    return EgressResult(trials=tuple(trials), days=n_days, false_alarms=n_false, fano=fano)


def summarise(result: EgressResult) -> dict[str, Any]:
    """Return a result as plain numbers; delays of those found at all, s: median, 90 % quantile, longest."""
    low, high = wilson(result.n_found, len(result.trials))
    delays = {}
    for name, after_onset in (("after_onset_s", True), ("after_2_percent_s", False)):
        held = result.delays_s(after_onset=after_onset)
        values = np.quantile(held, (0.5, 0.9, 1.0)) if len(held) else np.full(3, np.nan)
        delays[name] = [None if math.isnan(v) else round(float(v), 1) for v in values]
    return {
        "trials": len(result.trials),
        "found_in_time": result.n_found,
        "found_in_time_low": round(low, 4),
        "found_in_time_high": round(high, 4),
        "found_at_all": len(result.delays_s(after_onset=True)),
        **delays,
        "days": result.days,
        "false_alarms": result.false_alarms,
        "false_alarms_per_day": round(result.false_per_day, 4),
        "fano_of_counts": round(result.fano, 3),
    }


def describe(summary: dict[str, Any]) -> list[str]:
    """Return the lines of a summary for people."""
    s = summary
    return [
        f"{s['found_in_time']} of {s['trials']} found within {WITHIN_S:g} s after {SHARE:.0%} of the people had "
        f"crossed; 95 % interval {s['found_in_time_low']:.3f} to {s['found_in_time_high']:.3f} (Wilson)",
        f"delay after that (s): median, 90 %, longest {s['after_2_percent_s']}",
        f"delay after the true onset (s): median, 90 %, longest {s['after_onset_s']}",
        f"{s['false_alarms']} false alarms in {s['days']} days without an egress: "
        f"{s['false_alarms_per_day']:.3f} in 24 h",
        f"Fano factor of the counts of {Square().every_s:g} s: {s['fano_of_counts']}",
    ]


def _run_trial(square: Square, detector: EgressStart, rng: np.random.Generator) -> Trial:
    day = int(rng.integers(7))
    counts = draw_day(square, day, rng)
    egress: Egress = draw_egress(square, rng)
    onset = float(rng.uniform(FIRST_S, LAST_S))
    egress.add_to(counts, onset, square)
    scores = _scores(detector, counts, day, square)
    read_at = (np.arange(len(counts)) + 1.0) * square.every_s
    alarms = read_at[(scores >= 1.0) & (read_at > onset)]
    return Trial(
        people=len(egress.crossed_s),
        onset_s=onset,
        share_crossed_s=onset + egress.when_crossed(SHARE),
        found_s=float(alarms[0]) if len(alarms) else float("nan"),
    )


def _scores(detector: EgressStart, counts: Floats, day: int, square: Square) -> Floats:
    times = np.asarray((np.arange(len(counts)) + 0.5) * square.every_s + day * DAY_S, np.float64)
    return detector.observe_all(times, counts).max(axis=1)


def _count_alarms(is_alarm: npt.NDArray[np.bool_], square: Square) -> int:
    at = np.flatnonzero(is_alarm) * square.every_s
    return int(len(at) and 1 + (np.diff(at) > QUIET_S).sum())


def _fano_of(counts: Floats) -> float:
    # Variance over mean within quarters of an hour, of the busiest counter.
    block = 180
    part = counts[: len(counts) // block * block, 0].reshape(-1, block)
    part = part[~np.isnan(part).any(axis=1)]
    part = part[part.sum(axis=1) >= 20]
    return float(np.median(part.var(axis=1, ddof=1) / part.mean(axis=1)))
