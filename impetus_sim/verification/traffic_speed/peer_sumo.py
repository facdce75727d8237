"""The peer SUMO (DLR), microscopic and mesoscopic, as a process of its own."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree

import numpy as np

from impetus_sim.errors import RunFailedError
from impetus_sim.traffic.road import CAR_M
from impetus_sim.verification.traffic_speed.cases import GREEN_S, TrafficCase
from impetus_sim.verification.traffic_speed.outcome import Outcome, Stopwatch

GAP_M = 2.5
MESO_HEADWAY_S = 1.0
"""SUMO's own headways (1.13 to 1.73 s) discharge less than the diagram that all sides share."""


def sumo_version() -> str:
    """Return the peer's version, or "" when it is not installed."""
    try:
        return importlib.metadata.version("eclipse-sumo")
    except importlib.metadata.PackageNotFoundError:
        return ""


class SumoSide:
    """A case with signals in SUMO.

    Parameters
    ----------
    is_meso
        Its mesoscopic model with all four headways 1 s, or the microscopic one (Krauss without imperfection).

    Drivers ask for the way again as often as on the other sides. Gap and reaction time give the same diagram.
    Its time is that of the simulation loop, as SUMO itself reports it; reading network and vehicles is not in it.
    """

    def __init__(self, case: TrafficCase, *, is_meso: bool) -> None:
        self.name = "SUMO mesoscopic, headways 1 s" if is_meso else "SUMO microscopic"
        self.version = f"eclipse-sumo {sumo_version()}"
        self._case, self._is_meso = case, is_meso

    def prepare(self) -> Callable[[], Outcome]:
        """Write network and vehicles, and return what runs them."""
        folder = tempfile.TemporaryDirectory(prefix="impetus-bench-")
        path = Path(folder.name)
        _write_network(self._case, path)
        _write_trips(self._case, path)
        return lambda: self._run(folder)

    def _run(self, folder: tempfile.TemporaryDirectory[str]) -> Outcome:
        case = self._case
        options = [
            "-n", "net.net.xml", "-r", "trips.xml", "-a", "signals.xml", "--junction-taz",
            "--end", f"{case.horizon_s:g}", "--time-to-teleport", "-1", "--collision.action", "none",
            "--no-step-log", "--no-warnings", "--duration-log.statistics",
            "--device.rerouting.probability", "1", "--device.rerouting.period", f"{case.every_s:g}",
            "--device.rerouting.adaptation-interval", "60",
        ]  # fmt: skip
        if self._is_meso:
            headways = [f"--meso-{pair}={MESO_HEADWAY_S}" for pair in ("tauff", "taufj", "taujf", "taujj")]
            options += ["--mesosim", "--meso-junction-control", *headways]
        with folder:
            watch = Stopwatch()
            text = _call("sumo", options, Path(folder.name))
            wall_s, cpu_s = watch.read()
        loop_s = _number(text, r"^ Duration: ([\d.]+)s")
        n_trips = len(case.demand(1).depart_s)
        mean_s = _number(text, r"^ Duration: ([\d.]+)$") + _number(text, r"^ DepartDelay: ([\d.]+)$")
        done = _number(text, r"Inserted: (\d+)") - _number(text, r"Running: (\d+)")
        return Outcome(
            wall_s=loop_s,
            cpu_s=cpu_s * loop_s / wall_s,
            n_trips=n_trips,
            n_done=int(done),
            mean_trip_s=mean_s,
        )


def _write_network(case: TrafficCase, path: Path) -> None:
    if case.group is None:
        raise ValueError(f"{case.name}: only networks with signals are written for SUMO")
    nodes = ElementTree.Element("nodes")
    for node, (x, y) in enumerate(case.node_xy):
        ElementTree.SubElement(nodes, "node", id=str(node), x=f"{x}", y=f"{y}", type="traffic_light")
    edges = ElementTree.Element("edges")
    links = case.links
    for k in range(links.n_links):
        ElementTree.SubElement(
            edges, "edge", {"id": str(k), "from": str(links.from_node[k]), "to": str(links.to_node[k])},
            numLanes="1", speed=f"{links.speed_m_s[k]}", length=f"{links.length_m[k]}",
        )  # fmt: skip
    ElementTree.ElementTree(nodes).write(path / "net.nod.xml")
    ElementTree.ElementTree(edges).write(path / "net.edg.xml")
    _call(
        "netconvert",
        [
            "-n",
            "net.nod.xml",
            "-e",
            "net.edg.xml",
            "-o",
            "net.net.xml",
            "--no-internal-links",
            "--no-warnings",
        ],
        path,
    )
    # one green phase per group, without amber, as on the other sides
    n_groups = int(case.group.max()) + 1
    groups: dict[str, dict[int, int]] = {}
    for connection in ElementTree.parse(path / "net.net.xml").getroot().iter("connection"):
        signal = connection.get("tl")
        if signal is not None:
            index, link = int(connection.get("linkIndex", "0")), int(connection.get("from", "0"))
            groups.setdefault(signal, {})[index] = int(case.group[link])
    signals = ElementTree.Element("additional")
    for signal, group_of in groups.items():
        logic = ElementTree.SubElement(
            signals, "tlLogic", id=signal, type="static", programID="bench", offset="0"
        )
        for group in range(n_groups):
            state = "".join("G" if group_of[k] == group else "r" for k in range(len(group_of)))
            ElementTree.SubElement(logic, "phase", duration=f"{GREEN_S:g}", state=state)
    ElementTree.ElementTree(signals).write(path / "signals.xml")


def _write_trips(case: TrafficCase, path: Path) -> None:
    demand = case.demand(1)
    routes = ElementTree.Element("routes")
    ElementTree.SubElement(
        routes, "vType", id="car", length=f"{CAR_M - GAP_M}", minGap=f"{GAP_M}", tau="1", sigma="0",
        speedDev="0", speedFactor="1",
    )  # fmt: skip
    order = np.argsort(demand.depart_s, kind="stable")
    for k in order:
        ElementTree.SubElement(
            routes, "trip", id=str(k), type="car", depart=f"{demand.depart_s[k]:.2f}", departSpeed="max",
            fromJunction=str(demand.origin[k]), toJunction=str(demand.goal[k]),
        )  # fmt: skip
    ElementTree.ElementTree(routes).write(path / "trips.xml")


def _call(program: str, options: list[str], folder: Path) -> str:
    import sumo

    done = subprocess.run(
        [str(Path(sumo.SUMO_HOME) / "bin" / program), *options],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        _fail(program, done.stderr)
    return done.stdout


def _number(text: str, pattern: str) -> float:
    found = re.search(pattern, text, re.MULTILINE)
    return float(found[1]) if found else _fail("sumo", f"nothing like '{pattern}' in its report:\n{text}")


def _fail(program: str, why: str) -> NoReturn:
    raise RunFailedError(f"{program} failed: {why.strip()[-500:]}")
