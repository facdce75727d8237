"""What the page has to know of a recording before it asks for anything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from impetus_sim.analysis.moving.base import Moving
from impetus_sim.analysis.moving.window import Box
from impetus_sim.recording.reader import Recording
from impetus_sim.replay.fields import describe_field_layer, shown_fields
from impetus_sim.replay.levels import levels_of
from impetus_sim.replay.opened import OpenedRecording
from impetus_sim.replay.wire import CHUNK_FRAMES


def describe_meta(opened: OpenedRecording) -> dict[str, Any]:
    """Return the answer of ``/api/r/{rid}/meta``; docs/replay.md lists it."""
    recording = opened.recording
    attributes = recording.attributes
    west, south, east, north = opened.box
    return {
        "rid": opened.rid,
        "name": opened.name,
        "title": str(attributes.get("title", "")) or opened.name,
        "description": str(opened.scenario.get("description") or ""),
        "label": str(attributes.get("label", "")),
        "variant": str(attributes.get("variant", "")),
        "digest": str(recording.summary.get("digest", "")),
        "seed": attributes.get("seed"),
        "replicate": attributes.get("replicate"),
        "status": opened.status,
        "status_text": opened.status_text,
        "box": list(opened.box),
        "quantum_m": max(east - west, north - south) / 65_535,
        "lonlat": find_lonlat(recording, opened.box),
        "start_clock": _start_clock(recording),
        "duration_s": max(float(recording.followed_s), float(recording.recorded_until_s)),
        "attribution": str(attributes.get("map_credit", "")),
        "moving": {key: _describe_kind(kind) for key, kind in opened.moving.items()},
        "frames": {key: describe_levels(kind) for key, kind in opened.moving.items()},
        "layers": describe_layers(opened),
        "sampled": None,
    }


def _start_clock(recording: Recording) -> str | None:
    text = str(recording.attributes.get("start_time", ""))
    return datetime.fromisoformat(text).strftime("%H:%M:%S") if text else None


def find_lonlat(recording: Recording, box: Box) -> dict[str, float] | None:
    """Return longitude and latitude of the box's middle and metres per degree there; None for synthetic maps.

    Good for reading out a place: over 10 km a straight scale is wrong by metres.
    """
    crs = str(recording.attributes.get("map_crs", ""))
    if not crs:
        return None
    import pyproj

    to_lonlat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    x0, y0 = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half = 500.0
    lon0, lat0 = to_lonlat.transform(x0, y0)
    west, east = (to_lonlat.transform(x0 + side, y0)[0] for side in (-half, half))
    south, north = (to_lonlat.transform(x0, y0 + side)[1] for side in (-half, half))
    return {
        "lon0": lon0,
        "lat0": lat0,
        "m_per_deg_lon": 2 * half / (east - west),
        "m_per_deg_lat": 2 * half / (north - south),
        "x0": x0,
        "y0": y0,
    }


def _describe_kind(kind: Moving) -> dict[str, Any]:
    states = {
        str(code): {"name": mark.name, "colour": mark.colour, "label": mark.label}
        for code, mark in kind.states.items()
    }
    return {"n": kind.n, "title": kind.title, "states": states}


def describe_levels(kind: Moving) -> dict[str, Any]:
    """Return times and levels of detail of one kind."""
    return {
        "times_s": kind.times_s.tolist(),
        "chunk_frames": CHUNK_FRAMES,
        "levels": [
            {"level": one.level, "stride": one.stride, "n_frames": one.n_frames, "n_chunks": one.n_chunks}
            for one in levels_of(len(kind.times_s))
        ],
    }


def describe_layers(opened: OpenedRecording) -> list[dict[str, Any]]:
    """Return what can be switched on and off in the page, apart from the map."""
    return [
        *(_moving_layer(kind) for kind in opened.moving.values()),
        *(describe_field_layer(opened.recording, name) for name in shown_fields(opened.recording)),
        *(track.describe_layer() for track in opened.tracks.values()),
    ]


_GROUPS = {"people": "People", "walkers": "People", "vehicles": "Traffic", "units": "Response"}


def _moving_layer(kind: Moving) -> dict[str, Any]:
    return {
        "name": kind.key,
        "title": kind.title,
        "kind": "moving",
        "group": _GROUPS.get(kind.key, "People"),
        "legend": [{"colour": mark.colour, "label": mark.label} for mark in kind.states.values()],
    }
