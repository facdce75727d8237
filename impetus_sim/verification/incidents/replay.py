"""Runs of the bundled replays, each made once, and the case of an incident."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

from impetus_sim.engine.record import simulate
from impetus_sim.recording.reader import Recording
from impetus_sim.scenario.load import load_scenario
from impetus_sim.verification.case import Case, Effort, Measured

ORDER_OF_MAGNITUDE: Final = "order of magnitude"


@cache
def run_replay(name: str, *, seed: int) -> Recording:
    """Return the recording of ``incidents/NAME.yaml`` or ``incidents/NAME.yaml:VARIANT``."""
    return simulate(load_scenario(f"incidents/{name}"), seed=seed)


def times_of(recording: Recording, kind: str) -> dict[str, float]:
    """Return when each subject had its first event of a kind, seconds."""
    events = recording.events()
    found: dict[str, float] = {}
    for row in np.flatnonzero(events["kind"] == kind.encode()):
        found.setdefault(events["subject"][row].decode(), float(recording.seconds(int(events["tick"][row]))))
    return found


def incident_case(
    id: str,
    *,
    standard: str,
    title: str,
    source: str,
    low: float,
    high: float,
    expected: str,
    run: Callable[[Effort], Measured],
) -> Case:
    """Return a case of an incident; no walking model belongs to it."""
    return Case(
        id=id,
        standard=standard,
        title=title,
        source=source,
        low=low,
        high=high,
        expected=f"{expected}; {ORDER_OF_MAGNITUDE}",
        run=run,
        default_model="",
    )
