"""Buildings with their use, storeys and an estimate of people, each with the source of the figure.

People are peak occupants: floor area x density, after FEMA P-58-1 (2nd edition, 2018), table 3-1 "recommended
population models", peak occupants per 1 000 square feet of gross floor area. Uses without an entry take the
nearest one and say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import shapely

from impetus_sim.maps.areas import Shape
from impetus_sim.maps.ground_rules import is_building
from impetus_sim.maps.highway_classes import read_metres
from impetus_sim.maps.layers import make_layer
from impetus_sim.maps.osm_data import Tags
from impetus_sim.maps.overlay import get_polygons, subtract
from impetus_sim.maps.repair_report import ReportBuilder
from impetus_sim.maps.surfaces import Surface

if TYPE_CHECKING:
    import geopandas as gpd

M2_PER_1000_FT2: Final = 92.903
STOREY_M: Final = 3.0
MOST_STOREYS: Final = 200
SMALL_M2: Final = 25.0
ENOUGH_TAGGED: Final = 30

PEOPLE_PER_1000_FT2: Final[Mapping[str, tuple[float, str]]] = {
    "residential": (3.1, "multi-unit residential"),
    "office": (4.0, "commercial office"),
    "retail": (6.0, "retail"),
    "school": (14.0, "education (elementary)"),
    "university": (12.0, "education (high school)"),
    "healthcare": (5.0, "healthcare"),
    "hotel": (2.5, "hospitality"),
    "industrial": (1.0, "warehouse"),
    "assembly": (6.0, "retail, as nearest to assembly"),
    "transport": (6.0, "retail, as nearest to transport"),
    "unknown": (3.1, "multi-unit residential, as use is unknown"),
    "outbuilding": (0.0, "none: outbuilding"),
}
"""Use to peak occupants per 1 000 ft2 and the name of the table's entry."""

USE_OF_BUILDING: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("apartments", "house", "residential", "detached", "terrace", "semidetached_house", "dormitory", "bungalow",
         "farm", "cabin", "villa", "houseboat", "static_caravan"), "residential"),
    **dict.fromkeys(("office", "commercial", "government", "public", "civic", "townhall", "fire_station", "police"), "office"),
    **dict.fromkeys(("retail", "supermarket", "kiosk", "shop", "mall", "pavilion"), "retail"),
    **dict.fromkeys(("school", "kindergarten"), "school"),
    **dict.fromkeys(("university", "college"), "university"),
    **dict.fromkeys(("hospital", "clinic"), "healthcare"),
    "hotel": "hotel",
    **dict.fromkeys(("industrial", "warehouse", "manufacture", "hangar", "service", "works", "farm_auxiliary", "barn"), "industrial"),
    **dict.fromkeys(("church", "cathedral", "chapel", "mosque", "synagogue", "temple", "stadium", "grandstand", "theatre",
                     "museum", "sports_hall", "castle", "monastery", "shrine", "religious"), "assembly"),
    **dict.fromkeys(("train_station", "transportation", "terminal"), "transport"),
    **dict.fromkeys(("garage", "garages", "shed", "hut", "parking", "greenhouse", "transformer_tower", "toilets", "ruins",
                     "construction", "storage_tank", "silo", "bunker", "stable", "cowshed", "container", "tower",
                     "water_tower", "bridge", "gatehouse", "garden_house", "carport"), "outbuilding"),
}  # fmt: skip
USE_OF_TAG: Final[Mapping[str, Mapping[str, str]]] = {
    "amenity": {
        "school": "school", "kindergarten": "school", "university": "university", "college": "university",
        "hospital": "healthcare", "clinic": "healthcare", "theatre": "assembly", "cinema": "assembly",
        "place_of_worship": "assembly", "arts_centre": "assembly", "library": "assembly", "restaurant": "retail",
        "bar": "retail", "cafe": "retail", "townhall": "office", "courthouse": "office", "police": "office",
        "fire_station": "office", "parking": "outbuilding", "marketplace": "retail", "bank": "office",
    },
    "tourism": {"hotel": "hotel", "hostel": "hotel", "museum": "assembly", "gallery": "assembly"},
    "leisure": {"sports_centre": "assembly", "stadium": "assembly", "sports_hall": "assembly"},
}  # fmt: skip
STOREYS_OF_USE: Final[Mapping[str, int]] = {
    "residential": 3, "office": 4, "retail": 2, "school": 3, "university": 4, "healthcare": 4, "hotel": 5,
    "industrial": 1, "assembly": 1, "transport": 1, "unknown": 2, "outbuilding": 1,
}  # fmt: skip
LOW_HOUSES: Final = (
    "house",
    "detached",
    "terrace",
    "semidetached_house",
    "bungalow",
    "farm",
    "cabin",
    "villa",
)


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
    uses = [_use(area.tags) for area in found]
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


def _use(tags: Tags) -> str:
    """Return what a building is used for."""
    for key, uses in USE_OF_TAG.items():
        if tags.get(key) in uses:
            return uses[tags[key]]
    use = USE_OF_BUILDING.get(tags.get("building", ""))
    if use is not None:
        return use
    if "shop" in tags:
        return "retail"
    return "office" if "office" in tags else "unknown"


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
