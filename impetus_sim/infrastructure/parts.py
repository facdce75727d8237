"""What the infrastructure of a run asks of its parts: networks that supply assets, and crews that repair them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from impetus_sim.arrays import Table
    from impetus_sim.infrastructure.change import Change
    from impetus_sim.world.assets import Order


@dataclass(frozen=True, kw_only=True)
class AssetOrder:
    """What a part tells of an asset, by its row. kind, value: a `world.assets.Order` and what it says. cause: id of
    the event that led to it, or -1."""

    asset: int
    kind: Order
    value: float
    cause: int


class Part(Protocol):
    """Something with a clock of its own, in integer microseconds since the start of the run."""

    @property
    def tables(self) -> list[Table]:
        """All its state: with it loaded and `restored` called it goes on exactly."""

    def next_event_us(self) -> int | None:
        """Return when something inside it is due next; None for never, unless something is asked of it."""

    def advance(self, until_us: int) -> list[Change]:
        """Act on all that is due up to a time, and return what happened, in order."""

    def logged(self, event_ids: Sequence[int]) -> None:
        """Take note of the events of the world that the changes of the last `advance` became, in their order."""

    def restored(self) -> None:
        """Rebuild what follows from its tables."""


class Supply(Part, Protocol):
    """A network that carries a service to assets, and hangs on assets itself (breakers, pumps, masts)."""

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Take note that the state of some assets has changed."""

    def orders(self) -> list[AssetOrder]:
        """Return what has changed, since the last time it was asked, in what reaches assets."""
