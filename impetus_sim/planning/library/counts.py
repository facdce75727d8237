"""COUNTS.csv: what a city's counters said, arranged like the signatures of a library.

Columns ``time`` (s, as in the runs of the library: from their start), ``sensor`` (or ``area``, or ``stream``) and
``count``. A sensor is named as its stream (``gates_north gate.people_passing``) or as its device alone
(``gates_north gate``). People passing are those since the sensor's last row; people in view, those there then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.timed_rows import read_timed_rows

Floats = npt.NDArray[np.float64]

NAME_COLUMNS: Final = ("sensor", "area", "stream")


@dataclass(frozen=True, kw_only=True)
class Series:
    """Readings of one sensor: times, s, and counts, both float64 (readings,), in the order of time."""

    times_s: Floats
    values: Floats


def read_counts(path: Path | str, streams: Sequence[str]) -> dict[str, Series]:
    """Read observed counts.

    Parameters
    ----------
    path
        The file.
    streams
        Streams that may be named.

    Returns
    -------
    By stream; those that the file does not name are absent.

    Raises
    ------
    InvalidInputError
        When a column is missing, a value is no number or negative, a sensor is unknown, or a time comes twice.
    """
    rows: dict[str, dict[float, float]] = {}
    known = name_streams(streams)
    for row in read_timed_rows(Path(path), names=NAME_COLUMNS, value="count"):
        if row.name not in known:
            near = get_close_matches(row.name, known, n=1)
            raise InvalidInputError(
                f"{row.where}: the library has no sensor '{row.name}' that counts",
                hint=f"did you mean '{near[0]}'?" if near else f"it has {', '.join(known)}",
            )
        if row.time_s is None or row.value < 0.0:
            what = "no time" if row.time_s is None else f"count is {row.value:g}"
            raise InvalidInputError(f"{row.where}: {what}", hint="time in seconds, count of 0 or more")
        of_stream = rows.setdefault(known[row.name], {})
        if row.time_s in of_stream:
            raise InvalidInputError(f"{row.where}: '{row.name}' has a count for {row.time_s:g} s already")
        of_stream[row.time_s] = row.value
    return {
        name: Series(
            times_s=np.array(sorted(told), np.float64),
            values=np.array([told[t] for t in sorted(told)], np.float64),
        )
        for name, told in rows.items()
    }


def name_streams(streams: Sequence[str]) -> Mapping[str, str]:
    """Return what a stream may be called to its name: itself, and its device where that has one stream only."""
    devices = [name.rpartition(".")[0] for name in streams]
    alone = {
        device: name
        for device, name in zip(devices, streams, strict=True)
        if device and devices.count(device) == 1
    }
    return {**alone, **{name: name for name in streams}}
