"""Assets: what a city runs on and watches with, each with the tag it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely

from impetus_sim.maps.areas import Shape
from impetus_sim.maps.layers import make_layer
from impetus_sim.maps.osm_data import OsmData, Tags
from impetus_sim.maps.repair_report import ReportBuilder

if TYPE_CHECKING:
    import geopandas as gpd

KINDS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("hospital", "amenity", ("hospital",)),
    ("hospital", "healthcare", ("hospital",)),
    ("clinic", "amenity", ("clinic",)),
    ("clinic", "healthcare", ("clinic",)),
    ("police", "amenity", ("police",)),
    ("fire_station", "amenity", ("fire_station",)),
    ("ambulance_station", "emergency", ("ambulance_station",)),
    ("traffic_signals", "highway", ("traffic_signals",)),
    ("signal_crossing", "crossing", ("traffic_signals",)),
    ("substation", "power", ("substation", "sub_station", "transformer")),
    ("power_plant", "power", ("plant",)),
    ("generator", "power", ("generator",)),
    ("power_tower", "power", ("tower",)),
    ("communications_tower", "man_made", ("communications_tower", "mast", "antenna")),
    ("communications_tower", "communication:mobile_phone", ("yes",)),
    ("communications_tower", "tower:type", ("communication",)),
    ("telephone_exchange", "telecom", ("exchange", "data_center")),
    ("camera", "man_made", ("surveillance",)),
    ("pumping_station", "man_made", ("pumping_station", "pump", "wastewater_pumping_station")),
    ("water_works", "man_made", ("water_works", "wastewater_plant")),
    ("water_tower", "man_made", ("water_tower", "reservoir_covered")),
    ("station", "railway", ("station", "halt", "subway_entrance")),
    ("petrol_station", "amenity", ("fuel",)),
    ("fire_hydrant", "emergency", ("fire_hydrant",)),
    ("defibrillator", "emergency", ("defibrillator",)),
    ("siren", "emergency", ("siren",)),
    ("assembly_point", "emergency", ("assembly_point",)),
)
"""Kind, tag key and tag values; the first match counts."""

EXPECTED: Final = (
    "hospital",
    "police",
    "fire_station",
    "traffic_signals",
    "substation",
    "power_tower",
    "camera",
    "pumping_station",
)
"""Kinds whose absence is said."""

SAME_ASSET_M: Final = 60.0
SITES: Final = ("hospital", "clinic", "police", "fire_station", "substation", "pumping_station")


def build_assets(
    data: OsmData, areas: list[Shape], *, crs: str, box: Any, report: ReportBuilder
) -> gpd.GeoDataFrame:
    """Return the layer of assets inside the working area; areas stand as a point inside them.

    Parameters
    ----------
    data, areas
        In local metres.
    crs, box
        Projected CRS and working area as a polygon.
    report
        Gets the kinds that are absent, and doubles that were dropped.
    """
    shapely.prepare(box)
    rows: list[dict[str, Any]] = []
    for area in areas:
        _add(rows, area.tags, area.osm_id, area.shape.representative_point(), box)
    n_areas = len(rows)
    for node in data.nodes:
        if kind_of(node.tags):
            _add(rows, node.tags, f"node/{node.id}", shapely.Point(node.x, node.y), box)
    rows = _drop_doubles(rows, n_areas, report)
    found = {row["kind"] for row in rows}
    absent = [kind for kind in EXPECTED if kind not in found]
    report.add(
        "absent_assets", len(absent), detail=f"the data holds none of: {', '.join(absent)}; none are invented"
    )
    columns = {name: [row[name] for row in rows] for name in ("kind", "name", "osm_id", "tag")}
    return make_layer("assets", columns, [row["shape"] for row in rows], crs=crs)


def kind_of(tags: Tags) -> tuple[str, str] | None:
    """Return the kind of an asset and its tag, or None."""
    for kind, key, values in KINDS:
        if tags.get(key) in values:
            return kind, f"{key}={tags[key]}"
    return None


def _add(rows: list[dict[str, Any]], tags: Tags, osm_id: str, point: Any, box: Any) -> None:
    """Add a row when the tags are those of an asset inside the box."""
    found = kind_of(tags)
    if found is None or not shapely.covers(box, point):
        return
    rows.append(
        {"kind": found[0], "tag": found[1], "name": tags.get("name", ""), "osm_id": osm_id, "shape": point}
    )


def _drop_doubles(rows: list[dict[str, Any]], n_areas: int, report: ReportBuilder) -> list[dict[str, Any]]:
    """Drop the node of a site that is also mapped as an area of the same name close by."""
    areas = rows[:n_areas]
    kept = list(areas)
    for row in rows[n_areas:]:
        double = row["kind"] in SITES and any(
            area["kind"] == row["kind"]
            and area["name"] == row["name"]
            and area["shape"].distance(row["shape"]) < SAME_ASSET_M
            for area in areas
        )
        if not double:
            kept.append(row)
    report.add("dropped_double_assets", len(rows) - len(kept), detail="mapped both as a point and as an area")
    return kept
