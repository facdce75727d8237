"""A stand-in for the engine: a run is a few random numbers, so that studies take seconds in tests.

Options shift the outcome by a fixed effect; replicates share their noise, as common random numbers do.
Worker processes import this file by name.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from impetus_sim.errors import RunFailedError
from impetus_sim.planning.runs.outcome import Measure, Outcome
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.worker import RunRequest


@dataclass(frozen=True, kw_only=True)
class CheapScenario:
    """What a comparison needs of a scenario, and knobs for trouble."""

    title: str = "Square"
    effect: float = 0.0
    own_noise: float = 0.0
    sleep_s: float = 0.0
    fails_at: tuple[int, ...] = ()
    dies_once_at: int = -1
    dies_always_at: int = -1
    disk_full_at: int = -1
    folder: str = ""
    source: Path = Path("square.yaml")

    def to_text(self) -> str:
        """Return the canonical text; waiting and the file name are no part of it."""
        row = {
            key: value for key, value in asdict(self).items() if key not in ("sleep_s", "source", "folder")
        }
        return json.dumps(row, sort_keys=True)

    @property
    def digest(self) -> str:
        """Digest of the text."""
        return hashlib.sha256(self.to_text().encode()).hexdigest()


def run_cheaply(request: RunRequest, recording_path: Path) -> Outcome:
    """Draw an outcome; fail, die or wait where the scenario says so."""
    scenario, replicate = request.scenario, request.replicate
    time.sleep(scenario.sleep_s)
    if replicate in scenario.fails_at:
        raise RunFailedError("person 7 passed a wall at 12 s", hint="report it")
    if replicate == scenario.disk_full_at:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(recording_path))
    if replicate == scenario.dies_always_at:
        os.kill(os.getpid(), signal.SIGKILL)
    if replicate == scenario.dies_once_at:
        mark = Path(scenario.folder) / "died"
        if not mark.exists():
            mark.write_text("")
            os.kill(os.getpid(), signal.SIGKILL)
    shared = np.random.default_rng([request.seed, replicate, 1])
    own = np.random.default_rng([request.seed, replicate, int(1000 * abs(scenario.effect)), 2])
    egress = 100.0 + scenario.effect + 10.0 * shared.normal() + scenario.own_noise * own.normal()
    recording_path.write_bytes(b"recording")
    return Outcome(
        metrics={
            "mean_egress_time": Measure(
                value=egress, unit="s", label="mean egress time", better="lower", is_censored=False
            ),
            "exposed": Measure(value=float(shared.poisson(20)), unit="people", label="people exposed"),
        },
        groups={"profile=child": {"mean_egress_time": Measure(value=1.2 * egress, unit="s")}},
        digest=hashlib.sha256(f"{egress!r}".encode()).hexdigest(),
    )


def find_map_digest(scenario: CheapScenario) -> str:
    """All scenarios are on one map."""
    return "map"


def find_kernel_hash() -> str:
    """There are no kernels."""
    return "kernels"


def is_warm() -> bool:
    """There is nothing to compile."""
    return True


CHEAP = Runner(
    run=run_cheaply, find_map_digest=find_map_digest, find_kernel_hash=find_kernel_hash, is_warm=is_warm
)
