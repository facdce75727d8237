"""Who was without power, water or a phone, when and for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.infrastructure.recorded import RecordedAssets
from impetus_sim.recording.reader import Recording
from impetus_sim.world.assets import WORKS

CELLS = "phone_cells"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Lack:
    """Groups of people at places, and when each was without a service.

    rows: of the assets behind which they are, intp (groups,). x, y: m, and people: float64 (groups,). is_without:
    bool (times, groups), at the recorded times.
    """

    rows: npt.NDArray[np.intp]
    x: Floats
    y: Floats
    people: Floats
    is_without: npt.NDArray[np.bool_]

    @property
    def n_without(self) -> Floats:
        """People without it at each recorded time, float64 (times,)."""
        return np.asarray(self.is_without @ self.people, np.float64)

    def person_hours(self, spans_s: Floats) -> float:
        """Return the person-hours without it; `spans_s`: how long each recorded state held, s."""
        return float(self.n_without @ spans_s) / 3600.0


def lack_of_power(recording: Recording, assets: RecordedAssets) -> Lack:
    """Return who was without power: people in the buildings behind each transformer."""
    del recording
    return _lack_of_kind(assets, "block")


def lack_of_water(recording: Recording, assets: RecordedAssets) -> Lack:
    """Return who was without water: people of each pressure zone."""
    del recording
    return _lack_of_kind(assets, "water_zone")


def lack_of_phone(recording: Recording, assets: RecordedAssets) -> Lack:
    """Return who was without a phone: people of each block, while no cell that works has it in range."""
    blocks = assets.of_kind("block")
    is_without = np.zeros((len(assets.times_s), len(blocks)), bool)
    if CELLS in recording.static_names:
        cells = recording.static(CELLS)
        rows = np.asarray(cells["asset"], np.int64)
        apart = np.hypot(
            assets.x[blocks][:, None] - assets.x[rows], assets.y[blocks][:, None] - assets.y[rows]
        )
        reaches = (apart <= np.asarray(cells["range_m"], np.float64)).astype(np.float32)
        works = (assets.level[:, rows] >= WORKS).astype(np.float32)
        is_covered = reaches.sum(axis=1) > 0.0  # where no cell ever reaches, none is missed
        is_without = (works @ reaches.T == 0.0) & is_covered
    return Lack(
        rows=blocks,
        x=assets.x[blocks],
        y=assets.y[blocks],
        people=assets.people[blocks],
        is_without=is_without,
    )


PEOPLE_LACK: Final[dict[str, Callable[[Recording, RecordedAssets], Lack]]] = {
    "power": lack_of_power,
    "water": lack_of_water,
    "phone": lack_of_phone,
}
"""What people can be without, by name."""


def _lack_of_kind(assets: RecordedAssets, kind: str) -> Lack:
    rows = assets.of_kind(kind)
    return Lack(
        rows=rows,
        x=assets.x[rows],
        y=assets.y[rows],
        people=assets.people[rows],
        is_without=assets.level[:, rows] < WORKS,
    )
