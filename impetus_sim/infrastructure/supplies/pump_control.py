"""Controllers of pumping stations: each switches its pump by what it reads of the level in its tank.

A decision reaches the pump in the water network while commands get through to the station, and waits otherwise: the
pump goes on with the last one. The station gives its full level, as an asset, whether its pump runs or rests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.change import NO_CAUSE, Change
from impetus_sim.infrastructure.control.control import Control
from impetus_sim.infrastructure.control.loop import Loop
from impetus_sim.world.assets import WORKS, Assets, Service

if TYPE_CHECKING:
    from impetus_sim.infrastructure.parts import AssetOrder
    from impetus_sim.infrastructure.services.services import Services
    from impetus_sim.infrastructure.supplies.water import WaterSupply

Rows = npt.NDArray[np.int64]


class PumpControl:
    """One controller for each pumping station; it acts after the water, whose levels it reads.

    Parameters
    ----------
    services
        Links over which readings and commands go (read only).
    water
        Whose pumps are commanded; nobody else does from now on.
    pumps, tanks
        Rows of assets, int64, in the order of the network's pumps; a pump fills the tank in its place.
    low, high
        Shares of a tank at which its pump starts and stops.
    """

    def __init__(
        self, services: Services, water: WaterSupply, *, pumps: Rows, tanks: Rows, low: float, high: float
    ) -> None:
        ids = services.assets.ids
        self._services, self._water = services, water
        self._pumps, self._tanks = pumps, tanks
        runs = water.take_command()
        self.control = Control(
            services,
            [
                Loop(
                    sensor=ids[tank],
                    controller=ids[_controller_of(services.assets, pump)],
                    actuator=ids[pump],
                    low=low,
                    high=high,
                )
                for pump, tank in zip(pumps.tolist(), tanks.tolist(), strict=True)
            ],
            first=runs.astype(np.float64),
        )
        self._table = Table("pump_control", len(pumps), {"wanted": "u1", "sent": "u1", "cause": "i8"})
        self._table.wanted[:] = self._table.sent[:] = runs
        self._table.cause[:] = NO_CAUSE
        self._row = {pump: k for k, pump in enumerate(pumps.tolist())}
        self._now_us = 0
        self._n_commands = 0
        self._blocked: list[int] = []

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [*self.control.tables, self._table]

    def next_event_us(self) -> int | None:
        """Return when a tank is read next."""
        return self.control.next_event_us()

    def advance(self, until_us: int) -> list[Change]:
        """Read and decide; say which commands do not get through."""
        self._now_us = until_us
        shares = self._water.tank_shares(until_us)
        for tank, share in zip(self._tanks.tolist(), shares.tolist(), strict=True):
            self.control.set_truth(tank, share)
        changes = self.control.advance(until_us)
        self._n_commands = len(changes)
        self._blocked = []
        for k, command in enumerate(changes[: self._n_commands]):
            row = self._row[self._services.row(command.subject)]
            if not self._gets_through[row]:
                self._blocked.append(row)
                changes.append(
                    Change(
                        at_us=command.at_us,
                        kind="command_blocked",
                        subject=command.subject,
                        cause_in_batch=k,
                        data={"level": command.data["level"]},
                    )
                )
        self._blame_readings(shares)
        return changes

    def logged(self, event_ids: Sequence[int]) -> None:
        """Take note of the events that the changes of the last `advance` became."""
        self.control.logged(event_ids[: self._n_commands])
        for row, event in zip(self._blocked, event_ids[self._n_commands :], strict=True):
            self._water.blame(row, event)

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Take note of the time: commands that waited may get through from now on."""
        del rows
        self._now_us = at_us

    def orders(self) -> list[AssetOrder]:
        """Hand commands to the pumps they get through to; nothing is asked of the assets themselves."""
        table = self._table
        for order in self.control.orders():
            row = self._row[order.asset]
            table.wanted[row], table.cause[row] = order.value >= WORKS, order.cause
        for row in np.flatnonzero((table.wanted != table.sent) & self._gets_through).tolist():
            self._water.command_pump(
                row, is_on=bool(table.wanted[row]), at_us=self._now_us, cause=int(table.cause[row])
            )
            table.sent[row] = table.wanted[row]
        return []

    def restored(self) -> None:
        """Nothing is derived from the tables."""

    @property
    def _gets_through(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self._services.states.has_control[self._pumps] == 1)

    def _blame_readings(self, shares: npt.NDArray[np.float64]) -> None:
        # A pump that rests because its controller sees something else, or nothing, rests for that reason.
        _, causes = self._services.telemetry(self._tanks, shares)
        for row in np.flatnonzero((causes != NO_CAUSE) & (self._table.sent == 0)).tolist():
            self._water.blame(row, int(causes[row]))


def _controller_of(assets: Assets, pump: int) -> int:
    needs = assets.needs
    return int(needs.provider[(needs.consumer == pump) & (needs.service == Service.CONTROL)][0])
