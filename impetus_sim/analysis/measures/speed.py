"""Individual speed over a window of frames.

The speed of a person in a frame is the distance between the positions `n` frames before and after, over the
time between them. Definition and the three treatments of the ends of a trajectory as in PedPy
(``compute_individual_speed``). A direction may have any length here; PedPy's must have length one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from impetus_sim.analysis.measures.trajectories import Floats, Ints, Mask, Trajectories
from impetus_sim.errors import InvalidInputError

Border = Literal["exclude", "adaptive", "single_sided"]


@dataclass(frozen=True, kw_only=True)
class Speeds:
    """Speeds, aligned with the rows of the trajectories.

    Parameters
    ----------
    speed
        m/s, shape (n,); NaN where `is_defined` is false. With a direction: along it, negative against it.
    vx, vy
        Components, m/s, shape (n,).
    is_defined
        Shape (n,).
    """

    speed: Floats
    vx: Floats
    vy: Floats
    is_defined: Mask


def compute_individual_speed(
    trajectories: Trajectories,
    *,
    frame_step: int,
    border: Border = "exclude",
    direction: tuple[float, float] | None = None,
) -> Speeds:
    """Return everybody's speed in every frame.

    Parameters
    ----------
    trajectories
        Of any frame rate.
    frame_step
        Frames before and after, at least 1.
    border
        Near the ends of a trajectory: no speed (``exclude``), a window that shrinks on both sides
        (``adaptive``), or one that stops at the person's present position (``single_sided``).
    direction
        Project on it.
    """
    if frame_step < 1:
        raise ValueError(f"frame_step is {frame_step}: at least 1")
    before, after = _find_ends(trajectories, frame_step, border)
    is_defined = (before >= 0) & (after >= 0) & (before != after)
    a, b = np.where(is_defined, before, 0), np.where(is_defined, after, 0)
    window_s = np.where(
        is_defined, (trajectories.frame[b] - trajectories.frame[a]) / trajectories.frame_rate, np.nan
    )
    vx = (trajectories.x[b] - trajectories.x[a]) / window_s
    vy = (trajectories.y[b] - trajectories.y[a]) / window_s
    if direction is None:
        return Speeds(speed=np.hypot(vx, vy), vx=vx, vy=vy, is_defined=is_defined)
    unit = np.asarray(direction, float) / np.hypot(*direction)
    along = vx * unit[0] + vy * unit[1]
    return Speeds(speed=along, vx=along * unit[0], vy=along * unit[1], is_defined=is_defined)


def require_speeds(speeds: Speeds, rows: Ints) -> None:
    """Raise when one of some rows of the trajectories has no speed."""
    n_missing = int(np.count_nonzero(~speeds.is_defined[rows]))
    if n_missing:
        raise InvalidInputError(
            f"{n_missing} positions take up ground but have no speed",
            hint='compute speeds with border="single_sided" or "adaptive"',
        )


def _find_ends(trajectories: Trajectories, step: int, border: Border) -> tuple[Ints, Ints]:
    """Return the rows at both ends of each row's window, -1 where there is none."""
    starts = trajectories.stretch_starts
    n = len(trajectories)
    rows = np.arange(n)
    person = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    first, last = starts[:-1][person], starts[1:][person] - 1
    if border == "adaptive":
        frame = trajectories.frame
        window = np.minimum(step, np.minimum(frame - frame[first], frame[last] - frame))
        return (
            _find_rows(trajectories, person, frame - window),
            _find_rows(trajectories, person, frame + window),
        )
    before, after = rows - step, rows + step
    outside = (-1, -1) if border == "exclude" else (rows, rows)
    return np.where(before >= first, before, outside[0]), np.where(after <= last, after, outside[1])


def _find_rows(trajectories: Trajectories, person: Ints, frame: Ints) -> Ints:
    """Return the row of each (person, frame), -1 where there is none."""
    low = int(trajectories.frame.min()) if len(trajectories) else 0
    span = int(trajectories.frame.max()) - low + 1 if len(trajectories) else 1
    keys = person * span + (trajectories.frame - low)
    wanted = person * span + (frame - low)
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[found] == wanted, found, -1)
