"""What a city runs on and watches with, and what each of these needs: rows that all systems share.

An asset gives a level between 0 (nothing) and 1 (all it is for). It needs services from others; where a need is
not met it goes on from its buffer, and after that at the level which the need leaves it. `infrastructure` owns
the states; hazards, operators, crews and attackers ask for changes in the table of orders.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

ASSET_KINDS: Final = (
    "power_plant",
    "substation",
    "line",
    "feeder",
    "transformer",
    "generator",
    "block",
    "water_source",
    "pumping_station",
    "water_tank",
    "water_zone",
    "telecom_core",
    "exchange",
    "cell",
    "control_centre",
    "controller",
    "signal",
    "camera",
    "siren",
    "sign",
    "street_lights",
    "hospital",
    "station",
    "petrol_station",
    "depot",
    "police",
    "fire_station",
)
"""line: a branch of the grid above the city. feeder: the breaker at its head. transformer: the busbar at which
customers of some streets connect. block: the buildings behind one transformer, with the people in them.
controller: the RTU, PLC or cabinet that commands one asset. exchange: where the lines of a district's cells and
cabinets meet. depot: where crews and fuel start."""


WORKS: Final = 0.5
"""An asset counts as out while it gives less than half of what it is for."""


class Service(IntEnum):
    """What an asset can need of another."""

    POWER = 0
    TELECOM = 1
    """A line or a cell over which it speaks."""
    CONTROL = 2
    """Somebody or something that commands it."""
    WATER = 3
    FUEL = 4
    """Brought by road when the buffer runs low."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """Who needs what of whom: one row for each pair of a consumer and a provider, sorted by consumer, then group.

    Parameters
    ----------
    consumer, provider
        Rows of assets, int64 (n,).
    service
        A `Service`, uint8 (n,).
    group
        Rows of one consumer with the same number are alternatives, of which the best counts; all groups of a
        consumer are needed. int64 (n,).
    threshold
        The need is met while the provider's level is at least this, float64 (n,) in (0, 1].
    buffer_s
        How long the consumer goes on without it, s; the same in all rows of a group (battery, tank, fuel).
    refill_s
        How long an empty buffer takes to fill once the need is met, s; 0 for at once.
    level_without
        Level that is left to the consumer once the buffer is empty, float64 (n,), the same in a group.
    probability
        Chance that the lack is felt at all (drawn once a run and group), the same in a group.
    """

    consumer: Rows
    provider: Rows
    service: npt.NDArray[np.uint8]
    group: Rows
    threshold: Floats
    buffer_s: Floats
    refill_s: Floats
    level_without: Floats
    probability: Floats

    def __len__(self) -> int:
        return len(self.consumer)


@dataclass(frozen=True, kw_only=True)
class Assets:
    """All assets of a run, in the order of their ids.

    Parameters
    ----------
    ids
        Stable names, unique and ascending: a kind and what it was made from, as in ``signal_12`` or ``cell_3_1``.
    kinds
        Of `ASSET_KINDS`.
    x, y
        Local metres, float64 (n,).
    is_mapped
        Whether it stands on the map; the others are synthetic, by a rule.
    basis
        The tag it was read from, or the rule that made it, in words.
    people
        People who are without its service when it gives none (residents, patients), float64 (n,); 0 where others
        count them.
    needs
        What they need of each other.
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    x: Floats
    y: Floats
    is_mapped: npt.NDArray[np.bool_]
    basis: tuple[str, ...]
    people: Floats
    needs: Needs

    def __len__(self) -> int:
        return len(self.ids)

    def row(self, asset_id: str) -> int:
        """Return the row of an asset.

        Raises
        ------
        InvalidInputError
            When there is none of that id; the hint names close ones.
        """
        at = int(np.searchsorted(np.array(self.ids), asset_id))
        if at < len(self.ids) and self.ids[at] == asset_id:
            return at
        close = difflib.get_close_matches(asset_id, self.ids, n=5)
        raise InvalidInputError(
            f"there is no asset '{asset_id}'",
            hint=f"close to it: {', '.join(close)}"
            if close
            else "`impetus map infrastructure MAP --assets` lists them",
        )

    def of_kind(self, kind: str) -> Rows:
        """Return the rows of a kind, ascending."""
        return np.flatnonzero(np.array(self.kinds) == kind).astype(np.int64)


class Order(IntEnum):
    """What an order about an asset sets."""

    DAMAGE = 1
    """It is broken until repaired; value: hours of work that the repair takes, 0 for the rule of its kind."""
    REPAIRED = 2
    LEVEL = 3
    """It is told to give this level: 0 switches it off (breaker open, pump stopped, siren silent), 1 on. The
    command waits where commands do not get through."""
    SUPPLY = 4
    """What reaches it through its own network (feeder, pipe, radio): a level, written by that network."""
    READING = 5
    """What its telemetry says instead of the truth: a level, or nan for the truth again."""
    VIEW = 6
    """Whether its telemetry can be seen at all, 1 or 0."""
    CONTROL = 7
    """Whether commands reach it, 1 or 0."""
    MODE = 8
    """State of a signal (`tables.SIGNAL_FAULTS`) or of a sign or siren (0 as ordered, 1 false)."""
    BY_HAND = 9
    """As `LEVEL`, set on the spot: it needs no way for commands."""
    FUELLED = 10
    """Its tanks of fuel are filled; the value says nothing."""


def asset_orders_table() -> Table:
    """Orders about assets (written by hazards, attackers, operators and crews, served by infrastructure).

    asset: its row. kind: `Order`. value: as said there. cause: id of the event that it follows from.
    """
    return Table("asset_orders", 0, {"tick": "i8", "asset": "i8", "kind": "u1", "value": "f8", "cause": "i8"})


def asset_states_table(n: int) -> Table:
    """State of each asset (written by infrastructure, read by all).

    level: what it gives, 0 to 1. is_intact: 0 while broken. told: the level that it is commanded to give. supply:
    the level that reaches it through its network. reading: what its telemetry says (nan: nothing is seen).
    has_view, has_control: whether its telemetry and commands get through. mode: as `Order.MODE`. unmet and
    on_buffer: bit s is set while service s is lacking, and while a buffer stands in for it. since_us: when the
    level last changed; cause: the event by which.
    """
    columns = {
        "level": "f8",
        "is_intact": "u1",
        "told": "f8",
        "supply": "f8",
        "reading": "f8",
        "has_view": "u1",
        "has_control": "u1",
        "mode": "u1",
        "unmet": "u1",
        "on_buffer": "u1",
        "since_us": "i8",
        "cause": "i8",
    }
    return Table("asset_states", n, columns)
