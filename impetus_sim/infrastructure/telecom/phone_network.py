"""Phones of a city in time: who is with which cell, calls that get through, alerts that arrive.

Alerts go out as cell broadcasts, on a channel of their own, or as text messages one by one, which compete with the
set-ups of calls for signalling. docs/models/telecom.md.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.change import NO_CAUSE, Change
from impetus_sim.infrastructure.telecom.alerts import NEVER, AlertBy, Alerts
from impetus_sim.infrastructure.telecom.calls import Calls, settle_calls
from impetus_sim.infrastructure.telecom.rules import PhoneRules
from impetus_sim.world.cover import Cover

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CONGESTED: Final = 0.5
"""A cell is called congested while it serves less than this share of calls."""
_CELLS: Final = ("level", "people", "attempts", "served", "signalling", "message_rate")
_ORDERS: Final = {"at_us": "i8", "kind": "u1", "subject": "i8", "value": "f8", "cause": "i8"}


class _Order(IntEnum):
    LEVEL = 1
    CALL_FACTOR = 2
    ALERT = 3


class PhoneNetwork:
    """Cells, the people with them, calls and alerts.

    Times are integer microseconds since the start of the run; `cause` is the id of the event of the world that an
    input follows from. Inputs take effect at their time, within `advance`.

    Parameters
    ----------
    ids
        Names of the cells.
    x, y, range_m
        float64 (cells,), m.
    lines
        int64 (cells,), calls at once when a cell gives all it can.
    rules
        Of calls, signalling and broadcasts.

    Raises
    ------
    InvalidInputError
        When there is no cell, or arrays differ in length.
    """

    def __init__(
        self,
        ids: tuple[str, ...],
        x: Floats,
        y: Floats,
        range_m: Floats,
        lines: Ints,
        rules: PhoneRules | None = None,
    ) -> None:
        n = len(ids)
        if not n or not n == len(x) == len(y) == len(range_m) == len(lines):
            raise InvalidInputError(
                f"{n} cells with {len(x)} places, {len(range_m)} ranges and {len(lines)} lines"
            )
        self.ids, self.rules = ids, rules or PhoneRules()
        self.cover, self._lines = Cover(x, y, range_m), lines
        self.cells = Table("telecom_cells", n, dict.fromkeys(_CELLS, "f8"))
        self.cells.level[:] = 1.0
        self.people = Table("telecom_people", 0, {"x": "f8", "y": "f8", "people": "f8", "cell": "i8"})
        self.demand = Table("telecom_demand", 1, {"call_factor": "f8"})
        self.demand.call_factor[:] = 1.0
        self._orders = Table("telecom_orders", 0, _ORDERS)
        self._cells_of_orders = Table("telecom_cells_of_orders", 0, {"is_sent": "u1"})
        self.alerts = Alerts(n, self.rules)
        self.tables = [
            self.cells,
            self.people,
            self.demand,
            self._orders,
            self._cells_of_orders,
            *self.alerts.tables,
        ]
        self._settle()

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.ids)

    @property
    def carried_erlang(self) -> Floats:
        """Calls in progress at each cell, the mean, float64 (cells,)."""
        rules, table = self.rules, self.cells
        fresh = table.people * rules.erlang_per_person * float(self.demand.call_factor[0])
        return np.where(table.level > 0.0, fresh * table.served, 0.0)

    @property
    def people_out_of_reach(self) -> float:
        """People without a cell that works and reaches them."""
        return float(self.people.people[self.people.cell < 0].sum())

    def set_level(self, cell: int, level: float, *, cause: int, at_us: int) -> None:
        """Say what a cell can give, 0 to 1: the share of its lines and signalling."""
        if not 0.0 <= level <= 1.0:
            raise InvalidInputError(f"level {level} of {self.ids[cell]}", hint="0 to 1")
        self._order(at_us, _Order.LEVEL, cell, level, cause)

    def set_call_factor(self, factor: float, *, cause: int, at_us: int) -> None:
        """Say how many times their usual calls people make (5 to 10 in the first hour of a disaster, recalled)."""
        if not 0.0 <= factor < math.inf:
            raise InvalidInputError(f"calls at {factor} times the usual", hint="a number not below 0")
        self._order(at_us, _Order.CALL_FACTOR, -1, factor, cause)

    def send_alert(
        self, by: AlertBy, *, cells: npt.NDArray[np.bool_] | None = None, cause: int, at_us: int
    ) -> None:
        """Send an alert to every phone of some cells, bool (cells,), or of all.

        Alerts are numbered from 0 in the order in which they are sent.
        """
        chosen = np.ones(self.n_cells, bool) if cells is None else cells
        number = len(self._cells_of_orders) // self.n_cells
        held = np.concatenate([self._cells_of_orders.is_sent, chosen.astype(np.uint8)])
        self._cells_of_orders.load({"is_sent": held})
        self._order(at_us, _Order.ALERT, int(by), float(number), cause)

    def place_people(self, x: Floats, y: Floats, people: Floats, *, at_us: int) -> None:
        """Say where people are, at once: so many at each place; whoever was placed before is replaced.

        What has arrived at a cell counts as known to whoever is with it then. `advance` to that time comes before.
        """
        self._require_not_past(at_us)
        due = self.next_event_us()
        if due is not None and due < at_us:
            raise InvalidInputError(
                f"people are placed at {at_us} us, but what is due at {due} us is not done"
            )
        self.alerts.bring_to(at_us, self._pace())
        at = {"x": np.array(x, np.float64), "y": np.array(y, np.float64)}
        self.people.load({**at, "people": np.array(people, np.float64), "cell": self.cells_at(x, y)})
        self._settle()

    def cells_at(self, x: Floats, y: Floats) -> Ints:
        """Return the cell that serves each point now, int64 (points,), or -1 out of reach."""
        return self.cover.cells_at(x, y, self.cells.level > 0.0)

    def delivered_share(self, within_s: float) -> Floats:
        """Return the share of the people at each cell whom a message to all of them would reach in time, (cells,).

        Parameters
        ----------
        within_s
            How late it may come, s. Messages that already wait are not counted.
        """
        all_of_it = self._signalling()
        for_calls = np.minimum(self.cells.signalling, (1.0 - self.rules.message_share) * all_of_it)
        sent = within_s * (all_of_it - for_calls) / self.rules.message_s
        share = self.rules.capable_share * np.minimum(sent / np.maximum(self._phones(), 1.0), 1.0)
        return np.where(self.cells.level > 0.0, share, 0.0)

    def arrived_share(self, alert: int, at_us: int) -> Floats:
        """Return the share of people whom an alert has reached, at each cell and, last, out of reach; (cells + 1,).

        `at_us` is not before the last `advance`, nor after the next event.
        """
        return self.rules.capable_share * self.alerts.share_at(at_us, self._pace())[alert]

    def people_reached(self, alert: int, at_us: int) -> float:
        """Return how many people an alert has reached."""
        people = np.append(self.cells.people, self.people_out_of_reach)
        return float((self.arrived_share(alert, at_us) * people).sum())

    def next_event_us(self) -> int | None:
        """Return when something is due: an input, a repetition of a broadcast, or the last message of a cell."""
        due = min(int(self._orders.at_us.min(initial=NEVER)), self.alerts.next_us(self._pace()))
        return None if due == NEVER else due

    def advance(self, until_us: int) -> list[Change]:
        """Act on everything due up to and including a time, in time order; return what changed."""
        changes: list[Change] = []
        while (due := self.next_event_us()) is not None and due <= until_us:
            first, before = len(changes), self.cells.served.copy()
            self.alerts.bring_to(due, self._pace())
            self._take_orders(due, changes)
            self.alerts.broadcast(due, self.cells.level > 0.0)
            self._settle()
            self._close_alerts(due, changes)
            self._say_congestion(due, before, first, changes)
        return changes

    def restored(self) -> None:
        """Rebuild what is derived from tables: nothing is."""

    def _order(self, at_us: int, kind: _Order, subject: int, value: float, cause: int) -> None:
        self._require_not_past(at_us)
        self._orders.append(
            {"at_us": at_us, "kind": kind, "subject": subject, "value": value, "cause": cause}
        )

    def _require_not_past(self, at_us: int) -> None:
        if at_us < self.alerts.now_us:
            raise InvalidInputError(f"an input at {at_us} us, but {self.alerts.now_us} us is past")

    def _take_orders(self, now_us: int, changes: list[Change]) -> None:
        orders = self._orders
        due = orders.at_us == now_us
        for row in np.flatnonzero(due).tolist():
            kind, subject, value = int(orders.kind[row]), int(orders.subject[row]), float(orders.value[row])
            cause = int(orders.cause[row])
            if kind == _Order.LEVEL:
                self._take_level(subject, value, cause, now_us, changes)
            elif kind == _Order.CALL_FACTOR:
                self.demand.call_factor[0] = value
                changes.append(_change(now_us, "calls_changed", "phones", cause, factor=value))
            else:
                sent = self._cells_of_orders.is_sent.reshape(-1, self.n_cells)[int(value)] > 0
                alert = self.alerts.start(AlertBy(subject), sent, cause, now_us)
                by = AlertBy(subject).name.lower()
                changes.append(_change(now_us, "alert_sent", f"alert_{alert}", cause, by=by))
        orders.keep(~due)

    def _take_level(self, cell: int, level: float, cause: int, now_us: int, changes: list[Change]) -> None:
        was = float(self.cells.level[cell])
        self.cells.level[cell] = level
        if (was > 0.0) != (level > 0.0):
            kind, people = "cell_back" if level > 0.0 else "cell_lost", float(self.cells.people[cell])
            changes.append(_change(now_us, kind, self.ids[cell], cause, people=people))

    def _settle(self) -> None:
        """Let people find their cells, and calls and messages share them."""
        table = self.cells
        cell = self.cells_at(self.people.x, self.people.y)
        if (cell != self.people.cell).any():
            self.alerts.follow(self.people.people, self.people.cell, cell)
            self.people.cell[:] = cell
        inside = cell >= 0
        table.people[:] = np.bincount(cell[inside], self.people.people[inside], self.n_cells)
        waits = self.alerts.waiting(table.people > 0.0) > 0
        calls = self._calls(waits)
        table.attempts[:], table.served[:], table.signalling[:] = calls
        table.message_rate[:] = np.where(
            waits, (self._signalling() - calls.signalling) / self.rules.message_s, 0.0
        )

    def _calls(self, waits: npt.NDArray[np.bool_]) -> Calls:
        table, rules = self.cells, self.rules
        fresh = table.people * rules.erlang_per_person * float(self.demand.call_factor[0])
        lines = np.floor(self._lines * table.level + 1e-9).astype(np.int64)
        for_calls = np.where(waits, 1.0 - rules.message_share, 1.0) * self._signalling()
        return settle_calls(fresh, lines, for_calls, rules)

    def _signalling(self) -> Floats:
        """Return the signalling channels of each cell."""
        return self._lines * self.cells.level * self.rules.signalling_per_line

    def _phones(self) -> Floats:
        """Return the capable phones with each cell."""
        return self.cells.people * self.rules.capable_share

    def _pace(self) -> Floats:
        return self.alerts.pace(self.cells.message_rate, self._phones())

    def _close_alerts(self, now_us: int, changes: list[Change]) -> None:
        for alert in self.alerts.close_done(self.cells.people > 0.0):
            people = self.people_reached(alert, now_us)
            missed = max(self._people_meant(alert) - people, 0.0)
            cause = int(self.alerts.alerts.cause[alert])
            changes.append(
                _change(now_us, "alert_delivered", f"alert_{alert}", cause, people=people, missed=missed)
            )

    def _people_meant(self, alert: int) -> float:
        """Return the people who would be with a cell that sends an alert if all cells worked."""
        table = self.people
        cell = self.cover.cells_at(table.x, table.y, np.ones(self.n_cells, bool))
        is_meant = (cell >= 0) & self.alerts.is_sent[alert][cell]
        return float(table.people[is_meant].sum())

    def _say_congestion(self, now_us: int, before: Floats, first: int, changes: list[Change]) -> None:
        """Name the cells that became congested or were relieved, by the first change of this instant."""
        after, works = self.cells.served, self.cells.level > 0.0
        has_first = len(changes) > first
        for cell in np.flatnonzero(works & ((before < CONGESTED) != (after < CONGESTED))).tolist():
            kind = "cell_congested" if after[cell] < CONGESTED else "cell_relieved"
            change = _change(now_us, kind, self.ids[cell], NO_CAUSE, served=float(after[cell]))
            changes.append(change.after(first) if has_first else change)


def _change(at_us: int, kind: str, subject: str, cause: int, **data: Any) -> Change:
    return Change(at_us=at_us, kind=kind, subject=subject, cause=cause, data=data)
