"""Transformers of pandapower tables in per unit: pi model, off-nominal ratio and phase shift.

Equations: documentation of pandapower, electric model of transformers with two and three windings (T model, whose
star is turned into a delta; the reactance of a DC flow is that of its longitudinal branch).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.power.frames import Frame
from impetus_sim.infrastructure.power.network import Bools, Floats


@dataclass(kw_only=True)
class Windings:
    """Equivalent transformers with two windings; arrays (rows,).

    high_kv, low_kv: rated. high_bus_kv, low_bus_kv: of the buses. vk_percent, vkr_percent: short-circuit voltage
    and its real part. pfe_kw, i0_percent: no-load losses and current. tap_side: "hv", "lv" or "". is_ideal: whether
    the tap only turns the angle.
    """

    high_kv: Floats
    low_kv: Floats
    high_bus_kv: Floats
    low_bus_kv: Floats
    sn_mva: Floats
    vk_percent: Floats
    vkr_percent: Floats
    pfe_kw: Floats
    i0_percent: Floats
    shift_deg: Floats
    parallel: Floats
    tap_side: list[str]
    tap_steps: Floats
    tap_step_percent: Floats
    tap_step_deg: Floats
    has_tap: Bools
    is_ideal: Bools


@dataclass(frozen=True, kw_only=True)
class PiModels:
    """Pi models of transformers, per unit on the low side; arrays (rows,). shunt: of both ends together."""

    series: npt.NDArray[np.complex128]
    shunt: npt.NDArray[np.complex128]
    ratio: Floats
    shift_deg: Floats


def pi_models(windings: Windings, base_mva: float) -> PiModels:
    """Return series impedance, shunt admittance, off-nominal ratio and phase shift of each."""
    high, low, shift = _apply_taps(windings)
    to_base = (low / windings.low_bus_kv) ** 2 * base_mva
    z = windings.vk_percent / 100.0 / windings.sn_mva * to_base
    r = windings.vkr_percent / 100.0 / windings.sn_mva * to_base
    x = np.sign(z) * np.sqrt(z**2 - r**2)
    series = (r + 1j * x) / windings.parallel
    iron_mw = windings.pfe_kw * 1e-3
    magnetising = np.sqrt(np.maximum((windings.i0_percent / 100.0 * windings.sn_mva) ** 2 - iron_mw**2, 0.0))
    shunt = (iron_mw - 1j * magnetising) * windings.parallel / to_base
    across = series + series**2 * shunt / 4.0  # star of T to delta
    ratio = (high / low) / (windings.high_bus_kv / windings.low_bus_kv)
    return PiModels(series=across, shunt=shunt * series / across, ratio=ratio, shift_deg=shift)


def _apply_taps(windings: Windings) -> tuple[Floats, Floats, Floats]:
    high, low, shift = windings.high_kv.copy(), windings.low_kv.copy(), windings.shift_deg.copy()
    steps = np.nan_to_num(windings.tap_steps)
    percent, degree = np.nan_to_num(windings.tap_step_percent), np.nan_to_num(windings.tap_step_deg)
    side = np.array(windings.tap_side, dtype=object)
    for name, kv, sign in (("hv", high, 1.0), ("lv", low, -1.0)):
        at = windings.has_tap & (side == name)
        ideal = at & windings.is_ideal
        turn = np.where(
            degree != 0.0,
            steps * degree,
            2.0 * np.rad2deg(np.arcsin(np.clip(steps * percent / 200.0, -1.0, 1.0))),
        )
        shift[ideal] += sign * turn[ideal]
        ratio = at & ~windings.is_ideal
        added = kv * steps * percent / 100.0
        along, across = kv + added * np.cos(np.deg2rad(degree)), added * np.sin(np.deg2rad(degree))
        shift[ratio] += np.rad2deg(np.arctan(sign * across / along))[ratio]
        kv[ratio] = np.hypot(along, across)[ratio]
    return high, low, shift


def two_windings(frame: Frame, high_bus_kv: Floats, low_bus_kv: Floats) -> Windings:
    """Return the transformers of the table ``trafo``."""
    has_tap, is_ideal = _kinds_of_taps(frame)
    return Windings(
        high_kv=frame.floats("vn_hv_kv"),
        low_kv=frame.floats("vn_lv_kv"),
        high_bus_kv=high_bus_kv,
        low_bus_kv=low_bus_kv,
        sn_mva=frame.floats("sn_mva"),
        vk_percent=frame.floats("vk_percent"),
        vkr_percent=frame.floats("vkr_percent"),
        pfe_kw=frame.floats("pfe_kw", 0.0),
        i0_percent=frame.floats("i0_percent", 0.0),
        shift_deg=frame.floats("shift_degree", 0.0),
        parallel=frame.floats("parallel", 1.0),
        tap_side=frame.texts("tap_side"),
        tap_steps=frame.floats("tap_pos") - frame.floats("tap_neutral"),
        tap_step_percent=frame.floats("tap_step_percent"),
        tap_step_deg=frame.floats("tap_step_degree"),
        has_tap=has_tap,
        is_ideal=is_ideal,
    )


def three_windings(
    frame: Frame, bus_kv: tuple[Floats, Floats, Floats]
) -> tuple[Windings, Windings, Windings]:
    """Return the star of the table ``trafo3w``: from the high side to its middle, and from there to the others.

    bus_kv: of the buses at high, medium and low side; the middle has that of the high side.
    """
    sides = ("hv", "mv", "lv")
    sn = np.stack([frame.floats(f"sn_{side}_mva") for side in sides])
    vk, vkr = (np.stack([frame.floats(f"{name}_{side}_percent") for side in sides]) for name in ("vk", "vkr"))
    vk, vkr = _star(vk, vkr, sn)
    has_tap, is_ideal = _kinds_of_taps(frame)
    tap_side, at_star = (
        np.array(frame.texts("tap_side"), dtype=object),
        frame.flags("tap_at_star_point", default=False),
    )
    steps = frame.floats("tap_pos") - frame.floats("tap_neutral")
    percent, degree = frame.floats("tap_step_percent"), np.nan_to_num(frame.floats("tap_step_degree"))
    turned = np.nan_to_num(percent) * np.exp(1j * np.deg2rad(degree))
    seen = (
        100.0 * turned / (100.0 + turned * np.nan_to_num(steps))
    )  # of a tap at the star, from its other side
    none = np.zeros(len(frame))
    found = []
    for k, side in enumerate(sides):
        here = tap_side == side
        outer, inner = ("hv", "lv") if side == "hv" else ("lv", "hv")
        found.append(
            Windings(
                high_kv=frame.floats("vn_hv_kv"),
                low_kv=frame.floats(f"vn_{side}_kv"),
                high_bus_kv=bus_kv[0],
                low_bus_kv=bus_kv[k],
                sn_mva=sn[k],
                vk_percent=vk[k],
                vkr_percent=vkr[k],
                pfe_kw=frame.floats("pfe_kw", 0.0) if side == "hv" else none,
                i0_percent=frame.floats("i0_percent", 0.0) if side == "hv" else none,
                shift_deg=none if side == "hv" else frame.floats(f"shift_{side}_degree", 0.0),
                parallel=np.ones(len(frame)),
                tap_side=np.where(here, np.where(at_star, inner, outer), "").tolist(),
                tap_steps=steps,
                tap_step_percent=np.where(at_star, np.abs(seen), percent),
                tap_step_deg=np.where(at_star, np.rad2deg(np.angle(seen)) - 180.0, degree),
                has_tap=has_tap & here,
                is_ideal=is_ideal,
            )
        )
    return found[0], found[1], found[2]


def _star(vk: Floats, vkr: Floats, sn: Floats) -> tuple[Floats, Floats]:
    # Given between two sides each (high-medium, medium-low, high-low), wanted from each side to the middle.
    pairs = np.stack([np.minimum(sn[0], sn[1]), np.minimum(sn[1], sn[2]), np.minimum(sn[0], sn[2])])
    z, r = sn[0] * vk / pairs, sn[0] * vkr / pairs
    x = np.sqrt(z**2 - r**2)

    def split(value: Floats) -> Floats:
        sums = [
            value[0] + value[2] - value[1],
            value[1] + value[0] - value[2],
            value[2] + value[1] - value[0],
        ]
        return np.asarray(0.5 * sn / sn[0] * np.stack(sums))

    r_star, x_star = split(r), split(x)
    return np.sign(x_star) * np.hypot(x_star, r_star), r_star


def _kinds_of_taps(frame: Frame) -> tuple[Bools, Bools]:
    if "tap_changer_type" in frame:  # format 3
        kinds = np.array(frame.texts("tap_changer_type"), dtype=object)
        is_ideal = kinds == "Ideal"
        return np.asarray((kinds == "Ratio") | (kinds == "Symmetrical") | is_ideal), np.asarray(is_ideal)
    is_ideal = frame.flags("tap_phase_shifter", default=False)
    return np.isfinite(frame.floats("tap_pos")), is_ideal
