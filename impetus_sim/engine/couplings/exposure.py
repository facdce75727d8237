"""People in what hazards let loose: doses grow where each is, and who has borne too much is hurt.

Each hazard that gives doses has one `Dose`; the system asks all of them once a second, after everything has moved.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.population import BETWEEN, INSIDE, ON_LINK
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import System

if TYPE_CHECKING:
    from impetus_sim.world.world import World

STEP_S = 1.0
BEARS_STREAM = "hazards.bears"
"""Stream of the share of people who bear less than each person: one draw a person, whatever the hazard."""

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


class Dose(ABC):
    """What one hazard does to each person.

    Parameters
    ----------
    name
        Of the hazard.
    n_people
        Rows of the crowd.
    """

    coupling: ClassVar[str]

    def __init__(self, name: str, n_people: int) -> None:
        self.name = name
        self.table = Table(f"dose_{name}", n_people, {"dose": "f8", "severity": "u1"})

    @property
    @abstractmethod
    def is_present(self) -> bool:
        """Whether there is anything that could reach somebody."""

    @abstractmethod
    def grow(self, rows: Rows, x: Floats, y: Floats, seconds: float) -> None:
        """Add to the doses of people at places, for some seconds."""

    @abstractmethod
    def severity(self, rows: Rows, bears: Floats) -> npt.NDArray[np.uint8]:
        """Return how badly each of them is hurt by the dose so far, 0 for not."""


class ExposureSystem(System):
    """All doses of a run.

    Parameters
    ----------
    world, people
        The run's.
    doses
        One for each hazard that gives one.
    first_event
        From the name of a hazard to its first event: the cause of what it does.
    bears
        float64 (people,) in (0, 1): the share of people who bear less than each.
    """

    name = "exposure"
    phase = Phase.COUPLINGS

    def __init__(
        self,
        world: World,
        people: Table,
        doses: Sequence[Dose],
        *,
        first_event: Callable[[str], int | None],
        bears: Floats,
    ) -> None:
        self._world, self._people, self.doses = world, people, tuple(doses)
        self._first_event, self._bears = first_event, bears
        self.step_ticks = world.ticks(STEP_S)

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [dose.table for dose in self.doses]

    @property
    def optional_state(self) -> list[Table]:
        """All: a branch may add a hazard."""
        return self.state

    @property
    def couplings(self) -> list[str]:
        """Names of the couplings that act now."""
        return sorted({dose.coupling for dose in self.doses if dose.is_present})

    def next_tick(self, after: int) -> int | None:
        """Return the next step; None while nothing is let loose."""
        return super().next_tick(after) if any(dose.is_present for dose in self.doses) else None

    def advance(self, tick: int) -> None:
        """Let doses grow since the last step, and hurt who has borne too much."""
        del tick
        active = [dose for dose in self.doses if dose.is_present]
        if not active:
            return
        people, seconds = self._people, self._world.seconds(self.step_ticks)
        rows = np.flatnonzero(np.isin(people.state, (INSIDE, ON_LINK, BETWEEN)))
        x, y = people.x[rows], people.y[rows]
        for dose in active:
            dose.grow(rows, x, y, seconds)
            self._hurt(dose, rows)

    def _hurt(self, dose: Dose, rows: Rows) -> None:
        severity = dose.severity(rows, self._bears[rows])
        is_worse = severity > dose.table.severity[rows]
        if not is_worse.any():
            return
        hurt, how = rows[is_worse], severity[is_worse]
        dose.table.severity[hurt] = how
        cause = self._first_event(dose.name)
        assert self._world.injuries is not None
        for row, severity in zip(hurt.tolist(), how.tolist(), strict=True):
            self._world.injuries.hurt(
                row,
                severity,
                tick=self._world.tick,
                x=float(self._people.x[row]),
                y=float(self._people.y[row]),
                cause=-1 if cause is None else cause,
            )
