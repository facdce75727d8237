"""A shift in the mean of a series: how soon it is found, how often in vain, and what a reading costs.

Every library keeps its defaults but for what must be given; ours knows mean and spread before the shift, the others
do not. ruptures sees the whole series at once and is told that there is one change: its delay is how far off the
place is, and it raises no false alarms.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.detection.kernels.cusum import fill_run_lengths

Floats = npt.NDArray[np.float64]
Finder = Callable[[Floats], list[int]]
"""From a series to the readings at which it alarms, ascending."""

READINGS, SHIFT_AT = 2000, 1500
OFFLINE = "KernelCPD"


def find_by_cusum(series: Floats) -> list[int]:
    """Return the alarms of the two-sided CUSUM (0.5, 5)."""
    lengths = np.zeros(len(series), np.int64)
    n = fill_run_lengths(series, 0.0, 0.5, 5.0, lengths)
    return (np.cumsum(lengths[:n]) - 1).tolist()


def _river(name: str) -> Finder:
    from river import drift

    def find(series: Floats) -> list[int]:
        detector = getattr(drift, name)()
        found = []
        for k, value in enumerate(series.tolist()):
            detector.update(value)
            if detector.drift_detected:
                found.append(k)
        return found

    return find


def _ruptures(series: Floats) -> list[int]:
    import ruptures

    return [int(ruptures.KernelCPD(kernel="linear").fit(series).predict(n_bkps=1)[0])]


def finders() -> dict[str, tuple[Finder, str]]:
    """Return ours and those of the libraries that are installed: how, and the library with its version."""
    found: dict[str, tuple[Finder, str]] = {"cusum": (find_by_cusum, "")}
    if importlib.util.find_spec("river") is not None:
        version = f"river {importlib.metadata.version('river')}"
        found |= {name: (_river(name), version) for name in ("ADWIN", "PageHinkley", "KSWIN")}
    if importlib.util.find_spec("ruptures") is not None:
        found[OFFLINE] = (_ruptures, f"ruptures {importlib.metadata.version('ruptures')}")
    return found


def compare_shift(shift: float, *, n_series: int, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Measure all finders on the same series, whose mean shifts by so many standard deviations.

    Returns
    -------
    One row for each: missed and mean delay (readings), false alarms in 1000 readings before the shift, microseconds
    per reading.
    """
    rng = np.random.default_rng(7)
    all_series = rng.normal(size=(n_series, READINGS))
    all_series[:, SHIFT_AT:] += shift
    rows = []
    for name, (find, version) in finders().items():
        say(f"{name}, shift {shift:g}")
        find(all_series[0])  # compiled or imported before the clock starts
        began = time.perf_counter()
        alarms = [find(series) for series in all_series]
        seconds = time.perf_counter() - began
        if name == OFFLINE:
            alarms = [[SHIFT_AT + abs(k - SHIFT_AT) for k in found] for found in alarms]
        first = [next((k for k in found if k >= SHIFT_AT), None) for found in alarms]
        delays = [k - SHIFT_AT for k in first if k is not None]
        n_false = sum(k < SHIFT_AT for found in alarms for k in found)
        rows.append(
            {
                "finder": name,
                "shift": shift,
                "missed": sum(k is None for k in first) / n_series,
                "delay": float(np.mean(delays)) if delays else None,
                "false_per_1000": 1000.0 * n_false / (n_series * SHIFT_AT),
                "us": 1e6 * seconds / all_series.size,
                "peer_version": version,
            }
        )
    return rows
