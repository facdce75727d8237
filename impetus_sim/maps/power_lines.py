"""Lines and cables of the electric network, as far as they are mapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely

from impetus_sim.maps.areas import build_lines
from impetus_sim.maps.layers import make_layer
from impetus_sim.maps.osm_data import OsmData, Tags

if TYPE_CHECKING:
    import geopandas as gpd

KINDS: Final = ("line", "cable")
"""Values of the tag power; minor lines, of medium and low voltage, are left out."""
VOLTS_PER_KV: Final = 1000.0


def build_power_lines(data: OsmData, *, crs: str, box: Any) -> gpd.GeoDataFrame:
    """Return the layer of power lines inside the working area, cut at its edge.

    Parameters
    ----------
    data
        In local metres.
    crs, box
        Projected CRS and working area as a polygon.
    """
    ways = [way for way in data.ways if way.tags.get("power") in KINDS and len(way.refs) >= 2]
    rows: list[tuple[Tags, str, Any]] = []
    for line in build_lines(ways):
        parts = shapely.get_parts(shapely.intersection(line.shape, box))
        rows += [(line.tags, line.osm_id, part) for part in parts if part.geom_type == "LineString"]
    columns = {
        "kind": [tags["power"] for tags, _, _ in rows],
        "name": [tags.get("name", "") for tags, _, _ in rows],
        "osm_id": [osm_id for _, osm_id, _ in rows],
        "voltage_kv": [highest_voltage_kv(tags) for tags, _, _ in rows],
    }
    return make_layer("power_lines", columns, [shape for _, _, shape in rows], crs=crs)


def highest_voltage_kv(tags: Tags) -> float:
    """Return the highest voltage that a line's tag names, kV; 0 where it says nothing that is a number."""
    volts = [0.0]
    for word in tags.get("voltage", "").split(";"):
        text = word.strip()
        if text.isdecimal():
            volts.append(float(text))
    return max(volts) / VOLTS_PER_KV
