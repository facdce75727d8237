"""Rows of the bench of water: a day of a network stepped hour by hour, and by EpanetSimulator, in turns."""

from __future__ import annotations

import importlib.metadata
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.water.hydraulics import DemandLaw
from impetus_sim.infrastructure.water.library import INSTALL, find_network
from impetus_sim.infrastructure.water.toolkit_water import ToolkitWater

HOURS = 24
_HOUR_S = 3600


def step_a_day(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Open a network, advance it hour by hour and read pressures, served shares, pump power and tank levels.

    Returns pressures, m, shape (25, nodes).
    """
    water = ToolkitWater(find_network(name), law=DemandLaw(by_pressure=False))
    pressures = [water.pressures_m()]
    for hour in range(1, HOURS + 1):
        water.advance(hour * _HOUR_S * US_PER_S)
        pressures.append(water.pressures_m())
        water.served_shares()
        water.pump_power_w()
        water.tank_levels_m()
    return np.array(pressures)


def compare_day(name: str, *, rounds: int, with_peer: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure one network, sides in turns, and return a row: medians in s, median of the ratios.

    Both begin with the network as a file (ours) or as WNTR's model of it (the peer, which writes it to a file, runs
    the toolkit with hydraulics alone by its own choice of steps, and reads the results back).

    Raises
    ------
    InvalidInputError
        When the package wntr is not installed.
    """
    sides: dict[str, Callable[[], Any]] = {"ours": lambda: step_a_day(name)}
    if with_peer:
        sides["peer"] = _peer(name)
    last = {key: run() for key, run in sides.items()}  # compiled now, files in memory
    times: dict[str, list[tuple[float, float]]] = {key: [] for key in sides}
    for _ in range(rounds):
        for key, run in sides.items():
            wall, cpu = time.perf_counter(), time.process_time()
            run()
            times[key].append((time.perf_counter() - wall, time.process_time() - cpu))
    say(f"{name}: {rounds} rounds")
    row: dict[str, Any] = {"case": name, "nodes": last["ours"].shape[1], "rounds": rounds}
    for k, what in enumerate(("s", "cpu_s")):
        row[f"ours_{what}"] = statistics.median(pair[k] for pair in times["ours"])
        row[f"peer_{what}"] = statistics.median(pair[k] for pair in times["peer"]) if with_peer else None
    pairs = list(zip(times["ours"], times.get("peer", ()), strict=with_peer))
    row["ratio"] = statistics.median(a[0] / b[0] for a, b in pairs) if with_peer else None
    row["ratio_cpu"] = statistics.median(a[1] / b[1] for a, b in pairs) if with_peer else None
    row["largest_difference_m"] = float(np.abs(last["ours"] - last["peer"]).max()) if with_peer else None
    row["peer_version"] = f"wntr {importlib.metadata.version('wntr')}" if with_peer else ""
    return row


def _peer(name: str) -> Callable[[], Any]:
    try:
        import wntr
    except ImportError as error:
        raise InvalidInputError("the package wntr is not installed", hint=INSTALL) from error
    model = wntr.network.WaterNetworkModel(str(find_network(name)))
    model.options.time.duration = HOURS * _HOUR_S
    order = list(ToolkitWater(find_network(name)).place_ids)

    def run() -> Any:
        with tempfile.TemporaryDirectory(prefix="impetus_water_") as folder:
            results = wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(Path(folder) / "run"))
        table = results.node["pressure"]
        return table.loc[[hour * _HOUR_S for hour in range(HOURS + 1)], order].to_numpy()

    return run
