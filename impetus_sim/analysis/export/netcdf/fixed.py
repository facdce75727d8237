"""What does not change of the links, vehicles, assets, streams, buses and units of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from impetus_sim.analysis.export.netcdf.conventions import Conventions
from impetus_sim.analysis.export.netcdf.sections import Fixed, Variable, flags, names_of, numbers_of
from impetus_sim.analysis.ground import read_static, read_texts
from impetus_sim.recording import schema
from impetus_sim.recording.reader import Recording


def _walk_links(recording: Recording, say: Conventions) -> list[Fixed]:
    del say
    held = recording.static("links")
    length = np.asarray(held["length_m"])
    return [
        numbers_of("walk_link", "walk_link_length", length, "length of the link of the walk network", "m"),
        numbers_of("walk_link", "walk_link_width", held["width_m"], "width of the link", "m"),
        numbers_of(
            "way", "way_link", np.arange(2 * len(length)) // 2, "link of the way; even ways go forward"
        ),
    ]


def _traffic(recording: Recording, say: Conventions) -> list[Fixed]:
    held, cars = recording.static("drive_links"), recording.static("vehicles")
    first = np.asarray(held["first"], np.int64)
    shape = {
        "geometry_type": "line",
        "node_count": "link_node_count",
        "node_coordinates": "link_node_x link_node_y",
    }
    fixed = [
        names_of("link", "link_name", held["name"], "name of the street"),
        numbers_of("link", "link_from_node", held["from_node"], "junction at which the link starts"),
        numbers_of("link", "link_to_node", held["to_node"], "junction at which the link ends"),
        numbers_of(
            "link", "link_length", held["length_m"], "length of the link", "m", geometry="link_geometry"
        ),
        numbers_of(
            "link", "link_speed_limit", held["speed_m_s"], "speed limit", "m s-1", geometry="link_geometry"
        ),
        numbers_of("link", "link_lanes", held["n_lanes"], "lanes"),
        numbers_of("link", "link_node_count", np.diff(first), "points of the link's line"),
        *_points("link_node", held["x"], held["y"], "points of links", say, axes=True),
        Fixed(
            variable=Variable(
                name="link_geometry",
                dimensions=(),
                dtype=np.int32,
                attributes={**shape, **say.mapped()},
            ),
            values=np.int32(0),
        ),
    ]
    kinds = flags(read_texts(cars["kind_names"]), np.int32)
    if len(cars["uid"]) == len(recording.tables("traffic_vehicles").get("state", ())):
        fixed += [  # of runs in which none joined later
            numbers_of("vehicle", "vehicle_uid", cars["uid"], "stable id"),
            numbers_of(
                "vehicle", "vehicle_kind", np.asarray(cars["kind"], np.int32), "kind of vehicle", **kinds
            ),
        ]
    return fixed


def _assets(recording: Recording, say: Conventions) -> list[Fixed]:
    held = recording.static("assets")
    return [
        names_of("asset", "asset_id", held["id"], "id of the asset"),
        names_of("asset", "asset_kind", held["kind"], "kind of asset"),
        names_of("asset", "asset_basis", held["basis"], "what says that it is there"),
        *_points("asset", held["x"], held["y"], "assets", say),
        numbers_of("asset", "asset_people", held["people"], "people it serves"),
        numbers_of("asset", "asset_is_mapped", held["is_mapped"], "whether the map shows it"),
    ]


def _streams(recording: Recording, say: Conventions) -> list[Fixed]:
    held = recording.static("streams")
    return [
        names_of("stream", "stream_id", held["id"], "id of the stream of readings"),
        names_of("stream", "stream_kind", held["kind"], "what is observed"),
        names_of("stream", "stream_unit", held["unit"], "unit of its readings, UCUM"),
        *_points("stream", held["x"], held["y"], "sensors", say),
        numbers_of(
            "stream", "stream_lag", held["lag_s"], "from what a reading is about to when it can be read", "s"
        ),
    ]


def _buses(recording: Recording, say: Conventions) -> list[Fixed]:
    held = recording.static("power_buses")
    return [
        names_of("bus", "bus_id", held["id"], "id of the bus"),
        numbers_of("bus", "bus_base_voltage", held["kv"], "base voltage", "kV"),
        *_points("bus", held["x"], held["y"], "buses", say),
    ]


def _units(recording: Recording, say: Conventions) -> list[Fixed]:
    del say
    held, hospitals = recording.static("units"), read_static(recording, "hospitals")
    return [
        names_of("unit", "unit_name", held["name"], "name of the unit"),
        names_of("unit", "unit_kind", held["kind"], "kind of unit"),
        names_of("hospital", "hospital_name", hospitals.get("name", ()), "name of the hospital"),
    ]


def _points(prefix: str, x: Any, y: Any, words: str, say: Conventions, *, axes: bool = False) -> list[Fixed]:
    fixed = []
    for axis, values in (("x", x), ("y", y)):
        attributes = {**say.place(axis, f"{axis} of {words}"), **({"axis": axis.upper()} if axes else {})}
        variable = Variable(
            name=f"{prefix}_{axis}", dimensions=(prefix,), dtype=np.float64, attributes=attributes
        )
        fixed.append(Fixed(variable=variable, values=np.asarray(values, np.float64)))
    return fixed


CHANNEL_FIXED: dict[str, Callable[[Recording, Conventions], list[Fixed]]] = {
    schema.LINKS: _walk_links,
    schema.TRAFFIC: _traffic,
    schema.ASSETS: _assets,
    schema.READINGS: _streams,
    schema.VOLTAGES: _buses,
    schema.UNITS: _units,
}
"""By channel of the recording."""
