"""Where the measured trajectories are, and reading one run."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from impetus_sim.analysis.measures.archive_text import load_trajectories
from impetus_sim.errors import InvalidInputError

if TYPE_CHECKING:
    from impetus_sim.analysis.measures.trajectories import Trajectories
    from impetus_sim.verification.trajectories.experiments import Experiment


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


@cache
def read_run(experiment: Experiment) -> Trajectories:
    """Return the trajectories of one run."""
    return load_trajectories(
        find_data() / f"{experiment.name}.txt.gz", frame_rate=experiment.fps, unit=experiment.unit
    )
