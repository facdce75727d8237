"""Reading TNTP files: network, trips, nodes and best-known flows.

Format: Transportation Networks for Research Core Team, github.com/bstabler/TransportationNetworks. A header of
``<KEY> value`` lines ends with ``<END OF METADATA>``; what follows ``~`` is a comment; rows end with ``;``.
Nodes are numbered from 1, the zones come first, and nodes below the first thru node may not be crossed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from impetus_sim.traffic.tables.table import DemandTable, Floats, Ints, NetworkTable, build_demand
from impetus_sim.traffic.tables.text import Faults, read_lines

_KEY = re.compile(r"<([^>]*)>(.*)")
_COLUMNS = (
    "init_node",
    "term_node",
    "capacity",
    "length",
    "free_flow_time",
    "b",
    "power",
    "speed",
    "toll",
    "link_type",
)
_NEEDED = 7
"""Columns up to ``power``; speed, toll and type may be missing at the end."""


@dataclass(frozen=True, kw_only=True)
class LinkFlows:
    """Flows of a reference solution. from_name, to_name: (rows,), numbers in the file. volume, cost: (rows,)."""

    from_name: Ints
    to_name: Ints
    volume: Floats
    cost: Floats


def read_network(path: Path) -> NetworkTable:
    """Read ``*_net.tntp``.

    Raises
    ------
    InvalidFilesError
        With every fault and its line.
    InvalidInputError
        When the file cannot be read.
    """
    header, rows, faults = _read(path)
    n_zones = _count(header, "NUMBER OF ZONES", faults)
    n_nodes = _count(header, "NUMBER OF NODES", faults)
    n_links = _count(header, "NUMBER OF LINKS", faults)
    first_through = _count(header, "FIRST THRU NODE", faults, default=1)
    if n_zones > n_nodes:
        faults.add(0, f"{n_zones} zones but only {n_nodes} nodes", column="NUMBER OF ZONES")
    faults.require_none()
    values = np.zeros((len(rows), len(_COLUMNS)))
    for k, (line, text) in enumerate(rows):
        cells = text.replace(";", " ").split()
        if len(cells) < _NEEDED:
            faults.add(line, f"a link needs {_NEEDED} columns or more, here are {len(cells)}")
            continue
        n_before = len(faults)
        for j, cell in enumerate(cells[: len(_COLUMNS)]):
            least = None if _COLUMNS[j] in ("toll", "link_type", "speed") else 0.0
            values[k, j] = faults.number(cell, line, _COLUMNS[j], least=least)
        if len(faults) > n_before:
            continue
        for j in (0, 1):
            if values[k, j] != int(values[k, j]) or not 1 <= values[k, j] <= n_nodes:
                faults.add(line, f"node {cells[j]}", column=_COLUMNS[j], allowed=f"1 to {n_nodes}")
        if values[k, 2] == 0.0 and values[k, 4] * values[k, 5] > 0.0 and values[k, 6] > 0.0:
            faults.add(line, "no capacity, but a time that depends on it", column="capacity")
    if len(rows) != n_links:
        faults.add(
            0,
            f"{len(rows)} links, but the header says {n_links}; is the file cut off?",
            column="NUMBER OF LINKS",
        )
    faults.require_none()
    return NetworkTable(
        node_name=np.arange(1, n_nodes + 1),
        zone_name=np.arange(1, n_zones + 1),
        zone_node=np.arange(n_zones),
        is_through=np.arange(1, n_nodes + 1) >= first_through,
        from_node=values[:, 0].astype(np.int64) - 1,
        to_node=values[:, 1].astype(np.int64) - 1,
        capacity=values[:, 2],
        length=values[:, 3],
        free_time=values[:, 4],
        b=values[:, 5],
        power=values[:, 6],
        toll=values[:, 8],
        n_lanes=np.zeros(len(rows), np.int64),
        link_type=values[:, 9].astype(np.int64),
    )


def read_demand(path: Path, *, n_zones: int | None = None) -> DemandTable:
    """Read ``*_trips.tntp``.

    Parameters
    ----------
    n_zones
        Zones of the network; by default what the header says.

    Raises
    ------
    InvalidFilesError, InvalidInputError
        As `read_network`.
    """
    header, rows, faults = _read(path)
    declared = n_zones or _count(header, "NUMBER OF ZONES", faults)
    total = header.get("TOTAL OD FLOW")
    declared_total = (
        faults.number(total[1], total[0], "TOTAL OD FLOW") if total and total[1] else float("nan")
    )
    origins: list[int] = []
    destinations: list[int] = []
    volumes: list[float] = []
    origin = 0
    for line, text in rows:
        if text.lower().startswith("origin"):
            origin = _zone(text[len("origin") :].strip(" :;\t"), line, "origin", declared, faults)
            continue
        if origin == 0:
            faults.add(line, "trips before any 'Origin' line")
            break
        for pair in filter(None, (part.strip() for part in text.split(";"))):
            name, colon, volume = pair.partition(":")
            if not colon:
                faults.add(line, f"'{pair}'", allowed="destination : trips ;")
                continue
            destinations.append(_zone(name.strip(), line, "destination", declared, faults))
            volumes.append(faults.number(volume.strip(), line, "trips", least=0.0))
            origins.append(origin)
    faults.require_none()
    return build_demand(
        np.array(origins, np.int64) - 1,
        np.array(destinations, np.int64) - 1,
        np.array(volumes, np.float64),
        n_zones=declared,
        declared_total=declared_total,
    )


def read_nodes(path: Path) -> tuple[Ints, Floats]:
    """Read ``*_node.tntp``: numbers (nodes,) and positions (nodes, 2).

    Raises
    ------
    InvalidFilesError, InvalidInputError
        As `read_network`.
    """
    faults = Faults(path)
    rows = _number_rows(path, 3, ("node", "x", "y"), faults)
    faults.require_none()
    return rows[:, 0].astype(np.int64), rows[:, 1:3]


def read_flows(path: Path) -> LinkFlows:
    """Read ``*_flow.tntp``, flows of the best-known solution.

    Raises
    ------
    InvalidFilesError, InvalidInputError
        As `read_network`.
    """
    faults = Faults(path)
    rows = _number_rows(path, 4, ("from", "to", "volume", "cost"), faults)
    faults.require_none()
    return LinkFlows(
        from_name=rows[:, 0].astype(np.int64),
        to_name=rows[:, 1].astype(np.int64),
        volume=rows[:, 2],
        cost=rows[:, 3],
    )


def _read(path: Path) -> tuple[dict[str, tuple[int, str]], list[tuple[int, str]], Faults]:
    # header: key to line and value; rows: line and text without comments
    header: dict[str, tuple[int, str]] = {}
    rows: list[tuple[int, str]] = []
    is_header = True
    for line, raw in enumerate(read_lines(path), 1):
        text = raw.split("~", 1)[0].strip()
        found = _KEY.match(text)
        if is_header and found:
            header[found[1].strip().upper()] = (line, found[2].strip(" ;\t"))
            is_header = found[1].strip().upper() != "END OF METADATA"
        elif text.strip(" ;\t"):
            rows.append((line, text))
    faults = Faults(path)
    if is_header:
        faults.add(0, "no line <END OF METADATA>: not a TNTP network or trip file")
        faults.require_none()
    return header, rows, faults


def _count(header: dict[str, tuple[int, str]], key: str, faults: Faults, default: int | None = None) -> int:
    if key not in header:
        if default is None:
            faults.add(0, "is missing in the header", column=key)
        return default or 0
    line, text = header[key]
    return faults.whole(text, line, key, least=1)


def _zone(text: str, line: int, column: str, n_zones: int, faults: Faults) -> int:
    zone = faults.whole(text, line, column)
    if not 1 <= zone <= n_zones:
        faults.add(line, f"zone '{text}'", column=column, allowed=f"1 to {n_zones}")
    return zone


def _number_rows(path: Path, n: int, columns: tuple[str, ...], faults: Faults) -> Floats:
    # rows of a plain table; a first line of words is its heading, `:` and `;` only separate
    rows: list[list[float]] = []
    for line, raw in enumerate(read_lines(path), 1):
        cells = raw.split("~", 1)[0].replace(";", " ").replace(":", " ").split()
        if not cells or cells[0].startswith("<") or (not rows and not cells[0][0].isdigit()):
            continue
        if len(cells) < n:
            faults.add(line, f"{n} columns are needed, here are {len(cells)}", allowed=" ".join(columns))
            continue
        rows.append([faults.number(cells[j], line, columns[j]) for j in range(n)])
    if not rows:
        faults.add(0, "holds no rows", allowed=" ".join(columns))
    return np.array(rows, np.float64).reshape(-1, n)
