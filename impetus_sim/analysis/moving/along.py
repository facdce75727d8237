"""Places along links: from link and offset, as recorded, to a point of the map."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.moving.window import Box, Floats

Ints = npt.NDArray[np.integer[Any]]


class Lines:
    """The lines of all links of a network, one after the other.

    Parameters
    ----------
    first
        Line k is made of the points from ``first[k]`` to ``first[k + 1]``, at least two; int64 (links + 1,).
    points
        float64 (points, 2), metres.
    length_m
        Length of each link by which offsets are measured, float64 (links,).
    """

    def __init__(self, first: Ints, points: Floats, length_m: Floats) -> None:
        self._first = np.asarray(first, np.int64)
        self._points = np.asarray(points, np.float64)
        self._length_m = np.asarray(length_m, np.float64)
        step = np.hypot(*np.diff(self._points, axis=0).T) if len(points) > 1 else np.zeros(0)
        self._at_m = np.concatenate([[0.0], np.cumsum(step)])[: len(self._points)]
        self._start_m = self._at_m[self._first[:-1]]
        self._drawn_m = self._at_m[self._first[1:] - 1] - self._start_m

    @property
    def box(self) -> Box | None:
        """West, south, east, north of all lines, metres; None without links."""
        if not len(self._points):
            return None
        (west, south), (east, north) = self._points.min(axis=0), self._points.max(axis=0)
        return float(west), float(south), float(east), float(north)

    def locate(
        self, link: Ints, offset_m: Floats, *, is_backwards: npt.NDArray[np.bool_] | None = None
    ) -> tuple[Floats, Floats]:
        """Return x and y of places along links, metres.

        Parameters
        ----------
        link
            Of each place, (n,).
        offset_m
            From the start of the link in the direction of travel, (n,); what is beyond the end is taken as the end.
        is_backwards
            Who travels from the link's last point to its first, (n,).
        """
        share = np.clip(offset_m / np.maximum(self._length_m[link], 1e-9), 0.0, 1.0)
        if is_backwards is not None:
            share = np.where(is_backwards, 1.0 - share, share)
        at = self._start_m[link] + share * self._drawn_m[link]
        before = np.clip(
            np.searchsorted(self._at_m, at, side="right") - 1, self._first[link], self._first[link + 1] - 2
        )
        step = self._at_m[before + 1] - self._at_m[before]
        part = np.divide(at - self._at_m[before], step, out=np.zeros_like(at), where=step > 0.0)
        place = self._points[before] + part[:, None] * (self._points[before + 1] - self._points[before])
        return place[:, 0], place[:, 1]
