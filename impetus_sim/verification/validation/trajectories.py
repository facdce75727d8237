"""Measured and simulated trajectories in one form, and reading the files of the experiments."""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError


@dataclass(frozen=True, kw_only=True)
class Trajectories:
    """Positions of people at equal steps of time, sorted by person, then frame.

    Parameters
    ----------
    fps
        Frames per second.
    person, frame
        int64 (rows,).
    x, y
        float64 (rows,), m.
    """

    fps: float
    person: npt.NDArray[np.int64]
    frame: npt.NDArray[np.int64]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """First row of each person."""
        return np.flatnonzero(np.diff(self.person, prepend=self.person[:1] - 1)).astype(np.int64)


def sort_rows(
    fps: float, person: npt.ArrayLike, frame: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike
) -> Trajectories:
    """Return trajectories from rows in any order."""
    ids, frames = np.asarray(person, np.int64), np.asarray(frame, np.int64)
    order = np.lexsort((frames, ids))
    return Trajectories(
        fps=fps,
        person=ids[order],
        frame=frames[order],
        x=np.asarray(x, np.float64)[order],
        y=np.asarray(y, np.float64)[order],
    )


def find_data() -> Path:
    """Return the folder of crowd data, ``$IMPETUS_DATA/crowd``.

    Raises
    ------
    InvalidInputError
        When the variable is not set or there is no such folder.
    """
    root = os.environ.get("IMPETUS_DATA", "")
    folder = Path(root) / "crowd"
    if not root or not folder.is_dir():
        raise InvalidInputError(
            f"the measured trajectories are not here: IMPETUS_DATA is '{root}'",
            hint="set IMPETUS_DATA to the folder that holds crowd/*.txt.gz (docs/verification.md says which)",
        )
    return folder


def read_trajectories(path: Path, *, fps: float, metres: float) -> Trajectories:
    """Read a trajectory file: columns person, frame, x, y (and z, left aside).

    Parameters
    ----------
    path
        Text, gzip.
    fps
        Frames per second.
    metres
        Length of the file's unit, m.
    """
    try:
        with gzip.open(path, "rt") as file:
            rows = np.loadtxt(file, comments="#", usecols=(0, 1, 2, 3))
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{path}: cannot be read as trajectories: {error}") from error
    return sort_rows(fps, rows[:, 0], rows[:, 1], rows[:, 2] * metres, rows[:, 3] * metres)
