"""Voltages beside the grid of a run: an AC flow after each change of it, for those who asked for it.

A reading: nothing in the grid or in any asset depends on it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.change import Change
from impetus_sim.infrastructure.power.ac_data import HIGH_PU, LOW_PU
from impetus_sim.infrastructure.power.grid_voltages import require_ac, solve_grid

if TYPE_CHECKING:
    from impetus_sim.infrastructure.parts import AssetOrder
    from impetus_sim.infrastructure.power.grid import PowerGrid

_NEVER: Final = -1


class Found(IntEnum):
    """What the last AC flow found."""

    IN_BAND = 0
    OUTSIDE = 1
    UNSOLVED = 2
    """There is no solution, as when voltage collapses: what DC flow goes on with is not to be trusted."""


_EVENTS: Final = {
    Found.IN_BAND: "voltages_in_band",
    Found.OUTSIDE: "voltages_left_band",
    Found.UNSOLVED: "voltages_unsolved",
}


class VoltageReading:
    """AC flow of a grid whenever it has changed; events when voltages leave the band, return, or have no solution.

    Parameters
    ----------
    grid
        In time.
    subject
        Asset that the events are about.

    Raises
    ------
    InvalidInputError
        When lightsim2grid is not installed, or the network lacks what AC flow needs.
    """

    def __init__(self, grid: PowerGrid, *, subject: str) -> None:
        require_ac(grid.network)
        self._grid, self._subject = grid, subject
        self.buses = Table("power_voltages", grid.network.n_buses, {"pu": "f8"})
        self.buses.pu[:] = np.nan
        self._clock = Table(
            "power_voltage_clock", 1, {"due_us": "i8", "seen": "i8", "found": "u1", "n_solved": "i8"}
        )

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.buses, self._clock]

    @property
    def n_solved(self) -> int:
        """How many flows were solved, or found without a solution."""
        return int(self._clock.n_solved[0])

    def values(self) -> dict[str, Any]:
        """Return the last voltages, per unit, and whether there was a solution, for a recording."""
        is_solved = self._clock.found[:] != Found.UNSOLVED
        return {"pu": self.buses.pu.astype(np.float32), "is_solved": is_solved}

    def describe(self) -> dict[str, Any]:
        """Return the buses for the header of a recording."""
        network = self._grid.network
        assert network.ac is not None
        return {
            "id": np.array(network.bus_names, dtype=object),
            "kv": network.ac.kv,
            "x": network.x,
            "y": network.y,
        }

    def next_event_us(self) -> int | None:
        """Return when a flow is due: at once after a change."""
        due = int(self._clock.due_us[0])
        return None if due == _NEVER else due

    def advance(self, until_us: int) -> list[Change]:
        """Solve what is due."""
        clock = self._clock
        solved = solve_grid(self._grid)
        self.buses.pu[:] = solved.magnitude_pu
        clock.due_us[0], clock.seen[0] = _NEVER, self._print_of_state()
        clock.n_solved[0] += 1
        outside = (self.buses.pu < LOW_PU) | (self.buses.pu > HIGH_PU)
        found = (
            Found.UNSOLVED if not solved.has_converged else Found.OUTSIDE if outside.any() else Found.IN_BAND
        )
        if found == clock.found[0]:
            return []
        clock.found[0] = found
        data = {} if found is Found.UNSOLVED else {"n_buses": int(outside.sum()), "lowest_pu": self._lowest()}
        grid = self._grid
        cause = int(max(grid.cause_of_bus.max(), grid.cause_of_branch.max(initial=-1)))
        return [
            Change(
                at_us=until_us, kind=_EVENTS[found], subject=self._subject, cause=max(cause, -1), data=data
            )
        ]

    def _lowest(self) -> float:
        known = self.buses.pu[np.isfinite(self.buses.pu)]
        return float(known.min(initial=np.inf)) if len(known) else 0.0

    def _print_of_state(self) -> int:
        grid = self._grid
        state = (grid.is_in, grid.share, grid.output_mw, grid.load_mw)
        return zlib.crc32(b"".join(np.ascontiguousarray(column).tobytes() for column in state))

    def logged(self, event_ids: Sequence[int]) -> None:
        """Nothing follows from its events."""

    def restored(self) -> None:
        """Nothing is derived from the tables."""

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Assets do not matter to it but through the grid."""

    def orders(self) -> list[AssetOrder]:
        """Look whether the grid has changed; nothing is asked of assets."""
        if self._clock.due_us[0] == _NEVER and self._print_of_state() != self._clock.seen[0]:
            self._clock.due_us[0] = self._grid.now_us
        return []
