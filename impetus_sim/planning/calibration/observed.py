"""Observed series, and the numbers of a run that stand against them.

The CSV has the columns ``time`` (s from the start of the run), ``series`` (or ``sensor``, ``stream``, ``line``,
``area``) and ``value``. A series is a stream of a sensor of the scenario (``gates.people_passing``, or ``gates``
where the device has one stream), or a metric of the run (``mean_egress_time``); a metric has one row, and no time.
Counts of people passing are those since the series' row before, of the first row since the start; other streams are
averaged over that time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.sensing.binned import bin_readings
from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.calibration.spec import HoldBack
from impetus_sim.planning.timed_rows import read_timed_rows

Floats = npt.NDArray[np.float64]

NAME_COLUMNS: Final = ("series", "sensor", "stream", "line", "area", "metric")


@dataclass(frozen=True, kw_only=True)
class ObservedSeries:
    """One series.

    Parameters
    ----------
    name
        As in the file.
    times_s
        float64 (n,), ascending, s; empty for a metric.
    values
        float64 (n,), or (1,) for a metric.
    is_held_back
        bool (n,): what is not fitted.
    """

    name: str
    times_s: Floats
    values: Floats
    is_held_back: npt.NDArray[np.bool_]

    @property
    def is_metric(self) -> bool:
        """Whether it is one number of the run."""
        return not len(self.times_s)

    @property
    def scale(self) -> float:
        """What an error is measured by: the spread of the observed values, or their size where they do not vary."""
        spread = float(self.values.std()) if len(self.values) > 1 else 0.0
        return spread or float(np.abs(self.values).max()) or 1.0

    def read_run(self, run: Mapping[str, Any]) -> Floats:
        """Return what a run gives in its place, float64 (n,); nan where it gives nothing.

        Raises
        ------
        InvalidInputError
            When the run has no such series.
        """
        if self.is_metric:
            if self.name not in run["metrics"]:
                raise InvalidInputError(
                    f"the runs have no metric '{self.name}'", hint=f"they have {', '.join(run['metrics'])}"
                )
            value = run["metrics"][self.name]["value"]
            return np.array([np.nan if value is None else value], np.float64)
        readings = run.get("readings", {})
        stream = _find_stream(self.name, list(readings))
        finest = float(np.diff(np.concatenate([[0.0], self.times_s])).min())
        if readings[stream]["every_s"] > finest + 1e-9:
            raise InvalidInputError(
                f"'{self.name}' was observed every {finest:g} s and speaks every "
                f"{readings[stream]['every_s']:g} s in the runs",
                hint="a shorter every of the sensor in the scenario",
            )
        return bin_readings(readings[stream], np.concatenate([[0.0], self.times_s]))


def _find_stream(name: str, streams: Sequence[str]) -> str:
    if name in streams:
        return name
    own = [stream for stream in streams if stream.rpartition(".")[0] == name]
    if len(own) != 1:
        raise InvalidInputError(
            f"'{name}' is {'several streams' if own else 'no stream of a sensor'} of the scenario",
            hint=f"streams: {', '.join(own or streams) or 'none; add sensing.sensors to the scenario'}",
        )
    return own[0]


def read_observed(path: Path, hold_back: HoldBack) -> list[ObservedSeries]:
    """Read observed series and mark what is held back.

    Raises
    ------
    InvalidInputError
        When the file is faulty, a series held back is unknown, or nothing is left to fit or to hold back.
    """
    rows = _read_rows(path)
    unknown = [name for name in hold_back.series if name not in rows]
    if unknown:
        raise InvalidInputError(
            f"hold_back.series: nothing was observed of '{unknown[0]}'", hint=f"series: {', '.join(rows)}"
        )
    times = [time_s for told in rows.values() for time_s in told if time_s is not None]
    until = 0.0
    if hold_back.last and times:
        until = max(times) - float(hold_back.last) * (max(times) - min(0.0, *times))
    found = []
    for name, told in rows.items():
        timed = sorted(time_s for time_s in told if time_s is not None)
        if timed and None in told:
            raise InvalidInputError(f"'{path}': '{name}' has rows with and without a time")
        times_s = np.array(timed, np.float64)
        values = [told[time_s] for time_s in timed] or [told[None]]
        is_late = times_s > until if hold_back.last else np.zeros(len(times_s), bool)
        held = is_late if timed else np.zeros(1, bool)
        if name in hold_back.series:
            held = np.ones(len(values), bool)
        found.append(
            ObservedSeries(name=name, times_s=times_s, values=np.array(values, np.float64), is_held_back=held)
        )
    is_held = np.concatenate([each.is_held_back for each in found])
    if is_held.all() or not is_held.any():
        what = "fit" if is_held.all() else "hold back"
        raise InvalidInputError(f"'{path}' leaves nothing to {what}", hint="change hold_back")
    return found


def _read_rows(path: Path) -> dict[str, dict[float | None, float]]:
    rows: dict[str, dict[float | None, float]] = {}
    for row in read_timed_rows(path, names=NAME_COLUMNS, value="value"):
        if row.time_s is not None and row.time_s <= 0.0:
            raise InvalidInputError(
                f"{row.where}: time is {row.time_s:g}", hint="s after the start of the run"
            )
        told = rows.setdefault(row.name, {})
        if row.time_s in told:
            raise InvalidInputError(f"{row.where}: '{row.name}' has a value for that time already")
        told[row.time_s] = row.value
    return rows
