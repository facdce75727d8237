"""Flow through a neck against its width: RiMEA test 12 d, Seyfried et al. 2009."""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.crowd.setup import WALKER, build, middle_flow, run_to_end

N_PEOPLE = 150
SEEDS = (1, 2, 3)
DURATION_S = 400.0
WIDTHS_M = (0.8, 1.0, 1.2)
NECK_M = 2.0
BAND = (1.2, 2.0)
"""Specific flow, 1/(m s): handbooks 1.2 to 1.33 (SFPE, IMO), laboratories up to 1.9 (Seyfried 2009, Kretz
2006)."""


@cache
def measure_flow(effort: Effort, width_m: float) -> tuple[float, int]:
    """Return the mean flow in people per second over the seeds, and how many people never came out."""
    flows, stuck = [], 0
    for seed in SEEDS:
        simulation = build(
            {
                "kind": "bottleneck",
                "width": 10.0,
                "depth": 10.0,
                "neck_width": width_m,
                "neck_length": NECK_M,
            },
            {WALKER: {"count": N_PEOPLE, "at": "room"}},
            model=effort.model,
            duration_s=DURATION_S,
            seed=seed,
        )
        times = run_to_end(simulation)
        flows.append(middle_flow(times))
        stuck += N_PEOPLE - len(times)
    return float(np.mean(flows)), stuck


def specific_flow(effort: Effort, *, width_m: float) -> Measured:
    """Return the flow per metre of neck width; 0 when anybody stays inside for good."""
    flow, stuck = measure_flow(effort, width_m)
    text = f"{flow / width_m:.2f} /(m s)" + (f", {stuck} never got out" if stuck else "")
    return Measured(value=0.0 if stuck else flow / width_m, text=text)


def flow_rises(effort: Effort) -> Measured:
    """Return the least rise of the flow from one width to the next."""
    flows = [measure_flow(effort, width)[0] for width in WIDTHS_M]
    pairs = ", ".join(f"{width:g} m {flow:.2f} /s" for width, flow in zip(WIDTHS_M, flows, strict=True))
    return Measured(value=float(np.diff(flows).min()), text=pairs)


CASES = (
    *(
        Case(
            id=f"rimea-12d-{width:g}m",
            standard="RiMEA 4.1.1, test 12 d",
            title=f"specific flow through a neck {width:g} m wide and {NECK_M:g} m long, {N_PEOPLE} persons",
            source="Seyfried et al. (2009), Transportation Science 43(3); SFPE handbook; mean of 3 seeds",
            low=BAND[0],
            high=BAND[1],
            expected=f"{BAND[0]:g} to {BAND[1]:g} /(m s)",
            run=partial(specific_flow, width_m=width),
        )
        for width in WIDTHS_M
    ),
    Case(
        id="rimea-12d",
        standard="RiMEA 4.1.1, test 12 d",
        title="flow rises strictly with the width of the neck",
        source="RiMEA 4.1.1 (2022); mean of 3 seeds",
        low=0.01,
        high=10.0,
        expected="each wider neck lets more through (by 0.01 /s or more)",
        run=flow_rises,
    ),
)
