"""Branches of pandapower tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.power.frames import Frame, Frames
from impetus_sim.infrastructure.power.network import Bools, Floats, Ints
from impetus_sim.infrastructure.power.transformers import (
    Windings,
    pi_models,
    three_windings,
    two_windings,
)

SWITCH_REACTANCE_OHM = 1e-5
"""Of a switch between buses that is kept as a branch: as good as nothing beside a metre of cable (1e-4 ohm)."""


@dataclass(frozen=True)
class TableSpec:
    """Columns of a table that name buses, that must be above 0, and that must be numbers."""

    buses: tuple[str, ...]
    positive: tuple[str, ...] = ()
    finite: tuple[str, ...] = ()


BRANCH_TABLES = {
    "line": TableSpec(("from_bus", "to_bus"), ("length_km", "x_ohm_per_km", "parallel")),
    "trafo": TableSpec(("hv_bus", "lv_bus"), ("sn_mva", "vn_hv_kv", "vn_lv_kv", "vk_percent"), ("vkr_percent",)),
    "trafo3w": TableSpec(
        ("hv_bus", "mv_bus", "lv_bus"),
        ("sn_hv_mva", "sn_mv_mva", "sn_lv_mva", "vn_hv_kv", "vn_mv_kv", "vn_lv_kv", "vk_hv_percent",
         "vk_mv_percent", "vk_lv_percent"),
        ("vkr_hv_percent", "vkr_mv_percent", "vkr_lv_percent"),
    ),
    "impedance": TableSpec(("from_bus", "to_bus"), ("sn_mva",), ("xft_pu",)),
    "switch": TableSpec(("bus", "element")),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Branches:
    """Branches between rows of buses; stars of transformers with three windings are buses behind the others.

    keys: table and index in the file, as in ``line[3]`` or ``trafo3w[0]:hv``.
    """

    from_bus: Ints
    to_bus: Ints
    series_pu: npt.NDArray[np.complex128]
    charging_pu: Floats
    ratio: Floats
    shift_deg: Floats
    rating_mw: Floats
    is_in: Bools
    names: list[str]
    keys: list[str]
    star_names: list[str] = field(default_factory=list)

    def susceptance_mw(self, base_mva: float) -> Floats:
        """Return b of a DC flow, MW per radian."""
        b: Floats = base_mva / (self.series_pu.imag * self.ratio)
        return b

    @property
    def n_stars(self) -> int:
        """Number of stars."""
        return len(self.star_names)


def read_branches(frames: Frames, row_of: dict[int, int], *, n_buses: int, keep_switches: bool) -> Branches:
    """Return all branches; those at a bus out of service are left out.

    row_of: row of each bus of the file, -1 for those out of service.
    """
    kv = dict(zip(frames["bus"].index.tolist(), frames["bus"].floats("vn_kv").tolist(), strict=True))
    opened = _opened(frames)
    parts = [
        _lines(frames, row_of, kv, opened["l"]),
        _transformers(frames, row_of, kv, opened["t"]),
        *_stars(frames, row_of, kv, opened["t3"], first=n_buses),
        _impedances(frames, row_of, base_mva=frames.base_mva),
        _switches(frames, row_of, kv, keep_switches=keep_switches),
    ]
    kept = [(part.from_bus >= 0) & (part.to_bus >= 0) & (part.from_bus != part.to_bus) for part in parts]

    def join(name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(part, name)[keep] for part, keep in zip(parts, kept, strict=True)])

    star = frames["trafo3w"]
    return Branches(
        from_bus=join("from_bus"),
        to_bus=join("to_bus"),
        series_pu=join("series_pu"),
        charging_pu=join("charging_pu"),
        ratio=join("ratio"),
        shift_deg=join("shift_deg"),
        rating_mw=join("rating_mw"),
        is_in=join("is_in"),
        names=[part.names[k] for part, keep in zip(parts, kept, strict=True) for k in np.flatnonzero(keep)],
        keys=[part.keys[k] for part, keep in zip(parts, kept, strict=True) for k in np.flatnonzero(keep)],
        star_names=[f"{name}:star" for name in star.labels()],
    )


def _keys(frame: Frame, side: str = "") -> list[str]:
    return [f"{frame.name}[{index}]{side}" for index in frame.index.tolist()]


def _rows(frame: Frame, column: str, row_of: dict[int, int]) -> Ints:
    return np.array([row_of[int(k)] for k in frame.ints(column)], np.int64)


def _kv(frame: Frame, column: str, kv: dict[int, float]) -> Floats:
    return np.array([kv[int(k)] for k in frame.ints(column)], np.float64)


def _opened(frames: Frames) -> dict[str, set[int]]:
    """Return the indices of lines and transformers that an open switch takes out, by kind of element."""
    switch = frames["switch"]
    opened: dict[str, set[int]] = {"l": set(), "t": set(), "t3": set()}
    closed = switch.flags("closed", default=True)
    for row, (kind, element) in enumerate(zip(switch.texts("et"), switch.ints("element"), strict=True)):
        if kind in opened and not closed[row]:
            opened[kind].add(int(element))
    return opened


def _is_in(frame: Frame, opened: set[int]) -> Bools:
    return frame.flags("in_service", default=True) & ~np.isin(frame.index, sorted(opened))


def _lines(frames: Frames, row_of: dict[int, int], kv: dict[int, float], opened: set[int]) -> Branches:
    frame = frames["line"]
    parallel, volts = frame.floats("parallel", 1.0), _kv(frame, "from_bus", kv)
    km, n = frame.floats("length_km"), len(frame)
    ohm = (frame.floats("r_ohm_per_km", 0.0) + 1j * frame.floats("x_ohm_per_km")) * km / parallel
    siemens = 2.0 * np.pi * frames.hz * 1e-9 * frame.floats("c_nf_per_km", 0.0) * km * parallel
    rating = np.sqrt(3.0) * volts * frame.floats("max_i_ka", np.inf) * frame.floats("df", 1.0) * parallel
    return Branches(
        from_bus=_rows(frame, "from_bus", row_of),
        to_bus=_rows(frame, "to_bus", row_of),
        series_pu=np.asarray(ohm * frames.base_mva / volts**2, np.complex128),
        charging_pu=siemens * volts**2 / frames.base_mva,
        ratio=np.ones(n),
        shift_deg=np.zeros(n),
        rating_mw=rating,
        is_in=_is_in(frame, opened),
        names=frame.labels(),
        keys=_keys(frame),
    )


def _of_windings(
    windings: Windings,
    ends: tuple[Ints, Ints],
    is_in: Bools,
    names: list[str],
    keys: list[str],
    base_mva: float,
    df: Floats,
) -> Branches:
    models = pi_models(windings, base_mva)
    return Branches(
        from_bus=ends[0],
        to_bus=ends[1],
        series_pu=models.series,
        charging_pu=models.shunt.imag,
        ratio=models.ratio,
        shift_deg=models.shift_deg,
        rating_mw=windings.sn_mva * windings.parallel * df,
        is_in=is_in,
        names=names,
        keys=keys,
    )


def _transformers(frames: Frames, row_of: dict[int, int], kv: dict[int, float], opened: set[int]) -> Branches:
    frame = frames["trafo"]
    windings = two_windings(frame, _kv(frame, "hv_bus", kv), _kv(frame, "lv_bus", kv))
    ends = _rows(frame, "hv_bus", row_of), _rows(frame, "lv_bus", row_of)
    df = frame.floats("df", 1.0)
    return _of_windings(
        windings, ends, _is_in(frame, opened), frame.labels(), _keys(frame), frames.base_mva, df
    )


def _stars(
    frames: Frames, row_of: dict[int, int], kv: dict[int, float], opened: set[int], *, first: int
) -> list[Branches]:
    frame = frames["trafo3w"]
    sides = ("hv", "mv", "lv")
    volts = [_kv(frame, f"{side}_bus", kv) for side in sides]
    found = three_windings(frame, (volts[0], volts[1], volts[2]))
    middle = first + np.arange(len(frame), dtype=np.int64)
    parts = []
    for side, windings in zip(sides, found, strict=True):
        outer = _rows(frame, f"{side}_bus", row_of)
        ends = (outer, middle) if side == "hv" else (middle, outer)
        names, keys = [f"{name}:{side}" for name in frame.labels()], _keys(frame, f":{side}")
        df = np.ones(len(frame))
        parts.append(_of_windings(windings, ends, _is_in(frame, opened), names, keys, frames.base_mva, df))
    return parts


def _impedances(frames: Frames, row_of: dict[int, int], *, base_mva: float) -> Branches:
    frame = frames["impedance"]
    series = frame.floats("rft_pu", 0.0) + 1j * frame.floats("xft_pu")
    return Branches(
        from_bus=_rows(frame, "from_bus", row_of),
        to_bus=_rows(frame, "to_bus", row_of),
        series_pu=np.asarray(series * base_mva / frame.floats("sn_mva"), np.complex128),
        charging_pu=np.zeros(len(frame)),
        ratio=np.ones(len(frame)),
        shift_deg=np.zeros(len(frame)),
        rating_mw=np.full(len(frame), np.inf),
        is_in=frame.flags("in_service", default=True),
        names=frame.labels(),
        keys=_keys(frame),
    )


def _switches(
    frames: Frames, row_of: dict[int, int], kv: dict[int, float], *, keep_switches: bool
) -> Branches:
    frame = frames["switch"]
    closed = frame.flags("closed", default=True)
    between = np.array([kind == "b" for kind in frame.texts("et")], np.bool_)
    kept = np.flatnonzero(between & (~closed | keep_switches))
    ohm = np.maximum(np.nan_to_num(frame.floats("z_ohm", 0.0)), SWITCH_REACTANCE_OHM)
    labels, ends = frame.labels(), (frame.ints("bus"), frame.ints("element"))
    volts = np.array([kv[int(k)] for k in ends[0][kept]], np.float64)
    return Branches(
        from_bus=np.array([row_of[int(k)] for k in ends[0][kept]], np.int64),
        to_bus=np.array([row_of[int(k)] for k in ends[1][kept]], np.int64),
        series_pu=np.asarray(1j * ohm[kept] * frames.base_mva / volts**2, np.complex128),
        charging_pu=np.zeros(len(kept)),
        ratio=np.ones(len(kept)),
        shift_deg=np.zeros(len(kept)),
        rating_mw=np.full(len(kept), np.inf),
        is_in=closed[kept],
        names=[labels[k] for k in kept],
        keys=[_keys(frame)[k] for k in kept],
    )
