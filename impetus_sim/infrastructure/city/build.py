"""Build the infrastructure of a city: the order of the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.infrastructure.city.assemble import SERVED_KINDS, Assembly
from impetus_sim.infrastructure.city.equipment import EQUIPMENT_KINDS, Equipment, place_equipment
from impetus_sim.infrastructure.city.feeders import build_feeders
from impetus_sim.infrastructure.city.grid import CityGrid, build_grid
from impetus_sim.infrastructure.city.grid_above import GridAbove, Joined, join_above
from impetus_sim.infrastructure.city.grouping import sum_by
from impetus_sim.infrastructure.city.parts import Parts
from impetus_sim.infrastructure.city.phone_sites import Cells, Exchanges, place_cells, place_exchanges
from impetus_sim.infrastructure.city.places_of_map import (
    MappedPlaces,
    Signals,
    find_signals,
    read_mapped_places,
)
from impetus_sim.infrastructure.city.premises import (
    Premises,
    building_premises,
    fill_premises,
    nothing_to_supply,
)
from impetus_sim.infrastructure.city.ring import build_ring
from impetus_sim.infrastructure.city.spec import CitySpec
from impetus_sim.infrastructure.city.stations import place_substations, place_transformers
from impetus_sim.infrastructure.city.streets import StreetGraph, build_street_graph
from impetus_sim.infrastructure.city.ties import build_ties
from impetus_sim.infrastructure.city.water_network import LaidWater, WaterFile, lay_water
from impetus_sim.infrastructure.city.water_zones import Zones, build_zones
from impetus_sim.infrastructure.power.network import PowerNetwork
from impetus_sim.world.assets import Assets

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DEVICE_KW: Final[Mapping[str, float]] = {
    "cell": 0.08,
    "exchange": 0.002,
    "signal": 0.6,
    "camera": 0.05,
    "siren": 0.1,
    "sign": 0.1,
}
"""Electric power of what stands along streets, of a cell for each line and of an exchange for each person: a macro
site for 2 500 people (74 lines) 3-6 kW (ITU-T L.1350 and operators' figures), an exchange for 30 000 some tens of
kW, a signalised junction with LED heads about 0.5 kW with its cabinet (recalled)."""
EXPECTED: Final = ("camera", "hospital", "siren", "substation", "communications_tower", "petrol_station")
"""Kinds of the map whose absence is said."""


@dataclass(frozen=True, kw_only=True)
class CityInfrastructure:
    """What a city runs on: assets and needs, the electric network, phone sites, water zones.

    Parameters
    ----------
    assets
        All of them, with needs.
    grid
        The electric network: ring of substations, radial feeders, open ties.
    bus_of_asset
        int64 (assets,), bus at which a grid supply, substation, feeder or transformer is connected; -1 for others.
    branch_of_asset, unit_of_asset
        int64 (assets,), breaker of a feeder or branch of a file's grid, and unit of that; -1 for others.
    joined
        How the city hangs on a file's grid; None without.
    water
        The water network of a file, whose junctions that ask for water are the zones; None without.
    cells, exchanges, zones
        Phone sites and water zones in rows; `cell_assets`, `zone_assets`, `pump_assets` and `tank_assets`, int64,
        give their rows of assets.
    signal_nodes
        Row of a signal's asset to its junction in the drive network; signals away from junctions are left out.
    transformer_of_building, zone_of_building
        int64 (buildings,), rows of assets, in the order of the map's layer; -1 where none is built.
    parts, wiring
        How it was built: placed parts on the graph of streets, rows of the network.
    findings
        What was missing and by which rule it was made, in sentences.
    """

    assets: Assets
    grid: PowerNetwork
    bus_of_asset: Ints
    branch_of_asset: Ints
    unit_of_asset: Ints
    joined: Joined | None
    water: LaidWater | None
    cells: Cells
    cell_assets: Ints
    exchanges: Exchanges
    zones: Zones
    zone_assets: Ints
    pump_assets: Ints
    tank_assets: Ints
    signal_nodes: Mapping[int, int]
    transformer_of_building: Ints
    zone_of_building: Ints
    parts: Parts
    wiring: CityGrid
    findings: tuple[str, ...]


def build_city_infrastructure(
    city: City,
    spec: CitySpec | None = None,
    *,
    above: GridAbove | None = None,
    water: WaterFile | None = None,
) -> CityInfrastructure:
    """Build the infrastructure of a city from its buildings, streets and mapped assets.

    The same city gives the same result, whatever the order of rows in its layers. What the map does not hold is
    made by the rules of the spec, and marked.

    Parameters
    ----------
    city
        Any city. Without buildings, people are set along its streets; without either, on its ground.
    spec
        Rules of synthesis; the defaults when left out.
    above
        The grid of a file on which the city hangs; a supply without limits when left out.
    water
        The water network of a file in place of zones.

    Raises
    ------
    InvalidInputError
        When the map holds nothing to supply, or the city cannot hang on the file's grid.
    """
    spec = spec or CitySpec()
    parts = _place_parts(city, spec)
    grid = build_grid(parts)
    joined = None if above is None else join_above(grid, above)
    premises = parts.premises
    laid = None if water is None else lay_water(water, premises.x, premises.y, premises.people)
    assembly = Assembly(parts, grid, joined, laid)
    assets, row_of = assembly.add_all().close()
    numbers = assembly.numbers
    rows = {name: row_of[np.array(getattr(numbers, name), np.int64)] for name in _PARTS_IN_ROWS}
    signals = parts.signals
    return CityInfrastructure(
        assets=assets,
        grid=grid.network if joined is None else joined.network,
        joined=joined,
        bus_of_asset=_scatter(
            len(assets),
            (row_of[[numbers.supply]], np.array([grid.supply_bus])),
            (rows["substation"], grid.busbar_of_substation),
            (rows["feeder"], grid.bus_of_feeder),
            (rows["transformer"], grid.bus_of_station),
        ),
        branch_of_asset=_scatter(
            len(assets),
            (rows["feeder"], grid.breaker_of_feeder),
            (rows["line"], np.empty(0, np.int64) if joined is None else joined.lines),
        ),
        unit_of_asset=_scatter(
            len(assets), (rows["plant"], np.empty(0, np.int64) if joined is None else joined.units)
        ),
        cells=parts.cells,
        cell_assets=rows["cell"],
        exchanges=parts.exchanges,
        zones=parts.zones,
        zone_assets=rows["zone"],
        pump_assets=rows["pump"],
        tank_assets=rows["tank"],
        signal_nodes={
            int(row): int(node)
            for row, node in zip(rows["signal"].tolist(), signals.node.tolist(), strict=True)
            if node >= 0
        },
        transformer_of_building=_of_buildings(city, parts, parts.stations.of_node, rows["transformer"]),
        zone_of_building=_of_buildings(city, parts, parts.zones.of_node, rows["zone"])
        if laid is None
        else _of_junctions(city, parts, laid, rows["zone"]),
        water=laid,
        parts=parts,
        wiring=grid,
        findings=_findings(parts),
    )


_PARTS_IN_ROWS: Final = (
    *("substation", "feeder", "line", "plant", "transformer"),
    *("cell", "zone", "pump", "tank", "signal"),
)


def _place_parts(city: City, spec: CitySpec) -> Parts:
    """Place everything, customers first, so that each later part is sized by what it serves."""
    known = building_premises(city)
    houses = np.column_stack([known.x, known.y])
    if not len(houses):
        ground = city.layers["walkable"].geometry.to_numpy()
        houses = shapely.get_coordinates(shapely.point_on_surface(ground)).reshape(-1, 2)
    graph = build_street_graph(city, step_m=spec.street_step_m, houses=houses)
    if not graph.n_nodes:
        raise nothing_to_supply(city)
    premises = fill_premises(city, graph, known, spec)
    places = read_mapped_places(city)
    signals = find_signals(city, places)
    exchanges = place_exchanges(graph, premises, places, spec)
    cells = place_cells(premises, exchanges, places, spec)
    zones = build_zones(graph, premises, places, spec)
    equipment = {
        kind: place_equipment(kind, graph, premises, places, spec.people_for_each.get(kind))
        for kind in EQUIPMENT_KINDS
    }
    node_people = sum_by(graph.nearest(premises.x, premises.y), premises.people, graph.n_nodes)
    node_kw = _load_along_streets(graph, premises, places, signals, equipment, cells, exchanges, zones)
    substations = place_substations(graph, node_kw, places, spec)
    mapped = places.of("substation")
    free = np.setdiff1d(mapped, substations.map_row)
    stations = place_transformers(graph, node_kw, node_people, places, free, spec)
    feeders = build_feeders(graph, stations, substations, spec)
    return Parts(
        spec=spec,
        graph=graph,
        places=places,
        premises=premises,
        signals=signals,
        equipment=equipment,
        exchanges=exchanges,
        cells=cells,
        zones=zones,
        stations=stations,
        substations=substations,
        feeders=feeders,
        ties=build_ties(graph, stations, feeders),
        ring=build_ring(city, graph.x[substations.node], graph.y[substations.node]),
    )


def _load_along_streets(
    graph: StreetGraph,
    premises: Premises,
    places: MappedPlaces,
    signals: Signals,
    equipment: Mapping[str, Equipment],
    cells: Cells,
    exchanges: Exchanges,
    zones: Zones,
) -> Floats:
    """Return the peak load at each point of the streets, kW: customers, and devices with a load of their own."""
    load = sum_by(graph.nearest(premises.x, premises.y), premises.load_kw, graph.n_nodes)
    devices: list[tuple[Floats, Floats, Any]] = [
        (cells.x, cells.y, DEVICE_KW["cell"] * cells.lines),
        (exchanges.x, exchanges.y, DEVICE_KW["exchange"] * exchanges.people),
        (signals.x, signals.y, DEVICE_KW["signal"]),
        (zones.pump_x, zones.pump_y, zones.pump_kw),
    ]
    for kind in dict.fromkeys((*SERVED_KINDS, *EQUIPMENT_KINDS)):
        rows = places.of(kind)
        x, y = (equipment[kind].x, equipment[kind].y) if kind in equipment else places.at(rows).T
        devices.append((x, y, DEVICE_KW.get(kind, LEAST_SITE_KW)))
    for x, y, kw in devices:
        if len(x):
            load += sum_by(graph.nearest(x, y), np.zeros(len(x)) + kw, graph.n_nodes)
    return load


LEAST_SITE_KW: Final = 1.0
"""Of a mapped site whose building may not be mapped, so that it has a transformer nearby."""


def _scatter(n: int, *pairs: tuple[Ints, Ints]) -> Ints:
    """Return int64 (n,) with values at rows, -1 elsewhere."""
    out = np.full(n, -1, np.int64)
    for rows, values in pairs:
        out[rows] = values
    return out


def _of_buildings(city: City, parts: Parts, of_node: Ints, asset_rows: Ints) -> Ints:
    """Return the asset that serves each building, in the order of the layer."""
    out = np.full(len(city.layers["buildings"]), -1, np.int64)
    premises = parts.premises
    part = of_node[parts.graph.nearest(premises.x, premises.y)]
    mapped = (premises.building >= 0) & (part >= 0)
    out[premises.building[mapped]] = asset_rows[part[mapped]]
    return out


def _of_junctions(city: City, parts: Parts, water: LaidWater, asset_rows: Ints) -> Ints:
    """Return the junction that serves each building, in the order of the layer."""
    out = np.full(len(city.layers["buildings"]), -1, np.int64)
    building = parts.premises.building
    out[building[building >= 0]] = asset_rows[water.junction_of_premise[building >= 0]]
    return out


def _findings(parts: Parts) -> tuple[str, ...]:
    """Return what was missing, and by which rule it was made."""
    said = list(parts.premises.findings)
    graph = parts.graph
    joints = ~graph.is_street
    if joints.any():
        said.append(
            f"{int(joints.sum())} direct synthetic cables, {graph.length_m[joints].sum():.0f} m, join parts that no"
            f" street joins"
        )
    synthetic = int((parts.substations.map_row < 0).sum())
    if synthetic:
        said.append(f"{synthetic} of {len(parts.substations)} substations are synthetic")
    mapped_km = sum(section.mapped_m for section in parts.ring.sections) / 1000.0
    all_km = sum(section.length_m for section in parts.ring.sections) / 1000.0
    said.append(
        f"{mapped_km:.1f} of {all_km:.1f} km of the ring follow mapped power lines, the rest is synthetic"
    )
    for kind, some in parts.equipment.items():
        made = int((some.map_row < 0).sum())
        if made:
            each = parts.spec.people_for_each[kind]
            words = kind.replace("_", " ")
            said.append(f"{made} of {len(some)} {words}s are synthetic, one for {each:g} people as asked for")
    absent = [kind for kind in EXPECTED if not len(parts.places.of(kind))]
    if absent:
        said.append(f"the map holds none of: {', '.join(kind.replace('_', ' ') for kind in absent)}")
    if len(parts.ties.reserve_of):
        said.append("one feeder only: a reserve cable without customers from the substation is its tie")
    return tuple(said)
