"""Feed, connect and command assets: to the transformer, exchange and centre that their place gives them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial import cKDTree

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city.asset_book import AssetBook, Origin, by_rule
from impetus_sim.infrastructure.city.needs_of_kinds import rules_of
from impetus_sim.infrastructure.city.parts import Parts
from impetus_sim.world.assets import Service


@dataclass
class Numbers:
    """Numbers of the assets in the book, by part and row."""

    supply: int = -1
    depot: int = -1
    substation: list[int] = field(default_factory=list)
    feeder: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    plant: list[int] = field(default_factory=list)
    transformer: list[int] = field(default_factory=list)
    exchange: list[int] = field(default_factory=list)
    cell: list[int] = field(default_factory=list)
    zone: list[int] = field(default_factory=list)
    pump: list[int] = field(default_factory=list)
    tank: list[int] = field(default_factory=list)
    signal: list[int] = field(default_factory=list)
    centre: dict[str, int] = field(default_factory=dict)


class Connections:
    """Adds needs of assets by where they stand.

    Parameters
    ----------
    parts
        The placed parts of the city.
    book, numbers
        Where assets and needs go; transformers, exchanges and centres are there before others are connected.
    """

    def __init__(self, parts: Parts, book: AssetBook, numbers: Numbers) -> None:
        self.parts, self.book, self.numbers = parts, book, numbers
        at = parts.graph, parts.stations.node
        self._stations_at = cKDTree(np.column_stack([at[0].x[at[1]], at[0].y[at[1]]]))
        self._exchanges_at = cKDTree(np.column_stack([parts.exchanges.x, parts.exchanges.y]))

    def depend(
        self, asset: int, service: Service, *providers: int, kind: str = "", buffer_h: float | None = None
    ) -> None:
        """Give an asset the needs of its kind for a service.

        Parameters
        ----------
        kind
            Kind in the table of needs; its own when empty.
        buffer_h
            Instead of the table's, where the buffer has a known size; it fills in the same time.
        """
        for rule in rules_of(kind or self.book.kinds[asset], service):
            sized = rule if buffer_h is None else replace(rule, buffer_h=buffer_h, refill_h=buffer_h)
            self.book.need(asset, service, *providers, rule=sized)

    def feed(self, asset: int, *, kind: str = "") -> None:
        """Give an asset its supply: the transformer behind which it stands, and its own generator if it has one."""
        at = self._place(asset)
        station = int(self.parts.stations.of_node[int(self.parts.graph.nearest(*at)[0])])
        if station < 0:
            station = int(self._stations_at.query(at)[1])
        providers = [self.numbers.transformer[station]]
        hours = sum(rule.standby_h for rule in rules_of(kind or self.book.kinds[asset], Service.POWER))
        if hours > 0.0:
            providers.append(self._add_generator(asset, hours))
        self.depend(asset, Service.POWER, *providers, kind=kind)

    def feed_from(self, asset: int, transformer: str) -> None:
        """Give an asset its supply from a transformer by its id.

        Raises
        ------
        InvalidInputError
            When there is none.
        """
        known = {self.book.ids[number]: number for number in self.numbers.transformer}
        if transformer not in known:
            close = difflib.get_close_matches(transformer, known, n=3)
            raise InvalidInputError(
                f"there is no transformer '{transformer}' that feeds '{self.book.ids[asset]}'",
                hint=f"close to it: {', '.join(close)}"
                if close
                else "`impetus map infrastructure --assets` lists them",
            )
        self.depend(asset, Service.POWER, known[transformer])

    def _add_generator(self, asset: int, hours: float) -> int:
        """Add the generator of an asset, fuelled from the depot by road."""
        name = self.book.ids[asset]
        origin = by_rule(f"standby of {name}, fuel for {hours:g} h")
        generator = self.book.add(f"generator_{name}", "generator", *self._place(asset), origin)
        (rule,) = rules_of("generator", Service.FUEL)
        depot = asset if name.startswith("depot") else self.numbers.depot
        self.book.need(generator, Service.FUEL, depot, rule=replace(rule, buffer_h=hours))
        return generator

    def connect(self, asset: int) -> None:
        """Give an asset its line, to the nearest exchange."""
        self.depend(asset, Service.TELECOM, self.numbers.exchange[self.exchange_of(asset)])

    def exchange_of(self, asset: int) -> int:
        """Return the row of the exchange nearest to an asset."""
        return int(self._exchanges_at.query(self._place(asset))[1])

    def command(self, asset: int, centre: str, *, kind: str = "") -> int:
        """Give an asset a controller of its own, commanded by a centre; return the controller."""
        name = self.book.ids[asset]
        origin = by_rule(f"one for {name}")
        return self._add_controller(f"controller_{name}", self._place(asset), origin, centre, [asset], kind)

    def command_at_exchange(self, row: int, what: str, centre: str, targets: Sequence[int]) -> None:
        """Give the assets of an exchange's area one controller, which stands there."""
        if targets:
            at = (float(self.parts.exchanges.x[row]), float(self.parts.exchanges.y[row]))
            origin = by_rule(f"one for the {what} of an exchange")
            self._add_controller(f"controller_{what}_{row + 1}", at, origin, centre, targets, "")

    def _add_controller(
        self,
        name: str,
        at: tuple[float, float],
        origin: Origin,
        centre: str,
        targets: Sequence[int],
        kind: str,
    ) -> int:
        controller = self.book.add(name, "controller", *at, origin)
        self.feed(controller, kind=kind)
        self.connect(controller)
        self.depend(controller, Service.CONTROL, self.numbers.centre[centre])
        for target in targets:
            self.depend(target, Service.CONTROL, controller)
        return controller

    def _place(self, asset: int) -> tuple[float, float]:
        return self.book.x[asset], self.book.y[asset]
