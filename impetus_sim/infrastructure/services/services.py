"""Levels of all assets as they follow from damage, orders, supply and needs, event by event, to the microsecond.

Model: an asset gives the least of what it is told to give, what its network supplies, and what each of its needs
leaves it; nothing while it is broken. A need is met while one of its alternatives reaches its threshold; without it
a buffer is used up, and the level left without it counts once the buffer is empty. docs/models/dependencies.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.change import NO_CAUSE, Change
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.kernels.needs import NEVER, State, find_due, next_due_us, set_pace, stored_at
from impetus_sim.infrastructure.kernels.settle import (
    CALLED,
    EMPTY,
    FELL,
    LOW,
    MET,
    ROSE,
    SPARED,
    UNMET,
    call_standby,
    flag_needs,
    settle,
)
from impetus_sim.infrastructure.services.links import Links
from impetus_sim.infrastructure.services.network import (
    FUEL_MARK,
    build_net,
    initial_state,
    services_of_groups,
    spare_arrays,
)
from impetus_sim.infrastructure.services.orders import Orders, Pending
from impetus_sim.infrastructure.services.trace import Trace
from impetus_sim.world.assets import Assets, Order, Service, asset_states_table

_BUFFER_KINDS: Final = {
    UNMET: "buffer_in_use",
    CALLED: "buffer_in_use",
    EMPTY: "buffer_empty",
    MET: "buffer_spared",
    SPARED: "buffer_spared",
    LOW: "fuel_low",
}
_GROUP_COLUMNS: Final = ("unmet", "lacking", "stored", "at_us", "pace", "due_us")
_LINK_KINDS: Final = {
    ("view", False): "view_lost",
    ("view", True): "view_restored",
    ("control", False): "control_lost",
    ("control", True): "control_restored",
}


class Services:
    """The dependency layer.

    Parameters
    ----------
    assets
        Who needs what of whom.
    draw_key
        Key of the stream by which is drawn whether a lack is felt, uint32 (2,).
    fuel_mark
        Share of a tank of fuel at which ``fuel_low`` is said.
    off
        Rows of assets that give nothing until they are told to, int64.

    `states` is the table of asset states that others read. After each `advance` the caller may say with `logged`
    which events of the world the changes became, so that later ones can name them as causes.

    Raises
    ------
    InvalidInputError
        When the needs are not sound (`network.build_net`).
    """

    def __init__(
        self,
        assets: Assets,
        draw_key: npt.NDArray[np.uint32],
        *,
        fuel_mark: float = FUEL_MARK,
        off: npt.NDArray[np.int64] | None = None,
    ) -> None:
        self.assets = assets
        self.net = build_net(assets, draw_key, fuel_mark=fuel_mark)
        self.service_of_group = services_of_groups(assets.needs)
        state = initial_state(self.net)
        n, n_groups = len(assets), len(self.net.consumer)
        self.states = asset_states_table(n)
        for column in ("level", "told", "supply", "has_view", "has_control", "is_intact", "reading"):
            self.states.columns[column][:] = 1
        self.states.cause[:] = NO_CAUSE
        self._groups = Table("services_groups", n_groups, {"cause": "i8", "low_cause": "i8"})
        self._groups.cause[:] = self._groups.low_cause[:] = NO_CAUSE
        self._groups.adopt({name: getattr(state, name) for name in _GROUP_COLUMNS})
        self._alternatives = Table("services_alternatives", 0, {})
        self._alternatives.adopt({"is_run": state.is_run})
        self._running = Table("services_running", 0, {})
        self._running.adopt({"n_runs": state.n_runs})
        self._damage = Table("services_damage", n, {"hours": "f8", "cause": "i8"})
        self._damage.cause[:] = NO_CAUSE
        self._orders = Orders(assets)
        self._links = Links(self.states)
        self.tables = [
            self.states,
            self._groups,
            self._alternatives,
            self._running,
            self._damage,
            self._orders.table,
            self._links.table,
        ]
        self._now_us = 0
        self._work, self._log = spare_arrays(self.net)
        self._due_groups = np.zeros(n_groups, np.int64)
        self._fuelled = np.unique(self.net.consumer[self.net.is_fuel])
        links = self._links.table
        groups = (self._groups.cause, self._groups.low_cause)
        kept = (self.states.cause, self._damage.cause, *groups, links.spoof_cause, links.view_cause)
        self._trace = Trace(lambda: kept)
        for held in (self.states.level, self.states.told, self.states.reading, links.commanded):
            held[[] if off is None else off] = 0.0
        self._bind()
        for g in np.flatnonzero(self.net.has_standby):
            call_standby(self.net, self._state, g, -1, 0, self._work, self._log)
        for g in np.flatnonzero(self.net.is_fuel):
            set_pace(self.net, self._state, g, 0)
        self._next_due = int(next_due_us(self._state))

    def row(self, asset_id: str) -> int:
        """Return the row of an asset (`Assets.row`)."""
        return self.assets.row(asset_id)

    @property
    def level(self) -> npt.NDArray[np.float64]:
        """What each asset gives, float64 (assets,), 0 to 1; not a copy."""
        return self.states.level

    def telemetry(
        self, assets: npt.NDArray[np.int64], truth: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Return what is read of some assets, nan where nothing is seen, and what last changed that.

        Parameters
        ----------
        assets
            Their rows.
        truth
            What is measured there, float64 of the same length.
        """
        links = self._links.table
        false = links.spoofed[assets]
        sees = self.states.has_view[assets] != 0
        read = np.where(sees, np.where(np.isnan(false), truth, false), np.nan)
        causes = np.where(
            sees, np.where(np.isnan(false), NO_CAUSE, links.spoof_cause[assets]), links.view_cause[assets]
        )
        return read, causes

    def false_telemetry(
        self, assets: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Return what telemetry of assets says instead of the truth, nan for the truth, and the event by which."""
        links = self._links.table
        return links.spoofed[assets], links.spoof_cause[assets]

    def stored_s(self, asset: int, service: Service, at_us: int) -> float:
        """Return how long the fullest buffer of an asset for a service would last, s; 0 for none."""
        first, last = self.net.first_group[asset : asset + 2]
        lasts = [
            stored_at(self.net, self._state, g, at_us) / int(self.net.drain[g])
            for g in range(first, last)
            if self.service_of_group[g] == service
        ]
        return max(lasts, default=0.0) / US_PER_S

    def set_order(
        self,
        asset: int,
        kind: Order,
        value: float,
        *,
        cause: int = -1,
        at_us: int,
        by_hand: bool = False,
    ) -> None:
        """Take an order about an asset, acted on by the next `advance` to its time or later.

        Parameters
        ----------
        asset
            Its row.
        kind, value
            As `world.assets.Order` says.
        cause
            Id of the event from which the order follows; -1 for none.
        at_us
            When, not before the time advanced to.
        by_hand
            A level set on the spot: it needs no way for commands.

        Raises
        ------
        InvalidInputError
            When there is no such asset, the value is out of its range, or the time has passed.
        """
        if kind == Order.FUELLED and not self.is_fuelled(asset):
            raise InvalidInputError(f"'{self.assets.ids[asset]}' has no tank of fuel")
        self._orders.add(asset, kind, value, cause=cause, at_us=at_us, now_us=self._now_us, by_hand=by_hand)

    def is_fuelled(self, asset: int) -> bool:
        """Return whether an asset has a tank of fuel."""
        first, last = self.net.first_group[asset : asset + 2]
        return bool(self.net.is_fuel[first:last].any())

    def damage(self, asset: int) -> tuple[float, int] | None:
        """Return the hours of work that the damage of an asset asks for, and its event; None where it is whole."""
        if self.states.is_intact[asset]:
            return None
        return float(self._damage.hours[asset]), int(self._damage.cause[asset])

    def fuel_low(self, asset: int, at_us: int) -> int | None:
        """Return the event since which a tank of an asset is at its mark or below; None where none is."""
        for g in range(*self.net.first_group[asset : asset + 2]):
            if self.net.is_fuel[g] and stored_at(self.net, self._state, g, at_us) <= self.net.mark[g]:
                return int(self._groups.low_cause[g])
        return None

    def next_event_us(self) -> int | None:
        """Return when an order or a buffer is due next; None for never."""
        due = min(self._next_due, self._orders.due_us())
        return None if due == NEVER else due

    def advance(self, until_us: int) -> list[Change]:
        """Act on everything due up to and including `until_us`, in time order, and return what happened."""
        self._trace.begin()
        while (due := self.next_event_us()) is not None and due <= until_us:
            self._now_us = due
            self._act(due)
        self._now_us = max(self._now_us, until_us)
        return self._trace.changes

    def logged(self, event_ids: Sequence[int]) -> None:
        """Say which events of the world the changes of the last `advance` became, in their order."""
        self._trace.name(event_ids)

    def restored(self) -> None:
        """Rebuild what is derived from the tables."""
        self._bind()
        self._next_due = int(next_due_us(self._state))

    def _bind(self) -> None:
        states, groups = self.states, self._groups
        self._state = State(
            level=states.level,
            told=states.told,
            supply=states.supply,
            is_intact=states.is_intact,
            is_run=self._alternatives.is_run,
            n_runs=self._running.n_runs,
            **{name: getattr(groups, name) for name in _GROUP_COLUMNS},
        )

    def _act(self, now_us: int) -> None:
        # Orders first, then buffers: a need that is met again just as its buffer runs out was never lacking.
        touched: dict[int, int] = {}
        linked: dict[int, int] = {}
        for order in self._orders.take(now_us):
            self._carry_out(order, now_us, touched, linked)
        due = self._due_groups[: find_due(self._state, now_us, self._due_groups)].copy()
        while True:
            assets = np.fromiter(touched, np.int64, len(touched))
            n = settle(self.net, self._state, assets, due, now_us, self._work, self._log)
            flag_needs(
                self.net,
                self._state,
                self.service_of_group,
                self._fuelled,
                self._log,
                n,
                self.states.unmet,
                self.states.on_buffer,
            )
            self._tell(n, now_us, touched, linked)
            touched = self._follow(linked, now_us)
            if not touched:
                break
            due, linked = due[:0], {}
        self._next_due = int(next_due_us(self._state))

    def _carry_out(
        self, order: Pending, now_us: int, touched: dict[int, int], linked: dict[int, int]
    ) -> None:
        """Carry out an order; note whose level or links it concerns, with the code of the cause."""
        asset, kind, value, code, by_hand = order
        if kind == Order.FUELLED:
            for g in range(*self.net.first_group[asset : asset + 2]):
                if self.net.is_fuel[g]:
                    self._state.stored[g], self._state.at_us[g] = self.net.full[g], now_us
            touched[asset] = self._say(now_us, "refuelled", asset, code, {})
        elif kind in (Order.DAMAGE, Order.REPAIRED):
            is_damage = kind == Order.DAMAGE
            data = {"repair_hours": value} if is_damage else {}
            self.states.is_intact[asset] = not is_damage
            touched[asset] = self._say(now_us, "damaged" if is_damage else "repaired", asset, code, data)
            if is_damage:
                self._damage.hours[asset], self._damage.cause[asset] = value, touched[asset]
        elif kind == Order.LEVEL:
            if self._links.command(asset, value, by_hand=bool(by_hand)):
                touched[asset] = code
            else:
                self._say(now_us, "command_blocked", asset, code, {"level": value})
        elif kind == Order.SUPPLY:
            self.states.supply[asset] = value
            touched[asset] = code
        elif kind == Order.MODE:
            self.states.mode[asset] = int(value)
            self._say(now_us, "mode_changed", asset, code, {"mode": int(value)})
        elif kind == Order.READING:
            self._links.spoof(asset, value)
            said = "telemetry_true" if math.isnan(value) else "telemetry_false"
            linked[asset] = self._say(now_us, said, asset, code, {})
            self._links.table.spoof_cause[asset] = linked[asset]
        else:
            (self._links.open_view if kind == Order.VIEW else self._links.open_control)(asset, value != 0.0)
            linked[asset] = code

    def _say(self, now_us: int, kind: str, asset: int, code: int, data: dict[str, Any]) -> int:
        return self._trace.add(now_us, kind, self.assets.ids[asset], code, data)

    def _tell(self, n: int, now_us: int, touched: dict[int, int], linked: dict[int, int]) -> None:
        """Turn the log of the kernel into changes; note whose links may have changed."""
        log, causes, states = self._log, self._groups.cause, self.states
        codes = [0] * n
        for k in range(n):
            kind, subject, by, g = int(log.kind[k]), int(log.subject[k]), int(log.by[k]), int(log.group[k])
            if by >= 0:
                code = codes[by]
            else:
                code = touched[subject] if by == -1 else int(causes[g])
            if kind in (FELL, ROSE):
                because = Service(self.service_of_group[g]).name.lower() if g >= 0 else "own"
                data = {"level": float(log.value[k]), "was": float(log.was[k]), "because": because}
                code = self._say(now_us, "level_fell" if kind == FELL else "level_rose", subject, code, data)
                states.since_us[subject], states.cause[subject] = now_us, code
            else:
                service = Service(self.service_of_group[subject])
                consumer = int(self.net.consumer[subject])
                if self.net.full[subject] > 0:
                    data = {"service": service.name.lower()}
                    code = self._say(now_us, _BUFFER_KINDS[kind], consumer, code, data)
                (self._groups.low_cause if kind == LOW else causes)[subject] = code
                if service in (Service.TELECOM, Service.CONTROL):
                    linked[consumer] = code
            codes[k] = code
        subjects = log.subject[:n][log.kind[:n] <= ROSE]
        self._links.read(subjects)

    def _follow(self, linked: dict[int, int], now_us: int) -> dict[int, int]:
        """Bring links to date; return whose told level changed by that, with the codes of the causes."""
        touched = {}
        for asset, code in linked.items():
            for name, is_on in self._links.follow(asset).items():
                by = self._say(now_us, _LINK_KINDS[name, is_on], asset, code, {})
                if name == "view":
                    self._links.table.view_cause[asset] = by
                elif self._links.catch_up(asset):
                    touched[asset] = by
        if linked:
            self._links.read(list(linked))
        return touched
