"""Named squares, parks, streets, buildings and venues, so that scenarios can say where things are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely

from impetus_sim.maps.areas import Shape
from impetus_sim.maps.layers import make_layer
from impetus_sim.maps.osm_data import OsmData, Tags
from impetus_sim.maps.surfaces import Surface

if TYPE_CHECKING:
    import geopandas as gpd

ALTERNATIVE_KEYS: Final = ("alt_name", "short_name", "official_name", "loc_name", "old_name", "int_name")
VENUE_KEYS: Final = (
    "amenity",
    "tourism",
    "leisure",
    "historic",
    "railway",
    "shop",
    "building",
    "office",
    "healthcare",
)
POINT_KINDS: Final = ("amenity", "tourism", "leisure", "railway", "place", "historic", "public_transport")


def build_places(
    data: OsmData, areas: list[Shape], surfaces: list[Surface], *, crs: str, box: Any
) -> gpd.GeoDataFrame:
    """Return the layer of named places inside the working area, cut to it.

    A street of several ways is one place: the union of its strips, with the ids of its ways in ``osm_id``
    separated by spaces.

    Parameters
    ----------
    data, areas, surfaces
        In local metres.
    crs, box
        Projected CRS and working area as a polygon.
    """
    rows = [*_area_places(areas, surfaces), *_street_places(data, surfaces), *_point_places(data, box)]
    if not rows:
        return make_layer("places", {}, [], crs=crs)
    shapes = shapely.intersection([row["shape"] for row in rows], box, grid_size=0.001)
    kept = [(row, shape) for row, shape in zip(rows, shapes, strict=True) if not shape.is_empty]
    kept.sort(key=lambda pair: (pair[0]["name"], pair[0]["kind"], pair[0]["osm_id"]))
    columns = {name: [row[name] for row, _ in kept] for name in ("name", "alt_names", "osm_id", "kind")}
    return make_layer("places", columns, [shape for _, shape in kept], crs=crs)


def alternative_names(tags: Tags) -> list[str]:
    """Return the other names of a thing, such as those in other languages, without repeats."""
    names = [value for key, value in sorted(tags.items()) if key.startswith("name:") and len(key) <= 8]
    names += [tags[key] for key in ALTERNATIVE_KEYS if key in tags]
    single = [part.strip() for name in names for part in name.split(";") if part.strip()]
    return [name for name in dict.fromkeys(single) if name != tags.get("name")]


def _area_places(areas: list[Shape], surfaces: list[Surface]) -> list[dict[str, Any]]:
    """Return named areas: squares and parks by their ground, others as venues."""
    kind_of = {item.osm_id: item.kind for item in surfaces if item.axis is None}
    rows = []
    for area in areas:
        if not area.tags.get("name"):
            continue
        kind = kind_of.get(area.osm_id) or _venue_kind(area.tags, VENUE_KEYS)
        if kind:
            rows.append(_row(area.tags, area.osm_id, kind, area.shape))
    return rows


def _street_places(data: OsmData, surfaces: list[Surface]) -> list[dict[str, Any]]:
    """Return one place for each street name."""
    strips: dict[str, list[Surface]] = {}
    for item in surfaces:
        if item.axis is not None and item.name:
            strips.setdefault(item.name, []).append(item)
    rows = []
    for name, parts in sorted(strips.items()):
        ids = sorted({part.osm_id for part in parts}, key=lambda osm_id: int(osm_id.split("/")[1]))
        tags = data.way_of_id[int(ids[0].split("/")[1])].tags
        shape = shapely.union_all([part.shape for part in parts], grid_size=0.001)
        rows.append(_row(tags, " ".join(ids), "street", shape) | {"name": name})
    return rows


def _point_places(data: OsmData, box: Any) -> list[dict[str, Any]]:
    """Return named nodes inside the box."""
    rows = []
    for node in data.nodes:
        kind = _venue_kind(node.tags, POINT_KINDS) if node.tags.get("name") else ""
        if kind:
            rows.append(_row(node.tags, f"node/{node.id}", kind, shapely.Point(node.x, node.y)))
    return rows


def _row(tags: Tags, osm_id: str, kind: str, shape: Any) -> dict[str, Any]:
    """Return one row of the layer."""
    names = ";".join(alternative_names(tags))
    return {"name": tags["name"], "alt_names": names, "osm_id": osm_id, "kind": kind, "shape": shape}


def _venue_kind(tags: Tags, keys: tuple[str, ...]) -> str:
    """Return what a named thing is, such as "restaurant", or ""."""
    for key in keys:
        value = tags.get(key, "no")
        if value not in ("no", "yes"):
            return value
    return "building" if tags.get("building", "no") != "no" and "building" in keys else ""
