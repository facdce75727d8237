"""What both water models take and give: inputs on the clock, served shares, pump power, tank levels.

Inputs wait in a table until their time; a model acts on them in `advance`. The same names are meant in both:
`ToolkitWater` serves junctions, `ZoneWater` serves zones; both are called places here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.change import NO_CAUSE, Change

Floats = npt.NDArray[np.float64]

WATER_KG_M3: Final = 1000.0
GRAVITY_M_S2: Final = 9.80665
HOLE_DISCHARGE: Final = 0.75
"""Coefficient of a hole with sharp edges, turbulent (Lambert 2001, as WNTR's leaks have it)."""
WAITING: Final = -1
"""Batch of an input that has not been acted on."""


def edge_kind(was: int, now: int) -> str:
    """Return the kind of change when a tank was and is empty (-1), full (1) or neither (0)."""
    if now:
        return "tank_full" if now > 0 else "tank_empty"
    return "tank_draining" if was > 0 else "tank_filling"


class PumpMode(IntEnum):
    """Who commands a pump."""

    AUTOMATIC = 0
    """The levels and times of its own controls."""
    OFF = 1
    ON = 2
    HOLD = 3
    """Nobody: it goes on with the last command that reached it."""


class Input(IntEnum):
    """What an input sets; the value is in brackets."""

    PUMP_POWER = 1
    """Of a pump [1 with power, 0 without]: without it stands, whatever commands it."""
    PUMP_MODE = 2
    """Of a pump [`PumpMode`]."""
    LINK = 3
    """Of a valve or pipe [1 as its controls say, 0 shut]."""
    DEMAND = 4
    """Of a place [factor on what is asked for, at least 0]."""
    LEAK = 5
    """Of a place [area of the hole, m2; 0 for none]."""
    TRACER = 6
    """Of a place [kg/s let in; 0 for none]."""


class Water(ABC):
    """A water network that runs beside the rest of the city.

    Parameters
    ----------
    place_ids, tank_ids, pump_ids, link_ids
        Names, in the order of rows; links are what can be shut.
    """

    tables: list[Table]
    """All state; tables named ``water_...``."""

    def __init__(
        self,
        place_ids: tuple[str, ...],
        tank_ids: tuple[str, ...],
        pump_ids: tuple[str, ...],
        link_ids: tuple[str, ...],
    ) -> None:
        self.place_ids, self.tank_ids = place_ids, tank_ids
        self.pump_ids, self.link_ids = pump_ids, link_ids
        self.inputs = Table(
            "water_inputs",
            0,
            {"at_us": "i8", "batch": "i8", "kind": "u1", "subject": "i8", "value": "f8", "cause": "i8"},
        )
        self.clock = Table("water_clock", 1, {"now_us": "i8", "due_us": "i8", "done_us": "i8", "batch": "i8"})

    # -- inputs ------------------------------------------------------------------------------------------------

    def set_pump_power(self, pump: int, has_power: bool, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Give power to a pump, or take it away."""
        self._put(Input.PUMP_POWER, pump, len(self.pump_ids), float(has_power), at_us, cause)

    def set_pump_mode(self, pump: int, mode: PumpMode, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Say who commands a pump."""
        self._put(Input.PUMP_MODE, pump, len(self.pump_ids), float(PumpMode(mode)), at_us, cause)

    def set_link(self, link: int, is_open: bool, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Shut a valve or pipe, or leave it to its controls again."""
        self._put(Input.LINK, link, len(self.link_ids), float(is_open), at_us, cause)

    def set_demand_factor(self, place: int, factor: float, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Multiply what a place asks for."""
        self._put(Input.DEMAND, place, len(self.place_ids), factor, at_us, cause)

    def set_leak(self, place: int, area_m2: float, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Open a hole at a place, or mend it (0).

        Raises
        ------
        InvalidInputError
            When the model has no leaks.
        """
        self._put(Input.LEAK, place, len(self.place_ids), area_m2, at_us, cause)

    def _put(self, kind: Input, subject: int, n: int, value: float, at_us: int, cause: int) -> None:
        if not 0 <= subject < n:
            raise InvalidInputError(f"water: there is no row {subject} for {kind.name}", hint=f"0 to {n - 1}")
        if not 0.0 <= value < np.inf:
            raise InvalidInputError(f"water: {kind.name} cannot be {value}", hint="at least 0")
        if at_us < self.clock.done_us[0]:
            raise InvalidInputError(
                f"water: {kind.name} at {at_us} us, but {self.clock.done_us[0]} us is done already"
            )
        self.inputs.append(
            {
                "at_us": self._time_of_input(at_us),
                "batch": WAITING,
                "kind": kind,
                "subject": subject,
                "value": value,
                "cause": cause,
            }
        )

    def _time_of_input(self, at_us: int) -> int:
        return at_us

    def _waiting(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero(self.inputs.batch == WAITING)

    def next_event_us(self) -> int | None:
        """Return when something is due next: an input that waits, or an event of the network itself."""
        due_us = int(self.clock.due_us[0])
        waiting = self._waiting()
        return min(due_us, int(self.inputs.at_us[waiting].min())) if len(waiting) else due_us

    # -- what a model does -------------------------------------------------------------------------------------

    @abstractmethod
    def advance(self, until_us: int) -> list[Change]:
        """Act on everything due up to and including a time, in its order."""

    @abstractmethod
    def restored(self) -> None:
        """Rebuild what is derived from tables after they were loaded."""

    # -- outputs -----------------------------------------------------------------------------------------------

    @abstractmethod
    def requested_m3_s(self) -> Floats:
        """Return what each place asks for now, m3/s, shape (places,)."""

    @abstractmethod
    def delivered_m3_s(self) -> Floats:
        """Return what each place gets now, m3/s, shape (places,)."""

    def served_shares(self) -> Floats:
        """Return delivered over requested, 0 to 1, shape (places,); 1 where nothing is asked for."""
        requested = self.requested_m3_s()
        shares = np.ones(len(requested))
        np.divide(self.delivered_m3_s(), requested, out=shares, where=requested > 0.0)
        return np.clip(shares, 0.0, 1.0)

    @abstractmethod
    def unserved_m3(self) -> Floats:
        """Return what each place asked for and did not get since the start, m3, up to the time that is done."""

    @abstractmethod
    def pump_power_w(self) -> Floats:
        """Return what each pump draws now, W, shape (pumps,)."""

    def tanks_hold(self) -> npt.NDArray[np.bool_]:
        """Return whether each tank holds water that can leave it, shape (tanks,)."""
        return np.asarray(self.tank_levels_m() > 0.0)

    @abstractmethod
    def tank_levels_m(self) -> Floats:
        """Return the level in each tank at the time that is done, m above its floor, shape (tanks,)."""
