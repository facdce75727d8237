"""Orders about assets that wait for their time."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.kernels.needs import NEVER
from impetus_sim.world.assets import Assets, Order

_COLUMNS: Final = {"at_us": "i8", "asset": "i8", "kind": "u1", "value": "f8", "cause": "i8", "by_hand": "u1"}


class Pending(NamedTuple):
    """An order whose time has come; fields as in `Services.set_order`."""

    asset: int
    kind: int
    value: float
    cause: int
    by_hand: bool


class Orders:
    """The orders that wait, in the order in which they were given.

    Parameters
    ----------
    assets
        What orders may be about.
    """

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self.table = Table("services_orders", 0, _COLUMNS)

    def add(
        self,
        asset: int,
        kind: int,
        value: float,
        *,
        cause: int,
        at_us: int,
        now_us: int,
        by_hand: bool = False,
    ) -> None:
        """Add an order.

        Raises
        ------
        InvalidInputError
            When there is no such asset, the value is out of its range, or the time has passed.
        """
        if not 0 <= asset < len(self._assets):
            raise InvalidInputError(f"order about asset {asset}, there are {len(self._assets)}")
        if not _is_allowed(kind, value):
            raise InvalidInputError(
                f"order '{Order(kind).name}' for '{self._assets.ids[asset]}': value {value}"
            )
        if at_us < now_us:
            raise InvalidInputError(
                f"order for '{self._assets.ids[asset]}' at {at_us} us: the time is {now_us} us already"
            )
        row = {
            "at_us": at_us,
            "asset": asset,
            "kind": kind,
            "value": value,
            "cause": cause,
            "by_hand": by_hand,
        }
        self.table.append(row)

    def due_us(self) -> int:
        """Return when the first is due; `NEVER` for none."""
        return int(self.table.at_us.min()) if len(self.table) else int(NEVER)

    def take(self, now_us: int) -> list[Pending]:
        """Take out the orders of an instant, in the order in which they were given."""
        is_now = self.table.at_us == now_us
        if not is_now.any():
            return []
        columns = self.table.columns
        due = [
            Pending(*fields)
            for fields in zip(*(columns[name][is_now].tolist() for name in Pending._fields), strict=True)
        ]
        self.table.keep(~is_now)
        return due


def _is_allowed(kind: int, value: float) -> bool:
    if kind in (Order.LEVEL, Order.SUPPLY):
        return 0.0 <= value <= 1.0
    if kind == Order.READING:
        return math.isnan(value) or 0.0 <= value <= 1.0
    if kind in (Order.VIEW, Order.CONTROL):
        return value in (0.0, 1.0)
    return 0.0 <= value < np.inf
