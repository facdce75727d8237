"""Units of police, fire, ambulance, road and grid services as others see them, and what is asked of them.

Dispatch owns the units; hazards read which of them act where (an attacker is met by police, a fire is fought by
fire units). Traffic drives those that ask for it through the streets as they are.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.world.world import World

UNIT_KINDS: Final = ("police", "fire", "ambulance", "road_crew", "grid_crew")


class Drive(IntEnum):
    """How far a drive that was asked for has come."""

    NONE = 0
    ASKED = 1
    """To a new goal, from the place given, or from where the vehicle is if it is under way."""
    UNDER_WAY = 2
    ARRIVED = 3
    STUCK = 4
    """No way leads on from where it is."""


class UnitOrder(IntEnum):
    """What an order to units says."""

    ADD = 1
    """Those that the intervention brings are on duty from now on."""
    MOVE = 2
    """Free units go to the intervention's place and wait there."""
    RECALL = 3
    """Those that the intervention sent come back."""


class Units:
    """The units of one run, their drives through traffic, and orders to them."""

    def __init__(self) -> None:
        self.units = units_table()
        self.drives = drives_table()
        self.orders = unit_orders_table()

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.units, self.drives, self.orders]

    def order(self, tick: int, key: str, kind: UnitOrder, *, cause: int) -> None:
        """Order something about the units of an intervention."""
        self.orders.append({"tick": tick, "key": key.encode(), "kind": kind, "cause": cause})


def require_units(world: World) -> Units:
    """Return the units of a run.

    Raises
    ------
    InvalidInputError
        When it has none.
    """
    if world.units is None:
        raise InvalidInputError("the run has no units", hint="together with response.units")
    return world.units


def units_table() -> Table:
    """Units (owned by response, read by all): one row each, in the order of their names.

    x, y: where the crew is, local metres. is_acting: 1 while it does on foot, at a scene, what its kind is for.
    crew: people in it. event: by which it came to be there, -1 for none.
    """
    return Table(
        "units",
        0,
        {"key": "S64", "kind": "S16", "x": "f8", "y": "f8", "is_acting": "u1", "crew": "i8", "event": "i8"},
    )


def drives_table() -> Table:
    """Drives through traffic, one row for each unit (asked for by response, served by traffic).

    state: `Drive`. x, y: where the vehicle is (written by response as the place to start from, then by traffic).
    to_x, to_y: where it shall go. arrived_us: when it got there.
    """
    return Table(
        "unit_drives",
        0,
        {
            "state": "u1",
            "x": "f8",
            "y": "f8",
            "to_x": "f8",
            "to_y": "f8",
            "asked_us": "i8",
            "arrived_us": "i8",
        },
    )


def unit_orders_table() -> Table:
    """Orders to units (written by interventions and playbooks, served by dispatch).

    key: the intervention, whose section says which units and where. kind: `UnitOrder`. cause: event.
    """
    return Table("unit_orders", 0, {"tick": "i8", "key": "S64", "kind": "u1", "cause": "i8"})
