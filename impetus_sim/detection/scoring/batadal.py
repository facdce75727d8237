"""Records in the form of the BATADAL competition: hourly telemetry of a water network, with or without labels.

The files are not part of this project (their repository names no licence; cite Taormina et al. 2018). The
configuration of the monitor was chosen on the competition's two training sets alone and is fixed here; what it
knows of the plant is learned from them each time. Of a labelled file only the clean hours are learned from, those
well away from any attack.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from impetus_sim.detection.plant import PlantMonitor, Watched
from impetus_sim.detection.scoring.attacks import AttackScore, find_attacks, score_attacks
from impetus_sim.errors import InvalidInputError

FACTOR: Final = 1.5
MARGIN: Final = 0.1
HOLD_H: Final = 4
"""The configuration: see docs/models/detection.md for how it was chosen, and how little depends on it."""
APART_H: Final = 12
"""Hours before and after an attack that are not learned from."""
DECIMALS: Final = 2
"""Files differ in how they were rounded; all are compared at this."""
TIME_FORMAT: Final = "%d/%m/%y %H"
HOUR_S: Final = 3600.0
_MONDAY: Final = pd.Timestamp(1970, 1, 5)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Record:
    """Hourly telemetry.

    Parameters
    ----------
    signals
        Ids.
    hours
        As written in the file.
    times_s
        s after a Monday midnight, float64 (m,).
    values
        float64 (m, n).
    attack
        1 under attack, 0 not, -1 where the file does not say, int64 (m,).
    """

    signals: tuple[str, ...]
    hours: tuple[str, ...]
    times_s: Floats
    values: Floats
    attack: npt.NDArray[np.int64]

    @property
    def is_labelled(self) -> bool:
        """Whether the file says of every hour what it was."""
        return bool((self.attack >= 0).all())

    def clean(self) -> Record:
        """Return the hours that are known to be well away from any attack."""
        near = np.zeros(len(self.attack), bool)
        for start, stop in find_attacks(self.attack != 0):
            near[max(0, start - APART_H) : stop + APART_H] = True
        return self.select(~near)

    def select(self, mask: Flags) -> Record:
        """Return some of its hours."""
        return replace(
            self,
            hours=tuple(np.array(self.hours, object)[mask]),
            times_s=self.times_s[mask],
            values=self.values[mask],
            attack=self.attack[mask],
        )


def read_record(path: Path, *, is_clean: bool = False) -> Record:
    """Read a file in the form of the competition, plain or gzipped.

    Parameters
    ----------
    path
        The file.
    is_clean
        Whether hours of which it does not say are to be taken as without an attack.

    Raises
    ------
    InvalidInputError
        When it has no such columns, or holds what is no number or time.
    """
    try:
        table = pd.read_csv(path, skipinitialspace=True)
    except (ValueError, UnicodeDecodeError, OSError) as error:
        raise InvalidInputError(f"'{path}' cannot be read as a table: {error}") from error
    table.columns = [str(name).strip() for name in table.columns]
    names = sorted(name for name in table.columns if name.startswith(("L_", "S_", "F_", "P_")))
    if "DATETIME" not in table.columns or not names:
        raise InvalidInputError(
            f"'{path}' is no record of a water network in the form of BATADAL",
            hint="columns DATETIME, L_*, F_*, S_*, P_* and, where it is known, ATT_FLAG",
        )
    try:
        times = pd.to_datetime(table.DATETIME.astype(str).str.strip(), format=TIME_FORMAT)
        values = table[names].to_numpy(np.float64)
        flags = table.ATT_FLAG.to_numpy(np.int64) if "ATT_FLAG" in table.columns else np.full(len(table), -1)
    except ValueError as error:
        raise InvalidInputError(f"'{path}': {error}") from error
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise InvalidInputError(f"'{path}': {names[column]} lacks a number in row {row + 2}")
    return Record(
        signals=tuple(names),
        hours=tuple(table.DATETIME.astype(str).str.strip()),
        times_s=((times - _MONDAY) / pd.Timedelta(seconds=1)).to_numpy(np.float64),
        values=np.round(values, DECIMALS),
        attack=np.where((flags == 0) | (flags == 1), flags, 0 if is_clean else -1).astype(np.int64),
    )


def join(records: list[Record]) -> Record:
    """Return records one after the other in time.

    Raises
    ------
    InvalidInputError
        When their signals differ.
    """
    first, *others = sorted(records, key=lambda record: float(record.times_s[0]))
    for other in others:
        if other.signals != first.signals:
            lacking = sorted(set(first.signals) ^ set(other.signals))
            raise InvalidInputError(f"the files differ in their signals: {', '.join(lacking)}")
        first = Record(
            signals=first.signals,
            hours=first.hours + other.hours,
            times_s=np.concatenate([first.times_s, other.times_s]),
            values=np.concatenate([first.values, other.values]),
            attack=np.concatenate([first.attack, other.attack]),
        )
    return first


def learn(clean: Record) -> PlantMonitor:
    """Return the monitor in its fixed configuration, taught by clean hours."""
    monitor = PlantMonitor(clean.signals, factor=FACTOR, margin=MARGIN, hold=HOLD_H)
    monitor.fit(clean.times_s, clean.values)
    return monitor


def watch(record: Record, monitor: PlantMonitor) -> tuple[Watched, AttackScore | None]:
    """Return what a monitor finds in a record, with its score where the record is labelled.

    Raises
    ------
    InvalidInputError
        When its signals are not those that the monitor knows.
    """
    if record.signals != monitor.signals:
        lacking = sorted(set(record.signals) ^ set(monitor.signals))
        raise InvalidInputError(f"the signals are not those learned from: {', '.join(lacking)}")
    found = monitor.watch(record.times_s, record.values)
    return found, score_attacks(record.attack == 1, found.alarms) if record.is_labelled else None


def leave_one_out(record: Record, others: list[Record]) -> tuple[Flags, AttackScore]:
    """Return alarms and score of a labelled record, each part of it judged by what was learned elsewhere.

    The parts are bounded by the middles between attacks, so each holds one. A part is gone through with all that
    came before it in the record, and judged by a monitor that has learned from the other parts and the other
    records.

    Parameters
    ----------
    record
        With at least one attack.
    others
        Records to learn from beside it.
    """
    if not record.is_labelled:
        raise InvalidInputError("attacks can be left out only of a record that is labelled throughout")
    attacks = find_attacks(record.attack == 1)
    if not attacks:
        raise InvalidInputError("there is no attack to leave out")
    middles = [(a[1] + b[0]) // 2 for a, b in pairwise(attacks)]
    bounds = [0, *middles, len(record.attack)]
    alarms = np.zeros(len(record.attack), bool)
    index = np.arange(len(record.attack))
    for begin, end in pairwise(bounds):
        rest = [
            part for part in (record.select(index < begin), record.select(index >= end)) if len(part.hours)
        ]
        monitor = learn(join([other.clean() for other in (*others, *rest)]))
        found = monitor.watch(record.times_s[:end], record.values[:end])
        alarms[begin:end] = found.alarms[begin:end]
    return alarms, score_attacks(record.attack == 1, alarms)
