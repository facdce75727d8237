"""The interface of detectors: scores of streams, one reading after another.

Write: a frozen `Spec` and a class with `observe`; `fit` where it learns from a record; a `Table` for what it
remembers. What comes for free: streams by name or kind, alerts with causes, checkpoints, scoring.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import Seconds
from impetus_sim.scenario.spec import Spec
from impetus_sim.world.alarms import AlertKind

Floats = npt.NDArray[np.float64]

ALERT_OF_STREAM: dict[str, AlertKind] = {
    "people_in_view": "crush",
    "people_passing": "egress",
    "vehicles_passing": "traffic",
    "travel_time": "traffic",
    "bangs": "gunshot",
    "concentration": "gas",
    "asset_reading": "anomaly",
    "phones": "anomaly",
    "posts": "unrest",
    "sentiment": "unrest",
    "boardings": "transit",
    "late": "transit",
    "water_level": "flood",
}
"""What an alert about a kind of stream says where the scenario does not."""


class DetectorSpec(Spec):
    """What every detector has: what it watches, and what its alerts say.

    Parameters
    ----------
    streams
        Ids of streams, with ``*`` and ``?``, such as ``square.people_in_view``, or kinds such as ``bangs``.
    alert
        What its alerts say is going on; left out, what fits the detector or else the kind of the stream.
    quiet
        Time for which it does not raise another alert about a stream, s.
    """

    streams: Annotated[Texts, Field(min_length=1)]
    alert: AlertKind | None = None
    quiet: Seconds = 60.0


class Detector(ABC):
    """A detector of one set of streams: pure over what it is given, live or recorded.

    Parameters
    ----------
    name
        Of the detector; its state is the table ``detector_NAME``.
    spec
        Its section, drawn.
    streams
        Ids of the streams, in the order of the values.
    week_s
        Time of the week at time 0, s after Monday midnight.
    """

    Spec: ClassVar[type[DetectorSpec]]
    kind: ClassVar[str]
    says: ClassVar[AlertKind | None] = None
    """What its alerts say, where that does not follow from the kind of stream."""

    def __init__(self, name: str, spec: Any, streams: Sequence[str], *, week_s: float = 0.0) -> None:
        self.name = name
        self.spec = spec
        self.streams = tuple(streams)
        self.week_s = week_s
        self.memory = Table(f"detector_{name}", len(self.streams), self.columns())

    def columns(self) -> dict[str, Any]:
        """Return the columns of its memory, one row for each stream: whatever a later reading rests on."""
        return {"last": "f8"}

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.memory]

    def fit(self, times_s: Floats, values: Floats) -> None:
        """Learn from a record without incidents; detectors that learn nothing leave it as it is.

        Parameters
        ----------
        times_s
            Ascending, float64 (m,).
        values
            Readings, nan where there was none, float64 (m, n).
        """
        del times_s, values

    @abstractmethod
    def observe(self, time_s: float, values: Floats) -> Floats:
        """Take in new readings.

        Parameters
        ----------
        time_s
            Not before that of the last call.
        values
            One for each stream, nan where a stream said nothing since the last call, float64 (n,).

        Returns
        -------
        Score of each stream, 0 or more; it alarms from 1 on. A detector that judges all streams together gives
        its score to those on which it rests most. float64 (n,).
        """

    def observe_all(self, times_s: Floats, values: Floats) -> Floats:
        """Return the scores of a record, reading after reading, float64 (m, n).

        Parameters
        ----------
        times_s, values
            As of `fit`.
        """
        scores = np.empty(values.shape)
        for k, (time_s, row) in enumerate(zip(times_s, values, strict=True)):
            scores[k] = self.observe(float(time_s), row)
        return scores


def require_whole_rows(name: str, values: Floats) -> npt.NDArray[np.bool_]:
    """Return which rows of a record hold a reading of every stream.

    Raises
    ------
    InvalidInputError
        When there are not two of them.
    """
    whole = np.asarray(np.isfinite(values).all(axis=1), bool)
    if whole.sum() < 2:
        raise InvalidInputError(
            f"detector '{name}' learns from readings of all its streams at a time, and the record has none",
            hint="watch fewer streams, or give a record that holds them all",
        )
    return whole
