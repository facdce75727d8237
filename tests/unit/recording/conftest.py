"""A toy run that records like the engine does, and resumes from its checkpoints."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impetus_sim.recording.checkpoint import Checkpoint
from impetus_sim.recording.header import Header
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.state import RecordingState, inspect
from impetus_sim.recording.writer import RecordingWriter

N_PEOPLE = 40
FRAMES_PER_SEGMENT = 3
TICKS_PER_FRAME = 50


class ToyRun:
    """People who walk by a fixed rule; every second segment carries a checkpoint."""

    n_segments = 4
    header = Header(
        attributes={
            "title": "Toy",
            "seed": 7,
            "resolution_us": 10_000,
            "run_key": "abc",
            "scenario": "a: 1\n" * 20_000,
        },
        static={
            "people": {
                "uid": np.arange(N_PEOPLE, dtype=np.uint64),
                "profile_names": np.array(["adult", "äldre"]),
            },
            "ground": {"wkt": "POLYGON EMPTY", "walls": np.zeros((0, 4))},
        },
    )

    def record(self, path: Path) -> Path:
        """Run from the start."""
        return self._go_on(RecordingWriter.create(path, self.header), None)

    def record_or_resume(self, path: Path) -> Path:
        """Run from where the recording at `path` ends, like ``--resume``."""
        if inspect(path).state is RecordingState.ABSENT:
            return self.record(path)
        writer, checkpoint = RecordingWriter.resume(path, expect={"run_key": "abc"})
        return path if writer is None else self._go_on(writer, checkpoint)

    def _go_on(self, writer: RecordingWriter, checkpoint: Checkpoint | None) -> Path:
        with writer:
            first, x = 0, np.linspace(5e5, 5e5 + 30, N_PEOPLE)
            if checkpoint is not None:
                first, x = int(checkpoint.attributes["next_segment"]), checkpoint.tables["crowd"]["x"].copy()
            for segment in range(first, self.n_segments):
                tick = self._record_segment(writer, segment, x)
                saved = Checkpoint(
                    tick=tick, tables={"crowd": {"x": x}}, attributes={"next_segment": segment + 1}
                )
                events = {
                    "id": np.array([segment]),
                    "tick": np.array([tick]),
                    "kind": np.array([b"note"], "S32"),
                }
                writer.end_segment(events=events, checkpoint=saved if segment % 2 else None)
            return writer.finish(tables={"crowd": {"x": x}}, summary={"digest": x.sum().hex()})

    def _record_segment(self, writer: RecordingWriter, segment: int, x: np.ndarray) -> int:
        tick = 0
        for index in range(FRAMES_PER_SEGMENT):
            frame = segment * FRAMES_PER_SEGMENT + index
            tick = frame * TICKS_PER_FRAME
            x += 0.6 * np.sin(x + frame)
            rows = np.arange(frame % 7, N_PEOPLE - frame % 5, dtype=np.int32)
            writer.add_frame(tick, rows, x[rows], 6.7e6 - x[rows], np.full(len(rows), frame % 3, np.uint8))
            writer.add_counts(tick, {"inside": len(rows), "exit_left": np.array([frame, 2 * frame])})
            if index == 0:
                writer.add_field(tick, "smoke", np.full((3, 4), frame, np.float32))
        return tick


def contents(recording: Recording) -> dict[str, Any]:
    """Return everything that two recordings of one run must share, in plain types."""
    return {
        "frames": [
            (f.tick, f.rows.tolist(), f.x.tolist(), f.y.tolist(), f.state.tolist())
            for f in recording.frames()
        ],
        "counts": {name: values.tolist() for name, values in recording.counts().items()},
        "events": {name: values.tolist() for name, values in recording.events().items()},
        "smoke": [(t, v.tolist()) for t, v in recording.fields("smoke")] if recording.field_names else [],
        "checkpoints": recording.checkpoint_ticks,
        "summary": recording.summary,
        "table": recording.tables("crowd")["x"].tolist() if recording.table_names else None,
    }


def run_in_child(action: Callable[[], object]) -> int:
    """Run `action` in a forked process and return its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            action()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at_call(number: int, owner: Any, names: list[str], *, after: bool) -> None:
    """Let the `number`-th call of any of the functions end this process with SIGKILL, before or after it."""
    calls = 0

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == number and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = function(*args, **kwargs)
            if calls == number and after:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return counting

    for name in names:
        setattr(owner, name, wrap(getattr(owner, name)))


@pytest.fixture
def toy() -> ToyRun:
    """Return the toy run."""
    return ToyRun()


@pytest.fixture
def read_contents() -> Callable[[Recording], dict[str, Any]]:
    """Return the function that makes two recordings comparable."""
    return contents


@pytest.fixture
def in_child() -> Callable[[Callable[[], object]], int]:
    """Return the function that runs an action in a forked process."""
    return run_in_child


@pytest.fixture
def kill_at() -> Callable[..., None]:
    """Return the function that makes this process end at the n-th call of some functions."""
    return kill_at_call
