"""A stand-in for the engine with counters: a crowd on two sides of a square and a gate on each.

Worker processes import this file by name.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from cheap_function import FUNCTION, Numbers

from impetus_sim.planning.runs.outcome import Measure, Outcome
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.worker import RunRequest

EVERY_S = 5.0
UNTIL_S = 60.0
OPTIONS = {"base": 0.0, "open_west": -1.0, "open_east": 1.0}
GAIN = 0.3


def make_variants(**values: float) -> dict[str, Numbers]:
    """Return the scenario as ``base``, and its options."""
    numbers = {"west": 100.0, "east": 100.0, "haste": 1.0, **values}
    return {name: Numbers(values={**numbers, "opened": opened}) for name, opened in OPTIONS.items()}


def expected_time(values: dict[str, float]) -> float:
    """Return the mean time out: people wait for the gate on their side, which is wider when opened."""
    west, east = float(values["west"]), float(values["east"])
    waits = 0.5 * (
        west**2 * (1.0 - GAIN * (values["opened"] < 0)) + east**2 * (1.0 - GAIN * (values["opened"] > 0))
    )
    return 20.0 / float(values["haste"]) + waits / (west + east)


def count_people(request: RunRequest, recording_path: Path) -> Outcome:
    """Return the mean time out with noise, and Poisson counts of two gates and a camera."""
    del recording_path
    values = request.scenario.values
    random = np.random.default_rng([request.seed, request.replicate, round(7 * float(values["west"]))])
    times = np.arange(EVERY_S, UNTIL_S + 1e-9, EVERY_S)
    readings = {}
    for side in ("west", "east"):
        rate = (
            0.02
            * float(values["haste"])
            * float(values[side])
            * np.exp(-0.02 * float(values["haste"]) * times)
        )
        readings[f"{side}.people_passing"] = (EVERY_S * rate, "people_passing")
    readings["camera.people_in_view"] = (np.full(len(times), float(values["west"])), "people_in_view")
    time = expected_time(values) + random.normal()
    return Outcome(
        metrics={"mean_time": Measure(value=time, unit="s", label="mean time out", better="lower")},
        digest=str(time),
        readings={
            name: {
                "kind": kind,
                "every_s": EVERY_S,
                "end_s": UNTIL_S,
                "times_s": times.tolist(),
                "values": random.poisson(rates).astype(float).tolist(),
            }
            for name, (rates, kind) in readings.items()
        },
    )


SQUARE = Runner(
    run=count_people,
    find_map_digest=FUNCTION.find_map_digest,
    find_kernel_hash=FUNCTION.find_kernel_hash,
    is_warm=FUNCTION.is_warm,
)
