"""The power grid under the assets: breakers follow assets, busbars tell what reaches customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.parts import AssetOrder
from impetus_sim.world.assets import WORKS, Order

if TYPE_CHECKING:
    from impetus_sim.infrastructure.change import Change
    from impetus_sim.infrastructure.power.grid import PowerGrid
    from impetus_sim.world.assets import Assets

Ints = npt.NDArray[np.int64]

FED_KINDS: Final = ("substation", "transformer")
"""Kinds at whose busbar customers connect: what the grid brings there is their supply."""


class PowerSupply:
    """A grid whose breakers are assets.

    A feeder stands for the breaker at its head, a substation for all breakers at its busbar: they are open while it
    is switched off. A broken feeder is a fault on its first section: protection clears it, and what can be fed
    from elsewhere is, by the grid's own rules. A line stands for a branch of the grid above, a power plant for one
    of its units; both give nothing while they are out of service, also by the grid's own doing.

    Parameters
    ----------
    grid
        The power flow, with its protection and switching.
    assets, states
        Assets, and their states (read only).
    bus_of_asset, breaker_of_asset, unit_of_asset
        int64 (assets,), rows of buses, branches and units of the grid, -1 for none.
    """

    def __init__(
        self,
        grid: PowerGrid,
        assets: Assets,
        states: Table,
        *,
        bus_of_asset: Ints,
        breaker_of_asset: Ints,
        unit_of_asset: Ints,
    ) -> None:
        self.grid = grid
        self._states = states
        kinds = np.array(assets.kinds)
        self._feeders = np.flatnonzero(breaker_of_asset >= 0)
        self._breaker = breaker_of_asset[self._feeders]
        self._fed = np.flatnonzero((bus_of_asset >= 0) & np.isin(kinds, FED_KINDS))
        self._bus = bus_of_asset[self._fed]
        self._lines = self._feeders[kinds[self._feeders] == "line"]
        self._line_branch = breaker_of_asset[self._lines]
        self._plants = np.flatnonzero(unit_of_asset >= 0)
        self._unit = unit_of_asset[self._plants]
        substations = np.flatnonzero((bus_of_asset >= 0) & (kinds == "substation"))
        self._at_busbar = {
            int(row): np.flatnonzero(
                grid.network.is_in
                & ((grid.network.from_bus == bus_of_asset[row]) | (grid.network.to_bus == bus_of_asset[row]))
            )
            for row in substations
        }
        self._is_heeded = np.zeros(len(assets), bool)
        self._is_heeded[self._feeders] = self._is_heeded[substations] = self._is_heeded[self._plants] = True
        n = grid.network.n_branches
        self._asked = Table("power_asked", n, {"is_open": "u1", "is_broken": "u1"})
        self._asked_units = Table("power_asked_units", len(self._plants), {"is_stopped": "u1"})
        self._told = Table(
            "power_told", len(self._fed) + len(self._lines) + len(self._plants), {"share": "f8"}
        )
        self._told.share[:] = np.concatenate(
            [np.ones(len(self._fed)), grid.is_in[self._line_branch], np.ones(len(self._plants))]
        )

    @property
    def tables(self) -> list[Table]:
        """All state, that of the grid included."""
        units = [self._asked_units] if len(self._plants) else []
        return [*self.grid.tables, self._asked, *units, self._told]

    def next_event_us(self) -> int | None:
        """Return when something in the grid is due next."""
        return self.grid.next_event_us()

    def advance(self, until_us: int) -> list[Change]:
        """Act on all that is due up to a time."""
        return self.grid.advance(until_us)

    def logged(self, event_ids: Sequence[int]) -> None:
        """Take note of the events that the changes of the last `advance` became."""
        self.grid.logged(event_ids)

    def restored(self) -> None:
        """Rebuild what follows from the tables."""
        self.grid.restored()

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Open, close, break and repair what the changed assets stand for."""
        if not self._is_heeded[np.fromiter(rows, np.int64)].any():
            return
        states, n = self._states, len(self._asked)
        cause = np.full(n, -1, np.int64)
        is_open, is_broken = np.zeros(n, bool), np.zeros(n, bool)
        for row, branches in self._at_busbar.items():
            if not states.is_intact[row] or states.told[row] < WORKS:
                is_open[branches] = True
            cause[branches] = np.maximum(cause[branches], states.cause[row])
        is_open[self._breaker] |= states.told[self._feeders] < WORKS
        is_broken[self._breaker] = states.is_intact[self._feeders] == 0
        cause[self._breaker] = np.maximum(cause[self._breaker], states.cause[self._feeders])
        for branch in np.flatnonzero(is_broken != (self._asked.is_broken == 1)).tolist():
            ask = self.grid.break_branch if is_broken[branch] else self.grid.repair_branch
            ask(branch, at_us=at_us, cause=int(cause[branch]))
        for branch in np.flatnonzero(is_open != (self._asked.is_open == 1)).tolist():
            ask = self.grid.open_branch if is_open[branch] else self.grid.close_branch
            ask(branch, at_us=at_us, cause=int(cause[branch]))
        self._asked.is_open[:], self._asked.is_broken[:] = is_open, is_broken
        self._heed_plants(at_us)

    def _heed_plants(self, at_us: int) -> None:
        states = self._states
        is_stopped = (states.is_intact[self._plants] == 0) | (states.told[self._plants] < WORKS)
        for k in np.flatnonzero(is_stopped != (self._asked_units.is_stopped == 1)).tolist():
            ask = self.grid.stop_unit if is_stopped[k] else self.grid.start_unit
            ask(int(self._unit[k]), at_us=at_us, cause=int(states.cause[self._plants[k]]))
        self._asked_units.is_stopped[:] = is_stopped

    def orders(self) -> list[AssetOrder]:
        """Return what is fed otherwise than before, with its share: busbars of their load, lines and plants all or
        nothing."""
        grid = self.grid
        is_fed = np.where(grid.is_live[self._bus], grid.share[self._bus], 0.0)
        share = np.concatenate([is_fed, grid.is_in[self._line_branch], grid.is_running[self._unit]])
        changed = np.flatnonzero(share != self._told.share)
        if not len(changed):
            return []
        self._told.share[:] = share
        rows = np.concatenate([self._fed, self._lines, self._plants])
        cause = np.concatenate(
            [
                grid.cause_of_bus[self._bus],
                grid.cause_of_branch[self._line_branch],
                grid.cause_of_unit[self._unit],
            ]
        )
        return [
            AssetOrder(asset=int(rows[k]), kind=Order.SUPPLY, value=float(share[k]), cause=int(cause[k]))
            for k in changed
        ]
