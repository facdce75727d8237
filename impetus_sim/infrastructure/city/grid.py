"""The electric network of a city as buses and branches: grid supply, ring of substations, feeders, open ties.

Impedances by length (pandapower's standard types: cable NA2XS2Y 1x240, at 110 kV the overhead line
243-AL1/39-ST1A); b = U^2 / X in MW per radian. Resistance and charging are for AC flow only. A feeder's breaker is
a short branch from the busbar of its substation; its customers are loads at the buses of their transformers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.city.grouping import sum_by
from impetus_sim.infrastructure.city.parts import Parts
from impetus_sim.infrastructure.city.spec import CitySpec
from impetus_sim.infrastructure.power.ac_data import AcData
from impetus_sim.infrastructure.power.network import PowerNetwork
from impetus_sim.infrastructure.power.rules import NOMINAL_HZ

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BUSBAR_M: Final = 10.0
"""A breaker counts as so much cable."""
SPARE: Final = 1.2
"""One of two transformers, and half the ring, carry all load with this margin."""


BASE_MVA: Final = 100.0


class Line(NamedTuple):
    """What a branch conducts, MW per radian, and carries for long, MW; its R / X, and what it feeds in, Mvar."""

    mw_per_rad: float
    rating_mw: float
    r_over_x: float
    charging_mvar: float


@dataclass
class _Wires:
    """Buses and branches while they are collected."""

    bus: list[tuple[str, float, float, float, float]] = field(default_factory=list)
    branch: list[tuple[str, int, int, Line, bool, bool]] = field(default_factory=list)

    def add_bus(self, name: str, x: float, y: float, *, kv: float, load_mw: float = 0.0) -> int:
        self.bus.append((name, x, y, kv, load_mw))
        return len(self.bus) - 1

    def add_branch(self, name: str, a: int, b: int, line: Line, *, breaker: bool, is_in: bool = True) -> int:
        self.branch.append((name, a, b, line, is_in, breaker))
        return len(self.branch) - 1


@dataclass(frozen=True, kw_only=True)
class CityGrid:
    """The network and where things are in it.

    network
        Buses, branches, open ties.
    supply_bus
        Bus of the grid supply point.
    busbar_of_substation, bus_of_feeder, breaker_of_feeder, bus_of_station, cable_of_station
        Rows of buses and branches; feeders include reserve ones at the end.
    ties
        Rows of the open branches between feeders.
    """

    network: PowerNetwork
    supply_bus: int
    busbar_of_substation: Ints
    bus_of_feeder: Ints
    breaker_of_feeder: Ints
    bus_of_station: Ints
    cable_of_station: Ints
    ties: Ints


def build_grid(parts: Parts) -> CityGrid:
    """Wire the parts of a city."""
    wires = _Wires()
    total_mw = float(parts.stations.load_kw.sum()) / 1000.0
    supply = wires.add_bus("grid_supply_1", *parts.ring.supply_xy, kv=parts.spec.hv_kv)
    busbars = _wire_ring(wires, parts, supply, total_mw)
    bus_of_feeder, breakers = _wire_breakers(wires, parts, busbars)
    bus_of_station, cables = _wire_stations(wires, parts, bus_of_feeder)
    ties = _wire_ties(wires, parts, bus_of_feeder, bus_of_station)
    return CityGrid(
        network=_network(wires, supply, parts.spec),
        supply_bus=supply,
        busbar_of_substation=np.array(busbars, np.int64),
        bus_of_feeder=np.array(bus_of_feeder, np.int64),
        breaker_of_feeder=np.array(breakers, np.int64),
        bus_of_station=np.array(bus_of_station, np.int64),
        cable_of_station=np.array(cables, np.int64),
        ties=np.array(ties, np.int64),
    )


def _wire_ring(wires: _Wires, parts: Parts, supply: int, total_mw: float) -> list[int]:
    """Tie the substations by a ring that starts and ends at the grid supply; return their busbars."""
    spec, graph, nodes = parts.spec, parts.graph, parts.substations.node
    load_mw = sum_by(
        parts.feeders.substation, parts.feeders.load_kw(parts.stations) / 1000.0, len(parts.substations)
    )
    high, low = [], []
    for row, node in enumerate(nodes.tolist()):
        at = (float(graph.x[node]), float(graph.y[node]))
        high.append(wires.add_bus(f"substation_{row + 1}_high", *at, kv=spec.hv_kv))
        low.append(wires.add_bus(f"substation_{row + 1}", *at, kv=spec.mv_kv))
        units = max(2, int(np.ceil(load_mw[row] / spec.substation_mw - 1e-9)) + 1)
        ratio = spec.hv_mv_resistance / spec.hv_mv_impedance
        line = Line(spec.hv_mv_mva / spec.hv_mv_impedance, spec.hv_mv_mva, ratio, 0.0)
        for unit in range(units):
            name = f"substation_{row + 1}_transformer_{unit + 1}"
            wires.add_branch(name, high[-1], low[-1], line, breaker=True)
    around = [supply, *(high[row] for row in parts.ring.order), supply]
    for number, (ends, section) in enumerate(
        zip(pairwise(around), parts.ring.sections, strict=True), start=1
    ):
        km = section.length_m / 1000.0
        line = Line(
            spec.hv_kv**2 / (spec.ring_ohm_per_km * km),
            max(spec.ring_mw, SPARE * total_mw),
            spec.ring_resistance_per_km / spec.ring_ohm_per_km,
            _charging_mvar(spec.ring_nf_per_km, km, spec.hv_kv),
        )
        wires.add_branch(f"ring_{number}", *ends, line, breaker=True)
    return low


def _cable(spec: CitySpec, length_m: float, cables: int) -> Line:
    """Return what so many cables side by side conduct and carry."""
    km = max(length_m, BUSBAR_M) / 1000.0
    return Line(
        cables * spec.mv_kv**2 / (spec.cable_ohm_per_km * km),
        cables * spec.cable_mw,
        spec.cable_resistance_per_km / spec.cable_ohm_per_km,
        cables * _charging_mvar(spec.cable_nf_per_km, km, spec.mv_kv),
    )


def _charging_mvar(nf_per_km: float, km: float, kv: float) -> float:
    return 2.0 * math.pi * NOMINAL_HZ * nf_per_km * 1e-9 * km * kv**2


def _wire_breakers(wires: _Wires, parts: Parts, busbars: list[int]) -> tuple[list[int], list[int]]:
    """Add the breaker of each feeder, reserve ones at the end; return the buses behind them and the branches."""
    feeders = parts.feeders
    reserves = parts.ties.reserve_of
    names = parts.feeder_ids() + parts.reserve_ids()
    of_reserve = feeders.of_station[reserves]
    substation = np.concatenate([feeders.substation, feeders.substation[of_reserve]])
    cables = np.concatenate([feeders.cables, feeders.cables[of_reserve]])
    buses, branches = [], []
    for name, row, n in zip(names, substation.tolist(), cables.tolist(), strict=True):
        bar = busbars[row]
        bus = wires.add_bus(name, *wires.bus[bar][1:3], kv=parts.spec.mv_kv)
        buses.append(bus)
        branches.append(
            wires.add_branch(f"{name}_breaker", bar, bus, _cable(parts.spec, BUSBAR_M, n), breaker=True)
        )
    return buses, branches


def _wire_stations(wires: _Wires, parts: Parts, bus_of_feeder: list[int]) -> tuple[list[int], list[int]]:
    """Add a bus with its load for each transformer and the cable to it; return both rows."""
    graph, stations, feeders = parts.graph, parts.stations, parts.feeders
    tails = parts.station_tails()
    buses = [
        wires.add_bus(
            f"transformer_{tail}",
            float(graph.x[node]),
            float(graph.y[node]),
            kv=parts.spec.mv_kv,
            load_mw=load / 1000.0,
        )
        for tail, node, load in zip(tails, stations.node.tolist(), stations.load_kw.tolist(), strict=True)
    ]
    cables = []
    for row, tail in enumerate(tails):
        feeder, up = int(feeders.of_station[row]), int(feeders.upstream[row])
        cables.append(
            wires.add_branch(
                f"cable_{tail}",
                buses[up] if up >= 0 else bus_of_feeder[feeder],
                buses[row],
                _cable(parts.spec, float(feeders.length_m[row]), int(feeders.cables[feeder])),
                breaker=False,
            )
        )
    return buses, cables


def _wire_ties(wires: _Wires, parts: Parts, bus_of_feeder: list[int], bus_of_station: list[int]) -> list[int]:
    """Add the open ties and the open ends of reserve feeders; return their rows."""
    rows = []
    ties, feeders = parts.ties, parts.feeders
    for number, (a, b, length) in enumerate(
        zip(ties.a.tolist(), ties.b.tolist(), ties.length_m.tolist(), strict=True), start=1
    ):
        n = int(min(feeders.cables[feeders.of_station[a]], feeders.cables[feeders.of_station[b]]))
        rows.append(
            wires.add_branch(
                f"tie_{number}",
                bus_of_station[a],
                bus_of_station[b],
                _cable(parts.spec, length, n),
                is_in=False,
                breaker=True,
            )
        )
    for number, station in enumerate(ties.reserve_of.tolist()):
        rows.append(
            wires.add_branch(
                f"tie_reserve_{number + 1}",
                bus_of_feeder[len(feeders) + number],
                bus_of_station[station],
                _cable(
                    parts.spec,
                    float(feeders.path_m[station]),
                    int(feeders.cables[feeders.of_station[station]]),
                ),
                is_in=False,
                breaker=True,
            )
        )
    return rows


def _network(wires: _Wires, supply: int, spec: CitySpec) -> PowerNetwork:
    """Return what was collected as a network.

    The grid supply point balances it and has no units of its own: it stands for the transmission grid, which takes
    and gives whatever the city lacks.
    """
    names, x, y, kv, load = zip(*wires.bus, strict=True)
    branch, a, b, lines, is_in, breaker = zip(*wires.branch, strict=True)
    conducts, rating, r_over_x, charging = (np.array(column) for column in zip(*lines, strict=True))
    is_reference = np.zeros(len(names), bool)
    is_reference[supply] = True
    load_mw, n = np.array(load), len(branch)
    return PowerNetwork(
        bus_id=np.arange(len(names), dtype=np.int64),
        load_mw=load_mw,
        generation_mw=np.zeros(len(names)),
        is_reference=is_reference,
        from_bus=np.array(a, np.int64),
        to_bus=np.array(b, np.int64),
        branch_id=np.arange(n, dtype=np.int64),
        susceptance_mw=conducts,
        shift_rad=np.zeros(n),
        rating_mw=rating,
        is_in=np.array(is_in, bool),
        has_breaker=np.array(breaker, bool),
        bus_names=tuple(names),
        branch_names=tuple(branch),
        x=np.array(x),
        y=np.array(y),
        ac=AcData(
            base_mva=BASE_MVA,
            kv=np.array(kv),
            load_mvar=load_mw * math.tan(math.acos(spec.power_factor)),
            shunt_mvar=np.zeros(len(names)),
            set_pu=np.where(is_reference, spec.supply_pu, 1.0),
            resistance_pu=r_over_x * BASE_MVA / conducts,
            reactance_pu=BASE_MVA / conducts,
            charging_pu=charging / BASE_MVA,
            ratio=np.ones(n),
            shift_deg=np.zeros(n),
        ),
    )
