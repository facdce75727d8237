"""Names on a map: each is written only where it lies on no other name and inside the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from impetus_sim.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LETTER_WIDTH = 0.62
"""Mean width of a letter over the font size, for the font of our pages."""
POINTS_PER_INCH = 72

Box = tuple[float, float, float, float]


class MapLabels:
    """Writes names on a map and remembers where.

    Parameters
    ----------
    axes
        The map, in metres.
    width_in
        Its width on paper in inches.
    """

    def __init__(self, axes: Axes, *, width_in: float) -> None:
        self._axes = axes
        self._x0, self._x1 = axes.get_xlim()
        self._y0, self._y1 = axes.get_ylim()
        self._metres_per_point = (self._x1 - self._x0) / (width_in * POINTS_PER_INCH)
        self._taken: list[Box] = [self._corner(0.0, 0.28), self._corner(0.92, 1.0)]

    def write(self, x: float, y: float, text: str, *, fontsize: float, **look: Any) -> bool:
        """Write a name with its middle at a point; return whether there was room."""
        half_width = _half_width(text, fontsize) * self._metres_per_point
        half_height = 0.75 * fontsize * self._metres_per_point
        box = (x - half_width, y - half_height, x + half_width, y + half_height)
        is_inside = self._x0 < box[0] and box[2] < self._x1 and self._y0 < box[1] and box[3] < self._y1
        if not is_inside or any(_overlap(box, other) for other in self._taken):
            return False
        self._taken.append(box)
        style.label_place(self._axes, x, y, text, fontsize=fontsize, **look)
        return True

    def keep_free(self, x: float, y: float, *, radius_points: float) -> None:
        """Keep names off a sign of so many points around a point."""
        reach = radius_points * self._metres_per_point
        self._taken.append((x - reach, y - reach, x + reach, y + reach))

    def _corner(self, left: float, right: float) -> Box:
        """Return the part of the lower edge that the scale bar or the north arrow takes."""
        width, height = self._x1 - self._x0, self._y1 - self._y0
        return (self._x0 + left * width, self._y0, self._x0 + right * width, self._y0 + 0.11 * height)


def hold_inside(axes: Axes, x: float, text: str, *, fontsize: float) -> float:
    """Return where to put the middle of a text, as near to x as keeps the whole of it on the map."""
    axes.apply_aspect()
    x0, x1 = axes.get_xlim()
    width_in = axes.get_position().width * cast("Figure", axes.get_figure()).get_figwidth()
    half = _half_width(text, fontsize) * (x1 - x0) / (width_in * POINTS_PER_INCH)
    return float(min(max(x, x0 + half), x1 - half)) if 2 * half < x1 - x0 else 0.5 * (x0 + x1)


def _half_width(text: str, fontsize: float) -> float:
    """Return about half of the width of a text, points."""
    return 0.5 * len(text) * fontsize * LETTER_WIDTH


def _overlap(a: Box, b: Box) -> bool:
    """Return whether two boxes share ground."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
