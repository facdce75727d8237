"""What units ask of the surroundings: how long ways take, who stands around, what there is to repair."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Point = tuple[float, float]


class Travel(Protocol):
    """How long drives take that begin now, s; inf where no way leads."""

    in_traffic: bool
    """Whether traffic drives the units; otherwise a drive takes the time that is given here."""

    def to(self, starts: Floats, end: Point) -> Floats:
        """Return the time from each of some places (n, 2) to one."""
        ...

    def out(self, start: Point, ends: Floats) -> Floats:
        """Return the time from one place to each of some (n, 2)."""
        ...


class Around(Protocol):
    """People and walls on the ground."""

    def density(self, x: float, y: float) -> float:
        """Return the density of people around a place, 1/m2."""
        ...

    def is_clear(self, start: Point, end: Point) -> bool:
        """Return whether no wall stands between two places."""
        ...

    def uid(self, person: int) -> int:
        """Return the stable id of a person, by row."""
        ...

    def where(self, person: int) -> Point | None:
        """Return where a person is on the ground; None for those who have left."""
        ...


class Jobs(Protocol):
    """What road and grid crews do at a scene."""

    def find(self, kind: str, x: float, y: float) -> tuple[int, float] | None:
        """Return a job near a place for a kind of unit and the time that it takes, s; None for nothing to do."""
        ...

    def finish(self, kind: str, job: int, cause: int) -> None:
        """Carry out what the job changes."""
        ...
