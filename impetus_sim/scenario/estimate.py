"""What a run will take, before it starts: people, time, memory and disk, from simple formulas.

The rates are round numbers measured on one core of a 2020s laptop; they are for planning a coffee, not a
purchase, and hold within a factor of about three.
"""

from __future__ import annotations

from dataclasses import dataclass

from impetus_sim.scenario.clock import microseconds
from impetus_sim.scenario.model import Scenario

_STEP_S = 3e-5
"""Fixed time of one crowd step."""
_PERSON_STEP_S = 1.2e-6
"""Time of one person in one crowd step, one thread."""
_PARALLEL_SHARE = 0.7
"""Share of a step that threads divide."""
_BASE_BYTES = 400e6
"""Interpreter, libraries, compiled code and an ordinary city."""
_PERSON_BYTES = 2_000.0
_FRAME_PERSON_BYTES = 4.0
"""A position in a frame: two int32, delta-coded and compressed."""
_CHECKPOINT_PERSON_BYTES = 150.0
_FILE_BYTES = 2e6


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run will take.

    Parameters
    ----------
    people, steps, frames, checkpoints
        Counts (the most people that can be drawn).
    wall_s
        Wall-clock seconds when everybody stays to the end, after set-up.
    memory_bytes, disk_bytes
        At the most.
    """

    people: int
    steps: int
    frames: int
    checkpoints: int
    wall_s: float
    memory_bytes: float
    disk_bytes: float

    def __str__(self) -> str:
        return (
            f"{self.people} people, {self.steps} steps, about {_time(self.wall_s)},"
            f" {self.memory_bytes / 1e6:.0f} MB of memory, {max(self.disk_bytes / 1e6, 1):.0f} MB on disk"
        )


def estimate(scenario: Scenario, *, threads: int | None = None) -> Estimate:
    """Estimate one run.

    Parameters
    ----------
    scenario
        The scenario.
    threads
        Threads used; the scenario's own when None.
    """
    n_threads = scenario.run.threads if threads is None else threads
    duration_us = microseconds(scenario.time.duration)
    steps = duration_us // microseconds(scenario.crowd.step)
    frames = duration_us // microseconds(scenario.record.frame_every) + 1
    checkpoints = duration_us // microseconds(scenario.record.checkpoint_every) + 1
    people = scenario.n_people
    slow_down = 1.0 - _PARALLEL_SHARE + _PARALLEL_SHARE / max(n_threads, 1)
    positions = frames * people * _FRAME_PERSON_BYTES if scenario.record.positions else 0.0
    return Estimate(
        people=people,
        steps=steps,
        frames=frames,
        checkpoints=checkpoints,
        wall_s=steps * (_STEP_S + people * _PERSON_STEP_S * slow_down),
        memory_bytes=_BASE_BYTES + people * _PERSON_BYTES,
        disk_bytes=_FILE_BYTES + positions + checkpoints * people * _CHECKPOINT_PERSON_BYTES,
    )


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
