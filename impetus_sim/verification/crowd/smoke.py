"""Smoke and gases: NIST 2.5 / ISO test 18 (speed), NIST 2.6 / ISO test 19 (incapacitation)."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build

FREE_M_S, EXTINCTION = 1.25, 1.0
FRANTZICH = 1.0 - 0.057 * EXTINCTION / 0.706
"""Share of the free speed left at that extinction (Frantzich and Nilsson 2003)."""
CO_PPM, CO2_PERCENT, O2_PERCENT = 5000.0, 2.0, 18.0


def walk_through_smoke(effort: Effort, *, law: dict[str, Any], share: float) -> Measured:
    """Return the difference of the time for 100 m in smoke from the law's own, s."""
    simulation = build(
        {"kind": "corridor", "length": 110.0, "width": 2.0},
        {WALKER: {"count": 1, "at": {"box": [0.0, 0.5, 1.0, 1.5]}, "exits": ["east"]}},
        model=effort.model,
        profile={"desired_speed": FREE_M_S},
        duration_s=250.0,
        crowd={"harm": {"smoke_speed": law}},
        hazards={
            "smoke": {
                "kind": "smoke_area",
                "at": {"box": [0.0, 0.0, 110.0, 2.0]},
                "start": 0.0,
                "extinction": EXTINCTION,
            }
        },
    )
    track: list[tuple[float, float]] = []
    simulation.run_until(
        250.0, after_tick=lambda running: track.append((running.time_s, float(running.crowd.people.x[0])))
    )
    times, x = np.array(track).T
    taken = float(np.ptp(np.interp([7.0, 107.0], x, times)))
    expected = 100.0 / (FREE_M_S * share)
    return Measured(value=taken - expected, text=f"{taken:.2f} s, by the law {expected:.2f} s")


def fall_by_gases(effort: Effort) -> Measured:
    """Return how many seconds after the closed form somebody in a room of gases is incapacitated."""
    simulation = build(
        {"kind": "room", "width": 10.0, "depth": 10.0},
        {WALKER: {"count": 1, "at": "room", "activity": "stay"}},
        model=effort.model,
        duration_s=400.0,
        crowd={"harm": True},
        hazards={
            "fire": {
                "kind": "gas_area",
                "at": {"box": [-1.0, -1.0, 11.0, 11.0]},
                "start": 0.0,
                "co": CO_PPM,
                "co2": CO2_PERCENT,
                "o2": O2_PERCENT,
            }
        },
    )
    (table,) = [table for table in simulation.crowd.state if "incapacitated_tick" in table.columns]
    simulation.run_until(400.0)
    tick = int(table.columns["incapacitated_tick"][0])
    found = tick * simulation.world.seconds(1) if tick >= 0 else np.inf
    expected = closed_form_s()
    return Measured(value=found - expected, text=f"{found:.2f} s, by the formula {expected:.2f} s")


def closed_form_s() -> float:
    """Return when the dose reaches 1 at steady concentrations (Purser), s."""
    breathing = float(np.exp(0.193 * CO2_PERCENT + 2.0004)) / 7.1
    carbon_monoxide = 4.607e-7 * CO_PPM**1.036 * breathing
    oxygen = 1.0 / (60.0 * float(np.exp(8.13 - 0.54 * (20.9 - O2_PERCENT))))
    return 1.0 / (carbon_monoxide + oxygen)


_HALF = Case(
    id="nist-2.5",
    standard="NIST TN 1822, 2.5",
    title="100 m in smoke of 1 /m, free speed 1.25 m/s, set factor 0.5",
    source="NIST TN 1822 (2013); ISO 20414:2020: 160 s",
    low=-0.5,
    high=0.5,
    expected="160 s, within 0.5 s",
    run=partial(walk_through_smoke, law={"kind": "constant", "at_factor": 0.5}, share=0.5),
)
_LAW = Case(
    id="nist-2.5-law",
    standard="NIST TN 1822, 2.5",
    title="100 m in smoke of 1 /m, law of Frantzich and Nilsson",
    source="Frantzich and Nilsson (2003): c = 1 - 0.057 K / 0.706",
    low=-0.5,
    high=0.5,
    expected=f"{100.0 / (FREE_M_S * FRANTZICH):.1f} s, within 0.5 s",
    run=partial(walk_through_smoke, law={"kind": "frantzich_nilsson"}, share=FRANTZICH),
)
_FED = Case(
    id="nist-2.6",
    standard="NIST TN 1822, 2.6",
    title="gases in a 10 x 10 m room: CO 5000 ppm, CO2 2 %, O2 18 %",
    source="NIST TN 1822 (2013); ISO 20414:2020; Purser, SFPE handbook",
    low=0.0,
    high=0.05,
    expected="incapacitated within one step (0.05 s) after the closed form",
    run=fall_by_gases,
)
CASES = (
    _HALF,
    _HALF.also("iso-18", "ISO 20414, test 18"),
    _LAW,
    _LAW.also("iso-18-law", "ISO 20414, test 18"),
    _FED,
    _FED.also("iso-19", "ISO 20414, test 19"),
)
