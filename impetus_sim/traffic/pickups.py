"""People board cars at car parks and buses at stops, and are driven away.

Behind each exit that leads to a pickup people wait in the order in which they came. They fill its vehicles one
after the other; a vehicle leaves when it is full, or at its latest time with those who are there (a bus also
without anybody), and no sooner than the way out passes it. Everybody who came is in a vehicle or waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import RunFailedError
from impetus_sim.traffic.kernels.records import ARRIVED, PLANNED
from impetus_sim.traffic.system import PARKED_US

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One pickup.

    exit: number of the line that people cross. vehicles: rows of the fleet, in the order in which they are filled.
    seats: int (vehicles,), people in each when full.
    latest_us: int (vehicles,), when each leaves at the latest, `PARKED_US` for no such time; wait_us: or so long
    after its first has come, None for no such time.
    board_us: time for each person, fetch_us: for all together, from the last one on. headway_us: between two
    vehicles on the way out.
    """

    exit: int
    vehicles: Ints
    seats: Ints
    latest_us: Ints
    wait_us: int | None
    board_us: int
    fetch_us: int
    headway_us: int


class Pickups:
    """All car parks and bus stops of a run."""

    def __init__(self, flow: TrafficSystem, stops: list[Stop]) -> None:
        self._flow, self.stops = flow, stops
        self.progress = Table(
            "traffic_pickups",
            len(stops),
            {"n_came": "i8", "n_boarded": "i8", "n_gone": "i8", "first_us": "i8", "last_out_us": "i8"},
        )
        self.riders = Table("traffic_riders", len(flow.vehicles), {"n": "i4"})

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.progress, self.riders]

    def board(self, n_came: Ints) -> None:
        """Let people who came to each stop so far, (stops,), board, and vehicles leave that are full or due."""
        for k, stop in enumerate(self.stops):
            self._board(k, stop, int(n_came[k]))

    def _board(self, k: int, stop: Stop, n_came: int) -> None:
        progress, now_us = self.progress, self._flow.now_us
        if n_came > progress.n_came[k] == progress.n_boarded[k]:
            progress.first_us[k] = now_us  # nobody waited before
        progress.n_came[k] = n_came
        while (gone := int(progress.n_gone[k])) < len(stop.vehicles):
            waiting = n_came - int(progress.n_boarded[k])
            is_full = waiting >= stop.seats[gone]
            has_waited = (
                stop.wait_us is not None and waiting > 0 and now_us >= progress.first_us[k] + stop.wait_us
            )
            if not (is_full or has_waited or now_us >= stop.latest_us[gone]):
                return
            n = min(waiting, int(stop.seats[gone]))
            out_us = max(
                now_us + stop.fetch_us + n * stop.board_us, int(progress.last_out_us[k]) + stop.headway_us
            )
            progress.n_gone[k] += 1
            progress.n_boarded[k] += n
            progress.first_us[k], progress.last_out_us[k] = now_us, out_us
            self.riders.n[stop.vehicles[gone]] = n
            self._flow.set_out(int(stop.vehicles[gone]), out_us)

    def is_over(self, n_came: Ints) -> bool:
        """Whether nobody who came, (stops,), will board any more and no vehicle is left that goes by the clock."""
        progress = self.progress
        for k, stop in enumerate(self.stops):
            gone, waiting = int(progress.n_gone[k]), n_came[k] - progress.n_boarded[k]
            if gone < len(stop.vehicles) and (
                (stop.latest_us[gone:] < PARKED_US).any()
                or waiting >= stop.seats[gone]
                or (waiting > 0 and stop.wait_us is not None)
            ):
                return False
        return True

    def counts(self) -> dict[str, int]:
        """Return how many people wait for a vehicle, ride, and have been delivered."""
        state = self._flow.vehicles["state"][: len(self.riders)]
        n, progress = self.riders.n, self.progress
        has_arrived = state == ARRIVED
        return {
            "riders_waiting": int((progress.n_came - progress.n_boarded).sum()),
            "riders_on_board": int(n[~has_arrived].sum()),
            "riders_delivered": int(n[has_arrived].sum()),
        }

    def require_laws(self, n_came: Ints) -> None:
        """Check that everybody who came is in exactly one place.

        Raises
        ------
        RunFailedError
            With the stop where somebody is lost.
        """
        for k, stop in enumerate(self.stops):
            riders = int(self.riders.n[stop.vehicles].sum())
            waiting = int(self.progress.n_came[k] - self.progress.n_boarded[k])
            parked = self._flow.vehicles["sets_out_us"][stop.vehicles] >= PARKED_US
            is_empty = (self.riders.n[stop.vehicles[parked]] == 0).all()
            if (
                riders != self.progress.n_boarded[k]
                or waiting < 0
                or n_came[k] < self.progress.n_came[k]
                or not is_empty
            ):
                raise RunFailedError(
                    f"at {self._flow.now_us / 1e6:g} s: of {n_came[k]} people who came to stop {k}, "
                    f"{riders} ride and {waiting} wait"
                )


def park(vehicles: npt.NDArray[np.void], rows: Ints) -> None:
    """Let vehicles stand until somebody drives them."""
    vehicles["sets_out_us"][rows] = PARKED_US
    assert (vehicles["state"][rows] == PLANNED).all()
