"""Trajectories to measure: two regular columns of walkers, and a real bottleneck experiment beside PedPy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from impetus_sim.analysis.measures.archive_text import load_trajectories
from impetus_sim.analysis.measures.trajectories import Trajectories, build_trajectories

CORRIDOR = shapely.box(0.0, -6.0, 1.8, 8.5)


@pytest.fixture(scope="session")
def lattice() -> Trajectories:
    """Walkers on a square lattice, one each metre, all moving at 1.25 m/s along x; 10 frames a second."""
    x0, y0 = np.meshgrid(np.arange(-30.0, 20.0), np.arange(4) + 0.5)
    frames = np.arange(81)
    person = np.repeat(np.arange(x0.size), len(frames))
    frame = np.tile(frames, x0.size)
    return build_trajectories(
        person, frame, x0.ravel()[person] + 0.05 + 0.125 * frame, y0.ravel()[person], frame_rate=10.0
    )


@pytest.fixture(scope="session")
def experiment(data_folder: Path) -> Trajectories:
    """Return 19 s of a corridor 1.8 m wide with a jam before its end (Jülich archive), 16 frames a second."""
    whole = load_trajectories(
        data_folder / "crowd" / "uo-180-180-070.txt.gz", frame_rate=16.0, unit="cm"
    ).between(600, 900)
    moved = whole.move_inside(CORRIDOR, within_m=0.4)
    _, index, counts = np.unique(moved.person, return_inverse=True, return_counts=True)
    return moved.keep(counts[index] > 10)  # whoever is there for a moment only has no speed


@pytest.fixture(scope="session")
def pedpy() -> Any:
    """Return PedPy, or skip the test where it is not installed (extra [dev])."""
    return pytest.importorskip("pedpy", reason="PedPy is not installed: pip install 'impetus_sim[dev]'")


@pytest.fixture(scope="session")
def as_pedpy(pedpy: Any) -> Callable[[Trajectories], Any]:
    """Return a function from our trajectories to PedPy's."""
    import pandas as pd

    def convert(t: Trajectories) -> Any:
        table = pd.DataFrame({"id": t.person, "frame": t.frame, "x": t.x, "y": t.y})
        return pedpy.TrajectoryData(table, frame_rate=t.frame_rate)

    return convert
