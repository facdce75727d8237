"""Loads and units of pandapower tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impetus_sim.infrastructure.power.branch_tables import TableSpec
from impetus_sim.infrastructure.power.frames import Frame, Frames
from impetus_sim.infrastructure.power.network import Floats, Generators, Ints

BUS_TABLES = {
    "load": TableSpec(("bus",), (), ("p_mw",)),
    "asymmetric_load": TableSpec(("bus",), (), ("p_a_mw", "p_b_mw", "p_c_mw")),
    "motor": TableSpec(("bus",), ("efficiency_percent",), ("pn_mech_mw", "loading_percent")),
    "storage": TableSpec(("bus",), (), ("p_mw",)),
    "ward": TableSpec(("bus",), (), ("ps_mw", "pz_mw")),
    "xward": TableSpec(("bus",), (), ("ps_mw", "pz_mw")),
    "shunt": TableSpec(("bus",), (), ("p_mw",)),
    "sgen": TableSpec(("bus",), (), ("p_mw",)),
    "asymmetric_sgen": TableSpec(("bus",), (), ("p_a_mw", "p_b_mw", "p_c_mw")),
    "gen": TableSpec(("bus",), (), ("p_mw",)),
    "ext_grid": TableSpec(("bus",)),
    "dcline": TableSpec(("from_bus", "to_bus"), (), ("p_mw",)),
}


@dataclass(frozen=True, kw_only=True)
class LoadPoints:
    """What draws from the network: names, row of the bus (-1 where that is out of service), MW."""

    names: tuple[str, ...]
    bus: Ints
    mw: Floats


def read_loads(frames: Frames, row_of: dict[int, int]) -> LoadPoints:
    """Return loads, motors, storage, wards, shunts and the sending ends of HVDC lines, at 1 pu."""
    names: list[str] = []
    bus: list[Ints] = []
    mw: list[Floats] = []

    def add(frame: Frame, drawn: Floats, column: str = "bus") -> None:
        names.extend(frame.labels())
        bus.append(np.array([row_of[int(k)] for k in frame.ints(column)], np.int64))
        mw.append(np.where(frame.flags("in_service", default=True), drawn, 0.0))

    for name in ("load", "storage"):
        add(frames[name], frames[name].floats("p_mw") * frames[name].floats("scaling", 1.0))
    frame = frames["asymmetric_load"]
    add(frame, _three_phases(frame))
    frame = frames["motor"]
    share = frame.floats("loading_percent") / 100.0 * frame.floats("scaling", 1.0)
    add(frame, frame.floats("pn_mech_mw") / frame.floats("efficiency_percent") * 100.0 * share)
    for name in ("ward", "xward"):
        add(frames[name], frames[name].floats("ps_mw") + frames[name].floats("pz_mw"))
    frame = frames["shunt"]
    kv = dict(zip(frames["bus"].index.tolist(), frames["bus"].floats("vn_kv").tolist(), strict=True))
    at_kv = np.array([kv[int(k)] for k in frame.ints("bus")], np.float64)
    rated = frame.floats("vn_kv")
    ratio = np.where(np.isfinite(rated), at_kv / rated, 1.0)
    add(frame, frame.floats("p_mw") * frame.floats("step", 1.0) * ratio**2)
    frame = frames["dcline"]
    add(frame, frame.floats("p_mw"), "from_bus")
    return LoadPoints(
        names=tuple(names), bus=np.concatenate(bus).astype(np.int64), mw=np.concatenate(mw).astype(np.float64)
    )


def read_units(frames: Frames, row_of: dict[int, int]) -> Generators:
    """Return generators, static generators, receiving ends of HVDC lines, and links to outside networks.

    Outside networks and slack generators have no limits. Static generators and HVDC lines do not govern.
    """
    rows: list[tuple[int, float, float, float, float, bool, str]] = []

    def add(frame: Frame, mw: Floats, *, governs: bool, column: str = "bus") -> None:
        least = frame.floats("min_p_mw", 0.0)
        most = frame.floats("max_p_mw", -np.inf)
        outside = (
            np.zeros(len(frame), np.bool_) if frame.name != "ext_grid" else np.ones(len(frame), np.bool_)
        )
        outside |= frame.flags("slack", default=False)
        in_service, labels = frame.flags("in_service", default=True), frame.labels()
        for k, bus in enumerate(frame.ints(column).tolist()):
            if row_of[bus] < 0:
                continue
            low = -np.inf if outside[k] else min(least[k], mw[k])
            high = np.inf if outside[k] else max(most[k], mw[k])
            weight = 1.0 if outside[k] else max(high, 0.0) if governs else 0.0
            rows.append((row_of[bus], mw[k], low, high, weight, bool(in_service[k]), labels[k]))

    add(frames["ext_grid"], np.zeros(len(frames["ext_grid"])), governs=True)
    add(frames["gen"], frames["gen"].floats("p_mw") * frames["gen"].floats("scaling", 1.0), governs=True)
    add(frames["sgen"], frames["sgen"].floats("p_mw") * frames["sgen"].floats("scaling", 1.0), governs=False)
    add(frames["asymmetric_sgen"], _three_phases(frames["asymmetric_sgen"]), governs=False)
    line = frames["dcline"]
    received = line.floats("p_mw") * (1.0 - line.floats("loss_percent", 0.0) / 100.0) - line.floats(
        "loss_mw", 0.0
    )
    add(line, received, governs=False, column="to_bus")
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    return Generators(
        bus=np.array(columns[0], np.int64),
        output_mw=np.array(columns[1], np.float64),
        least_mw=np.array(columns[2], np.float64),
        most_mw=np.array(columns[3], np.float64),
        ramp_mw_min=np.full(len(rows), np.inf),
        participation=np.array(columns[4], np.float64),
        is_in=np.array(columns[5], np.bool_),
        names=tuple(str(name) for name in columns[6]),
    )


def _three_phases(frame: Frame) -> Floats:
    total = frame.floats("p_a_mw") + frame.floats("p_b_mw") + frame.floats("p_c_mw")
    return np.asarray(total * frame.floats("scaling", 1.0))
