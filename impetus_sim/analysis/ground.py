"""Where a recorded run took place: walkable ground, exits and backdrop, read from the static groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.recording.reader import Recording

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Exit:
    """One exit.

    Parameters
    ----------
    name
        As in the scenario.
    segments
        Lines that people cross, x0, y0, x1, y1 in metres, shape (m, 4).
    width_m
        Usable width.
    is_shut
        Nobody left by it, and it was shut at the end.
    """

    name: str
    segments: Floats
    width_m: float
    is_shut: bool = False

    @property
    def centre(self) -> tuple[float, float]:
        """Mean of all end points."""
        return float(self.segments[:, [0, 2]].mean()), float(self.segments[:, [1, 3]].mean())


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A storey, or a flight of stairs between storeys, as a part of the flat ground.

    Parameters
    ----------
    name
        As in the scenario.
    box
        West, south, east, north in the plane, metres.
    elevation_m
        Of a storey; None for a flight.
    """

    name: str
    box: tuple[float, float, float, float]
    elevation_m: float | None = None


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The ground people were on.

    Parameters
    ----------
    polygon
        Walkable ground in local metres; None when the recording has none.
    exits
        In the order of exit indices.
    sheets
        Storeys and flights; empty for ground without storeys.
    passages
        Lines between them, as exits.
    """

    polygon: BaseGeometry | None
    exits: tuple[Exit, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    passages: tuple[Exit, ...] = ()


def read_static(recording: Recording, group: str) -> Mapping[str, Any]:
    """Return a static group, empty when the recording has no such group."""
    return recording.static(group) if group in recording.static_names else {}


def read_texts(values: Any) -> list[str]:
    """Return a text, lines of text, or an array of texts or bytes as a list of non-empty texts."""
    if values is None:
        return []
    if isinstance(values, bytes):
        values = values.decode()
    if isinstance(values, str):
        return [line for line in values.split("\n") if line]
    return [item.decode() if isinstance(item, bytes) else str(item) for item in np.asarray(values).ravel()]


def read_ground(recording: Recording) -> Ground:
    """Return walkable polygon and exits of a recording."""
    wkt = "\n".join(read_texts(read_static(recording, "ground").get("wkt")))
    return Ground(
        polygon=shapely.from_wkt(wkt) if wkt else None,
        exits=_read_exits(recording),
        sheets=_read_sheets(recording),
        passages=_read_passages(recording),
    )


def _read_sheets(recording: Recording) -> tuple[Sheet, ...]:
    group = read_static(recording, "storeys")
    names = read_texts(group.get("name"))
    boxes = np.asarray(group.get("box", ()), float).reshape(-1, 4)
    heights = np.asarray(group.get("elevation_m", ()), float)
    return tuple(
        Sheet(
            name=name,
            box=(float(box[0]), float(box[1]), float(box[2]), float(box[3])),
            elevation_m=None if np.isnan(height) else float(height),
        )
        for name, box, height in zip(names, boxes, heights, strict=True)
    )


def _read_passages(recording: Recording) -> tuple[Exit, ...]:
    group = read_static(recording, "passages")
    segments = np.asarray(group.get("segments", ()), float).reshape(-1, 5)
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    passages = []
    for index, name in enumerate(read_texts(group.get("name"))):
        own = segments[:, 4] == index
        passages.append(Exit(name=name, segments=segments[own, :4], width_m=float(lengths[own].sum())))
    return tuple(passages)


def _read_exits(recording: Recording) -> tuple[Exit, ...]:
    group = read_static(recording, "exits")
    names = read_texts(group.get("name"))
    segments = np.asarray(group.get("segments", np.empty((0, 5))), float).reshape(-1, 5)
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    state = recording.tables("exits") if "exits" in recording.table_names else {}
    shut = set(np.flatnonzero((state["is_open"] == 0) & (state["n_left"] == 0))) if state else set()
    exits = []
    for index, name in enumerate(names):
        own = segments[:, 4] == index
        widths = group.get("width_m")
        width_m = float(widths[index]) if widths is not None else float(lengths[own].sum())
        is_shut = index in shut
        exits.append(Exit(name=name, segments=segments[own, :4], width_m=width_m, is_shut=is_shut))
    return tuple(exits)


@dataclass(frozen=True, kw_only=True)
class Backdrop:
    """What a picture shows beneath the people; empty lists where the recording has nothing.

    Parameters
    ----------
    buildings, water, green
        Polygons in local metres.
    streets
        Lines or polygons in local metres.
    """

    buildings: list[BaseGeometry] = field(default_factory=list)
    streets: list[BaseGeometry] = field(default_factory=list)
    water: list[BaseGeometry] = field(default_factory=list)
    green: list[BaseGeometry] = field(default_factory=list)


def read_backdrop(recording: Recording) -> Backdrop:
    """Return the shapes of the static group ``backdrop``: ``buildings_wkt`` (or ``buildings``) and so on."""
    group = read_static(recording, "backdrop")
    layers = {}
    for layer in ("buildings", "streets", "water", "green"):
        texts = read_texts(group.get(f"{layer}_wkt", group.get(layer)))
        shapes = shapely.from_wkt(texts, on_invalid="ignore") if texts else []
        layers[layer] = [shape for shape in shapes if shape is not None and not shape.is_empty]
    return Backdrop(**layers)
