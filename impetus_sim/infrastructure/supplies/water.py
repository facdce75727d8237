"""Water under the assets: pumping stations follow assets, tanks empty, zones get what is left."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.change import NO_CAUSE, Change
from impetus_sim.infrastructure.parts import AssetOrder
from impetus_sim.infrastructure.water.supply import PumpMode, Water
from impetus_sim.infrastructure.water.zone_water import ZoneWater
from impetus_sim.world.assets import WORKS, Assets, Needs, Order, Service

Rows = npt.NDArray[np.int64]


class WaterSupply:
    """A water network whose pumps are pumping stations, and of whose places some or all are zones.

    A pumping station that gives less than half does not pump; one that commands do not reach goes on as it was.
    What zones get, and whether tanks hold anything, follows from the network; `without_water_needs` takes the
    simpler rules for that out of the assets' needs.

    Parameters
    ----------
    water
        The network; its pumps are in the order of `pumps`.
    states
        States of assets (read only).
    zones, pumps, tanks
        Rows of assets, int64; tanks in the order of the network's.
    places
        Rows of the network's places that are zones, int64, in the order of `zones`: of a network of its own, whose
        pumps follow its own controls while their stations have control. Left out, every place is a zone which the
        pump and the tank in its row supply, and somebody else commands the pumps.
    ids
        Ids of all assets, where the network has other names for its pumps and tanks; then events have those.
    """

    def __init__(
        self,
        water: Water,
        states: Table,
        *,
        zones: Rows,
        pumps: Rows,
        tanks: Rows,
        places: Rows | None = None,
        ids: Sequence[str] = (),
    ) -> None:
        self.water = water
        self._is_star = places is None
        self._places = np.arange(len(zones)) if places is None else places
        self._names = {
            kind: dict(zip(theirs, [ids[row] for row in rows.tolist()] if ids else theirs, strict=True))
            for kind, theirs, rows in (("pump", water.pump_ids, pumps), ("tank", water.tank_ids, tanks))
        }
        self._states = states
        self._zones, self._pumps, self._tanks = zones, pumps, tanks
        held: dict[str, str] = {} if self._is_star else {"has_control": "u1"}
        self._asked = Table("water_asked", len(pumps), {"is_on": "u1", "cause": "i8"} | held)
        self._asked.is_on[:] = 1
        if not self._is_star:
            self._asked.has_control[:] = 1
        self._asked.cause[:] = -1
        self._told = Table("water_told", len(zones) + len(tanks), {"share": "f8"})
        self._told.share[:] = 1.0
        self._events: dict[str, int] = {}
        self._subjects: list[str] = []

    @property
    def tables(self) -> list[Table]:
        """All state, that of the network included."""
        return [*self.water.tables, self._asked, self._told]

    def next_event_us(self) -> int | None:
        """Return when something in the network is due next."""
        return self.water.next_event_us()

    def advance(self, until_us: int) -> list[Change]:
        """Act on all that is due up to a time."""
        changes = [self._with_cause(change) for change in self.water.advance(until_us)]
        changes = [self._with_id(change) for change in changes]
        self._subjects = [change.subject for change in changes]
        return changes

    def _with_id(self, change: Change) -> Change:
        # Links and nodes of a file may have the same name: the kind of change says which is meant.
        names = self._names.get(change.kind.partition("_")[0], {})
        return dataclasses.replace(change, subject=names.get(change.subject, change.subject))

    def logged(self, event_ids: Sequence[int]) -> None:
        """Take note of the events that the changes of the last `advance` became."""
        self._events = dict(zip(self._subjects, event_ids, strict=True))

    def restored(self) -> None:
        """Rebuild what follows from the tables."""
        self.water.restored()

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Give power to the pumps whose stations work, and take it from the others."""
        if not self._is_star:
            self._heed_control(at_us)
        if not np.isin(self._pumps, np.fromiter(rows, np.int64)).any():
            return
        is_on = self._states.level[self._pumps] >= WORKS
        for pump in np.flatnonzero(is_on != (self._asked.is_on == 1)).tolist():
            cause = int(self._states.cause[self._pumps[pump]])
            self.water.set_pump_power(pump, bool(is_on[pump]), at_us=at_us, cause=cause)
            self._asked.is_on[pump], self._asked.cause[pump] = is_on[pump], cause

    def _heed_control(self, at_us: int) -> None:
        # Pumps that no command reaches go on with the last one.
        has_control = self._states.has_control[self._pumps] == 1
        for pump in np.flatnonzero(has_control != (self._asked.has_control == 1)).tolist():
            mode = PumpMode.AUTOMATIC if has_control[pump] else PumpMode.HOLD
            cause = int(self._states.cause[self._pumps[pump]])
            self.water.set_pump_mode(pump, mode, at_us=at_us, cause=cause)
            self._asked.has_control[pump], self._asked.cause[pump] = has_control[pump], cause

    def take_command(self) -> npt.NDArray[np.bool_]:
        """Leave every pump to `command_pump` from the start on; return which run then, bool (pumps,)."""
        for pump in range(len(self._pumps)):
            self.water.set_pump_mode(pump, PumpMode.HOLD, at_us=0)
        return self.water.pump_power_w() > 0.0

    def command_pump(self, pump: int, *, is_on: bool, at_us: int, cause: int) -> None:
        """Start or stop a pump, by its row in the network."""
        self.water.set_pump_mode(pump, PumpMode.ON if is_on else PumpMode.OFF, at_us=at_us, cause=cause)
        self.blame(pump, cause)

    def blame(self, pump: int, cause: int) -> None:
        """Say by which event a pump does what it does; what its tank and zone lack from now on follows from it.

        A pump without power stands for that reason, whatever it is commanded.
        """
        if self._asked.is_on[pump]:
            self._asked.cause[pump] = cause

    def tank_shares(self, at_us: int) -> npt.NDArray[np.float64]:
        """Return how full each tank is, 0 to 1, float64 (tanks,), at a time up to which all has been done."""
        assert isinstance(self.water, ZoneWater)
        self.water.pass_time(at_us)
        return self.water.tank_levels_m() / self.water.tank_heights_m()

    def orders(self) -> list[AssetOrder]:
        """Return the zones that get another share than before, and the tanks that ran dry or hold water again."""
        holds = self.water.tanks_hold().astype(np.float64)
        share = np.concatenate([np.round(self.water.served_shares()[self._places], 9), holds])
        rows = np.concatenate([self._zones, self._tanks])
        changed = np.flatnonzero(share != self._told.share)
        self._told.share[:] = share
        cause = max([*self._events.values(), *self._asked.cause.tolist()], default=-1)
        events, self._events = self._events, {}
        return [
            AssetOrder(
                asset=int(rows[k]),
                kind=Order.SUPPLY,
                value=float(share[k]),
                cause=self._cause_of(int(k), events, cause),
            )
            for k in changed
        ]

    def _with_cause(self, change: Change) -> Change:
        # What the network says of a zone or tank by itself follows from the pump that does not fill it.
        if change.cause != NO_CAUSE or change.cause_in_batch != NO_CAUSE:
            return change
        return dataclasses.replace(change, cause=self._pump_cause(change.subject))

    def _cause_of(self, k: int, events: Mapping[str, int], latest: int) -> int:
        # The event about the place itself, about the pump that fills it, or the latest one.
        n = len(self._zones)
        name = self.water.place_ids[self._places[k]] if k < n else self.water.tank_ids[k - n]
        name = name if k < n else self._names["tank"][name]
        if name in events:
            return events[name]
        own = self._pump_cause(name)
        return own if own >= 0 else latest

    def _pump_cause(self, name: str) -> int:
        # Zones, tanks and pumps of a city stand in one order. In a network of its own nobody knows which pump fills
        # what: while some are out, what it does by itself is put down to the last of them.
        if not self._is_star:
            is_out = (self._asked.is_on == 0) | (self._asked.has_control == 0)
            return int(self._asked.cause[is_out].max(initial=NO_CAUSE))
        for names in (self.water.place_ids, self.water.tank_ids):
            if name in names:
                return int(self._asked.cause[names.index(name)])
        return NO_CAUSE


def without_water_needs(assets: Assets) -> Assets:
    """Return assets whose tanks and zones have no needs of water: a network says what reaches them."""
    kinds, needs = np.array(assets.kinds), assets.needs
    is_ruled = (needs.service == Service.WATER) & np.isin(kinds[needs.consumer], ("water_tank", "water_zone"))
    kept = {field.name: getattr(needs, field.name)[~is_ruled] for field in dataclasses.fields(Needs)}
    return dataclasses.replace(assets, needs=Needs(**kept))
