"""The interface of behaviours: groups, journeys, stairs, harm and other parts that a crowd step is joined by.

A behaviour owns its tables (one row per person, made only when a scenario uses it) and acts at fixed places of
the step. The order of behaviours is fixed by the engine. A behaviour that nobody uses is not built, and so
costs nothing and changes no digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.crowd.system import CrowdSystem

Rows = npt.NDArray[np.int32]


class Behaviour:
    """Something that joins the crowd's step; every hook may be left as it is."""

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return []

    def begin(self, crowd: CrowdSystem) -> None:
        """Act once, when everything is built, before the first step."""

    def couplings(self, crowd: CrowdSystem) -> list[str]:
        """Return the names of the couplings with other systems that it carries out now."""
        del crowd
        return []

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Act after people have started walking and before they choose exits (goals, waiting, orders)."""

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Change wished speeds (m/s) and unit directions, float64 (people,), in place, before velocities."""

    def limit_exits(self, crowd: CrowdSystem, tick: int, lets: npt.NDArray[np.uint8]) -> None:
        """Set `lets`, uint8 (exits,), to 0 where nobody can go out in this step (no room beyond)."""

    @property
    def n_left(self) -> int:
        """People who have left elsewhere than through an exit of the ground."""
        return 0

    def counts(self) -> dict[str, Any]:
        """Return more counts to be recorded at each frame: the same names and shapes every time."""
        return {}

    def describe(self) -> dict[str, dict[str, Any]]:
        """Return groups of arrays for the header of a recording: what does not change in the run."""
        return {}

    def record_links(self, tick: int) -> dict[str, Any] | None:
        """Return the people on links if they are to be recorded now: arrays by name (`recording.schema`)."""
        del tick
        return None

    def take_over(self, crowd: CrowdSystem, tick: int, rows: Rows, exits: npt.NDArray[np.int16]) -> Rows:
        """Take over some of `rows`, who have crossed the lines `exits`; return those not taken.

        Whoever is taken does not count as having left: the behaviour moves them (`state` in particular) and
        leaves positions on the ground if they stay inside.
        """
        del crowd, tick, exits
        return rows

    def after_move(self, crowd: CrowdSystem, tick: int) -> None:
        """Act after everybody has moved and left."""

    def stop(self, crowd: CrowdSystem, rows: npt.NDArray[np.intp]) -> None:
        """Let these people walk no more, wherever they are; called again and again while they lie."""

    def take_away(self, crowd: CrowdSystem, rows: npt.NDArray[np.intp]) -> None:
        """Forget these people, who have been taken out of the run."""

    def require_laws(self, crowd: CrowdSystem) -> None:
        """Raise RunFailedError when a law of this behaviour is broken (`impetus run --check`)."""

    def restored(self, crowd: CrowdSystem) -> None:
        """Rebuild what is derived from tables, after a restore."""
