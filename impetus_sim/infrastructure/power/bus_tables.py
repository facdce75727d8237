"""Loads and units of pandapower tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.power.branch_tables import TableSpec
from impetus_sim.infrastructure.power.frames import Frame, Frames
from impetus_sim.infrastructure.power.network import Floats, Generators, Ints

Complexes = npt.NDArray[np.complexfloating[Any, Any]]

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
    """What draws from the network: names, row of the bus (-1 where that is out of service), MW and Mvar."""

    names: tuple[str, ...]
    bus: Ints
    mw: Floats
    mvar: Floats


def read_loads(frames: Frames, row_of: dict[int, int]) -> LoadPoints:
    """Return loads, motors, storage, wards, shunts and the sending ends of HVDC lines, at 1 pu."""
    names: list[str] = []
    bus: list[Ints] = []
    power: list[Complexes] = []

    def add(frame: Frame, drawn: Complexes, column: str = "bus") -> None:
        names.extend(frame.labels())
        bus.append(np.array([row_of[int(k)] for k in frame.ints(column)], np.int64))
        power.append(np.where(frame.flags("in_service", default=True), drawn, 0.0))

    for name in ("load", "storage"):
        add(frames[name], _complex(frames[name], "p_mw", "q_mvar") * frames[name].floats("scaling", 1.0))
    frame = frames["asymmetric_load"]
    add(frame, _three_phases(frame))
    frame = frames["motor"]
    share = frame.floats("loading_percent") / 100.0 * frame.floats("scaling", 1.0)
    factor = np.clip(frame.floats("cos_phi", 1.0), 1e-3, 1.0)
    drawn = frame.floats("pn_mech_mw") / frame.floats("efficiency_percent") * 100.0 * share
    add(frame, drawn * (1.0 + 1j * np.tan(np.arccos(factor))))
    for name in ("ward", "xward"):
        frame = frames[name]
        add(frame, _complex(frame, "ps_mw", "qs_mvar") + _complex(frame, "pz_mw", "qz_mvar"))
    frame = frames["shunt"]
    add(frame, _complex(frame, "p_mw", "q_mvar") * shunt_factors(frames))
    frame = frames["dcline"]
    add(frame, frame.floats("p_mw") + 0j, "from_bus")
    drawn = np.concatenate(power)
    return LoadPoints(
        names=tuple(names),
        bus=np.concatenate(bus).astype(np.int64),
        mw=drawn.real.astype(np.float64),
        mvar=drawn.imag.astype(np.float64),
    )


def shunt_factors(frames: Frames) -> Floats:
    """Return by what the powers in the table ``shunt`` are multiplied at 1 pu of their bus, float (rows,)."""
    frame = frames["shunt"]
    kv = dict(zip(frames["bus"].index.tolist(), frames["bus"].floats("vn_kv").tolist(), strict=True))
    at_kv = np.array([kv[int(k)] for k in frame.ints("bus")], np.float64)
    rated = frame.floats("vn_kv")
    ratio = np.where(np.isfinite(rated), at_kv / rated, 1.0)
    factors: Floats = frame.floats("step", 1.0) * ratio**2
    return factors


def read_units(frames: Frames, row_of: dict[int, int]) -> Generators:
    """Return generators, static generators, receiving ends of HVDC lines, and links to outside networks.

    Outside networks and slack generators have no limits. Static generators and HVDC lines do not govern.
    """
    rows: list[tuple[int, float, float, float, float, bool, str, float, float]] = []

    def add(frame: Frame, power: Complexes, *, governs: bool, column: str = "bus") -> None:
        mw, mvar = power.real, power.imag
        set_pu = frame.floats("vm_pu", 1.0) if governs else np.full(len(frame), np.nan)
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
            rows.append(
                (row_of[bus], mw[k], low, high, weight, bool(in_service[k]), labels[k], set_pu[k], mvar[k])
            )

    add(frames["ext_grid"], np.zeros(len(frames["ext_grid"]), np.complex128), governs=True)
    for name in ("gen", "sgen"):
        frame = frames[name]
        fed = _complex(frame, "p_mw", "q_mvar") * frame.floats("scaling", 1.0)
        add(frame, fed.real + 0j if name == "gen" else fed, governs=name == "gen")
    add(frames["asymmetric_sgen"], _three_phases(frames["asymmetric_sgen"]), governs=False)
    line = frames["dcline"]
    received = line.floats("p_mw") * (1.0 - line.floats("loss_percent", 0.0) / 100.0) - line.floats(
        "loss_mw", 0.0
    )
    add(line, received + 0j, governs=False, column="to_bus")
    columns = list(zip(*rows, strict=True)) if rows else [()] * 9
    return Generators(
        bus=np.array(columns[0], np.int64),
        output_mw=np.array(columns[1], np.float64),
        least_mw=np.array(columns[2], np.float64),
        most_mw=np.array(columns[3], np.float64),
        ramp_mw_min=np.full(len(rows), np.inf),
        participation=np.array(columns[4], np.float64),
        is_in=np.array(columns[5], np.bool_),
        names=tuple(str(name) for name in columns[6]),
        set_pu=np.array(columns[7], np.float64),
        mvar=np.array(columns[8], np.float64),
    )


def _complex(frame: Frame, real: str, reactive: str) -> Complexes:
    return np.asarray(frame.floats(real) + 1j * frame.floats(reactive, 0.0))


def _three_phases(frame: Frame) -> Complexes:
    phases = [_complex(frame, f"p_{phase}_mw", f"q_{phase}_mvar") for phase in "abc"]
    return np.asarray(sum(phases) * frame.floats("scaling", 1.0), np.complex128)
