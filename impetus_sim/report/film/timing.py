"""Which moments of a run a film shows, and where everything was at them, between recorded frames too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.moving.base import Moving
from impetus_sim.analysis.moving.window import NOT_THERE, Window
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording

Floats = npt.NDArray[np.float64]

SPEEDS: Final = (1.0, 2.0, 4.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 240.0, 600.0)
"""Simulated seconds in a second of film, of which one is chosen when none is given."""
WANTED_S: Final = 45.0
"""A film whose speed was not given is no longer than this, if the speeds allow."""
FARTHEST_M: Final = 25.0
"""What moves farther between two recorded frames has jumped (storeys, links): it is shown at the nearer frame."""
_FRAMES_AT_ONCE: Final = 16


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The moments of a film.

    Parameters
    ----------
    times_s
        Simulated time of each picture, ascending, shape (n,).
    fps
        Pictures in a second of film.
    speed
        Simulated seconds in a second of film.
    """

    times_s: Floats
    fps: int
    speed: float

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def film_s(self) -> float:
        """Length of the film, seconds."""
        return len(self) / self.fps


def plan_timing(
    recording: Recording,
    *,
    fps: int,
    speed: float | None = None,
    from_s: float | None = None,
    to_s: float | None = None,
) -> Timing:
    """Return the moments of a film of a run or a part of it.

    Raises
    ------
    InvalidInputError
        When the part is empty or outside of what was recorded.
    """
    end_s = recording.recorded_until_s
    first, last = from_s or 0.0, end_s if to_s is None else to_s
    if not 0.0 <= first < last <= end_s:
        raise InvalidInputError(
            f"a film from {first:g} s to {last:g} s is not possible",
            hint=f"the recording holds 0 s to {end_s:g} s; --from must be before --to",
        )
    chosen = speed or next((s for s in SPEEDS if (last - first) / s <= WANTED_S), SPEEDS[-1])
    n = max(int((last - first) / chosen * fps) + 1, 1)
    return Timing(times_s=first + np.arange(n) * chosen / fps, fps=fps, speed=chosen)


def places_at(kind: Moving, times_s: Floats) -> Iterator[tuple[Floats, Floats, npt.NDArray[np.uint8]]]:
    """Yield x, y and state of what was there at each of ascending times, each of shape (n,).

    Between two recorded frames places are interpolated; states are those of the earlier frame.
    """
    held: tuple[range, Window] | None = None
    last = len(kind.times_s) - 1
    for t_s in times_s:
        before = int(np.clip(np.searchsorted(kind.times_s, t_s, side="right") - 1, 0, last))
        if held is None or not (held[0].start <= before and min(before + 1, last) < held[0].stop):
            frames = range(before, min(before + _FRAMES_AT_ONCE, last + 1))
            held = frames, kind.window(frames)
        yield _between(held[1], before - held[0].start, float(t_s))


def _between(window: Window, index: int, t_s: float) -> tuple[Floats, Floats, npt.NDArray[np.uint8]]:
    x, y, state = window.x[index], window.y[index], window.state[index]
    there = state != NOT_THERE
    if index + 1 == len(window.times_s):
        return x[there], y[there], state[there]
    start, end = window.times_s[index], window.times_s[index + 1]
    mix = float(np.clip((t_s - start) / (end - start), 0.0, 1.0)) if end > start else 0.0
    dx, dy = window.x[index + 1] - x, window.y[index + 1] - y
    moves = there & (window.state[index + 1] != NOT_THERE) & (np.hypot(dx, dy) <= FARTHEST_M)
    return (
        np.where(moves, x + mix * dx, x)[there],
        np.where(moves, y + mix * dy, y)[there],
        state[there],
    )
