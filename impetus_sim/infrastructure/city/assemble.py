"""Turn the parts of a city into assets with needs: who feeds, connects and commands whom."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.city.asset_book import AssetBook, Origin, by_rule
from impetus_sim.infrastructure.city.connections import Connections, Numbers
from impetus_sim.infrastructure.city.grid import CityGrid
from impetus_sim.infrastructure.city.grid_above import Joined
from impetus_sim.infrastructure.city.grouping import sum_by
from impetus_sim.infrastructure.city.parts import Parts
from impetus_sim.infrastructure.city.water_network import LaidWater
from impetus_sim.world.assets import Service

Ints = npt.NDArray[np.int64]

NEAR_SITE_M: Final = 100.0
"""People of a mapped site are those of the nearest building within this distance."""
SERVED_KINDS: Final = ("hospital", "station", "petrol_station", "police", "fire_station")
"""Kinds of the map that are customers with needs of their own; each is an asset of the same kind."""
MAPPED_SUPPLIES: Final = ("power_plant", "generator")


class Assembly:
    """Adds the assets of a city's parts to a book, one method a network."""

    def __init__(
        self, parts: Parts, grid: CityGrid, joined: Joined | None = None, water: LaidWater | None = None
    ) -> None:
        self.parts, self.grid, self.joined, self.water = parts, grid, joined, water
        self.book = AssetBook()
        self.numbers = Numbers()
        self.links = Connections(parts, self.book, self.numbers)

    def add_all(self) -> AssetBook:
        """Add every asset and need, and return the book."""
        self._add_power()
        self._add_grid_above()
        self._add_depot()
        self._add_telecom()
        self._add_centres()
        self._add_feeder_controllers()
        if self.water is None:
            self._add_water()
        else:
            self._add_water_network(self.water)
        self._add_signals()
        self._add_cameras()
        self._add_signs()
        self._add_sirens()
        self._add_mapped_sites()
        return self.book

    def _mapped(self, row: int, otherwise: str) -> Origin:
        """Return the origin of an asset that stands at a row of the map's places, or was made by a rule."""
        if row < 0:
            return by_rule(otherwise)
        name = str(self.parts.places.name[row])
        return Origin(f"{self.parts.places.tag[row]}{f' ({name})' if name else ''}", True)

    def _add_power(self) -> None:
        parts, book = self.parts, self.book
        places, graph = parts.places, parts.graph
        self.numbers.supply = book.add(
            "grid_supply_1",
            "substation",
            *parts.ring.supply_xy,
            by_rule(
                "the transmission grid, where a mapped line leaves the map"
                if parts.ring.is_on_line
                else "the transmission grid, at the edge of the map nearest to a substation"
            ),
        )
        for row, (node, mapped) in enumerate(
            zip(parts.substations.node.tolist(), parts.substations.map_row.tolist(), strict=True), start=1
        ):
            at = (places.x[mapped], places.y[mapped]) if mapped >= 0 else (graph.x[node], graph.y[node])
            origin = self._mapped(
                mapped, f"one for {parts.spec.substation_mw:g} MW, where load is far from others"
            )
            self.numbers.substation.append(book.add(f"substation_{row}", "substation", *at, origin))
        names = parts.feeder_ids() + parts.reserve_ids()
        for name, bus in zip(names, self.grid.bus_of_feeder.tolist(), strict=True):
            at = (float(self.grid.network.x[bus]), float(self.grid.network.y[bus]))
            what = "cable along the shortest streets, within limits of load and length"
            self.numbers.feeder.append(book.add(name, "feeder", *at, by_rule(what)))
        self._add_stations()

    def _add_grid_above(self) -> None:
        """Add the branches and units of a file's grid, where the city hangs on it."""
        if self.joined is None:
            return
        network, at = self.joined.network, self.parts.ring.supply_xy
        origin = by_rule("of the network file, placed where the city hangs on it")
        for row in self.joined.lines.tolist():
            self.numbers.line.append(self.book.add(network.branch_names[row], "line", *at, origin))
        for name in self.joined.unit_names:
            self.numbers.plant.append(self.book.add(name, "power_plant", *at, origin))

    def _add_stations(self) -> None:
        parts, book = self.parts, self.book
        stations, graph = parts.stations, parts.graph
        people = self._people_of_stations()
        for row, tail in enumerate(parts.station_tails()):
            mapped = int(stations.map_row[row])
            x, y = graph.x[stations.node[row]], graph.y[stations.node[row]]
            at = (parts.places.x[mapped], parts.places.y[mapped]) if mapped >= 0 else (x, y)
            units = f"{stations.units[row]} x " if stations.units[row] > 1 else ""
            size = (
                f"{units}{stations.kva[row] / stations.units[row]:.0f} kVA for {stations.load_kw[row]:.0f} kW"
            )
            origin = self._mapped(mapped, size)
            number = book.add(f"transformer_{tail}", "transformer", *at, origin)
            self.numbers.transformer.append(number)
            block = book.add(
                f"block_{tail}",
                "block",
                x,
                y,
                by_rule("customers behind one transformer"),
                people=people[row],
            )
            lights = book.add(
                f"street_lights_{tail}",
                "street_lights",
                x,
                y,
                by_rule("streets around one transformer"),
            )
            self.links.depend(block, Service.POWER, number)
            self.links.depend(lights, Service.POWER, number)

    def _add_depot(self) -> None:
        book, first = self.book, self.numbers.substation[0]
        origin = by_rule("crews and fuel at the first substation")
        self.numbers.depot = book.add("depot_1", "depot", book.x[first], book.y[first], origin)
        self.links.feed(self.numbers.depot)

    def _people_of_stations(self) -> npt.NDArray[np.float64]:
        parts = self.parts
        station = parts.stations.of_node[parts.graph.nearest(parts.premises.x, parts.premises.y)]
        inside = station >= 0
        return sum_by(station[inside], parts.premises.people[inside], len(parts.stations))

    def _add_telecom(self) -> None:
        parts, book = self.parts, self.book
        exchanges, cells = parts.exchanges, parts.cells
        largest = int(np.argmax(exchanges.people))
        core = book.add(
            "telecom_core_1",
            "telecom_core",
            exchanges.x[largest],
            exchanges.y[largest],
            by_rule("beside the exchange with most people"),
        )
        self.links.feed(core)
        for row in range(len(exchanges)):
            origin = self._mapped(
                int(exchanges.map_row[row]), f"one for {parts.spec.exchange_people:g} people"
            )
            number = book.add(f"exchange_{row + 1}", "exchange", exchanges.x[row], exchanges.y[row], origin)
            self.numbers.exchange.append(number)
            self.links.feed(number)
            self.links.depend(number, Service.TELECOM, core)
        for row in range(len(cells)):
            origin = self._mapped(
                int(cells.map_row[row]), f"one for {parts.spec.cell_people:g} people or its reach"
            )
            number = book.add(f"cell_{row + 1}", "cell", cells.x[row], cells.y[row], origin)
            self.numbers.cell.append(number)
            self.links.feed(number)
            self.links.depend(number, Service.TELECOM, self.numbers.exchange[int(cells.exchange[row])])

    def _add_centres(self) -> None:
        parts, book = self.parts, self.book
        largest = int(np.argmax(parts.exchanges.people))
        at = (parts.exchanges.x[largest], parts.exchanges.y[largest])
        for name in ("power", "telecom", "traffic", "water"):
            origin = by_rule(f"one for the city's {name}, beside the largest exchange")
            number = book.add(f"control_centre_{name}", "control_centre", *at, origin)
            self.numbers.centre[name] = number
            self.links.feed(number)
            self.links.connect(number)
        for row in range(len(parts.exchanges)):
            cells = [self.numbers.cell[cell] for cell in np.flatnonzero(parts.cells.exchange == row)]
            self.links.command_at_exchange(row, "cells", "telecom", cells)

    def _add_feeder_controllers(self) -> None:
        for feeder in self.numbers.feeder:
            self.links.command(feeder, "power")

    def _add_water(self) -> None:
        parts, book, zones = self.parts, self.book, self.parts.zones
        origin = self._mapped(zones.source_row, "water from outside, at the western end of the streets")
        at = (float(zones.source_xy[0]), float(zones.source_xy[1]))
        source = book.add("water_source_1", "water_source", *at, origin)
        for row in range(len(zones)):
            people = f"one for {parts.spec.zone_people:g} people"
            pump = book.add(
                f"pumping_station_{row + 1}",
                "pumping_station",
                zones.pump_x[row],
                zones.pump_y[row],
                self._mapped(int(zones.pump_row[row]), f"{people}, where the main enters its zone"),
            )
            tank = book.add(
                f"water_tank_{row + 1}",
                "water_tank",
                zones.tank_x[row],
                zones.tank_y[row],
                self._mapped(int(zones.tank_row[row]), f"{people}, at the centre of its zone"),
            )
            zone = book.add(
                f"water_zone_{row + 1}",
                "water_zone",
                zones.x[row],
                zones.y[row],
                by_rule(f"part of the streets with at most {parts.spec.zone_people:g} people"),
                people=float(zones.people[row]),
            )
            self.numbers.pump.append(pump)
            self.numbers.tank.append(tank)
            self.numbers.zone.append(zone)
            self.links.feed(pump)
            self.links.depend(pump, Service.WATER, source)
            self.links.command(pump, "water")
            self.links.depend(tank, Service.WATER, pump, buffer_h=24.0 * parts.spec.tank_share)
            self.links.depend(zone, Service.WATER, tank)

    def _add_water_network(self, water: LaidWater) -> None:
        """Add pumps, tanks and the junctions that serve somebody, of a file."""
        book, file, numbers = self.book, water.file, self.numbers
        origin = by_rule("of the network file, moved onto the city")
        for name, at in zip(file.pumps, water.pump_xy.tolist(), strict=True):
            pump = book.add(f"pump_{name}", "pumping_station", at[0], at[1], origin)
            numbers.pump.append(pump)
            if name in file.feeds:
                self.links.feed_from(pump, file.feeds[name])
            else:
                self.links.feed(pump)
            self.links.command(pump, "water")
        for name, at in zip(file.tanks, water.tank_xy.tolist(), strict=True):
            numbers.tank.append(book.add(f"tank_{name}", "water_tank", at[0], at[1], origin))
        for row in range(len(file.junctions)):
            at, people = water.junction_xy[row].tolist(), float(water.people[row])
            name = f"junction_{file.junctions[row]}"
            numbers.zone.append(book.add(name, "water_zone", at[0], at[1], origin, people=people))

    def _water_zone_at(self, x: float, y: float) -> int:
        # Number of the asset that gives water at a point.
        if self.water is not None:
            return self.numbers.zone[self.water.nearest_junction(x, y)]
        parts = self.parts
        zone = int(parts.zones.of_node[int(parts.graph.nearest(x, y)[0])])
        if zone < 0:
            zone = int(np.argmin(np.hypot(parts.zones.x - x, parts.zones.y - y)))
        return self.numbers.zone[zone]

    def _add_signals(self) -> None:
        signals = self.parts.signals
        for row in range(len(signals)):
            number = self.book.add(
                f"signal_{row + 1}",
                "signal",
                signals.x[row],
                signals.y[row],
                Origin(signals.tag[row], True),
            )
            self.numbers.signal.append(number)
            self.links.feed(number)
            self.links.command(number, "traffic", kind="controller_of_signal")

    def _add_cameras(self) -> None:
        self._add_grouped("camera", "traffic")

    def _add_signs(self) -> None:
        self._add_grouped("sign", "traffic")

    def _add_grouped(self, kind: str, centre: str) -> None:
        """Add the devices of a kind, which share a controller in the area of each exchange."""
        numbers = self._add_equipment(kind)
        of_exchange: dict[int, list[int]] = {}
        for number in numbers:
            self.links.feed(number)
            self.links.connect(number)
            of_exchange.setdefault(self.links.exchange_of(number), []).append(number)
        for exchange, devices in sorted(of_exchange.items()):
            self.links.command_at_exchange(exchange, f"{kind}s", centre, devices)

    def _add_sirens(self) -> None:
        for number in self._add_equipment("siren"):
            self.links.feed(number)
            self.links.command(number, "telecom")

    def _add_mapped_sites(self) -> None:
        parts, book = self.parts, self.book
        for kind in MAPPED_SUPPLIES:
            self._add_places(kind, kind)
        for kind in SERVED_KINDS:
            if kind in parts.equipment:
                added = self._add_equipment(kind)
            else:
                added = self._add_places(kind, kind, with_people=kind == "hospital")
            for number in added:
                self.links.feed(number)
                if kind in ("hospital", "police", "fire_station"):
                    self.links.connect(number)
                if kind == "hospital":
                    zone = self._water_zone_at(book.x[number], book.y[number])
                    self.links.depend(number, Service.WATER, zone)

    def _add_equipment(self, kind: str) -> list[int]:
        """Add the devices of a kind, mapped ones first."""
        some = self.parts.equipment[kind]
        each = self.parts.spec.people_for_each.get(kind, 0.0)
        return [
            self.book.add(
                f"{kind}_{row + 1}",
                kind,
                some.x[row],
                some.y[row],
                self._mapped(int(some.map_row[row]), f"one for {each:g} people, where people are"),
            )
            for row in range(len(some))
        ]

    def _add_places(self, map_kind: str, kind: str, *, with_people: bool = False) -> list[int]:
        """Add every place of the map of a kind, numbered in the order of coordinates."""
        places = self.parts.places
        numbers = []
        for count, row in enumerate(places.of(map_kind).tolist(), start=1):
            at = (float(places.x[row]), float(places.y[row]))
            people = self._people_near(at) if with_people else 0.0
            origin = self._mapped(row, "")
            numbers.append(self.book.add(f"{kind}_{count}", kind, *at, origin, people=people))
        return numbers

    def _people_near(self, at: tuple[float, float]) -> float:
        premises = self.parts.premises
        apart = np.hypot(premises.x - at[0], premises.y - at[1])
        nearest = int(np.argmin(apart))
        return float(premises.people[nearest]) if apart[nearest] <= NEAR_SITE_M else 0.0
