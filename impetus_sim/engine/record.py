"""Running while recording: frames, counts, segments, checkpoints; and going on after a kill."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impetus_sim.engine.header import build_header, find_run_key
from impetus_sim.engine.simulation import Simulation
from impetus_sim.recording.reader import Recording, open_recording
from impetus_sim.recording.state import RecordingState, inspect
from impetus_sim.recording.writer import RecordingWriter, require_writable

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario

SEGMENT_WALL_S = 10.0
"""A segment is closed after this much wall time, so that a kill loses no more."""
PROGRESS_WALL_S = 0.1

Progress = Callable[[float, float, int], None]


class Recorder:
    """Writes what a simulation does while it runs.

    Parameters
    ----------
    simulation
        May be replaced by another one that goes on from the same state (a branch).
    writer
        An open recording.
    progress
        Called with simulated seconds, duration and people inside, a few times a second.
    """

    def __init__(
        self, simulation: Simulation, writer: RecordingWriter, *, progress: Progress | None = None
    ) -> None:
        self.simulation = simulation
        self._writer = writer
        self._progress = progress
        self._n_events = len(simulation.world.events)
        self._segment_began = time.monotonic()
        self._shown = 0.0

    def after_tick(self, simulation: Simulation) -> None:
        """Record the present tick where something of it is due; the hook of `Simulation.run_until`."""
        world, record = simulation.world, simulation.scenario.record
        tick = simulation.tick
        is_last = simulation.is_over
        is_frame = tick % world.ticks(record.frame_every) == 0 or is_last
        for system in simulation.systems.acting:
            system.record(self._writer, tick, is_frame=is_frame)
        if is_frame:
            self._writer.add_counts(tick, simulation.counts())
        if tick % world.ticks(record.checkpoint_every) == 0:
            self.end_segment(with_checkpoint=True)
        elif time.monotonic() - self._segment_began > SEGMENT_WALL_S:
            self.end_segment(with_checkpoint=False)
        self._show(simulation, force=is_last)

    def end_segment(self, *, with_checkpoint: bool) -> None:
        """Write what has been buffered; with a checkpoint a run can resume or branch from here."""
        events = self.simulation.world.events
        new = {name: column[self._n_events :] for name, column in events.columns.items()}
        self._writer.end_segment(
            events=new, checkpoint=self.simulation.capture() if with_checkpoint else None
        )
        self._n_events = len(events)
        self._segment_began = time.monotonic()

    def finish(self, summary: dict[str, Any]) -> None:
        """Write the last segment, the final state and the summary, and merge."""
        simulation = self.simulation
        self.end_segment(with_checkpoint=False)
        self._writer.finish(
            tables={t.name: t.columns for tables in simulation.tables.values() for t in tables},
            summary={
                "digest": simulation.digest.value,
                "digest_parts": simulation.digest.parts,
                "end_tick": simulation.tick,
                "end_s": simulation.time_s,
                "couplings": simulation.couplings,
                **summary,
            },
        )

    def _show(self, simulation: Simulation, *, force: bool) -> None:
        now = time.monotonic()
        if self._progress and (force or now - self._shown > PROGRESS_WALL_S):
            self._shown = now
            self._progress(
                simulation.time_s,
                simulation.world.seconds(simulation.duration_ticks),
                simulation.crowd.n_inside,
            )


def simulate(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replicate: int = 0,
    path: Path | str | None = None,
    threads: int | None = None,
    resume: bool = False,
    check: bool = False,
    progress: Progress | None = None,
    city: City | None = None,
) -> Recording:
    """Run a scenario to its end and record it.

    Parameters
    ----------
    scenario, seed, replicate, threads, check, city
        As for `Simulation`.
    path
        RUN.h5; a temporary file that goes with the process when left out.
    resume
        Finish an unfinished recording at `path` from its last checkpoint; start it where there is none.
    progress
        Called with simulated seconds, duration and people inside.

    Returns
    -------
    The complete recording.

    Raises
    ------
    InvalidInputError
        When the scenario cannot be built, or the recording at `path` is another run's or unfinished.
    RunFailedError
        When a law is broken or the disk is full; what was written is kept.
    """
    run_path = _temporary_path() if path is None else Path(path)
    began = time.perf_counter()
    if not resume:
        require_writable(run_path)  # before the work of setting up
    state = inspect(run_path).state if resume else RecordingState.ABSENT
    simulation = Simulation(scenario, seed=seed, replicate=replicate, threads=threads, check=check, city=city)
    if state is RecordingState.ABSENT:
        writer: RecordingWriter | None = RecordingWriter.create(run_path, build_header(simulation))
    else:
        writer, checkpoint = RecordingWriter.resume(run_path, expect={"run_key": find_run_key(simulation)})
        if checkpoint is not None:
            simulation.take_over(checkpoint)
    if writer is None:
        return open_recording(run_path)
    setup_s = time.perf_counter() - began
    with writer:
        recorder = Recorder(simulation, writer, progress=progress)
        simulation.run_until(
            simulation.world.seconds(simulation.duration_ticks), after_tick=recorder.after_tick
        )
        wall_s = time.perf_counter() - began
        recorder.finish({"wall_seconds": wall_s, "setup_seconds": setup_s})
    return open_recording(run_path)


def save_checkpoint(simulation: Simulation, path: Path | str) -> Path:
    """Write the state of a simulation as a recording without frames; see `Simulation.checkpoint`."""
    with RecordingWriter.create(path, build_header(simulation)) as writer:
        writer.end_segment(events=simulation.world.events.columns, checkpoint=simulation.capture())
        return writer.finish(
            tables={t.name: t.columns for tables in simulation.tables.values() for t in tables},
            summary={
                "digest": simulation.digest.value,
                "end_tick": simulation.tick,
                "end_s": simulation.time_s,
            },
        )


def _temporary_path() -> Path:
    folder = tempfile.mkdtemp(prefix="impetus-run-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder) / "run.h5"
