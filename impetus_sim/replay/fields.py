"""Smoke, gas and water as rasters with fixed classes, for the page to colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from impetus_sim.analysis.plume_classes import PLUME_COLOURS, PLUME_EDGES, PLUME_FIELD
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.schema import FIELDS
from impetus_sim.replay.wire import encode_grid


@dataclass(frozen=True, kw_only=True)
class FieldStyle:
    """How a kind of field is shown.

    Parameters
    ----------
    begins
        Beginning of the names of its fields in recordings.
    grid
        Static group that says where its cells are; ``{name}`` stands for the field's own name.
    title, unit
        In words.
    edges, colours
        Classes: from one edge to the next, the last one open.
    is_log
        Whether values are sent on a logarithmic scale.
    """

    begins: str
    grid: str
    title: str
    unit: str
    edges: tuple[float, ...]
    colours: tuple[str, ...]
    is_log: bool


STYLES: Final = (
    FieldStyle(
        begins="smoke_extinction",
        grid="smoke_grid",
        title="smoke",
        unit="1/m",
        edges=(0.05, 0.1, 0.3, 1.0, 3.0),
        colours=("#d9d9d9", "#bdbdbd", "#969696", "#636363", "#252525"),
        is_log=True,
    ),
    FieldStyle(
        begins=PLUME_FIELD,
        grid="plume_grid",
        title="gas at breathing height",
        unit="mg/m³",
        edges=PLUME_EDGES,
        colours=PLUME_COLOURS,
        is_log=True,
    ),
    FieldStyle(
        begins="flood_depth_m_",
        grid="{name}_grid",
        title="water",
        unit="m",
        edges=(0.01, 0.1, 0.3, 0.6, 1.2),
        colours=("#deebf7", "#9ecae1", "#6baed6", "#2171b5", "#08306b"),
        is_log=False,
    ),
)
_TOP: Final = 10.0
"""Times the last edge: what is above is shown as that."""


def style_of(name: str) -> FieldStyle | None:
    """Return how a field is shown; None for one that the viewer does not know."""
    return next((style for style in STYLES if name.startswith(style.begins)), None)


def shown_fields(recording: Recording) -> list[str]:
    """Return the fields of a run that can be shown: known, and with a place."""
    names = []
    for name in recording.field_names:
        style = style_of(name)
        if style is not None and style.grid.format(name=name) in recording.static_names:
            names.append(name)
    return names


def describe_field_layer(recording: Recording, name: str) -> dict[str, Any]:
    """Return a field's entry among the layers of ``/api/r/{rid}/meta``."""
    style = _require(recording, name)
    tops: list[float | None] = [*style.edges[1:], None]
    of = name.removeprefix(style.begins).replace("_", " ")
    return {
        "name": name,
        "title": f"{style.title} {of}".strip(),
        "kind": "field",
        "group": "Hazards",
        "unit": style.unit,
        "legend": [
            {"low": low, "high": high, "colour": colour, "label": _label(low, high, style.unit)}
            for low, high, colour in zip(style.edges, tops, style.colours, strict=True)
        ],
        "times_s": recording.seconds(recording.channel(f"{FIELDS}/{name}").ticks).tolist(),
        "shown": True,
    }


def _label(low: float, high: float | None, unit: str) -> str:
    return f"over {low:g} {unit}" if high is None else f"{low:g} to {high:g} {unit}"


def read_field(recording: Recording, name: str, t_s: float) -> bytes:
    """Return the last raster at or before a time as bytes; an empty one before the first.

    Raises
    ------
    InvalidInputError
        When the run has no such field.
    """
    style = _require(recording, name)
    grid = {key: float(value) for key, value in recording.static(style.grid.format(name=name)).items()}
    channel = recording.channel(f"{FIELDS}/{name}")
    row = int(np.searchsorted(recording.seconds(channel.ticks), t_s + 1e-6, side="right")) - 1
    values = np.asarray(channel.read([max(row, 0)], ("values",))["values"][0], np.float64)
    return encode_grid(
        np.where(values >= style.edges[0], values, 0.0) if row >= 0 else np.zeros_like(values),
        x0=grid["x0"],
        y0=grid["y0"],
        cell_m=grid["cell_m"],
        least=style.edges[0],
        most=style.edges[-1] * _TOP,
        is_log=style.is_log,
    )


def _require(recording: Recording, name: str) -> FieldStyle:
    style = style_of(name)
    if style is None or name not in shown_fields(recording):
        known = ", ".join(shown_fields(recording)) or "none"
        raise InvalidInputError(f"this run has no field '{name}' to show", hint=f"fields: {known}")
    return style
