"""The layers of a city and their columns: one schema for built, drawn and synthetic maps.

Lengths are in metres, areas in square metres, speeds in metres per second. Text is "" where nothing is known,
so that no column holds a null and a saved layer reads back with the same types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import geopandas as gpd

_EDGE: Final = {
    "u": "int64",
    "v": "int64",
    "key": "int64",
    "osm_ids": "str",
    "name": "str",
    "highway": "str",
    "length_m": "float64",
    "tunnel": "bool",
}
WIDTH: Final = {"width_m": "float64", "width_source": "str"}
"""Width of a way on foot and how it is known; 0 and "" in files that were made without."""
_DRIVE: Final = _EDGE | {
    "lanes": "int64",
    "lanes_source": "str",
    "speed_m_s": "float64",
    "speed_source": "str",
    "oneway": "bool",
    "component": "int64",
}

_LINK_KEY: Final = ("u", "v", "key")
LAYERS: Final[Mapping[str, Mapping[str, str]]] = {
    "walkable": {"kind": "str", "osm_id": "str", "component": "int64", "area_m2": "float64"},
    "walkable_cut_off": {"reason": "str", "area_m2": "float64"},
    "surfaces": {"kind": "str", "osm_id": "str", "name": "str"},
    "water": {"kind": "str", "osm_id": "str", "name": "str"},
    "buildings": {
        "osm_id": "str",
        "name": "str",
        "use": "str",
        "storeys": "int64",
        "storeys_source": "str",
        "people_estimate": "float64",
        "people_source": "str",
    },
    "barriers": {"kind": "str", "osm_id": "str"},
    "walk_nodes": {"node_id": "int64", "at_map_edge": "bool"},
    "walk_edges": _EDGE | {"component": "int64", **WIDTH},
    "drive_nodes": {"node_id": "int64", "at_map_edge": "bool"},
    "drive_edges": _DRIVE,
    "drive_cut_off": _DRIVE | {"reason": "str"},
    "drive_turns": {f"{side}_{part}": "int64" for side in ("before", "after") for part in _LINK_KEY}
    | {"osm_id": "str"},
    "assets": {"kind": "str", "name": "str", "osm_id": "str", "tag": "str"},
    "power_lines": {"kind": "str", "name": "str", "osm_id": "str", "voltage_kv": "float64"},
    "places": {"name": "str", "alt_names": "str", "osm_id": "str", "kind": "str"},
}
"""Layer name to column name to dtype; `geometry` is added to each. `alt_names` are separated by semicolons.
`drive_turns` are turns that nobody may take, from one link (before) to another (after)."""

ADDED: Final = ("drive_turns", "power_lines")
"""Layers that city files of earlier versions do not have; they are empty then, and an empty one is no part of the
digest."""

GEOMETRY_TYPES: Final[Mapping[str, str]] = {
    "walkable": "Polygon",
    "walkable_cut_off": "Polygon",
    "surfaces": "Unknown",
    "water": "Unknown",
    "buildings": "MultiPolygon",
    "barriers": "Unknown",
    "walk_nodes": "Point",
    "walk_edges": "LineString",
    "drive_nodes": "Point",
    "drive_edges": "LineString",
    "drive_cut_off": "LineString",
    "drive_turns": "Point",
    "assets": "Point",
    "power_lines": "LineString",
    "places": "Unknown",
}
"""Geometry type each layer is declared with in the file; "Unknown" where kinds are mixed."""


def make_layer(name: str, columns: Mapping[str, Any], geometry: Any, *, crs: str) -> gpd.GeoDataFrame:
    """Make one layer with exactly the columns of its schema.

    Parameters
    ----------
    name
        A key of ``LAYERS``.
    columns
        Column name to values; missing columns get "" or 0 or False.
    geometry
        Geometries in local metres, as many as rows.
    crs
        Projected CRS, or "" for a local plan.
    """
    import geopandas as gpd
    import pandas as pd

    shapes = gpd.GeoSeries(list(geometry), crs=crs or None)
    data: dict[str, Any] = {}
    for column, dtype in LAYERS[name].items():
        values = columns.get(column, "" if dtype == "str" else 0)
        data[column] = _typed(pd.Series(values, index=shapes.index, dtype=object), dtype)
    return gpd.GeoDataFrame(data, geometry=shapes.to_numpy(), crs=crs or None)


def empty_layers(crs: str) -> dict[str, gpd.GeoDataFrame]:
    """Return every layer, without rows."""
    return {name: make_layer(name, {}, [], crs=crs) for name in LAYERS}


def _typed(values: Any, dtype: str) -> Any:
    """Return the column in its dtype, with nulls as the dtype's nothing."""
    if dtype == "str":
        return values.where(values.notna(), "").astype(str).astype(object)
    return values.where(values.notna(), 0).astype(dtype)
