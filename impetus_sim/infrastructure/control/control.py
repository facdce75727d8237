"""Control loops over what is seen: truth, reading and decision are three arrays, and only decisions act.

The truth of a process (the level of a tank) is set by whoever computes it. Telemetry makes a reading of it, or of
what an attacker says instead, or nothing at all. A decision follows from the reading alone, and goes out as a
command, which `services` carries out if commands get through. So a false reading moves the process through the
decision of a controller, and not otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.change import NO_CAUSE, Change
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.control.loop import Loop
from impetus_sim.infrastructure.parts import AssetOrder
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.world.assets import Order

_NOT_YET: Final = -1
_WORKS: Final = 0.5
"""Level from which a controller decides."""
_COLUMNS: Final = {
    "truth": "f8",
    "truth_cause": "i8",
    "reading": "f8",
    "read_us": "i8",
    "decision": "f8",
    "decision_cause": "i8",
    "commanded": "f8",
    "command_us": "i8",
    "next_us": "i8",
    "event": "i8",
    "is_new": "u1",
}
"""One row a loop. truth: nan for the level of the sensor itself. reading: the last that was seen. decision,
commanded: levels, the latter as last sent; command_us: when the decision is to be sent, -1 for not at
all. event: that of the last command. is_new: whether it has still to be handed on."""


class Control:
    """All control loops of a run.

    Parameters
    ----------
    services
        Whose links telemetry and commands take; it is read only.
    loops
        In a fixed order.
    first
        What each actuator is commanded to give at the start, float64 (loops,); what it is told when left out.

    Raises
    ------
    InvalidInputError
        When a loop names an asset that is not there.
    """

    def __init__(
        self, services: Services, loops: Sequence[Loop], *, first: npt.NDArray[np.float64] | None = None
    ) -> None:
        self._services, self.loops = services, tuple(loops)
        row = services.assets.row
        self._sensor = np.array([row(loop.sensor) for loop in loops], np.int64)
        self._controller = np.array([row(loop.controller) for loop in loops], np.int64)
        self._actuator = np.array([row(loop.actuator) for loop in loops], np.int64)
        self._period_us = np.array([round(loop.period_s * US_PER_S) for loop in loops], np.int64)
        self._table = Table("control_loops", len(loops), _COLUMNS)
        for column in ("truth", "reading"):
            self._table.columns[column][:] = np.nan
        for column in ("decision", "commanded"):
            self._table.columns[column][:] = services.states.told[self._actuator] if first is None else first
        for column in ("truth_cause", "decision_cause"):
            self._table.columns[column][:] = NO_CAUSE
        self._table.command_us[:] = _NOT_YET
        self._table.event[:] = NO_CAUSE
        self.tables = [self._table]
        self._sent: list[int] = []

    @property
    def truth(self) -> npt.NDArray[np.float64]:
        """What each sensor stands at, float64 (loops,)."""
        own = self._services.level[self._sensor]
        return np.where(np.isnan(self._table.truth), own, self._table.truth)

    @property
    def reading(self) -> npt.NDArray[np.float64]:
        """What each controller saw last, float64 (loops,); nan before anything was seen."""
        return self._table.reading

    @property
    def decision(self) -> npt.NDArray[np.float64]:
        """What each controller wants its actuator to give, float64 (loops,)."""
        return self._table.decision

    def set_truth(self, sensor: int, value: float, *, cause: int = NO_CAUSE) -> None:
        """Set what is measured at an asset, by its row, with the event that brought it there."""
        loops = self._sensor == sensor
        self._table.truth[loops] = value
        self._table.truth_cause[loops] = cause

    def next_event_us(self) -> int | None:
        """Return when something is read or commanded next; None without loops."""
        if not self.loops:
            return None
        due = int(self._table.next_us.min())
        waiting = self._table.command_us[self._table.command_us != _NOT_YET]
        return min(due, int(waiting.min())) if len(waiting) else due

    def advance(self, until_us: int) -> list[Change]:
        """Read, decide and command, in time order, up to and including `until_us`.

        Links and truth are taken as they stand, so the caller advances in steps in which they do not change.
        Commands are changes of kind ``commanded``, and `orders` once their events are known.
        """
        changes: list[Change] = []
        self._sent = []
        while (due := self.next_event_us()) is not None and due <= until_us:
            for k in np.flatnonzero(self._table.next_us == due):
                self._read(int(k), due)
            changes += [self._send(int(k), due) for k in np.flatnonzero(self._table.command_us == due)]
        return changes

    def logged(self, event_ids: Sequence[int]) -> None:
        """Say which events of the world the changes of the last `advance` became, in their order."""
        for k, event in zip(self._sent, event_ids, strict=True):
            self._table.event[k] = event

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Take note that assets have changed: what is read of them counts when it is read."""
        del rows, at_us

    def orders(self) -> list[AssetOrder]:
        """Return the commands since the last time it was asked."""
        table = self._table
        new = np.flatnonzero(table.is_new).tolist()
        table.is_new[:] = 0
        return [
            AssetOrder(
                asset=int(self._actuator[k]),
                kind=Order.LEVEL,
                value=float(table.commanded[k]),
                cause=int(table.event[k]),
            )
            for k in new
        ]

    def restored(self) -> None:
        """Nothing is derived from the tables."""

    def _read(self, k: int, now_us: int) -> None:
        table, loop = self._table, self.loops[k]
        table.next_us[k] = now_us + self._period_us[k]
        if self._services.level[self._controller[k]] < _WORKS:
            return
        at = slice(k, k + 1)
        seen, causes = self._services.telemetry(self._sensor[at], self.truth[at])
        reading, cause = float(seen[0]), int(causes[0])
        if np.isnan(reading):
            is_blind = now_us - table.read_us[k] >= round(loop.blind_after_s * US_PER_S)
            if not is_blind or loop.when_blind == "hold":
                return
            reading = loop.low if loop.when_blind == "low" else loop.high
        else:
            table.reading[k], table.read_us[k] = reading, now_us
            if cause == NO_CAUSE:
                cause = int(table.truth_cause[k])
        self._decide(k, reading, cause, now_us)

    def _decide(self, k: int, reading: float, cause: int, now_us: int) -> None:
        table, loop = self._table, self.loops[k]
        wanted = float(table.decision[k])
        if reading <= loop.low:
            wanted = loop.level_at_low
        elif reading >= loop.high:
            wanted = loop.level_at_high
        if wanted != table.decision[k]:
            table.decision[k], table.decision_cause[k] = wanted, cause
            table.command_us[k] = now_us + round(loop.delay_s * US_PER_S)
        if wanted == table.commanded[k]:
            table.command_us[k] = _NOT_YET

    def _send(self, k: int, now_us: int) -> Change:
        table = self._table
        table.command_us[k] = _NOT_YET
        table.commanded[k] = table.decision[k]
        table.is_new[k] = 1
        self._sent.append(k)
        data = {
            "level": float(table.decision[k]),
            "by": self.loops[k].controller,
            "reading": float(table.reading[k]),
        }
        subject = self._services.assets.ids[self._actuator[k]]
        return Change(
            at_us=now_us, kind="commanded", subject=subject, cause=int(table.decision_cause[k]), data=data
        )
