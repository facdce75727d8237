"""Stages and journeys of one run: what does not change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STEP_M = 0.1
"""Lines of queues are kept as points about this far apart."""

Times = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]
"""From uniforms in (0, 1) to times, s."""


@dataclass(frozen=True, kw_only=True)
class StagePlan:
    """A stage on the ground.

    Parameters
    ----------
    name
        Its key in the scenario.
    cells
        int64: flat indices of the cells that people walk to.
    area_m2
        Size of that area.
    """

    name: str
    cells: npt.NDArray[np.int64]
    area_m2: float


@dataclass(frozen=True, kw_only=True)
class WayPointPlan(StagePlan):
    """A place to pass; being in one of `cells` is having passed it."""


@dataclass(frozen=True, kw_only=True)
class WaitingPlan(StagePlan):
    """An area where people stand and wait.

    Parameters
    ----------
    wait
        Least time that a person stands; None for none.
    is_over
        Whether what they wait for has come, asked at the present tick; None where only `wait` counts.
    reaction
        From the end of waiting to walking on; None for at once.
    """

    wait: Times | None
    is_over: Callable[[], bool] | None
    reaction: Times | None


@dataclass(frozen=True, kw_only=True)
class QueuePlan(StagePlan):
    """A line of places before servers; `cells` lie around its tail.

    Parameters
    ----------
    points
        float64 (n, 2), m: the line in even steps, from head to tail.
    step_m
        Length of a step, about `STEP_M`.
    spacing
        From place to place, m.
    desks
        float64 (servers, 2), m: where people are served.
    service
        Time that serving one person takes.
    mean_service_s
        Its mean, for the choice of the shortest queue.
    """

    points: npt.NDArray[np.float64]
    step_m: float
    spacing: float
    desks: npt.NDArray[np.float64]
    service: Times
    mean_service_s: float

    @property
    def length_m(self) -> float:
        """Length of the line."""
        return (len(self.points) - 1) * self.step_m

    @property
    def n_places(self) -> int:
        """How many people stand in line."""
        return int(self.length_m / self.spacing + 1e-9) + 1

    def at(self, along_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the points of the line that far from its head, float64 (n, 2)."""
        index = np.clip(along_m / self.step_m, 0.0, len(self.points) - 1.0)
        first = np.minimum(index.astype(np.intp), len(self.points) - 2)
        share = (index - first)[:, None]
        return (1.0 - share) * self.points[first] + share * self.points[first + 1]


@dataclass(frozen=True, kw_only=True)
class LegPlan:
    """One leg: stages (by number) with shares, or the least crowded of them."""

    stages: tuple[int, ...]
    shares: tuple[float, ...]
    by_crowding: bool


@dataclass(frozen=True, kw_only=True)
class JourneyPlan:
    """The journey of one population.

    Parameters
    ----------
    population
        Number in the roster.
    name
        Its name, which the draws are keyed by.
    legs
        In order.
    leaves
        Whether people leave at the end; else they stay.
    home_goal
        Number of the goal to which they walk at the end if they stay; -1 to stand where the journey ends.
    """

    population: int
    name: str
    legs: Sequence[LegPlan]
    leaves: bool
    home_goal: int
