"""Gates and queues of a recorded run: where they are, and when gates were open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.ground import read_static, read_texts
from impetus_sim.recording.reader import Recording

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class GateMark:
    """One gate or fence.

    Parameters
    ----------
    name
        As in the scenario.
    segments
        x0, y0, x1, y1 in metres, shape (m, 4).
    changes
        Times in seconds, ascending, and whether it was open from then on; the first at 0.
    """

    name: str
    segments: Floats
    changes: tuple[tuple[float, bool], ...]

    def is_open(self, t_s: float | None = None) -> bool:
        """Tell whether it was open at a time; at the end when left out."""
        before = [state for at, state in self.changes if t_s is None or at <= t_s]
        return before[-1] if before else self.changes[0][1]


@dataclass(frozen=True, kw_only=True)
class QueueMark:
    """One queue: its line from head to tail and its desks, shape (n, 2), metres."""

    name: str
    line: Floats
    desks: Floats


@dataclass(frozen=True, kw_only=True)
class WayMarks:
    """All gates and queues of a run."""

    gates: tuple[GateMark, ...] = ()
    queues: tuple[QueueMark, ...] = ()


def read_ways(recording: Recording) -> WayMarks:
    """Return the gates and queues of a recording; none for runs without them."""
    return WayMarks(gates=_read_gates(recording), queues=_read_queues(recording))


def _read_gates(recording: Recording) -> tuple[GateMark, ...]:
    group = read_static(recording, "gates")
    names = read_texts(group.get("name"))
    if not names:
        return ()
    segments = np.asarray(group["segments"], float).reshape(-1, 5)
    changes = {name: [(0.0, bool(group["open_at_start"][k]))] for k, name in enumerate(names)}
    events = recording.events()
    resolution_s = int(recording.attributes["resolution_us"]) / 1e6
    for kind, subject, tick in zip(events["kind"], events["subject"], events["tick"], strict=True):
        if kind in (b"gate_opened", b"gate_closed") and subject.decode() in changes:
            changes[subject.decode()].append((int(tick) * resolution_s, kind == b"gate_opened"))
    return tuple(
        GateMark(name=name, segments=segments[segments[:, 4] == k, :4], changes=tuple(changes[name]))
        for k, name in enumerate(names)
    )


def _read_queues(recording: Recording) -> tuple[QueueMark, ...]:
    group = read_static(recording, "queues")
    names = read_texts(group.get("name"))
    lines, desks = (np.asarray(group.get(key, ()), float).reshape(-1, 3) for key in ("lines", "desks"))
    return tuple(
        QueueMark(name=name, line=lines[lines[:, 2] == k, :2], desks=desks[desks[:, 2] == k, :2])
        for k, name in enumerate(names)
    )
