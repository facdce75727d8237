"""People at stops and aboard: one row each, in one of five states, from when they come until they are there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import RecordTable
from impetus_sim.traffic.kernels.records import NEVER, NONE
from impetus_sim.traffic.transit.plan import ANYWHERE, Passengers

Ints = npt.NDArray[np.int64]

TO_COME, WAITS, RIDES, DELIVERED, WALKED = range(5)
"""States: yet to come to the stop; waiting there; aboard; brought to where they wished; gone on foot instead."""
RIDER_STATES = ("to_come", "waiting", "on_board", "delivered", "walked")

RIDER = np.dtype(
    [
        ("came_us", "i8"),
        ("walks_us", "i8"),  # goes on foot then, when still waiting
        ("boarded_us", "i8"),
        ("left_us", "i8"),  # got off, or went on foot
        ("stop", "i4"),
        ("goal", "i4"),  # stop, or ANYWHERE
        ("vehicle", "i4"),  # of the service, NONE before boarding
        ("off_call", "i4"),  # at which they get off
        ("state", "i1"),
        ("on_foot", "i1"),  # came through an exit of the ground
    ],
    align=True,
)


class Riders:
    """All of them; see `RIDER` for the columns."""

    def __init__(self, passengers: Passengers) -> None:
        rows = np.zeros(len(passengers), RIDER)
        rows["came_us"], rows["stop"], rows["goal"] = passengers.came_us, passengers.stop, passengers.goal
        rows["walks_us"] = _later(passengers.came_us, passengers.walks_after_us)
        rows["vehicle"] = rows["off_call"] = NONE
        self.table = RecordTable("transit_riders", rows)

    @property
    def rows(self) -> npt.NDArray[np.void]:
        """RIDER records."""
        return self.table.records

    def add(self, stop: int, n: int, now_us: int, walks_after_us: int) -> None:
        """Let people come to a stop on foot, who ride to the end of whatever they board."""
        rows = np.zeros(n, RIDER)
        rows["came_us"], rows["stop"], rows["goal"], rows["state"] = now_us, stop, ANYWHERE, WAITS
        rows["walks_us"] = _later(rows["came_us"], np.full(n, walks_after_us))
        rows["vehicle"] = rows["off_call"] = NONE
        rows["on_foot"] = 1
        self.table.extend(rows)

    def wait_or_walk(self, now_us: int) -> None:
        """Let those come who are due, and those go on foot who have waited long enough."""
        rows = self.rows
        rows["state"][(rows["state"] == TO_COME) & (rows["came_us"] <= now_us)] = WAITS
        gone = (rows["state"] == WAITS) & (rows["walks_us"] <= now_us)
        rows["state"][gone], rows["left_us"][gone] = WALKED, now_us

    def waiting(self) -> Ints:
        """Return who waits anywhere, in the order in which they came."""
        who = np.flatnonzero(self.rows["state"] == WAITS)
        return np.asarray(who[np.argsort(self.rows["came_us"][who], kind="stable")], np.int64)

    def board(self, who: Ints, vehicle: int, off_call: Ints, now_us: int) -> None:
        """Let people who wait board a vehicle, to get off at calls, (n,)."""
        rows = self.rows
        rows["state"][who], rows["vehicle"][who], rows["off_call"][who] = RIDES, vehicle, off_call
        rows["boarded_us"][who] = now_us

    def alight(self, vehicle: int, call: int, at_us: int) -> int:
        """Let people get off who wished to at a call or one that was left out before it; return how many do."""
        rows = self.rows
        off = (rows["state"] == RIDES) & (rows["vehicle"] == vehicle) & (rows["off_call"] <= call)
        rows["state"][off], rows["left_us"][off] = DELIVERED, at_us
        return int(np.count_nonzero(off))

    def counts(self) -> dict[str, int]:
        """Return how many wait, ride, have been delivered, and went on foot."""
        n = np.bincount(self.rows["state"], minlength=len(RIDER_STATES)).tolist()
        return {f"riders_{name}": n[k] for k, name in enumerate(RIDER_STATES) if k != TO_COME}


def _later(came_us: Ints, after_us: Ints) -> Ints:
    # When people walk on; the sum must not run over.
    return np.where(after_us >= NEVER, NEVER, came_us + np.minimum(after_us, NEVER - 1 - came_us))
