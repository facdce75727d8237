"""Which tags make ground that people can stand on, and what stops them.

Rules follow the OpenStreetMap wiki pages of the tags; each is a short predicate, so that a reader can check
them one by one.
"""

from __future__ import annotations

from typing import Final

from impetus_sim.maps.osm_data import Tags

CLOSED: Final = ("no", "private")
SQUARE_HIGHWAYS: Final = (
    "pedestrian",
    "footway",
    "path",
    "living_street",
    "service",
    "residential",
    "unclassified",
)
PARK_LEISURE: Final = (
    "park",
    "garden",
    "playground",
    "pitch",
    "common",
    "dog_park",
    "recreation_ground",
    "track",
)
PARK_LANDUSE: Final = ("grass", "recreation_ground", "village_green")
PARK_NATURAL: Final = ("beach", "sand", "grassland")
BARRIER_LINES: Final = [
    "wall",
    "fence",
    "hedge",
    "retaining_wall",
    "city_wall",
    "guard_rail",
    "handrail",
    "barrier",
    "gabion",
    "railing",
]
OPENINGS: Final = [
    "gate",
    "entrance",
    "lift_gate",
    "swing_gate",
    "bollard",
    "cycle_barrier",
    "kissing_gate",
    "stile",
    "turnstile",
    "sally_port",
    "toll_booth",
    "block",
    "border_control",
    "full-height_turnstile",
    "sliding_gate",
    "wicket_gate",
]
ROOFS_ONLY: Final = ("roof", "carport", "canopy", "no", "bridge")
COVERED_PASSAGES: Final = ("yes", "arcade", "colonnade")
WATER_WAYS: Final = ("riverbank", "dock", "canal", "boatyard")


def is_underground(tags: Tags) -> bool:
    """Return whether something lies below the ground or inside a building, so not on the surface."""
    if tags.get("tunnel", "no") not in ("no", "building_passage", "covered", "avalanche_protector"):
        return True
    if tags.get("location") in ("underground", "indoor") or tags.get("indoor", "no") != "no":
        return True
    if tags.get("highway") in ("corridor", "elevator") or tags.get("parking") in (
        "underground",
        "multi-storey",
    ):
        return True
    return _first_number(tags.get("layer")) < 0 or _first_number(tags.get("level")) < 0


def is_underpass(tags: Tags) -> bool:
    """Return whether a way dips below something for a short while, such as a railway or a motorway."""
    if tags.get("tunnel") != "yes" or tags.get("location") in ("underground", "indoor"):
        return False
    is_deep = _first_number(tags.get("layer")) < -1
    return "highway" in tags and not is_deep and "level" not in tags and tags.get("indoor", "no") == "no"


def is_bridge(tags: Tags) -> bool:
    """Return whether a way is carried above something."""
    return tags.get("bridge", "no") not in ("no", "abandoned")


def is_passage(tags: Tags) -> bool:
    """Return whether a way leads through or under a building at ground level."""
    return tags.get("tunnel") == "building_passage" or tags.get("covered") in COVERED_PASSAGES


def surface_kind(tags: Tags) -> str:
    """Return square, park, platform, parking or pier for an area people can stand on; "" for others."""
    if tags.get("foot", tags.get("access", "yes")) in CLOSED or tags.get("building", "no") not in (
        "no",
        "roof",
    ):
        return ""
    if (
        tags.get("highway") == "platform"
        or tags.get("railway") == "platform"
        or tags.get("public_transport") == "platform"
    ):
        return "platform"
    if (
        tags.get("highway") in SQUARE_HIGHWAYS
        or tags.get("place") == "square"
        or tags.get("amenity") == "marketplace"
        or "area:highway" in tags
    ):
        return "square"
    if (
        tags.get("leisure") in PARK_LEISURE
        or tags.get("landuse") in PARK_LANDUSE
        or tags.get("natural") in PARK_NATURAL
    ):
        return "park"
    if tags.get("amenity") == "parking" and tags.get("parking", "surface") in (
        "surface",
        "street_side",
        "lane",
    ):
        return "parking"
    return "pier" if tags.get("man_made") in ("pier", "breakwater", "quay") else ""


def is_water(tags: Tags) -> bool:
    """Return whether an area is open water."""
    if is_underground(tags) or tags.get("intermittent") == "yes":
        return False
    if tags.get("natural") == "water" or ("water" in tags and tags.get("natural", "water") == "water"):
        return True
    if tags.get("waterway") in WATER_WAYS or tags.get("landuse") in ("reservoir", "basin"):
        return True
    return tags.get("leisure") == "swimming_pool" or (tags.get("amenity") == "fountain")


def is_building(tags: Tags) -> bool:
    """Return whether an area is a building that stands on the ground."""
    if tags.get("building", "no") in ROOFS_ONLY or is_underground(tags):
        return False
    return _first_number(tags.get("building:min_level")) <= 0 and _first_number(tags.get("min_height")) < 2.2


def is_barrier(tags: Tags) -> bool:
    """Return whether a line or area stops people at ground level."""
    return tags.get("barrier") in BARRIER_LINES and not is_underground(tags)


def is_opening(tags: Tags) -> bool:
    """Return whether a node lets people through a barrier."""
    return tags.get("barrier") in OPENINGS or ("entrance" in tags and "barrier" not in tags)


def _first_number(text: str | None) -> float:
    """Return the first number of a tag such as "-1" or "0;1", 0 when there is none."""
    try:
        return float((text or "0").split(";")[0].replace(",", "."))
    except ValueError:
        return 0.0
