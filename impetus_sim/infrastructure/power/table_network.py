"""A power network from tables of elements, as files of pandapower and SimBench have them.

Branches: lines, transformers with two and three windings, impedances, and switches between buses. Bus injections at
1 pu: loads, motors, wards, shunts, static and other generators, storage, HVDC lines, links to outside networks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from impetus_sim.infrastructure.power.ac_data import AcData
from impetus_sim.infrastructure.power.branch_tables import Branches, read_branches
from impetus_sim.infrastructure.power.bus_tables import LoadPoints, read_loads, read_units
from impetus_sim.infrastructure.power.frames import Frames
from impetus_sim.infrastructure.power.names import unique_names
from impetus_sim.infrastructure.power.network import Floats, Generators, Ints, PowerNetwork
from impetus_sim.infrastructure.power.references import reference_outputs


@dataclass(frozen=True, kw_only=True)
class TableNetwork:
    """A network, and what became of the file's rows.

    network: buses that closed switches join are one bus unless the switches were kept. loads: every row that draws.
    Positions are as in the file, which may have degrees.
    branch_keys: table and index in the file of each branch, as in ``line[3]`` or ``trafo3w[0]:hv``.
    """

    network: PowerNetwork
    loads: LoadPoints
    branch_keys: tuple[str, ...]


def build_network(frames: Frames, *, keep_switches: bool = False) -> TableNetwork:
    """Build the network of sound tables.

    Parameters
    ----------
    keep_switches
        Keep closed switches between buses as branches of next to no reactance, so that they can be opened. Open
        ones always are.
    """
    bus = frames["bus"]
    exists = dict(zip(bus.index.tolist(), bus.flags("in_service", default=True).tolist(), strict=True))
    merged = _merge(frames, exists, keep_switches=keep_switches)
    ids = np.array(sorted({merged[k] for k in exists if exists[k]}), np.int64)
    row_of = {k: int(np.searchsorted(ids, merged[k])) if exists[k] else -1 for k in exists}
    branches = read_branches(frames, row_of, n_buses=len(ids), keep_switches=keep_switches)
    loads = read_loads(frames, row_of)
    units = read_units(frames, row_of)
    network = _assemble(frames, ids, branches, loads, units)
    return TableNetwork(network=network, loads=loads, branch_keys=tuple(branches.keys))


def _assemble(
    frames: Frames, ids: Ints, branches: Branches, loads: LoadPoints, units: Generators
) -> PowerNetwork:
    n, n_star = len(ids), branches.n_stars
    there = loads.bus >= 0
    load_mw = _sum_at(loads.bus[there], loads.mw[there], n + n_star)
    is_reference = np.zeros(n + n_star, np.bool_)
    is_reference[units.bus[np.isinf(units.most_mw) & units.is_in]] = True
    generation = _sum_at(units.bus[units.is_in], units.output_mw[units.is_in], n + n_star)
    output = reference_outputs(branches, generation - load_mw, units, n + n_star, base_mva=frames.base_mva)
    units = Generators(**{**units.__dict__, "output_mw": output})
    names = dict(zip(frames["bus"].index.tolist(), frames["bus"].labels(), strict=True))
    x, y = _positions(frames, ids)
    nowhere = np.full(n_star, np.nan)
    return PowerNetwork(
        bus_id=np.concatenate([ids, ids.max(initial=0) + 1 + np.arange(n_star)]),
        load_mw=load_mw,
        generation_mw=_sum_at(units.bus[units.is_in], output[units.is_in], n + n_star),
        is_reference=is_reference,
        from_bus=branches.from_bus,
        to_bus=branches.to_bus,
        branch_id=np.arange(len(branches.from_bus)),
        susceptance_mw=branches.susceptance_mw(frames.base_mva),
        shift_rad=np.deg2rad(branches.shift_deg),
        rating_mw=branches.rating_mw,
        is_in=branches.is_in,
        has_breaker=np.ones(len(branches.from_bus), np.bool_),
        bus_names=unique_names([*(names[k] for k in ids.tolist()), *branches.star_names]),
        branch_names=unique_names(branches.names),
        x=np.concatenate([x, nowhere]),
        y=np.concatenate([y, nowhere]),
        generators=units,
        ac=_ac_data(frames, ids, branches, loads, units, n_star),
    )


def _ac_data(
    frames: Frames, ids: Ints, branches: Branches, loads: LoadPoints, units: Generators, n_star: int
) -> AcData:
    n, there = len(ids) + n_star, loads.bus >= 0
    bus = frames["bus"]
    of_bus = dict(zip(bus.index.tolist(), bus.floats("vn_kv").tolist(), strict=True))
    star = frames["trafo3w"]
    kv = [*(of_bus[int(k)] for k in ids), *(of_bus[int(k)] for k in star.ints("hv_bus"))]
    set_pu = np.ones(n)
    held = np.isfinite(units.set_pu)
    set_pu[units.bus[held]] = units.set_pu[held]
    return AcData(
        base_mva=frames.base_mva,
        kv=np.array(kv),
        load_mvar=_sum_at(loads.bus[there], loads.mvar[there], n),
        shunt_mvar=np.zeros(n),
        set_pu=set_pu,
        resistance_pu=branches.series_pu.real,
        reactance_pu=branches.series_pu.imag,
        charging_pu=branches.charging_pu,
        ratio=branches.ratio,
        shift_deg=branches.shift_deg,
    )


def _sum_at(bus: Ints, mw: Floats, n: int) -> Floats:
    return np.bincount(bus, mw, n).astype(np.float64)


def _merge(frames: Frames, exists: dict[int, bool], *, keep_switches: bool) -> dict[int, int]:
    """Return the bus that stands for each: the lowest of those that closed switches join."""
    root = {k: k for k in exists}

    def find(k: int) -> int:
        while root[k] != k:
            k = root[k]
        return k

    switch = frames["switch"]
    closed, kind = switch.flags("closed", default=True), switch.texts("et")
    for row, (i, j) in enumerate(zip(switch.ints("bus"), switch.ints("element"), strict=True)):
        if kind[row] == "b" and closed[row] and not keep_switches and exists[int(i)] and exists[int(j)]:
            a, b = sorted((find(int(i)), find(int(j))))
            root[b] = a
    return {k: find(k) for k in exists}


def _positions(frames: Frames, ids: Ints) -> tuple[Floats, Floats]:
    # Format 2 has a table of its own, format 3 a GeoJSON point with each bus.
    geo, bus = frames["bus_geodata"], frames["bus"]
    at = {int(k): (x, y) for k, x, y in zip(geo.index, geo.floats("x"), geo.floats("y"), strict=True)}
    for k, text in zip(bus.index, bus.texts("geo"), strict=True):
        point: list[float] = json.loads(text).get("coordinates", []) if text.startswith("{") else []
        if len(point) >= 2:
            at[int(k)] = float(point[0]), float(point[1])
    found = np.array([at.get(int(k), (np.nan, np.nan)) for k in ids]).reshape(-1, 2)
    return found[:, 0], found[:, 1]
