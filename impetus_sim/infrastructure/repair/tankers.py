"""Fuel by road: a tanker drives from a depot to an asset whose tank runs low, fills it, and drives back.

Who asks waits for a free tanker of a depot from which it may be supplied and which works; requests are served first
come, first served. A tank counts as full when the tanker has unloaded, not before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.change import NO_CAUSE
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.parts import AssetOrder
from impetus_sim.infrastructure.repair.road_work import Place, RoadWork, TravelTime, straight_travel_s
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.world.assets import Order, Service

ASKED, WAITING, DRIVING, UNLOADING, RETURNING, DONE = 0, 1, 2, 3, 4, 5
UNLOAD_S: Final = 1800.0
"""Half an hour at a customer: a common planning value of hauliers (recalled)."""
RETRY_S: Final = 600.0
"""How often a request that no depot can serve is looked at again."""
_TRIPS: Final = {
    "asset": "i8",
    "depot": "i8",
    "stage": "u1",
    "asked_us": "i8",
    "until_us": "i8",
    "code": "i8",
    "is_new": "u1",
}
"""One row a request. depot: row of the asset, -1 before one serves it. until_us: when its stage ends.
is_new: whether a delivery has still to be told."""


class Tankers(RoadWork):
    """All tankers of a run.

    Parameters
    ----------
    services
        Whose levels say which depots work; it is read only.
    tankers
        Id of a depot to how many tankers it has.
    travel_s, unload_s
        How long a drive and unloading take, s.

    Raises
    ------
    InvalidInputError
        When a depot is unknown or has no tanker.
    """

    def __init__(
        self,
        services: Services,
        tankers: Mapping[str, int],
        *,
        travel_s: TravelTime = straight_travel_s,
        unload_s: float = UNLOAD_S,
    ) -> None:
        super().__init__("tanker", travel_s)
        self._services, self._assets = services, services.assets
        self._unload_us = round(unload_s * US_PER_S)
        if any(n < 1 for n in tankers.values()):
            raise InvalidInputError("a depot has one tanker at least, or is left out")
        self._n_tankers = {self._assets.row(depot): n for depot, n in tankers.items()}
        self.trips = Table("tanker_trips", 0, _TRIPS)
        self._retry = Table("tanker_retry", 1, {"at_us": "i8"})
        self._retry.at_us[0] = -1
        self.tables += [self.trips, self._retry]
        self.restored()

    def ask(self, asset: int, *, cause: int = NO_CAUSE, at_us: int) -> None:
        """Ask for fuel for an asset, by its row; one that waits for a tanker already does not ask again.

        Raises
        ------
        InvalidInputError
            When the time has passed or the asset has no tank of fuel.
        """
        if at_us < self.now_us or not self._services.is_fuelled(asset):
            raise InvalidInputError(
                f"fuel for '{self._assets.ids[asset]}' at {at_us} us: too late, or it has no tank"
            )
        is_open = (self.trips.stage < RETURNING) | (self.trips.is_new != 0)
        if (is_open & (self.trips.asset == asset)).any():
            return
        row = self.trips.append(
            {
                "asset": asset,
                "depot": -1,
                "stage": ASKED,
                "asked_us": at_us,
                "until_us": at_us,
                "code": cause,
                "is_new": 0,
            }
        )
        self._await(at_us, self._end_stage(row))

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Ask for fuel for those of some assets that run low."""
        for row in rows:
            event = self._services.fuel_low(row, at_us)
            if event is not None:
                self.ask(row, cause=event, at_us=at_us)

    def orders(self) -> list[AssetOrder]:
        """Return the deliveries since the last time it was asked."""
        trips, new = self.trips, np.flatnonzero(self.trips.is_new)
        trips.is_new[new] = 0
        return [
            AssetOrder(asset=int(trips.asset[row]), kind=Order.FUELLED, value=0.0, cause=int(trips.code[row]))
            for row in new
        ]

    def _codes(self) -> Iterable[npt.NDArray[np.int64]]:
        return (self.trips.code,)

    def _awaited(self) -> Iterable[tuple[int, Callable[[int], None]]]:
        for row in np.flatnonzero((self.trips.stage != WAITING) & (self.trips.stage != DONE)).tolist():
            yield int(self.trips.until_us[row]), self._end_stage(row)
        if self._retry.at_us[0] >= 0:
            yield int(self._retry.at_us[0]), self._look_again

    def _end_stage(self, row: int) -> Callable[[int], None]:
        def act(now_us: int) -> None:
            trips = self.trips
            stage, asset, depot = int(trips.stage[row]), int(trips.asset[row]), int(trips.depot[row])
            trips.stage[row] = stage + 1
            if stage == ASKED:
                return
            if stage == DRIVING:
                trips.until_us[row] = now_us + self._unload_us
                self._tell_of(row, "tanker_arrived", {})
            elif stage == UNLOADING:
                trips.is_new[row] = 1
                trips.until_us[row] = now_us + self._drive_us(self._place(asset), self._place(depot), now_us)
                self._tell_of(row, "fuel_delivered", {})
            if trips.stage[row] != DONE:
                self._await(int(trips.until_us[row]), self._end_stage(row))

        return act

    def _look_again(self, now_us: int) -> None:
        del now_us
        self._retry.at_us[0] = -1

    def _give_out(self, now_us: int) -> None:
        trips = self.trips
        waiting = np.flatnonzero(trips.stage == WAITING).tolist()
        for row in sorted(waiting, key=lambda row: (int(trips.asked_us[row]), row)):
            depots = [depot for depot in self._suppliers(int(trips.asset[row])) if self._n_free(depot) > 0]
            if depots:
                self._send(row, depots, now_us)
        # a free tanker whose depot is down: nothing here says when that works again
        if (trips.stage == WAITING).any() and self._retry.at_us[0] < 0:
            self._retry.at_us[0] = now_us + round(RETRY_S * US_PER_S)
            self._await(int(self._retry.at_us[0]), self._look_again)

    def _send(self, row: int, depots: Sequence[int], now_us: int) -> None:
        trips, end = self.trips, self._place(int(self.trips.asset[row]))
        drive_us, depot = min((self._drive_us(self._place(depot), end, now_us), depot) for depot in depots)
        trips.depot[row], trips.stage[row], trips.until_us[row] = depot, DRIVING, now_us + drive_us
        self._tell_of(row, "tanker_sent", {"drive_s": drive_us / US_PER_S})
        self._await(now_us + drive_us, self._end_stage(row))

    def _suppliers(self, asset: int) -> list[int]:
        """Return the depots with tankers from which an asset may be fuelled and which work now."""
        needs, level = self._assets.needs, self._services.level
        rows = np.flatnonzero((needs.consumer == asset) & (needs.service == Service.FUEL))
        working = rows[level[needs.provider[rows]] >= needs.threshold[rows]]
        return sorted(set(needs.provider[working].tolist()) & set(self._n_tankers))

    def _n_free(self, depot: int) -> int:
        out = (self.trips.depot == depot) & (self.trips.stage >= DRIVING) & (self.trips.stage < DONE)
        return self._n_tankers[depot] - int(out.sum())

    def _place(self, asset: int) -> Place:
        return float(self._assets.x[asset]), float(self._assets.y[asset])

    def _tell_of(self, row: int, kind: str, data: Mapping[str, float]) -> None:
        def keep(code: int) -> None:
            self.trips.code[row] = code

        facts = {"depot": self._assets.ids[int(self.trips.depot[row])], **data}
        self._say(
            (row,), kind, self._assets.ids[int(self.trips.asset[row])], int(self.trips.code[row]), facts, keep
        )
