"""Plumes: Briggs's curves, what must be conserved, and probits of toxic gases."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

import numpy as np

from impetus_sim.hazards.substances import SUBSTANCES
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.hazards.printed import off_printed
from impetus_sim.world.dispersion import curves, plume_concentration
from impetus_sim.world.plumes import PlumeField, Release
from impetus_sim.world.weather import STABILITIES, Weather, Wind

_BRIGGS = (
    "Briggs 1973 (ATDL 79), as tabled by Hanna, Briggs and Hosker 1982; values computed by hand from them"
)
_PROBITS = "CCPS 2000, Guidelines for Chemical Process Quantitative Risk Analysis (coefficients from memory)"
CENTRE_LINE: Final = {
    ("D", False, 5.0): {100: 1.4294e-3, 500: 7.1914e-5, 1000: 2.1994e-5, 5000: 1.8943e-6},
    ("F", False, 1.5): {100: 3.4322e-2, 500: 1.5629e-3, 1000: 4.5208e-4, 5000: 4.0609e-5},
    ("D", True, 5.0): {100: 2.9415e-4, 500: 1.3355e-5, 1000: 3.8341e-6, 5000: 3.1131e-7},
    ("E", True, 1.5): {100: 2.6372e-3, 500: 1.3978e-4, 1000: 4.5114e-5, 5000: 4.8709e-6},
}
"""Class, urban, wind in m/s: distance in m to kg/m3 on the centre line of 1 kg/s at the ground."""
SIGMAS: Final = {
    ("D", False): {100: (7.960, 5.595), 1000: (76.277, 37.947)},
    ("F", False): {100: (3.980, 1.553), 1000: (38.139, 12.308)},
    ("D", True): {100: (15.689, 13.795), 1000: (135.225, 122.788)},
    ("E", True): {100: (10.786, 7.460), 1000: (92.967, 50.596)},
}
SIX_WINDS: Final = (
    ("A", False, 2.0), ("D", False, 5.0), ("F", False, 1.5), ("A", True, 2.0), ("D", True, 5.0), ("E", True, 1.5),
)  # fmt: skip
"""Class, urban, wind in m/s."""
FAR_M: Final = (100.0, 200.0, 500.0, 1000.0)


def centre_line(effort: Effort) -> Measured:
    """Compare concentrations on the centre line."""
    del effort
    values = {}
    for (stability, is_urban, wind), printed in CENTRE_LINE.items():
        for x, value in printed.items():
            computed = plume_concentration(
                x, 0, 0, rate_kg_s=1, wind_m_s=wind, height_m=0, stability=stability, is_urban=is_urban
            )
            values[f"{stability} {'urban' if is_urban else 'rural'} {x} m"] = (float(computed), value)
    return off_printed(values)


def sizes(effort: Effort) -> Measured:
    """Compare widths and heights."""
    del effort
    values = {}
    for (stability, is_urban), printed in SIGMAS.items():
        for x, pair in printed.items():
            for curve, value in zip(curves(stability, is_urban=is_urban), pair, strict=True):
                values[f"{stability} {x} m {value:g}"] = (float(curve.at(x)), value)
    return off_printed(values)


def flux(effort: Effort) -> Measured:
    """Integrate what passes a cross-section 500 m downwind of 1 kg/s at 20 m: all of it."""
    del effort
    y, z = np.meshgrid(np.arange(-400.0, 400.5, 1.0), np.arange(0.5, 300.0, 1.0))
    there = plume_concentration(
        np.full(y.shape, 500.0),
        y,
        z,
        rate_kg_s=1.0,
        wind_m_s=4.0,
        height_m=20.0,
        stability="D",
        is_urban=False,
    )
    passed = 4.0 * float(there.sum())
    return Measured(value=passed, text=f"{passed:.5f} kg/s of 1 kg/s")


def mass_of_a_puff(effort: Effort) -> Measured:
    """Integrate a puff of 1 kg released at 10 m, 60 s later."""
    del effort
    field = _field("D", is_urban=True, wind_m_s=3.0)
    field.emit("gas", 1.0, 0.0, 0.0, 10.0, sigma_m=1.0, time_s=0.0)
    for second in range(60):
        field.move(1.0, time_s=float(second))
    x, y = np.meshgrid(np.arange(20.0, 340.0, 2.0), np.arange(-160.0, 160.0, 2.0))
    held = sum(
        float(field.concentration_at(x.ravel(), y.ravel(), z).sum()) for z in np.arange(1.0, 160.0, 2.0)
    )
    mass = held * 8.0
    return Measured(value=mass, text=f"{mass:.5f} kg of 1 kg")


def row_of_puffs(effort: Effort) -> Measured:
    """Compare a release of 1 kg/s, a puff a second, with the steady plume at four distances, in six winds."""
    del effort
    values = {}
    for stability, is_urban, wind in SIX_WINDS:
        field = _field(stability, is_urban=is_urban, wind_m_s=wind)
        for second in range(int(2500.0 / wind)):
            field.emit("gas", 1.0, 0.0, 0.0, 0.0, sigma_m=0.0, time_s=0.0)
            field.move(1.0, time_s=float(second))
        x = np.array(FAR_M)
        steady = plume_concentration(
            x, 0, 0, rate_kg_s=1, wind_m_s=wind, height_m=0, stability=stability, is_urban=is_urban
        )
        for far, row, plume in zip(FAR_M, field.concentration_at(x, 0.0 * x, 0.0), steady, strict=True):
            values[f"{stability} {'urban' if is_urban else 'rural'} {far:g} m"] = (float(row), float(plume))
    return off_printed(values)


def virtual_sizes(effort: Effort) -> Measured:
    """Let the class change each minute: puffs never shrink, and go on from the size they had."""
    del effort
    times = tuple(60.0 * k for k in range(len(STABILITIES)))
    winds = tuple(Wind(speed_m_s=3.0, from_deg=270.0, stability=s) for s in STABILITIES)
    field = PlumeField(Weather(is_urban=False, times_s=times, winds=winds))
    field.add_release("gas", Release())
    field.emit("gas", 1.0, 0.0, 0.0, 1.0, sigma_m=1.0, time_s=0.0)
    peaks = []
    for second in range(360):
        field.move(1.0, time_s=float(second))
        centre = np.array([float(field.puffs.x[0])]), np.array([float(field.puffs.y[0])])
        peaks.append(float(field.concentration_at(*centre, 1.0)[0]))
    highest = max(after / before for before, after in pairwise(peaks))
    return Measured(value=highest, text=f"centre at most {highest:.6f} times that of a second before")


def toxic_probits(effort: Effort) -> Measured:
    """Compare probits and shares of deaths at steady concentrations over 30 min."""
    del effort
    values = {}
    for name, ppm, y, share in (("chlorine", 400.0, 5.863, 0.806), ("ammonia", 10_000.0, 4.470, 0.298)):
        substance = SUBSTANCES[name]
        load = ppm**substance.exponent * 30.0
        values[f"{name} Y"] = (float(substance.lethal.at(load)), y)
        values[f"{name} share"] = (float(substance.lethal.probability(load)), share)
    return off_printed(values)


def indoor_air(effort: Effort) -> Measured:
    """Let indoor air follow a steady plume for 30 min at 1 change an hour: 1 - exp(-0.5) of the air outside."""
    del effort
    field = _field("D", is_urban=True, wind_m_s=5.0)
    field.boxes = np.array([[100.0, 0.0, 1.5]])
    for second in range(1900):
        field.emit("gas", 1.0, 0.0, 0.0, 1.0, sigma_m=1.0, time_s=0.0)
        field.move(1.0, time_s=float(second))
        if second == 99:
            before = float(field.indoor_at("gas", np.array([0]))[0])
    outside = float(field.concentration_at(np.array([100.0]), np.array([0.0]))[0])
    rise = float(field.indoor_at("gas", np.array([0]))[0])
    expected = outside + (before - outside) * math.exp(-0.5)
    return off_printed({"indoors after 30 min": (rise, expected)})


def _field(stability: str, *, is_urban: bool, wind_m_s: float) -> PlumeField:
    wind = Wind(speed_m_s=wind_m_s, from_deg=270.0, stability=stability)
    field = PlumeField(Weather(is_urban=is_urban, times_s=(0.0,), winds=(wind,)))
    field.add_release("gas", Release())
    return field


CASES = (
    Case(
        id="plume-centre-line", standard="Briggs", title="Concentration on the centre line of a steady plume",
        source=_BRIGGS, low=0.0, high=1e-3, expected="16 printed values, to 1e-3", run=centre_line,
    ),
    Case(
        id="plume-sizes", standard="Briggs", title="Width and height of a plume", source=_BRIGGS, low=0.0,
        high=1e-3, expected="16 printed values, to 1e-3", run=sizes,
    ),
    Case(
        id="plume-flux", standard="law", title="What passes a cross-section", source="Conservation of mass",
        low=0.998, high=1.002, expected="1 kg/s, within 0.2 %: a grid of 1 m", run=flux,
    ),
    Case(
        id="puff-mass", standard="law", title="Mass of a puff over reflecting ground",
        source="Conservation of mass", low=0.999, high=1.001, expected="1 kg, within 0.1 %: a grid of 2 m",
        run=mass_of_a_puff,
    ),
    Case(
        id="puffs-make-a-plume", standard="law", title="A row of puffs, merged as it grows, and the steady plume",
        source="Limit of steady release", low=0.0, high=0.02, expected="within 2 % at 100 m to 1 km",
        run=row_of_puffs,
    ),
    Case(
        id="puff-changing-class", standard="law", title="A puff through a change of stability every minute",
        source="Sizes go on from where they are (virtual distance)", low=0.0, high=1.0,
        expected="its centre never rises", run=virtual_sizes,
    ),
    Case(
        id="toxic-probits", standard="probit", title="Deaths after 30 min in chlorine and ammonia", source=_PROBITS,
        low=0.0, high=1e-3, expected="4 printed values, to 1e-3", run=toxic_probits,
    ),
    Case(
        id="indoor-air", standard="law", title="A building in a steady plume", source="Well-mixed box",
        low=0.0, high=1e-3, expected="closed form, to 1e-3", run=indoor_air,
    ),
)  # fmt: skip
"""Cases of this file."""
