"""Reads and writes the text format of the Jülich archive of pedestrian dynamics: id, frame, x, y[, z].

Format: one row per person and frame, columns divided by blanks or tabs; lines that start with # are a
header, which may name the frame rate (``framerate: 16 fps``) and the unit (``x/cm``). PedPy's
``load_trajectory_from_txt`` reads it.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Literal

import numpy as np

from impetus_sim.analysis.measures.trajectories import Trajectories, build_trajectories
from impetus_sim.errors import InvalidInputError
from impetus_sim.files import written_whole

LengthUnit = Literal["m", "cm"]
_FRAME_RATE = re.compile(r"frame\s*rate:?\s*([0-9]*\.?[0-9]+)", re.IGNORECASE)
_UNIT = re.compile(r"\bx\s*(?:/|\[|\(in )\s*(cm|m)\b", re.IGNORECASE)
_LONG_UNIT = re.compile(r"in\s+(centimet|met)", re.IGNORECASE)
HEADER = "# framerate: {rate:.15g} fps\n# id frame x/m y/m\n"
_PER_UNIT = {"m": 1.0, "cm": 0.01}


def load_trajectories(
    path: str | Path, *, frame_rate: float | None = None, unit: LengthUnit | None = None
) -> Trajectories:
    """Load a trajectory file, plain (.txt) or packed (.txt.gz).

    Parameters
    ----------
    path
        The file.
    frame_rate
        Frames per second; needed where the header does not say it.
    unit
        Of the positions; needed where the header does not say it.

    Raises
    ------
    InvalidInputError
        When there is no such file, it cannot be read, or rate or unit are neither given nor in the header.
    """
    file = Path(path)
    try:
        with gzip.open(file, "rt") if file.suffix == ".gz" else file.open() as lines:
            header, rows = _split(lines.readlines())
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise InvalidInputError(f"'{file}' cannot be read as a trajectory file: {error}") from error
    if not rows:
        raise InvalidInputError(f"'{file}' holds no positions", hint="it needs rows of: id frame x y [z]")
    try:
        table = np.array([row.split()[:4] for row in rows], np.float64)
    except ValueError as error:
        raise InvalidInputError(
            f"'{file}' has rows that are not numbers", hint="it needs rows of: id frame x y [z]"
        ) from error
    scale = _PER_UNIT[unit or _find_unit(header, file)]
    rate = frame_rate if frame_rate is not None else _find_frame_rate(header, file)
    return build_trajectories(
        table[:, 0], table[:, 1], table[:, 2] * scale, table[:, 3] * scale, frame_rate=rate
    )


def save_trajectories(trajectories: Trajectories, path: str | Path) -> None:
    """Write trajectories in metres, with a header that names the frame rate and the unit."""
    with written_whole(Path(path)) as temporary, temporary.open("w") as file:
        file.write(HEADER.format(rate=trajectories.frame_rate))
        columns = (trajectories.person, trajectories.frame, trajectories.x, trajectories.y)
        np.savetxt(file, np.column_stack(columns), fmt=("%d", "%d", "%.4f", "%.4f"))


def _split(lines: list[str]) -> tuple[str, list[str]]:
    header = "".join(line for line in lines if line.startswith("#"))
    return header, [line for line in lines if line.strip() and not line.startswith("#")]


def _find_frame_rate(header: str, file: Path) -> float:
    found = _FRAME_RATE.search(header)
    if found is None:
        raise InvalidInputError(f"'{file}' does not name its frame rate", hint="give frame_rate=, such as 16")
    return float(found.group(1))


def _find_unit(header: str, file: Path) -> str:
    found = _UNIT.search(header)
    if found is not None:
        return found.group(1).lower()
    found = _LONG_UNIT.search(header)
    if found is None:
        raise InvalidInputError(f"'{file}' does not name its unit", hint='give unit="m" or unit="cm"')
    return "cm" if found.group(1).lower().startswith("centi") else "m"
