"""Fire: growth, heat of a point source, burning out, visibility in smoke, probits of burns."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from impetus_sim.hazards.burning import (
    FIRST_DEGREE,
    LETHAL,
    SECOND_DEGREE,
    alpha_kw_s2,
    heat_release_kw,
    thermal_dose_rate,
    visibility_m,
)
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.hazards.printed import off_printed
from impetus_sim.world.fires import point_flux

ALPHA: Final = {"slow": 0.002931, "medium": 0.01172, "fast": 0.04689, "ultrafast": 0.1876}
"""kW/s2."""
BURNS: Final = {
    ("first degree", 5.0, 60.0): 6.8092,
    ("second degree", 12.5, 20.0): 3.8708,
    ("lethal", 12.5, 60.0): 6.3011,
    ("lethal", 37.5, 10.0): 5.4642,
}
"""Effect, heat in kW/m2, time in s: probit worked out apart, from the coefficients."""


def growth(effort: Effort) -> Measured:
    """Compare coefficients, and heat release after the growth times: 1055 kW; then the peak."""
    del effort
    values = {name: (alpha_kw_s2(name), printed) for name, printed in ALPHA.items()}
    for name, seconds in (("slow", 600.0), ("medium", 300.0), ("fast", 150.0), ("ultrafast", 75.0)):
        at = heat_release_kw(name, seconds, peak_kw=1e6, burnt_share=0.0)
        values[f"{name} after {seconds:g} s"] = (at, 1055.0)
    values["peak"] = (heat_release_kw("fast", 1e4, peak_kw=5000.0, burnt_share=0.0), 5000.0)
    return off_printed(values)


def flux(effort: Effort) -> Measured:
    """Compare the heat of 10 MW of which 35 % is radiated: Q / (4 pi d^2) at 5, 10 and 20 m."""
    del effort
    far = np.array([5.0, 10.0, 20.0])
    computed = point_flux(3500.0, far)
    printed = (11.1408, 2.7852, 0.69630)
    return off_printed({f"{d:g} m": (float(c), p) for d, c, p in zip(far, computed, printed, strict=True)})


def burning_out(effort: Effort) -> Measured:
    """Burn 3000 MJ at a peak of 5 MW to the end: the last 30 % fall off exponentially, 900 MJ / 5 MW = 180 s."""
    del effort
    step, burnt, ends = 0.1, 0.0, {}
    for k in range(40_000):
        now = heat_release_kw("ultrafast", 1000.0 + k * step, peak_kw=5000.0, burnt_share=burnt / 3000.0)
        burnt += now * step / 1000.0
        for share in (0.5, 0.1):
            if now <= share * 5000.0 and share not in ends:
                ends[share] = k * step
    begins = 0.7 * 3000.0 / 5.0
    values = {f"to {share:g}": (ends[share] - begins, 180.0 * math.log(1.0 / share)) for share in ends}
    return off_printed(values)


def burns(effort: Effort) -> Measured:
    """Compare probits of burns at steady heat; heat below 1.6 kW/m2 does nothing."""
    del effort
    laws = {"first degree": FIRST_DEGREE, "second degree": SECOND_DEGREE, "lethal": LETHAL}
    values = {}
    for (effect, heat, seconds), printed in BURNS.items():
        dose = float(thermal_dose_rate(np.array([heat]))[0]) * seconds
        values[f"{effect} {heat:g} kW/m2 {seconds:g} s"] = (float(laws[effect].at(dose)), printed)
    values["sunshine"] = (float(thermal_dose_rate(np.array([1.0]))[0]), 0.0)
    return off_printed(values)


def sight(effort: Effort) -> Measured:
    """Compare visibility at K = 0.5: 6 m of reflecting, 16 m of lit signs."""
    del effort
    return off_printed(
        {
            "reflecting": (float(visibility_m(0.5)), 6.0),
            "lit": (float(visibility_m(0.5, is_lit=True)), 16.0),
        }
    )


CASES = (
    Case(
        id="fire-growth", standard="NFPA 92", title="Growth of t-squared fires", source="NFPA 92 (2021)", low=0.0,
        high=1e-3, expected="9 values, to 1e-3", run=growth,
    ),
    Case(
        id="fire-flux", standard="law", title="Heat of a point source", source="Q / (4 pi d^2)", low=0.0, high=1e-4,
        expected="3 values, to 1e-4", run=flux,
    ),
    Case(
        id="fire-burns-out", standard="law", title="A fire that has burnt 70 % of its fuel",
        source="EN 1991-1-2 annex E; closed form", low=0.0, high=2e-3, expected="ln 2 and ln 10 of 180 s, to 2e-3",
        run=burning_out,
    ),
    Case(
        id="fire-burns", standard="TNO", title="Probits of burns",
        source="TNO Green Book, CPR 16E 1989 (coefficients from memory)", low=0.0, high=1e-3,
        expected="4 values worked out apart, to 1e-3", run=burns,
    ),
    Case(
        id="fire-visibility", standard="Jin", title="How far signs are seen through smoke", source="Jin 1978",
        low=0.0, high=1e-12, expected="3 / K and 8 / K", run=sight,
    ),
)  # fmt: skip
"""Cases of this file."""
