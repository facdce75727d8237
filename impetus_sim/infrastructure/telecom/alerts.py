"""How far alerts have got at each cell: broadcasts by repetition, text messages by a rate between changes.

Of each alert and cell the share of capable phones is kept that have it; one more column stands for people out of
reach. People who change cell take along what has arrived.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.telecom.rules import PhoneRules

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NEVER: Final = int(np.iinfo(np.int64).max)
DONE: Final = 1.0 - 1e-9
LONGEST_S: Final = 1e11
_COLUMNS: Final = {"by": "u1", "sent_us": "i8", "next_us": "i8", "left": "i8", "cause": "i8", "is_done": "u1"}


class AlertBy(IntEnum):
    """How an alert is sent."""

    BROADCAST = 1
    MESSAGES = 2


class Alerts:
    """Alerts and where they have arrived.

    Parameters
    ----------
    n_cells
        Number of cells.
    rules
        Of broadcasts and messages.

    `now_us` of the table ``telecom_arrived_at`` is the time to which `share` has been brought.
    """

    def __init__(self, n_cells: int, rules: PhoneRules) -> None:
        self.n_cells, self.rules = n_cells, rules
        self.alerts = Table("telecom_alerts", 0, _COLUMNS)
        self._arrived = Table("telecom_arrived", 0, {"share": "f8", "is_sent": "u1"})
        self._clock = Table("telecom_arrived_at", 1, {"now_us": "i8"})
        self.tables = [self.alerts, self._arrived, self._clock]

    def __len__(self) -> int:
        return len(self.alerts)

    @property
    def now_us(self) -> int:
        """Time to which everything has been brought."""
        return int(self._clock.now_us[0])

    @property
    def share(self) -> Floats:
        """Share of capable phones with each alert, (alerts, cells + 1); not a copy."""
        return self._arrived.share.reshape(-1, self.n_cells + 1)

    @property
    def is_sent(self) -> npt.NDArray[np.bool_]:
        """Which cells send each alert, (alerts, cells)."""
        return self._arrived.is_sent.reshape(-1, self.n_cells + 1)[:, :-1] > 0

    def start(self, by: AlertBy, cells: npt.NDArray[np.bool_], cause: int, now_us: int) -> int:
        """Add an alert that some cells send, bool (cells,), and return its number."""
        is_broadcast = by == AlertBy.BROADCAST
        first = now_us + round(self.rules.broadcast_delay_s * US_PER_S) if is_broadcast else NEVER
        left = self.rules.broadcast_times if is_broadcast else 0
        row = {"by": by, "sent_us": now_us, "next_us": first, "left": left, "cause": cause, "is_done": 0}
        number = self.alerts.append(row)
        share = np.concatenate([self._arrived.share, np.zeros(self.n_cells + 1)])
        is_sent = np.concatenate([self._arrived.is_sent, np.append(cells, False).astype(np.uint8)])
        self._arrived.load({"share": share, "is_sent": is_sent})
        return number

    def waiting(self, has_phones: npt.NDArray[np.bool_]) -> Ints:
        """Return how many alerts have messages left at each cell that works and has people, int64 (cells,)."""
        return self._is_left().sum(axis=0) * has_phones

    def pace(self, rate: Floats, phones: Floats) -> Floats:
        """Return by how much the share of each alert grows in a second, float64 (alerts, cells + 1).

        Parameters
        ----------
        rate
            float64 (cells,), messages that each cell sends in a second, shared evenly by the alerts that wait.
        phones
            float64 (cells,), capable phones with it.
        """
        waiting = self.waiting(phones > 0.0)
        each = np.where(waiting > 0, rate / np.maximum(phones, 1e-12) / np.maximum(waiting, 1), 0.0)
        return np.pad(np.where(self._is_left(), each[None, :], 0.0), ((0, 0), (0, 1)))

    def share_at(self, at_us: int, pace: Floats) -> Floats:
        """Return the share with each alert at a later time, at a constant pace, (alerts, cells + 1)."""
        return np.minimum(self.share + pace * ((at_us - self.now_us) / US_PER_S), 1.0)

    def bring_to(self, at_us: int, pace: Floats) -> None:
        """Let messages arrive up to a time."""
        share = self.share_at(at_us, pace)
        share[share >= DONE] = 1.0
        self.share[:] = share
        self._clock.now_us[0] = at_us

    def next_us(self, pace: Floats) -> int:
        """Return when the next broadcast is due or the last message of a cell arrives."""
        growing = pace.ravel() > 0.0
        lasts = (1.0 - self.share.ravel()[growing]) / pace.ravel()[growing]
        soonest = float(lasts.min(initial=LONGEST_S))
        done = NEVER if soonest >= LONGEST_S else self.now_us + max(int(np.ceil(soonest * US_PER_S)), 1)
        return min(done, int(self.alerts.next_us.min(initial=NEVER)))

    def broadcast(self, now_us: int, works: npt.NDArray[np.bool_]) -> None:
        """Repeat the broadcasts that are due, at the cells that work."""
        for alert in np.flatnonzero(self.alerts.next_us == now_us).tolist():
            reached = np.append(works & self.is_sent[alert], False)
            self.share[alert, reached] += (1.0 - self.share[alert, reached]) * self.rules.broadcast_heard
            self.alerts.left[alert] -= 1
            is_more = self.alerts.left[alert] > 0
            every = round(self.rules.broadcast_every_s * US_PER_S)
            self.alerts.next_us[alert] = now_us + every if is_more else NEVER

    def close_done(self, has_phones: npt.NDArray[np.bool_]) -> list[int]:
        """Close alerts that nobody in reach waits for and broadcasts that are over; return their numbers."""
        is_over = (self.alerts.by == AlertBy.BROADCAST) & (self.alerts.left == 0)
        has_all = ((self.share[:, :-1] >= 1.0) | ~self.is_sent)[:, has_phones].all(axis=1)
        closed = np.flatnonzero((self.alerts.is_done == 0) & (is_over | has_all))
        self.alerts.is_done[closed] = 1
        return [int(alert) for alert in closed]

    def follow(self, people: Floats, old: Ints, new: Ints) -> None:
        """Carry what has arrived along with people who changed cell; -1 is out of reach.

        Parameters
        ----------
        people, old, new
            (places,), people at each place, the cell they were with and the one they are with now.
        """
        n = self.n_cells
        row = np.where(new < 0, n, new)
        total = np.bincount(row, people, n + 1)
        for alert in range(len(self)):
            told = np.bincount(row, people * self.share[alert, old], n + 1)
            held = np.minimum(told / np.where(total > 0.0, total, 1.0), 1.0)
            self.share[alert] = np.where(total > 0.0, held, self.share[alert])

    def _is_left(self) -> npt.NDArray[np.bool_]:
        by_message = (self.alerts.by == AlertBy.MESSAGES) & (self.alerts.is_done == 0)
        return by_message[:, None] & (self.share[:, :-1] < 1.0) & self.is_sent
