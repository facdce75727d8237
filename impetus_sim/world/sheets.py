"""From the flat ground of several sheets to the building: on which storey a point is, how far apart two are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

OUTSIDE = -1
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class SheetFrame:
    """One sheet or strip in the plane, and where its ends are in the building.

    Parameters
    ----------
    box
        x0, y0, x1, y1 in the plane, m.
    west, east
        What its west and east edge are in the building: x, y, z, m.
    shift_y
        How far a storey was moved to the north: its y counts beside them. None for a strip of stairs, which is
        a line from foot to head.
    """

    box: tuple[float, float, float, float]
    west: tuple[float, float, float]
    east: tuple[float, float, float]
    shift_y: float | None = None


class Sheets:
    """All sheets and strips of a run; none for a ground without storeys."""

    def __init__(self, frames: Sequence[SheetFrame] = ()) -> None:
        self.frames = tuple(frames)

    def __len__(self) -> int:
        return len(self.frames)

    def number(self, x: Floats, y: Floats) -> npt.NDArray[np.int16]:
        """Return the sheet or strip at each point, int16, -1 for none."""
        found = np.full(np.shape(x), OUTSIDE, np.int16)
        for k, frame in enumerate(self.frames):
            x0, y0, x1, y1 = frame.box
            found[(x >= x0 - 1e-6) & (x <= x1 + 1e-6) & (y >= y0 - 1e-6) & (y <= y1 + 1e-6)] = k
        return found

    def in_building(self, x: Floats, y: Floats) -> Floats:
        """Return the places of points in the building, float64 (n, 3); as they are where there is no sheet."""
        places = np.column_stack([x, y, np.zeros(len(x))])
        numbers = self.number(x, y)
        for k, frame in enumerate(self.frames):
            on = numbers == k
            share = (x[on] - frame.box[0]) / (frame.box[2] - frame.box[0])
            west, east = np.array(frame.west), np.array(frame.east)
            places[on] = west + share[:, None] * (east - west)
            if frame.shift_y is not None:
                places[on, 1] = y[on] - frame.shift_y
        return places

    def distance(self, x: Floats, y: Floats, to_x: float, to_y: float) -> Floats:
        """Return how far points are from a place, in space, m."""
        if not self.frames:
            return np.asarray(np.hypot(x - to_x, y - to_y))
        there = self.in_building(np.array([to_x]), np.array([to_y]))[0]
        return np.asarray(np.linalg.norm(self.in_building(x, y) - there, axis=1))

    def is_level_with(self, x: Floats, y: Floats, to_x: float, to_y: float) -> npt.NDArray[np.bool_]:
        """Tell which points are on the same sheet as a place; all are where there are no sheets."""
        if not self.frames:
            return np.ones(np.shape(x), bool)
        there = self.number(np.array([to_x]), np.array([to_y]))[0]
        return np.asarray(self.number(x, y) == there)
