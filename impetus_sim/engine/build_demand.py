"""Trips of the entries of `traffic.demand` on a network: who sets out where and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim import rng
from impetus_sim.engine.build_sumo import draw_places, list_paths, place_rows
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.od_table import OUT
from impetus_sim.scenario.places import Place, locate
from impetus_sim.scenario.traffic_demand import Demand, Flight, Gravity, OdTrips, Period, SumoTrips, Trips
from impetus_sim.traffic.demand.departures import Departures
from impetus_sim.traffic.demand.gravity import draw_trips
from impetus_sim.traffic.demand.trip_ends import TripEnds, draw_ends, find_trip_ends
from impetus_sim.traffic.demand.zones import Zones, build_zones
from impetus_sim.traffic.vehicles import KINDS
from impetus_sim.traffic.vehicles import Trips as VehicleTrips

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.scenario.traffic import Traffic
    from impetus_sim.traffic.road import Links
    from impetus_sim.world.drive_network import DriveNetwork

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Uids = npt.NDArray[np.uint64]


class TripBuilder:
    """Trips of the entries of a scenario on one network.

    paths: links of the fixed routes so far, each route ended by `LEAVES`. left_out: by entry, vehicles of files
    that cannot be placed, by reason.
    """

    def __init__(
        self,
        spec: Traffic,
        scenario: Scenario,
        city: City,
        network: DriveNetwork,
        links: Links,
        *,
        seed: int,
        replicate: int,
    ) -> None:
        self._spec, self._city, self._network, self._links = spec, city, network, links
        self._seed, self._replicate = seed, replicate
        start = datetime.fromisoformat(scenario.time.start)
        self.paths: list[int] = []
        self.left_out: dict[str, dict[str, int]] = {}
        self._start_of_day_s = start.hour * 3600.0 + start.minute * 60.0 + start.second

    def build(self, name: str, entry: Demand) -> tuple[VehicleTrips, Uids]:
        """Return the trips of one entry, with goals as junctions, and the ids of their vehicles."""
        with about(f"traffic.demand.{name}"):
            if isinstance(entry, Gravity):
                return self._gravity(name, entry)
            if isinstance(entry, Flight):
                return self._flight(name, entry)
            if isinstance(entry, OdTrips):
                return self._od(name, entry)
            if isinstance(entry, SumoTrips):
                return self._sumo(name, entry)
            assert isinstance(entry, Trips)
            return self._given(name, entry)

    def _draws(self, name: str, n: int) -> tuple[npt.NDArray[np.uint64], Floats]:
        uid = (np.uint64(rng.stable_hash(name) & 0xFFFFFFFF) << np.uint64(32)) + np.arange(n, dtype=np.uint64)
        return uid, self._draws_of(uid)

    def _draws_of_rows(self, row_uid: Uids, number: Ints) -> tuple[Uids, Floats]:
        # Ids and draws of vehicles by the row of a file that each belongs to and its number there.
        uid = row_uid + number.astype(np.uint64)
        if len(np.unique(uid)) < len(uid):
            raise InvalidInputError("two rows of the file have the same key", hint="rename the entry")
        return uid, self._draws_of(uid)

    def _draws_of(self, uid: Uids) -> Floats:
        return rng.draw_uniforms(self._seed, self._replicate, "traffic.trips", uid)

    def _people(self) -> Floats:
        buildings = self._city.layers["buildings"]
        people = np.zeros(self._network.n_nodes)
        if len(buildings):
            centre = shapely.get_coordinates(shapely.centroid(buildings.geometry.to_numpy()))
            node = self._network.nearest_node(centre[:, 0], centre[:, 1])
            np.add.at(people, node, buildings["people_estimate"].to_numpy())
        return people

    def _edge(self) -> tuple[Ints, Floats]:
        nodes = np.flatnonzero(self._network.is_map_edge)
        total = self._links.n_lanes * self._links.lane_capacity
        weight = np.zeros(self._network.n_nodes)
        np.add.at(weight, self._network.to_node, total)
        leaves = np.zeros(self._network.n_nodes)
        np.add.at(leaves, self._network.from_node, total)
        both = (weight[nodes] > 0.0) & (leaves[nodes] > 0.0)
        return nodes[both], weight[nodes[both]]

    def _gravity(self, name: str, entry: Gravity) -> tuple[VehicleTrips, Uids]:
        edge_nodes, edge_weight = self._edge()
        zones: Zones = build_zones(
            self._network.node_x,
            self._network.node_y,
            self._people(),
            edge_nodes=edge_nodes,
            edge_weight=edge_weight,
            through=float(entry.through),
            most=int(self._spec.zones),
        )
        when = self._when(entry)
        n = round(int(entry.trips) * when.share_of_day()) if entry.daily else int(entry.trips)
        uid, draws = self._draws(name, n)
        origin, zone = draw_trips(zones, draws, mean_distance_m=float(entry.mean_distance))
        times = when.quantiles(draws[:, 3])
        return self._trips(times, origin, zones.node[zone], uid, entry), uid

    def _od(self, name: str, entry: OdTrips) -> tuple[VehicleTrips, Uids]:
        ends = self._trip_ends(entry)
        number = {zone: k for k, zone in enumerate(ends)}
        rows = entry.rows
        whole = self._when(entry)
        periods = {period: self._when(spec) for period, spec in entry.periods.items()}
        expected = np.array(
            [
                row.trips
                * float(entry.scale)
                * (whole.share_of_day() if entry.daily and not row.period else 1.0)
                for row in rows
            ]
        )
        row_uid = row_ids("od", [(name, row.origin, row.destination, row.kind, row.period) for row in rows])
        rounding = rng.draw_uniforms(self._seed, self._replicate, "traffic.od_rounding", row_uid)[:, 0]
        n_of_row = np.floor(expected + rounding).astype(np.int64)
        of_row = np.repeat(np.arange(len(rows)), n_of_row)
        number_in_row = np.arange(len(of_row)) - (np.cumsum(n_of_row) - n_of_row)[of_row]
        uid, draws = self._draws_of_rows(row_uid[of_row], number_in_row)
        origin, goal = draw_ends(
            ends,
            np.array([number[row.origin] for row in rows], np.int64)[of_row],
            np.array([number[row.destination] for row in rows], np.int64)[of_row],
            draws,
        )
        period = np.array([row.period for row in rows], object)[of_row]
        times = np.empty(len(of_row))
        for label in np.unique(period.astype(str)):
            mine = period == label
            times[mine] = (periods[label] if label else whole).quantiles(draws[mine, 3])
        trips = self._trips(times, origin, goal, uid, entry)
        given = np.array([row.kind for row in rows], object)[of_row]
        assert trips.kind is not None
        for label in ("car", "truck", "bus"):
            trips.kind[given == label] = KINDS.index(label)
        return trips, uid

    def _trip_ends(self, entry: OdTrips) -> dict[str, TripEnds]:
        shapes = [locate(place, self._city) for place in entry.zones.values()]
        at_edge, edge_weight = self._edge()
        zones = find_trip_ends(
            shapes,
            self._network.node_x,
            self._network.node_y,
            self._people(),
            most=int(self._spec.zones),
        )
        ends = dict(zip(entry.zones, zones, strict=True))
        if any(OUT in (row.origin, row.destination) for row in entry.rows):
            if not len(at_edge):
                raise InvalidInputError(f"no street leaves the map: there is no zone '{OUT}'")
            ends[OUT] = TripEnds(
                origin=at_edge, origin_weight=edge_weight, goal=at_edge, goal_weight=edge_weight
            )
        return ends

    def _when(self, entry: Demand | Period) -> Departures:
        return Departures(
            start_s=float(entry.start),
            end_s=float(entry.end),
            profile=getattr(entry, "profile", "even"),
            start_of_day_s=self._start_of_day_s,
        )

    def _flight(self, name: str, entry: Flight) -> tuple[VehicleTrips, Uids]:
        area = locate(entry.at, self._city)
        buildings = self._city.layers["buildings"]
        inside = buildings[buildings.intersects(area)] if len(buildings) else buildings
        people = inside["people_estimate"].to_numpy() if len(inside) else np.zeros(0)
        n = int(people.sum() / float(entry.people_per_car))
        if n == 0:
            raise InvalidInputError(f"nobody lives at '{entry.at}'", hint="choose an area with buildings")
        uid, draws = self._draws(name, n)
        total = np.cumsum(people)
        which = np.searchsorted(total, draws[:, 0] * total[-1], side="right").clip(0, len(people) - 1)
        centre = shapely.get_coordinates(shapely.centroid(inside.geometry.to_numpy()))[which]
        origin = self._network.nearest_node(centre[:, 0], centre[:, 1])
        # Rayleigh with the wanted mean: sigma = mean / sqrt(pi / 2)
        delay = float(entry.mean_delay) / np.sqrt(np.pi / 2.0) * np.sqrt(-2.0 * np.log(draws[:, 1]))
        times = np.minimum(float(entry.start) + delay, float(entry.end))
        if entry.to is None:
            edge_nodes, _ = self._edge()
            if not len(edge_nodes):
                raise InvalidInputError("no street leaves the map", hint="give `to`: a place")
            edge = self._network.node_x[edge_nodes], self._network.node_y[edge_nodes]
            x, y = self._network.node_x[origin], self._network.node_y[origin]
            goal = edge_nodes[np.argmin(np.hypot(x[:, None] - edge[0], y[:, None] - edge[1]), axis=1)]
        else:
            goal = np.full(n, self._node_at(entry.to))
        return self._trips(times, origin, goal, uid, entry), uid

    def _given(self, name: str, entry: Trips) -> tuple[VehicleTrips, Uids]:
        uid, draws = self._draws(name, int(entry.trips))
        n = len(uid)
        times = self._when(entry).quantiles(draws[:, 3])
        origin, goal = self._node_at(entry.origin), self._node_at(entry.destination)
        if origin == goal:
            raise InvalidInputError(f"'{entry.origin}' and '{entry.destination}' lie at the same junction")
        trips = self._trips(times, np.full(n, origin), np.full(n, goal), uid, entry)
        return trips, uid

    def _sumo(self, name: str, entry: SumoTrips) -> tuple[VehicleTrips, Uids]:
        rows = entry.rows
        placed = place_rows(rows, entry, self._city, self._network)
        row_uid = row_ids("sumo", [(name, row.id) for row in rows])
        uid, draws = self._draws_of_rows(row_uid[placed.row], placed.number)
        origin, goal = draw_places(placed, draws)
        entries, path = list_paths(placed, len(self.paths))
        self.paths += entries
        self.left_out[name] = placed.left_out
        kind = np.array([KINDS.index(rows[k].kind) for k in placed.row], np.int64)
        trips = VehicleTrips(depart_s=placed.depart_s, origin=origin, goal=goal, kind=kind, path=path)
        return trips, uid

    def _node_at(self, place: Place) -> int:
        centre = locate(place, self._city).centroid
        return int(self._network.nearest_node(np.array([centre.x]), np.array([centre.y]))[0])

    def _trips(self, times: Floats, origin: Ints, goal: Ints, uid: Uids, entry: Demand) -> VehicleTrips:
        kind = np.full(len(times), KINDS.index(getattr(entry, "vehicles", "car")))
        truck = rng.draw_uniforms(self._seed, self._replicate, "traffic.classes", uid)[:, 0] < float(
            entry.trucks
        )
        return VehicleTrips(
            depart_s=times, origin=origin, goal=goal, kind=np.where(truck, KINDS.index("truck"), kind)
        )


def rows_of_entries(n_of_entry: Mapping[str, int], chosen: Collection[str]) -> Ints:
    """Return the rows of the fleet that belong to some entries of the demand.

    Parameters
    ----------
    n_of_entry
        Vehicles of each entry, which come first in the fleet, in this order.
    """
    entry_of = np.repeat(np.arange(len(n_of_entry)), [*n_of_entry.values()])
    return np.flatnonzero(np.isin(entry_of, [k for k, name in enumerate(n_of_entry) if name in chosen]))


def row_ids(kind: str, names: Iterable[Sequence[str]]) -> Uids:
    """Return an id of each row of a file by its names, with room for its vehicles in the lowest 20 bits.

    Parameters
    ----------
    kind
        Of file: rows of two kinds with the same names have ids of their own.
    """
    texts = ["|".join(row) for row in names]
    return np.array(
        [(rng.stable_hash(f"{kind} {text}") << 32 | rng.stable_hash(text)) & ~0xFFFFF for text in texts],
        np.uint64,
    )
