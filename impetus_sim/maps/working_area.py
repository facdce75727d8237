"""Which part of the data is the map: the box asked for, the box of the file, or the box its ways fill.

An extract with complete ways keeps far-away points of long ways. The box it was cut with can be told from the
ways alone: every way reaches into it, so its west edge cannot lie east of the eastmost point of any way (and
so on). The smallest box that all ways reach is used when the data sprawls beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.osm_data import Box, OsmData

SPRAWL = 3.0
"""Area of all points over area of the box that all ways reach, above which the extract is taken to sprawl."""
STRAY_SHARE = 0.002
"""Share of ways on each side that may lie outside, since relations are sometimes cut whole."""
MOST_OF_DATA = 0.5
"""Share of all points that the box must hold: a few long ways that merely cross each other make no
extract."""
WIDEST_KM = 150.0
SMALLEST_DEGREES = 0.0005
"""A side shorter than this (about 50 m) is widened, so that a single street has ground around it."""
FURTHEST_LATITUDE = 84.0
"""UTM ends here."""


@dataclass(frozen=True, kw_only=True)
class WorkingArea:
    """Where the map is.

    Parameters
    ----------
    box
        West, south, east, north in degrees.
    origin
        How the box was found, for people.
    reach
        The part of it that all ways reach: beyond it the data thins out.
    """

    box: Box
    origin: str
    reach: Box


def find_working_area(data: OsmData, *, bbox: Box | None) -> WorkingArea:
    """Return the working area.

    Parameters
    ----------
    data
        In longitude and latitude.
    bbox
        The box asked for, or None.
    """
    boxes = np.array([(*way.points.min(axis=0), *way.points.max(axis=0)) for way in data.ways])
    full = _widen(_union(boxes))
    if bbox is not None:
        area, origin = _common(bbox, full), "the box asked for"
    elif data.header_box is not None and _is_box(_common(data.header_box, full)):
        area, origin = _common(data.header_box, full), "the box in the file's header"
    else:
        area, origin = full, "all data of the file"
    if not _is_box(area):
        raise InvalidInputError(
            f"the box {_text(bbox or area)} holds no data; the file covers {_text(full)} (W,S,E,N)"
        )
    reach = _reach(boxes, area)
    is_full = _share_inside(data, reach) >= MOST_OF_DATA
    if bbox is None and is_full and _size(area) > SPRAWL * _size(reach):
        area, origin = reach, "the smallest box that all ways reach (long ways sprawl beyond it)"
    width_km = (area[2] - area[0]) * 111.3 * np.cos(np.radians((area[1] + area[3]) / 2))
    if max(width_km, (area[3] - area[1]) * 111.3) > WIDEST_KM:
        raise InvalidInputError(
            f"the data covers {_text(area)} (W,S,E,N), more than {WIDEST_KM:.0f} km across, "
            "too wide for one city",
            hint="give --bbox W,S,E,N",
        )
    return WorkingArea(box=area, origin=origin, reach=reach if is_full and bbox is None else area)


def _reach(boxes: np.ndarray, area: Box) -> Box:
    """Return the smallest box inside an area that (nearly) all ways reach; boxes is float64[n, 4]."""
    west, south = np.quantile(boxes[:, 2:], STRAY_SHARE, axis=0)
    east, north = np.quantile(boxes[:, :2], 1 - STRAY_SHARE, axis=0)
    return _common((float(west), float(south), float(east), float(north)), area)


def _share_inside(data: OsmData, box: Box) -> float:
    """Return the share of all points of ways that lie in a box; 0 when it is no box."""
    if not _is_box(box):
        return 0.0
    points = np.concatenate([way.points for way in data.ways])
    inside = (points >= (box[0], box[1])).all(axis=1) & (points <= (box[2], box[3])).all(axis=1)
    return float(inside.mean())


def _widen(box: Box) -> Box:
    """Return a box of at least the smallest size; refuse the poles."""
    if box[1] < -FURTHEST_LATITUDE or box[3] > FURTHEST_LATITUDE:
        raise InvalidInputError(
            f"the data covers {_text(box)} (W,S,E,N); "
            f"maps end at {FURTHEST_LATITUDE:.0f} degrees of latitude",
            hint="give --bbox W,S,E,N",
        )
    pad_x = max(0.0, (SMALLEST_DEGREES - (box[2] - box[0])) / 2)
    pad_y = max(0.0, (SMALLEST_DEGREES - (box[3] - box[1])) / 2)
    return (box[0] - pad_x, box[1] - pad_y, box[2] + pad_x, box[3] + pad_y)


def _union(boxes: np.ndarray) -> Box:
    """Return the box around all boxes."""
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    return (float(west), float(south), float(east), float(north))


def _common(a: Box, b: Box) -> Box:
    """Return the overlap of two boxes; it may be no box."""
    return (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))


def _is_box(box: Box) -> bool:
    """Return whether a box has an area."""
    return box[0] < box[2] and box[1] < box[3]


def _size(box: Box) -> float:
    """Return the area of a box in square degrees, 0 when it is no box."""
    return (box[2] - box[0]) * (box[3] - box[1]) if _is_box(box) else 0.0


def _text(box: Box) -> str:
    """Return a box as text."""
    return ",".join(f"{value:.4f}" for value in box)
