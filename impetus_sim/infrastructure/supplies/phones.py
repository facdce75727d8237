"""Phones under the assets: cells follow assets, and coverage says how much of a message gets through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table

if TYPE_CHECKING:
    from impetus_sim.infrastructure.change import Change
    from impetus_sim.infrastructure.parts import AssetOrder
    from impetus_sim.infrastructure.telecom.phone_network import PhoneNetwork
    from impetus_sim.world.coverage import Coverage

Rows = npt.NDArray[np.int64]

IN_TIME_S: Final = 600.0
"""A message to everybody that comes later than this is of no use: a chosen value."""


class PhoneSupply:
    """A phone network whose cells are assets.

    Parameters
    ----------
    phones
        The network; its cells are in the order of `cells`.
    states
        States of assets (read only).
    cells
        Rows of assets, int64.
    coverage
        What others read; written here.
    crisis_calls
        How many times their usual calls people make once somebody is alarmed.
    """

    def __init__(
        self,
        phones: PhoneNetwork,
        states: Table,
        coverage: Coverage,
        *,
        cells: Rows,
        crisis_calls: float = 1.0,
    ) -> None:
        self.phones, self._crisis_calls = phones, crisis_calls
        self._states, self._coverage, self._cells = states, coverage, cells
        self._asked = Table("telecom_asked", len(cells), {"level": "f8"})
        self._crisis = Table("telecom_crisis", 1, {"is_on": "u1"})
        self._asked.level[:] = 1.0
        self._show()

    @property
    def cells(self) -> Rows:
        """Rows of the assets that are its cells, in the order of the network's."""
        return self._cells

    @property
    def tables(self) -> list[Table]:
        """All state, that of the network included; coverage is the world's."""
        return [*self.phones.tables, self._asked, self._crisis]

    def next_event_us(self) -> int | None:
        """Return when something in the network is due next."""
        return self.phones.next_event_us()

    def advance(self, until_us: int) -> list[Change]:
        """Act on all that is due up to a time."""
        changes = self.phones.advance(until_us)
        self._show()
        return changes

    def logged(self, event_ids: Sequence[int]) -> None:
        """Take note of the events that changes became: nothing here follows from them."""

    def restored(self) -> None:
        """Rebuild what follows from the tables."""
        self.phones.restored()

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Let cells give what their assets give."""
        if not np.isin(self._cells, np.fromiter(rows, np.int64)).any():
            return
        level = self._states.level[self._cells]
        for cell in np.flatnonzero(level != self._asked.level).tolist():
            cause = int(self._states.cause[self._cells[cell]])
            self.phones.set_level(cell, float(level[cell]), cause=cause, at_us=at_us)
        self._asked.level[:] = level

    @property
    def is_crisis(self) -> bool:
        """Whether people call as in a crisis."""
        return bool(self._crisis.is_on[0])

    def alarm(self, cause: int, at_us: int) -> None:
        """Let people call as in a crisis from now on."""
        self._crisis.is_on[0] = 1
        self.phones.set_call_factor(self._crisis_calls, cause=cause, at_us=at_us)

    def orders(self) -> list[AssetOrder]:
        """Return nothing: a network of phones asks nothing of assets."""
        return []

    def _show(self) -> None:
        # of phones that take messages: how many people have one is the sender's matter
        share = self.phones.delivered_share(IN_TIME_S) / self.phones.rules.capable_share
        self._coverage.table.delivered[:] = np.round(share, 9)
