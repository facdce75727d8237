"""Going on from a moment of a recording, with a change or with none."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from impetus_sim.engine.header import build_header, find_run_key
from impetus_sim.engine.record import Progress, Recorder
from impetus_sim.engine.run_key import compute_branch_key
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError
from impetus_sim.kernels.compile import kernel_hash
from impetus_sim.recording.checkpoint import Checkpoint
from impetus_sim.recording.fork import fork_segments
from impetus_sim.recording.reader import Recording, open_recording

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario

FIXED = (
    "map", "crowd.populations", "crowd.profiles", "crowd.exits", "crowd.focus", "crowd.slopes", "crowd.storeys",
    "crowd.connections", "crowd.gates", "crowd.stages",
    "time",
)  # fmt: skip
"""What a branch cannot change: who is there and on what ground."""
_log = logging.getLogger(__name__)


def read_scenario(recording: Recording) -> Scenario:
    """Return the scenario that a recording holds."""
    from impetus_sim.scenario.load import read_scenario_text

    origin = str(recording.attributes.get("scenario_path", ""))
    return read_scenario_text(
        str(recording.attributes["scenario"]),
        source=Path(origin) if origin else None,
        name=f"scenario of {recording.path.name}",
    )


def branch_run(
    parent: Recording,
    path: Path | str,
    *,
    at_s: float,
    change: Callable[[Scenario], Scenario] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Recording:
    """Go on from a moment of a recording.

    The parent's segments up to the last checkpoint are copied, the time from there to `at_s` is computed
    again under the parent's scenario, and from `at_s` on the changed scenario holds. The result is a full
    recording from time 0. Without a change its digest equals the parent's.

    Parameters
    ----------
    parent
        A recording with checkpoints.
    at_s
        The moment, s; within what was recorded.
    change
        From the parent's scenario to the changed one.

    Raises
    ------
    InvalidInputError
        When the moment is outside the recording, or the change touches who is there or the ground.
    """
    if not 0.0 <= at_s <= parent.recorded_until_s:
        raise InvalidInputError(
            f"--at {at_s:g} s is outside the recording (0 to {parent.recorded_until_s:g} s)",
            hint="choose a moment within it",
        )
    began = time.perf_counter()
    scenario = read_scenario(parent)
    seed, replicate = int(parent.attributes["seed"]), int(parent.attributes["replicate"])
    _warn_if_foreign(parent)
    before = Simulation(scenario, seed=seed, replicate=replicate, threads=threads)
    changed = scenario if change is None else change(scenario)
    after = before
    if changed.digest != scenario.digest:
        _require_same_start(scenario, changed)
        _require_nothing_undone(parent, scenario, changed, before.world.ticks(at_s))
        after = Simulation(changed, seed=seed, replicate=replicate, threads=threads, city=before.city)
    tick = before.world.ticks(at_s)
    start = parent.last_checkpoint(tick)
    if start is None:
        raise InvalidInputError(f"'{parent.path}' holds no checkpoint at or before {at_s:g} s")
    parent_key = str(parent.attributes["run_key"])
    key = find_run_key(after)
    if after is not before:
        key = compute_branch_key(run_key=key, parent_run_key=parent_key, tick=tick)
    header = build_header(after, parent_run_key=parent_key, branched_at_tick=tick, run_key=key)
    writer, checkpoint = fork_segments(parent, path, header, start.tick)
    with writer:
        before.take_over(checkpoint)
        recorder = Recorder(before, writer, progress=progress)
        before.run_until(before.world.seconds(tick), after_tick=recorder.after_tick)
        if after is not before:
            after.take_over(before.capture())
            recorder.simulation = after
        after.run_until(after.world.seconds(after.duration_ticks), after_tick=recorder.after_tick)
        recorder.finish({"wall_seconds": time.perf_counter() - began, "branched_at_s": at_s})
    return open_recording(path)


def restore(path: Path | str, *, at_s: float | None = None, threads: int | None = None) -> Simulation:
    """Return a simulation in the state of a recording at a moment (default: its last checkpoint).

    The time from the last checkpoint before it is computed again.
    """
    recording = open_recording(path)
    scenario = read_scenario(recording)
    simulation = Simulation(
        scenario,
        seed=int(recording.attributes["seed"]),
        replicate=int(recording.attributes["replicate"]),
        threads=threads,
    )
    tick = None if at_s is None else simulation.world.ticks(at_s)
    checkpoint: Checkpoint | None = recording.last_checkpoint(tick)
    if checkpoint is None:
        raise InvalidInputError(f"'{path}' holds no checkpoint to restore from")
    simulation.take_over(checkpoint)
    if at_s is not None:
        simulation.run_until(at_s)
    return simulation


def _warn_if_foreign(parent: Recording) -> None:
    if parent.attributes.get("kernel_hash") != kernel_hash():
        _log.warning(
            "'%s' was made by another engine version or processor: the branch is not bit-comparable with it",
            parent.path,
        )


def _require_same_start(old: Scenario, new: Scenario) -> None:
    for key in FIXED:
        if _get(old, key.split(".")) != _get(new, key.split(".")):
            raise InvalidInputError(
                f"a branch cannot change '{key}'",
                hint="change hazards, interventions, response or crowd.exit_choice; or start a new run",
            )


def _require_nothing_undone(parent: Recording, old: Scenario, new: Scenario, tick: int) -> None:
    # What has begun must go on to its end: a cordon that was set has to be lifted by somebody.
    events = parent.events()
    begun = {
        s.decode()
        for s, t in zip(events.get("subject", ()), events.get("tick", ()), strict=True)
        if t <= tick
    }
    for section in ("hazards", "interventions"):
        gone = sorted((set(getattr(old, section)) - set(getattr(new, section))) & begun)
        if gone:
            raise InvalidInputError(
                f"a branch cannot remove {section}.{gone[0]}: it has begun before the branch",
                hint="change how long it lasts, or branch at an earlier moment",
            )


def _get(scenario: object, keys: Sequence[str]) -> object:
    for key in keys:
        scenario = getattr(scenario, key)
    return scenario
