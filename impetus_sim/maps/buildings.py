"""Buildings with their use, storeys and an estimate of people, each with the source of the figure."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, Final

import shapely

from impetus_sim.maps.areas import Shape
from impetus_sim.maps.building_uses import (
    LOW_HOUSES,
    M2_PER_1000_FT2,
    PEOPLE_PER_1000_FT2,
    STOREYS_OF_USE,
    find_use,
)
from impetus_sim.maps.ground_rules import is_building
from impetus_sim.maps.highway_classes import read_metres
from impetus_sim.maps.layers import make_layer
from impetus_sim.maps.osm_data import Tags
from impetus_sim.maps.overlay import get_polygons, subtract
from impetus_sim.maps.repair_report import ReportBuilder
from impetus_sim.maps.surfaces import Surface

if TYPE_CHECKING:
    import geopandas as gpd

STOREY_M: Final = 3.0
MOST_STOREYS: Final = 200
SMALL_M2: Final = 25.0
ENOUGH_TAGGED: Final = 30


def build_buildings(
    areas: list[Shape], passages: list[Surface], *, crs: str, box: Any, report: ReportBuilder
) -> gpd.GeoDataFrame:
    """Return the layer of buildings inside the working area, opened where a passage leads through.

    Parameters
    ----------
    areas
        From ``build_areas``.
    passages
        Surfaces that lead through buildings.
    crs, box
        Projected CRS and working area as a polygon.
    report
        Gets guessed storeys, opened buildings, or that buildings are absent.
    """
    inside = shapely.intersects([area.shape for area in areas], box) if areas else []
    found = [area for area, is_in in zip(areas, inside, strict=True) if is_in and is_building(area.tags)]
    if not found:
        report.add("absent_buildings", 1, detail="the data holds no buildings; none are invented")
        return make_layer("buildings", {}, [], crs=crs)
    shapes = _open_passages([area.shape for area in found], passages, report)
    uses = [find_use(area.tags) for area in found]
    storeys = _storeys(found, uses, report)
    people = [
        shape.area * count * PEOPLE_PER_1000_FT2[use][0] / M2_PER_1000_FT2
        for shape, (count, _), use in zip(shapes, storeys, uses, strict=True)
    ]
    columns = {
        "osm_id": [area.osm_id for area in found],
        "name": [area.tags.get("name", "") for area in found],
        "use": uses,
        "storeys": [count for count, _ in storeys],
        "storeys_source": [source for _, source in storeys],
        "people_estimate": [round(number, 1) for number in people],
        "people_source": [f"FEMA P-58-1 {PEOPLE_PER_1000_FT2[use][1]}" for use in uses],
    }
    return make_layer(
        "buildings", columns, [shapely.multipolygons(shapely.get_parts(s)) for s in shapes], crs=crs
    )


def _open_passages(shapes: list[Any], passages: list[Surface], report: ReportBuilder) -> list[Any]:
    """Return the footprints without the passages through them."""
    if not passages:
        return shapes
    strips = [passage.shape for passage in passages]
    tree = shapely.STRtree(strips)
    opened = list(shapes)
    count = 0
    building_of, strip_of = tree.query(shapes, predicate="intersects")
    for index in sorted(set(building_of.tolist())):
        through = shapely.union_all([strips[i] for i in strip_of[building_of == index]])
        parts = [part for part in get_polygons(subtract(shapes[index], through)) if part.area > 1.0]
        if parts:
            opened[index] = shapely.multipolygons(parts)
            count += 1
    report.add("opened_buildings", count, detail="passages and arcades at ground level lead through them")
    return opened


def _storeys(areas: list[Shape], uses: list[str], report: ReportBuilder) -> list[tuple[int, str]]:
    """Return storeys and their source for each building; guesses follow the tagged ones of the same use."""
    tagged = [_tagged_storeys(area.tags) for area in areas]
    by_use: dict[str, list[int]] = {}
    for use, known in zip(uses, tagged, strict=True):
        if known is not None:
            by_use.setdefault(use, []).append(known[0])
    result: list[tuple[int, str]] = []
    for area, use, known in zip(areas, uses, tagged, strict=True):
        if known is not None:
            result.append(known)
        elif area.shape.area < SMALL_M2 or area.tags.get("building") in LOW_HOUSES:
            low = 2 if area.tags.get("building") in LOW_HOUSES and area.shape.area >= SMALL_M2 else 1
            result.append((low, "guessed: type or size"))
        elif len(by_use.get(use, [])) >= ENOUGH_TAGGED:
            result.append((max(1, round(median(by_use[use]))), "guessed: median of this map"))
        else:
            result.append((STOREYS_OF_USE[use], "guessed: use"))
    guessed = [area for area, (_, source) in zip(areas, result, strict=True) if source.startswith("guessed")]
    report.add(
        "guessed_storeys",
        len(guessed),
        area_m2=sum(area.shape.area for area in guessed),
        detail=f"buildings without building:levels or height, of {len(areas)}",
    )
    return result


def _tagged_storeys(tags: Tags) -> tuple[int, str] | None:
    """Return storeys from building:levels, or height / 3 m, or None."""
    try:
        levels = float(tags.get("building:levels", "").split(";")[0])
    except ValueError:
        levels = 0.0
    if 0 < levels <= MOST_STOREYS:
        return max(1, round(levels)), "building:levels"
    height = read_metres(tags.get("height"))
    return (max(1, round(height / STOREY_M)), "height") if height else None
