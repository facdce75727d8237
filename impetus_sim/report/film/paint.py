"""Dots and squares painted straight into the pixels of a picture."""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Shape = Literal["dot", "square"]


@cache
def offsets_of(shape: Shape, radius: float) -> tuple[tuple[int, int], ...]:
    """Return the pixels of a mark, relative to its centre: (right, down)."""
    reach = int(np.ceil(radius))
    found = [
        (dx, dy)
        for dy in range(-reach, reach + 1)
        for dx in range(-reach, reach + 1)
        if shape == "square" or dx * dx + dy * dy <= radius * radius
    ]
    return tuple(found)


def paint_marks(
    picture: Pixels,
    x: Floats,
    y: Floats,
    colours: Pixels,
    *,
    box: tuple[int, int, int, int],
    radius: float,
    shape: Shape = "dot",
) -> None:
    """Paint marks into a picture; later ones lie on top.

    Parameters
    ----------
    picture
        Overwritten, uint8 (height, width, 3).
    x, y
        Centres in pixels from the upper left corner, shape (n,).
    colours
        uint8 (n, 3).
    box
        Left, top, right, bottom: nothing is painted outside.
    radius
        Of a dot, or half the side of a square, pixels.
    """
    left, top, right, bottom = box
    shifts = np.array(offsets_of(shape, radius), np.int64)
    # Mark after mark, so that a later one covers an earlier one.
    column = (np.rint(x).astype(np.int64)[:, np.newaxis] + shifts[:, 0]).ravel()
    row = (np.rint(y).astype(np.int64)[:, np.newaxis] + shifts[:, 1]).ravel()
    inside = (column >= left) & (column < right) & (row >= top) & (row < bottom)
    picture[row[inside], column[inside]] = np.repeat(colours, len(shifts), axis=0)[inside]


def choose_radius(n: int, pixels_per_m: float, *, width_m: float) -> float:
    """Return a dot's radius in pixels: true to scale where that can be seen, smaller the more there are."""
    smallest = 1.0 if n > 20_000 else 1.5 if n > 4_000 else 2.0 if n > 1_000 else 2.5
    return float(np.clip(width_m / 2 * pixels_per_m, smallest, 6.0))
