"""A rumour among people who all meet alike: how many never hear it, against the limit of Maki and Thompson."""

from __future__ import annotations

import math

import numpy as np

from impetus_sim import rng
from impetus_sim.hazards.rumour import find_talks
from impetus_sim.verification.case import Case, Effort, Measured

N_PEOPLE, N_RUMOURS = 1000, 12
RATE = 0.1
NEVER_HEAR = 0.203188
"""The root of x = exp(-2 (1 - x)) below 1."""
VARIANCE = 0.2727
"""Of the number who never hear it, for each person (Watson 1988, J. Appl. Probab. 25: 0.272736 n)."""


def share_that_never_hears(effort: Effort) -> Measured:
    """Let rumours run out among people in one room; the mean share that never hears in standard errors."""
    del effort
    shares = [_run_out(k) for k in range(N_RUMOURS)]
    mean = float(np.mean(shares))
    error = math.sqrt(VARIANCE / N_PEOPLE / N_RUMOURS)
    off = abs(mean - NEVER_HEAR) / error
    return Measured(
        value=off,
        text=f"{N_RUMOURS} rumours among {N_PEOPLE} people: {mean:.4f} never hear it, for {NEVER_HEAR:.4f} "
        f"({off:.1f} standard errors)",
    )


def _run_out(number: int) -> float:
    key = rng.stream_key(number, 0, "hazards.rumour")
    places = np.random.default_rng(number).random((2, N_PEOPLE))
    ids = np.arange(N_PEOPLE, dtype=np.uint64)
    knows, spreads = np.zeros(N_PEOPLE, bool), np.zeros(N_PEOPLE, bool)
    knows[0] = spreads[0] = True
    for second in range(100_000):
        if not spreads.any():
            return 1.0 - float(knows.mean())
        talkers, told, _ = find_talks(
            places[0],
            places[1],
            ids,
            np.flatnonzero(spreads),
            key=key,
            second=second,
            rate=RATE,
            talk_within_m=2.0,
        )
        knew = knows[told]
        spreads[talkers[knew]] = False
        spreads[told[~knew]] = knows[told[~knew]] = True
    return math.inf


CASES = (
    Case(
        id="rumour-never-heard", standard="Maki-Thompson", title="People who never hear a rumour",
        source="Maki and Thompson (1973): x = exp(-2 (1 - x)); variance by Watson (1988)", low=0.0, high=3.29,
        expected="0.2032 of them, within 3.29 standard errors", run=share_that_never_hears,
    ),
)  # fmt: skip
"""Cases of this file."""
