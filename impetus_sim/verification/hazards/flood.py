"""Water: hazard classes, safe speed of cars, walking in water, and where a connected bathtub is wet."""

from __future__ import annotations

from typing import Final

import numpy as np

from impetus_sim.hazards.water import hazard_class, loses_footing, safe_car_speed_m_s, walking_factor
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.hazards.printed import off_printed
from impetus_sim.world.flood import Basin

CLASSED: Final = (
    (0.3, 1.0, "H1"), (0.5, 1.2, "H2"), (1.0, 0.6, "H3"), (0.4, 2.0, "H4"), (1.2, 2.0, "H5"), (2.5, 0.1, "H5"),
    (4.5, 0.1, "H6"), (1.0, 4.5, "H6"),
)  # fmt: skip
"""Depth in m, speed in m/s, and the class."""
SAFE_KM_H: Final = {0: 86.94, 50: 61.55, 100: 40.66, 150: 24.26, 200: 12.37}
"""Depth in mm to km/h."""


def classes(effort: Effort) -> Measured:
    """Count depths and speeds that are put into another class than printed."""
    del effort
    wrong = [
        f"{depth} m, {speed} m/s: {hazard_class(depth, speed)} for {name}"
        for depth, speed, name in CLASSED
        if hazard_class(depth, speed) != name
    ]
    return Measured(value=float(len(wrong)), text="; ".join(wrong) or f"all {len(CLASSED)} as printed")


def car_speeds(effort: Effort) -> Measured:
    """Compare safe speeds; from 300 mm on nobody drives."""
    del effort
    values = {f"{mm} mm": (float(safe_car_speed_m_s(mm / 1000.0)) * 3.6, v) for mm, v in SAFE_KM_H.items()}
    return off_printed(values | {"300 mm": (float(safe_car_speed_m_s(0.3)), 0.0)})


def wading(effort: Effort) -> Measured:
    """Compare the speed lost at 0.35 m with the mean of women and men."""
    del effort
    lost = 1.0 - float(walking_factor(np.array([0.35]))[0])
    return off_printed({"lost at 0.35 m": (lost, 0.5 * (0.386 + 0.448))})


def footing(effort: Effort) -> Measured:
    """Count people of whom footing is not as stated: shares at 0.5 m and rising speed, and all at 1.3 m."""
    del effort
    bears = np.asarray((np.arange(1000) + 0.5) / 1000.0, np.float64)
    wrong = 0
    for product, share in ((0.59, 0.0), (0.75, 0.25), (0.9, 0.5), (1.21, 1.0)):
        fell = loses_footing(np.full(1000, 0.5), np.full(1000, product / 0.5), bears)
        wrong += abs(int(fell.sum()) - round(1000 * share))
    wrong += int((~loses_footing(np.full(1000, 1.3), np.zeros(1000), bears)).sum())
    return Measured(value=float(wrong), text=f"{wrong} of 5000 people")


def bathtub(effort: Effort) -> Measured:
    """Fill a valley with a dam: behind the dam it stays dry until the water passes its crest."""
    del effort
    ground = np.zeros((5, 11))
    ground[:, 5] = 1.0
    basin = Basin(x0=0.0, y0=0.0, cell_m=1.0, elevation_m=ground, source=0)
    low, high = basin.fill(0.8), basin.fill(1.25)
    values = {
        "wet below the crest, m3": (float(low.sum()), 5 * 5 * 0.8),
        "behind the dam, m3": (float(low[:, 6:].sum()), 0.0),
        "above the crest, m3": (float(high.sum()), 50 * 1.25 + 5 * 0.25),
    }
    return off_printed(values)


CASES = (
    Case(
        id="flood-classes", standard="WRL 2014/07", title="Hazard classes of depth and speed",
        source="Smith, Davey and Cox 2014", low=0.0, high=0.0, expected="8 pairs as printed", run=classes,
    ),
    Case(
        id="flood-car-speed", standard="Pregnolato", title="Safe speed of cars in water",
        source="Pregnolato and others 2017; closed at 300 mm", low=0.0, high=1e-3,
        expected="5 printed values, to 1e-3", run=car_speeds,
    ),
    Case(
        id="flood-wading", standard="experiment", title="Speed lost in water of 0.35 m",
        source="Li and others 2026: 38.6 % men, 44.8 % women", low=0.0, high=1e-9, expected="their mean, 41.7 %",
        run=wading,
    ),
    Case(
        id="flood-footing", standard="AR&R P10", title="Who keeps footing",
        source="Cox, Shand and Blacka 2010: 0.6 to 1.2 m2/s, 1.2 m", low=0.0, high=0.0,
        expected="shares as stated", run=footing,
    ),
    Case(
        id="flood-bathtub", standard="law", title="Where water from a place reaches", source="Connected bathtub",
        low=0.0, high=1e-12, expected="volumes in closed form", run=bathtub,
    ),
)  # fmt: skip
"""Cases of this file."""
