"""The infrastructure of one run: its parts on one clock, what they tell each other, what others ask of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.errors import RunFailedError
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.world.assets import Order
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import Channels, System

if TYPE_CHECKING:
    from impetus_sim.infrastructure.change import Change
    from impetus_sim.infrastructure.city.districts import Districts
    from impetus_sim.infrastructure.parts import Part, Supply
    from impetus_sim.infrastructure.services.services import Services
    from impetus_sim.infrastructure.supplies.voltages import VoltageReading
    from impetus_sim.world.world import World

MOST_ROUNDS = 10_000
"""Exchanges between parts within one tick before they are taken for endless."""


@dataclass(frozen=True, kw_only=True)
class AssetEvent:
    """Something that happened to an asset: kind of the event, row of the asset, id of the event."""

    kind: str
    row: int
    event: int


class InfrastructureSystem(System):
    """Assets, the networks that supply them, and those who repair them.

    At each tick everything due by then happens in the order of its own time, in microseconds: all parts are
    advanced to the earliest time at which any of them has something due, they are told what changed, and so on.

    Parameters
    ----------
    world
        Holds the assets and the orders about them.
    services
        Assets with their needs and buffers.
    supplies
        Networks that carry services, crews and tankers, in the order in which they act.
    voltages
        A reading of the grid's voltages, which acts after them; recorded when it has changed.
    record_ticks
        Ticks between two recorded states.
    districts
        District of each asset, for the recording; none when left out.
    """

    name: ClassVar[str] = "infrastructure"
    phase: ClassVar[Phase] = Phase.INFRASTRUCTURE
    digest_every_s: ClassVar[float] = 10.0

    def __init__(
        self,
        world: World,
        services: Services,
        *,
        supplies: Sequence[Supply] = (),
        voltages: VoltageReading | None = None,
        record_ticks: int,
        districts: Districts | None = None,
    ) -> None:
        assert world.assets is not None
        self._world = world
        self.services = services
        self.supplies = tuple(supplies) if voltages is None else (*supplies, voltages)
        self._voltages = voltages
        self._recorded_voltages = 0
        self._parts: tuple[Part, ...] = (services, *self.supplies)
        self._record_ticks = record_ticks
        self._districts = districts
        self.progress = Table("infrastructure", 1, {"n_orders": "i8", "n_changes": "i8"})
        self._recorded = -1
        self._rows = {asset: row for row, asset in enumerate(world.assets.ids)}
        self._ordered: set[int] = set()
        self.happened: list[AssetEvent] = []
        """What happened to assets at the present tick, in order."""
        world.asset_states = services.states

    @property
    def state(self) -> list[Table]:
        """Every table that a later step reads."""
        return [self.progress, *(table for part in self._parts for table in part.tables)]

    @property
    def optional_state(self) -> list[Table]:
        """All of it: a branch may add infrastructure to a run that had none."""
        world = self._world
        more = [world.asset_orders, *([] if world.coverage is None else world.coverage.tables)]
        return [*self.state, *(table for table in more if table is not None)]

    def next_tick(self, after: int) -> int | None:
        """Return the next tick after `after` at which something is due; None for never."""
        due = [at for part in self._parts if (at := part.next_event_us()) is not None]
        resolution = self._world.resolution_us
        return max(after + 1, -(-min(due) // resolution)) if due else None

    def begin(self) -> None:
        """Let every part look at the assets as they are at the start."""
        for supply in self.supplies:
            supply.heed(range(len(self._rows)), 0)

    def advance(self, tick: int) -> None:
        """Serve orders given since the last tick, and act on all that is due by now."""
        self.happened = []
        until_us = tick * self._world.resolution_us
        self._serve(until_us)
        for _ in range(MOST_ROUNDS):
            due = [at for part in self._parts if (at := part.next_event_us()) is not None and at <= until_us]
            if not due:
                return
            self._act(min(due))
        raise RunFailedError(
            f"infrastructure: its parts do not come to rest at {self._world.time_s:g} s",
            hint="two of them undo each other's changes at once; give one of the needs a buffer",
        )

    def _serve(self, until_us: int) -> None:
        orders = self._world.asset_orders
        assert orders is not None
        for k in range(int(self.progress.n_orders[0]), len(orders)):
            self._order(
                int(orders.asset[k]),
                Order(int(orders.kind[k])),
                float(orders.value[k]),
                int(orders.cause[k]),
                until_us,
            )
        self.progress.n_orders[0] = len(orders)

    def _order(self, asset: int, kind: Order, value: float, cause: int, at_us: int) -> None:
        by_hand = kind is Order.BY_HAND
        self._ordered.add(asset)
        self.services.set_order(
            asset, Order.LEVEL if by_hand else kind, value, cause=cause, at_us=at_us, by_hand=by_hand
        )

    def _act(self, now_us: int) -> None:
        # All parts to one time; what the services change is told to the supplies, what those bring to the services.
        for part in self._parts:
            due = part.next_event_us()
            if due is None or due > now_us:
                continue
            n_before = len(self.happened)
            part.logged(self._log(part.advance(now_us)))
            if part is self.services:
                touched = self._ordered | {event.row for event in self.happened[n_before:]}
                self._ordered = set()
                for supply in self.supplies:
                    supply.heed(sorted(touched), now_us)
        for supply in self.supplies:
            for order in supply.orders():
                self._order(order.asset, order.kind, order.value, order.cause, now_us)

    def _log(self, changes: list[Change]) -> list[int]:
        # Return the events that changes became.
        world, assets = self._world, self._world.assets
        assert assets is not None
        events: list[int] = []
        for change in changes:
            row = self._rows.get(change.subject)
            cause = events[change.cause_in_batch] if change.cause_in_batch >= 0 else change.cause
            place = {} if row is None else {"x": float(assets.x[row]), "y": float(assets.y[row])}
            data: dict[str, Any] = dict(change.data)
            if change.at_us != world.tick * world.resolution_us:
                data["at_s"] = change.at_us / US_PER_S
            events.append(
                world.log(change.kind, change.subject, causes=[cause] if cause >= 0 else [], **place, **data)
            )
            if row is not None:
                self.happened.append(AssetEvent(kind=change.kind, row=row, event=events[-1]))
        self.progress.n_changes[0] += len(changes)
        return events

    def restored(self, tick: int) -> None:
        """Rebuild what the parts derive from their tables."""
        del tick
        for part in self._parts:
            part.restored()

    def check_finite(self) -> None:
        """Raise RunFailedError when a level is not a number from 0 to 1."""
        level = self.services.states.level
        bad = np.flatnonzero(~((level >= 0.0) & (level <= 1.0)))
        if len(bad):
            assets = self._world.assets
            assert assets is not None
            raise RunFailedError(
                f"infrastructure: '{assets.ids[bad[0]]}' gives {level[bad[0]]} at {self._world.time_s:g} s"
            )

    def describe(self) -> dict[str, dict[str, Any]]:
        """Return the assets and their needs for the header of a recording."""
        assets = self._world.assets
        assert assets is not None
        needs = assets.needs
        districts = self._districts
        groups: dict[str, dict[str, Any]] = {}
        if self._voltages is not None:
            groups["power_buses"] = self._voltages.describe()
        if districts is not None and districts.names:
            groups["asset_districts"] = {
                "name": np.array(districts.names, dtype=object),
                "of_asset": districts.of_asset,
            }
        return groups | {
            "assets": {
                "id": np.array(assets.ids, dtype=object),
                "kind": np.array(assets.kinds, dtype=object),
                "basis": np.array(assets.basis, dtype=object),
                "x": assets.x,
                "y": assets.y,
                "people": assets.people,
                "is_mapped": assets.is_mapped,
            },
            "asset_needs": {
                "consumer": needs.consumer,
                "provider": needs.provider,
                "service": needs.service,
                "group": needs.group,
                "threshold": needs.threshold,
                "buffer_s": needs.buffer_s,
            },
        }

    def record(self, channels: Channels, tick: int, *, is_frame: bool) -> None:
        """Record levels, lacks and voltages at their own times, where something has happened since the last one."""
        del is_frame
        voltages = self._voltages
        if voltages is not None and voltages.n_solved != self._recorded_voltages:
            self._recorded_voltages = voltages.n_solved
            channels.add_series("voltages", tick, voltages.values())
        n = int(self.progress.n_changes[0])
        if (tick % self._record_ticks == 0 or self.happened) and n != self._recorded:
            self._recorded = n
            states = self.services.states
            channels.add_series(
                "assets", tick, {"level": states.level.astype(np.float32), "unmet": states.unmet.copy()}
            )
