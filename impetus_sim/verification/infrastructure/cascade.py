"""Overload cascades from every single outage: sums against a published-style table, and against a dense twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.matpower import read_matpower
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.infrastructure.dense_flow import run_cascade_densely
from impetus_sim.verification.power_speed.compare import find_case

CASCADE_TABLE: Final = (
    # case, margin, stages, trips, mean and least share served, outages without a trip; sums over every branch
    ("case118", 0.2, 1376, 16195, 0.47913, 0.25, 11),
    ("case118", 0.5, 1182, 6827, 0.7837, 0.4012, 35),
    ("case118", 1.0, 554, 1534, 0.95931, 0.5267, 57),
    ("case24_ieee_rts", 0.2, 195, 690, 0.35853, 0.09, 1),
    ("case24_ieee_rts", 0.5, 180, 427, 0.61404, 0.1379, 4),
    ("case24_ieee_rts", 1.0, 114, 164, 0.84269, 0.2087, 16),
    ("case39", 0.2, 193, 764, 0.6186, 0.2911, 3),
    ("case39", 0.5, 147, 424, 0.78454, 0.5458, 8),
    ("case39", 1.0, 122, 255, 0.87654, 0.6671, 11),
)
"""As an independent dense solution has them. In case118 at 0.2, outage 157 comes within 5e-7 of a rating."""


def _row(
    name: str, margin: float, stages: int, trips: int, mean: float, least: float, quiet: int
) -> Callable[[Effort], Measured]:
    def run(effort: Effort) -> Measured:
        """Count the figures of a row that differ."""
        del effort
        found = DcGrid(read_matpower(find_case(name))).run_cascades(margin=margin)
        share = found.served_share
        ours = (
            int(found.stages.sum()), int(found.trips.sum()), round(float(share.mean()), 5),
            round(float(share.min()), 4), int((found.trips == 0).sum()),
        )  # fmt: skip
        differ = sum(a != b for a, b in zip(ours, (stages, trips, mean, least, quiet), strict=True))
        return Measured(value=float(differ), text=", ".join(f"{value:g}" for value in ours))

    return run


def twin(effort: Effort) -> Measured:
    """Compare every cascade of case39 at three margins with dense ones: stages, branches, share served."""
    del effort
    network = read_matpower(find_case("case39"))
    grid, n_differ, n = DcGrid(network), 0, 0
    for margin in (0.2, 0.5, 1.0):
        found = grid.run_cascades(margin=margin, keep_states=True)
        for branch in range(network.n_branches):
            stages, is_in, share = run_cascade_densely(network, branch, margin)
            same = found.stages[branch] == stages and np.array_equal(found.is_in[branch], is_in)
            n_differ += not (same and abs(found.served_share[branch] - share) < 1e-9)
            n += 1
    return Measured(value=float(n_differ), text=f"{n_differ} of {n} cascades differ")


def _case(id: str, title: str, expected: str, source: str, run: Callable[[Effort], Measured]) -> Case:
    return Case(
        id=id, standard="cascade", title=title, source=source, low=0.0, high=0.0, expected=expected, run=run,
        needs_package="matpower",
    )  # fmt: skip


CASES = (
    *(
        _case(
            f"cascade-{row[0].removesuffix('_ieee_rts')}-{row[1]:g}",
            f"Cascades of every branch of {row[0]}, ratings {100 * row[1]:.0f} % above the base flow",
            f"{row[2]} stages, {row[3]} trips, share served {row[4]:g} in the mean and {row[5]:g} at least, "
            f"{row[6]} outages without a trip",
            "dense solution",
            _row(*row),
        )
        for row in CASCADE_TABLE
    ),
    _case(
        "cascade-twin",
        "Cascades of case39 at three margins beside dense ones",
        "none differs",
        "dense twin",
        twin,
    ),
)
