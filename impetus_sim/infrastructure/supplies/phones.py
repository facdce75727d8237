"""Phones under the assets: cells follow assets, and coverage says how much of a message gets through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.telecom.alerts import AlertBy

if TYPE_CHECKING:
    from impetus_sim.infrastructure.change import Change
    from impetus_sim.infrastructure.parts import AssetOrder
    from impetus_sim.infrastructure.telecom.phone_network import PhoneNetwork
    from impetus_sim.world.coverage import Coverage
    from impetus_sim.world.phone_alerts import PhoneAlerts

Rows = npt.NDArray[np.int64]

IN_TIME_S: Final = 600.0
"""A message to everybody that comes later than this is of no use: a chosen value."""


SHOWN_EVERY_US: Final = 10 * US_PER_S
"""While messages of an alert go out, how far they have got is written at least so often."""


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
        self._sent = Table("telecom_sent", 1, {"n_sent": "i8", "shown_us": "i8"})
        self._asked.level[:] = 1.0
        self._show()

    @property
    def cells(self) -> Rows:
        """Rows of the assets that are its cells, in the order of the network's."""
        return self._cells

    @property
    def tables(self) -> list[Table]:
        """All state, that of the network included; coverage is the world's."""
        of_alerts = [] if self._coverage.alerts is None else [self._sent]
        return [*self.phones.tables, self._asked, self._crisis, *of_alerts]

    def next_event_us(self) -> int | None:
        """Return when something in the network is due next."""
        due, alerts = self.phones.next_event_us(), self._coverage.alerts
        if alerts is None:
            return due
        times = [] if due is None else [due]
        if len(alerts) > self._sent.n_sent[0]:
            times.append(int(alerts.table.at_us[self._sent.n_sent[0]]))
        if ((alerts.table.is_over == 0) & (alerts.table.by == AlertBy.MESSAGES)).any():
            times.append(int(self._sent.shown_us[0]) + SHOWN_EVERY_US)
        return min(times, default=None)

    def advance(self, until_us: int) -> list[Change]:
        """Act on all that is due up to a time."""
        alerts = self._coverage.alerts
        if alerts is not None:
            self._send(alerts)
        changes = self.phones.advance(until_us)
        self._show()
        if alerts is not None:
            self._show_alerts(alerts, until_us)
        return changes

    def _send(self, alerts: PhoneAlerts) -> None:
        table = alerts.table
        for alert in range(int(self._sent.n_sent[0]), len(alerts)):
            self.phones.send_alert(
                AlertBy(int(table.by[alert])),
                cells=alerts.cells_of[alerts.name_of(alert)],
                cause=int(table.cause[alert]),
                at_us=int(table.at_us[alert]),
            )
        self._sent.n_sent[0] = len(alerts)

    def _show_alerts(self, alerts: PhoneAlerts, at_us: int) -> None:
        # numbers of the network are those of the world: nobody else sends any
        sent = self.phones.alerts
        shares = [self.phones.arrived_share(alert, at_us)[:-1] for alert in range(len(sent))]
        alerts.shares.load({"share": np.round(np.concatenate([np.zeros(0), *shares]), 9)})
        alerts.table.is_over[: len(sent)] = sent.alerts.is_done
        self._sent.shown_us[0] = at_us

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
