"""The parts of a city's infrastructure before they become assets and a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from impetus_sim.infrastructure.city.equipment import Equipment
from impetus_sim.infrastructure.city.feeders import Feeders
from impetus_sim.infrastructure.city.phone_sites import Cells, Exchanges
from impetus_sim.infrastructure.city.places_of_map import MappedPlaces, Signals
from impetus_sim.infrastructure.city.premises import Premises
from impetus_sim.infrastructure.city.ring import Ring
from impetus_sim.infrastructure.city.spec import CitySpec
from impetus_sim.infrastructure.city.stations import Stations, Substations
from impetus_sim.infrastructure.city.streets import StreetGraph
from impetus_sim.infrastructure.city.ties import Ties
from impetus_sim.infrastructure.city.water_zones import Zones


@dataclass(frozen=True, kw_only=True)
class Parts:
    """All that was placed, and the streets it stands on; equipment by its kind."""

    spec: CitySpec
    graph: StreetGraph
    places: MappedPlaces
    premises: Premises
    signals: Signals
    equipment: Mapping[str, Equipment]
    exchanges: Exchanges
    cells: Cells
    zones: Zones
    stations: Stations
    substations: Substations
    feeders: Feeders
    ties: Ties
    ring: Ring

    def feeder_ids(self) -> list[str]:
        """Return the id of each feeder: its substation, and its number there."""
        count: dict[int, int] = {}
        ids = []
        for substation in self.feeders.substation.tolist():
            count[substation] = count.get(substation, 0) + 1
            ids.append(f"feeder_{substation + 1}_{count[substation]}")
        return ids

    def reserve_ids(self) -> list[str]:
        """Return the id of each reserve feeder."""
        last = self.feeder_ids()[-1] if len(self.feeders) else "feeder_1_0"
        head, _, number = last.rpartition("_")
        return [f"{head}_{int(number) + 1 + k}" for k in range(len(self.ties.reserve_of))]

    def station_tails(self) -> list[str]:
        """Return ``S_F_T`` for each transformer: substation, feeder and its number from the substation on."""
        feeders = self.feeders
        feeder_ids = self.feeder_ids()
        order = sorted(range(len(self.stations)), key=lambda s: (feeders.of_station[s], feeders.path_m[s], s))
        count: dict[int, int] = {}
        tails = [""] * len(order)
        for station in order:
            feeder = int(feeders.of_station[station])
            count[feeder] = count.get(feeder, 0) + 1
            tails[station] = f"{feeder_ids[feeder].removeprefix('feeder_')}_{count[feeder]}"
        return tails
