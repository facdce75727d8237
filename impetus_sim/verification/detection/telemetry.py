"""Detectors of false telemetry on made records: what is planted must be found, and nothing else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.detection.base import Detector
from impetus_sim.detection.detectors.balance import Balance, BalanceSpec
from impetus_sim.detection.detectors.integrity import Integrity, IntegritySpec
from impetus_sim.detection.power_residual import PowerWatch
from impetus_sim.verification.case import Case, Effort, Measured

Floats = npt.NDArray[np.float64]
READINGS, CLEAN = 2000, 1000
FAST = 1e9
"""A rate that no reading reaches: what is played back must be told from its repeats, not from the jump to them."""


def _score(detector: Detector, values: Floats, planted: npt.NDArray[np.bool_], found_from: int) -> Measured:
    # 1 when the first alarm comes within what was planted, and none before it
    detector.fit(np.arange(CLEAN, dtype=float), values[:CLEAN])
    hits = detector.observe_all(np.arange(CLEAN, READINGS, dtype=float), values[CLEAN:]).max(axis=1) >= 1.0
    planted = planted[CLEAN:]
    n_false = int((hits & ~planted & (np.arange(len(hits)) < np.flatnonzero(planted)[0])).sum())
    first = int(np.flatnonzero(hits & planted)[0]) if (hits & planted).any() else -1
    delay = first - int(np.flatnonzero(planted)[0])
    is_right = n_false == 0 and 0 <= delay <= found_from
    return Measured(
        value=float(is_right), text=f"found after {delay} readings, {n_false} false alarms before"
    )


def _signal(seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    level = np.zeros(READINGS)
    for k in range(1, READINGS):
        level[k] = 0.9 * level[k - 1] + rng.normal()
    return np.asarray(np.round(20.0 + level, 3)[:, None], np.float64)


def _integrity(rate: float | None = None) -> Integrity:
    return Integrity("case", IntegritySpec(streams=("*",), rate=rate), ["a"])


def frozen(effort: Effort) -> Measured:
    """Let a reading stand still."""
    del effort
    values, planted = _signal(1), np.zeros(READINGS, bool)
    planted[1500:1540] = True
    values[1500:1540] = values[1499]
    return _score(_integrity(), values, planted, 5)


def replayed(effort: Effort) -> Measured:
    """Play back what was said 50 readings before."""
    del effort
    values, planted = _signal(2), np.zeros(READINGS, bool)
    planted[1500:1550] = True
    values[1500:1550] = values[1450:1500]
    return _score(_integrity(rate=FAST), values, planted, 5)


def impossible_rate(effort: Effort) -> Measured:
    """Let a reading jump by three times the greatest change there was."""
    del effort
    values, planted = _signal(3), np.zeros(READINGS, bool)
    planted[1500] = True
    values[1500] += 3.0 * np.abs(np.diff(values[:CLEAN, 0])).max()
    return _score(_integrity(), values, planted, 0)


def conservation(effort: Effort) -> Measured:
    """Let half of the people who leave a cordon pass uncounted."""
    del effort
    rng = np.random.default_rng(4)
    came, went = rng.poisson(8.0, READINGS), rng.poisson(8.0, READINGS)
    counted = went.astype(float)
    planted = np.zeros(READINGS, bool)
    planted[1500:] = True
    counted[1500:] -= rng.binomial(went[1500:], 0.5)
    inside = 4000.0 + np.cumsum(came - went)
    seen = inside + rng.normal(0.0, 1.0, READINGS).round()
    spec = BalanceSpec(stored="inside", into=("came",), out_of=("went",), per_reading=True)
    detector = Balance("case", spec, ["inside", "came", "went"])
    return _score(detector, np.column_stack([seen, came, counted]).astype(np.float64), planted, 20)


def grid_residual(effort: Effort) -> Measured:
    """Estimate the state of a ring of five buses from noisy readings: the residual is chi-squared."""
    del effort
    rng = np.random.default_rng(5)
    begin, end = np.array([0, 0, 1, 1, 2, 3]), np.array([1, 2, 2, 3, 4, 4])
    susceptance = np.array([10.0, 8.0, 12.0, 6.0, 9.0, 7.0])
    watch = PowerWatch(begin, end, susceptance, n_buses=5, spread=np.full(11, 0.01))
    angles = np.array([0.0, -0.05, -0.08, -0.11, -0.14])
    flows = susceptance * (angles[begin] - angles[end])
    injections = np.zeros(5)
    np.add.at(injections, begin, flows)
    np.add.at(injections, end, -flows)
    noise = rng.normal(0.0, 0.01, (4000, 11))
    found = np.array([watch.judge(flows + e[:6], injections + e[6:]).statistic for e in noise])
    text = f"mean {found.mean():.3f} for {watch.degrees_of_freedom} degrees of freedom"
    return Measured(value=float(found.mean() / watch.degrees_of_freedom), text=text)


def _case(name: str, title: str, run: object) -> Case:
    return Case(
        id=f"integrity-{name}",
        standard="law",
        title=title,
        source="planted in a made record; the detector learns from its clean first half",
        low=1.0,
        high=1.0,
        expected="found within a few readings, no alarm before",
        run=run,  # type: ignore[arg-type]
    )


CASES = (
    _case("frozen", "a reading that stands still", frozen),
    _case("replayed", "readings that are played back", replayed),
    _case("rate", "a change that is impossibly fast", impossible_rate),
    _case("conservation", "people who leave a cordon uncounted", conservation),
    Case(
        id="grid-residual",
        standard="law",
        title="residual of a grid's state with noisy readings: mean over degrees of freedom",
        source="Abur and Gomez-Exposito 2004, chapter 5: chi-squared",
        low=0.96,
        high=1.04,
        expected="1, within 4 %",
        run=grid_residual,
    ),
)
