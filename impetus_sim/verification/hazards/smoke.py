"""Cases of smoke and carbon monoxide: dose, time to fall and walking speed against printed values.

Runs through smoke and gases are in the family ``crowd`` (`impetus_sim.verification.crowd.smoke`).
"""

from __future__ import annotations

import numpy as np

from impetus_sim.crowd.harm.smoke_speed.frantzich_nilsson import FrantzichNilsson
from impetus_sim.crowd.harm.toxicity import dose_rate
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.hazards.printed import off_printed


def carbon_monoxide(effort: Effort) -> Measured:
    """Compare the dose of a minute at 1000 ppm and the times to incapacitation at 1000 and 5000 ppm."""
    del effort
    ppm = np.array([1000.0, 5000.0])
    nothing = np.zeros(2)
    per_min = 60.0 * dose_rate(ppm, nothing, nothing, hyperventilation=0.193)
    return off_printed(
        {
            "1000 ppm, dose a minute": (float(per_min[0]), 0.03545),
            "1000 ppm, minutes": (float(1.0 / per_min[0]), 28.2),
            "5000 ppm, minutes": (float(1.0 / per_min[1]), 5.32),
        }
    )


def speed_in_smoke(effort: Effort) -> Measured:
    """Compare the factor on walking speed at 7.5 1/m in its printed digits, and its floor."""
    del effort
    factor = FrantzichNilsson().factor(np.array([7.5, 20.0]), np.array([1.3, 1.3]))
    return off_printed(
        {"K 7.5, three digits": (round(float(factor[0]), 3), 0.394), "floor": (float(factor[1]), 0.1)}
    )


CASES = (
    Case(
        id="smoke-co", standard="Purser", title="Carbon monoxide at 25 l/min, incapacitation at 30 % COHb",
        source="Purser (2016), SFPE Handbook: 3.317e-5 ppm^1.036 V t / D", low=0.0, high=1e-3,
        expected="3 printed values, to 1e-3", run=carbon_monoxide,
    ),
    Case(
        id="smoke-speed", standard="Frantzich-Nilsson", title="Walking speed in smoke",
        source="Frantzich and Nilsson (2003)", low=0.0, high=1e-3, expected="2 printed values, to 1e-3",
        run=speed_in_smoke,
    ),
)  # fmt: skip
"""Cases of this file."""
