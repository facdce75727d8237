"""Reading GMNS tables: node.csv, link.csv and, beside them, demand.csv.

Source: General Modeling Network Specification, github.com/zephyr-data-specs/GMNS (node, link). Demand is not
part of it; its columns here are those of the tools that use it (o_zone_id, d_zone_id, volume). Required are
node_id; link_id, from_node_id, to_node_id; what a volume-delay function needs beside (``vdf_alpha``,
``vdf_beta``, ``vdf_fftt``, ``toll``) are fields of the same tools, with 0.15 and 4 where they are missing (BPR
1964). Capacity is per lane and hour.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from impetus_sim.traffic.tables.table import DemandTable, Ints, NetworkTable, build_demand
from impetus_sim.traffic.tables.text import Faults, read_lines

BPR_ALPHA, BPR_BETA = 0.15, 4.0
_YES = {"1", "true", "t", "yes", "y"}
_NO = {"0", "false", "f", "no", "n"}


@dataclass(frozen=True)
class _Row:
    line: int
    cells: dict[str, str]
    faults: Faults

    def number(self, column: str, *, default: float | None = None, least: float | None = 0.0) -> float:
        text = self.cells.get(column, "")
        if not text:
            if default is None:
                self.faults.add(self.line, "is missing", column=column)
            return default or 0.0
        return self.faults.number(text, self.line, column, least=least)

    def whole(self, column: str, *, default: int | None = None) -> int:
        text = self.cells.get(column, "")
        if not text and default is not None:
            return default
        return self.faults.whole(text, self.line, column) if text else int(self.number(column))


def read_network(folder: Path, *, minutes_per_length: float = 60.0) -> NetworkTable:
    """Read ``node.csv`` and ``link.csv`` of a folder.

    Zones are the nodes with a ``zone_id``; without any there are none. Every node may be crossed. A link that
    is not directed (``directed`` false) becomes two. Links without lanes or without capacity are not for
    vehicles and are left out.

    Parameters
    ----------
    minutes_per_length
        Free-flow minutes are this times ``length / free_speed``: 60 where the speed is in the length's unit
        per hour (km and km/h, miles and mph), 0.06 for metres and km/h.

    Raises
    ------
    InvalidFilesError
        With every fault and its line.
    InvalidInputError
        When a file cannot be read.
    """
    node_name, zone_name, zone_node = _read_nodes(folder / "node.csv")
    row_of = {int(name): row for row, name in enumerate(node_name)}
    rows, faults = _rows(folder / "link.csv", ("link_id", "from_node_id", "to_node_id"))
    links = []
    for row in rows:
        ends = [_node(row, column, row_of) for column in ("from_node_id", "to_node_id")]
        n_lanes = row.whole("lanes", default=1)
        capacity = row.number("capacity", default=0.0) * n_lanes
        length = row.number("length")
        speed = row.number("free_speed", default=0.0)
        free_time = row.number("vdf_fftt", default=-1.0)
        is_directed = _is_directed(row)
        if capacity <= 0.0:
            continue
        if free_time < 0.0:
            if speed <= 0.0:
                faults.add(row.line, "is missing, and there is no vdf_fftt", column="free_speed")
                continue
            free_time = minutes_per_length * length / speed
        alpha = row.number("vdf_alpha", default=BPR_ALPHA)
        beta = row.number("vdf_beta", default=BPR_BETA)
        rest = (
            capacity,
            length,
            free_time,
            alpha,
            beta,
            row.number("toll", default=0.0, least=None),
            n_lanes,
        )
        links.append((*ends, *rest))
        if not is_directed:
            links.append((*ends[::-1], *rest))
    if not links:
        faults.add(0, "no link has a capacity", column="capacity")
    faults.require_none()
    table = np.array(links, np.float64)
    return NetworkTable(
        node_name=node_name,
        zone_name=zone_name,
        zone_node=zone_node,
        is_through=np.ones(len(node_name), np.bool_),
        from_node=table[:, 0].astype(np.int64),
        to_node=table[:, 1].astype(np.int64),
        capacity=table[:, 2],
        length=table[:, 3],
        free_time=table[:, 4],
        b=table[:, 5],
        power=table[:, 6],
        toll=table[:, 7],
        n_lanes=table[:, 8].astype(np.int64),
        link_type=np.zeros(len(table), np.int64),
    )


def read_demand(path: Path, network: NetworkTable) -> DemandTable:
    """Read ``demand.csv``: o_zone_id, d_zone_id, volume.

    Raises
    ------
    InvalidFilesError, InvalidInputError
        As `read_network`.
    """
    rows, faults = _rows(path, ("o_zone_id", "d_zone_id", "volume"))
    row_of = {int(name): row for row, name in enumerate(network.zone_name)}
    pairs = []
    for row in rows:
        ends = []
        for column in ("o_zone_id", "d_zone_id"):
            zone = row.whole(column)
            if zone not in row_of:
                faults.add(row.line, f"zone {zone} has no node", column=column)
            ends.append(row_of.get(zone, 0))
        pairs.append((*ends, row.number("volume")))
    faults.require_none()
    table = np.array(pairs, np.float64).reshape(-1, 3)
    return build_demand(
        table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], n_zones=network.n_zones
    )


def _read_nodes(path: Path) -> tuple[Ints, Ints, Ints]:
    rows, faults = _rows(path, ("node_id",))
    names: list[int] = []
    seen: set[int] = set()
    zone_of: dict[int, int] = {}
    for row in rows:
        name = row.whole("node_id")
        if name in seen:
            faults.add(row.line, f"node {name} is there twice", column="node_id")
        seen.add(name)
        if row.cells.get("zone_id"):
            zone = row.whole("zone_id")
            # zone 0 and -1 stand for none where every cell is filled; the first node of a zone is its own
            if zone > 0:
                zone_of.setdefault(zone, len(names))
        names.append(name)
    faults.require_none()
    zones = sorted(zone_of)
    return (
        np.array(names, np.int64),
        np.array(zones, np.int64),
        np.array([zone_of[zone] for zone in zones], np.int64),
    )


def _rows(path: Path, required: Iterable[str]) -> tuple[list[_Row], Faults]:
    faults = Faults(path)
    reader = csv.reader(read_lines(path))
    heading = [name.strip().lower() for name in next(reader, [])]
    for name in required:
        if name not in heading:
            faults.add(1, "no such column", column=name, allowed=", ".join(filter(None, heading)))
    faults.require_none()
    rows = [
        _Row(reader.line_num, dict(zip(heading, (cell.strip() for cell in cells), strict=False)), faults)
        for cells in reader
        if any(cell.strip() for cell in cells)
    ]
    return rows, faults


def _node(row: _Row, column: str, row_of: dict[int, int]) -> int:
    name = row.whole(column)
    if name not in row_of:
        row.faults.add(row.line, f"node {name} is not in node.csv", column=column)
    return row_of.get(name, 0)


def _is_directed(row: _Row) -> bool:
    text = row.cells.get("directed", "").lower()
    if text and text not in _YES | _NO:
        row.faults.add(row.line, f"'{text}'", column="directed", allowed="true, false")
    return text not in _NO
