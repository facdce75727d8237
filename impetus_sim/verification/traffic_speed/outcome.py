"""What a side of the bench reports, and the clock that measures it."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One run. wall_s, cpu_s: of the simulation, result tables included. mean_trip_s: of those who arrived, from
    when they wanted to set out."""

    wall_s: float
    cpu_s: float
    n_trips: int
    n_done: int
    mean_trip_s: float

    def accuracy(self) -> dict[str, float]:
        """Return what must agree between the sides."""
        return {"done": round(self.n_done / self.n_trips, 4), "mean_trip_s": round(self.mean_trip_s, 1)}


class Side(Protocol):
    """One engine with one setting."""

    name: str
    version: str

    def prepare(self) -> Callable[[], Outcome]:
        """Build network and vehicles, and return what runs them."""


class Stopwatch:
    """Wall time and processor time, of this process and of those it started, since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), _cpu_s()

    def read(self) -> tuple[float, float]:
        """Return both in seconds."""
        return time.perf_counter() - self._wall, _cpu_s() - self._cpu


def _cpu_s() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
