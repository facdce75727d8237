"""What OpenStreetMap's highway classes mean here: who may use them, how wide, how fast, how many lanes.

Widths are measured when a ``width`` tag or ``lanes`` say so; otherwise the figures below are taken and the
value is marked as guessed. Lane width 3.25 m and sidewalk 2.0 m are common European design values (FGSV RASt
06, 2006: lanes 2.75-3.50 m, sidewalks at least 2.50 m with margins); speeds are the usual legal or posted
values of each class in towns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from impetus_sim.maps.osm_data import Tags

LANE_WIDTH_M: Final = 3.25
SIDEWALK_M: Final = 2.0
KMH: Final = 1 / 3.6
MILES_PER_HOUR: Final = 0.44704


@dataclass(frozen=True, kw_only=True)
class HighwayClass:
    """Defaults of one class.

    Parameters
    ----------
    lanes
        Lanes of both directions together on a two-way street.
    speed_km_h
        Usual speed of vehicles.
    sidewalks
        Whether sidewalks on both sides are assumed when no tag speaks of them.
    """

    lanes: int
    speed_km_h: float
    sidewalks: bool


DRIVE: Final = {
    "motorway": HighwayClass(lanes=4, speed_km_h=110, sidewalks=False),
    "motorway_link": HighwayClass(lanes=1, speed_km_h=60, sidewalks=False),
    "trunk": HighwayClass(lanes=4, speed_km_h=80, sidewalks=False),
    "trunk_link": HighwayClass(lanes=1, speed_km_h=50, sidewalks=False),
    "primary": HighwayClass(lanes=2, speed_km_h=50, sidewalks=True),
    "primary_link": HighwayClass(lanes=1, speed_km_h=50, sidewalks=True),
    "secondary": HighwayClass(lanes=2, speed_km_h=50, sidewalks=True),
    "secondary_link": HighwayClass(lanes=1, speed_km_h=50, sidewalks=True),
    "tertiary": HighwayClass(lanes=2, speed_km_h=50, sidewalks=True),
    "tertiary_link": HighwayClass(lanes=1, speed_km_h=50, sidewalks=True),
    "unclassified": HighwayClass(lanes=2, speed_km_h=50, sidewalks=True),
    "residential": HighwayClass(lanes=2, speed_km_h=30, sidewalks=True),
    "road": HighwayClass(lanes=2, speed_km_h=30, sidewalks=False),
    "living_street": HighwayClass(lanes=2, speed_km_h=10, sidewalks=False),
    "service": HighwayClass(lanes=1, speed_km_h=20, sidewalks=False),
}
"""Classes open to vehicles."""

WALK_WIDTH_M: Final = {
    "pedestrian": 6.0,
    "footway": 2.5,
    "path": 2.0,
    "steps": 2.5,
    "cycleway": 2.5,
    "bridleway": 2.5,
    "track": 3.0,
    "platform": 3.0,
}
"""Width of ways for people on foot when no width is tagged."""

NOT_FOR_WALKING: Final = ("motorway", "motorway_link", "trunk", "trunk_link")
CLOSED: Final = ("no", "private")
PRIVATE_SERVICE: Final = ("driveway", "parking_aisle", "emergency_access", "drive-through")
SPEED_ZONES: Final = {
    "urban": 50.0,
    "rural": 90.0,
    "living_street": 10.0,
    "trunk": 100.0,
    "motorway": 120.0,
    "walk": 6.0,
}


def is_drivable(tags: Tags) -> bool:
    """Return whether vehicles use a way: public streets and through service ways."""
    if tags.get("highway") not in DRIVE or tags.get("area") == "yes":
        return False
    if tags.get("service") in PRIVATE_SERVICE and tags["highway"] == "service":
        return False
    access = tags.get("motor_vehicle", tags.get("vehicle", tags.get("access", "yes")))
    return access not in CLOSED


def is_walkable(tags: Tags) -> bool:
    """Return whether people on foot use a way."""
    highway = tags.get("highway")
    if highway not in WALK_WIDTH_M and highway not in DRIVE:
        return False
    foot = tags.get("foot", tags.get("access", "yes"))
    if highway in NOT_FOR_WALKING:
        return tags.get("foot") in ("yes", "designated") or tags.get("sidewalk") in (
            "both",
            "left",
            "right",
            "yes",
        )
    return foot not in (*CLOSED, "use_sidepath")


def is_ground(tags: Tags) -> bool:
    """Return whether people can stand on a way: where they may walk, and any carriageway they could step on.

    Traffic rules (``foot=use_sidepath``, ``foot=no``) keep people off a carriageway in daily life, not in an
    emergency; motorways, trunk roads and closed ground stay out.
    """
    if is_walkable(tags):
        return True
    highway = tags.get("highway")
    return highway in DRIVE and highway not in NOT_FOR_WALKING and tags.get("access") not in CLOSED


def read_direction(tags: Tags) -> int:
    """Return 1 for one-way along the way, -1 against it, 0 for both."""
    oneway = tags.get("oneway", "").lower()
    if oneway in ("-1", "reverse"):
        return -1
    if oneway in ("yes", "true", "1"):
        return 1
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    return 1 if implied and oneway not in ("no", "false", "0") else 0


def read_lanes(tags: Tags, direction: int) -> tuple[int, str]:
    """Return lanes of one direction, and "lanes" (tagged) or "guessed".

    Parameters
    ----------
    tags
        Tags of the way.
    direction
        1 along the way, -1 against it.
    """
    oneway = read_direction(tags) != 0
    if not oneway:
        own = _whole(tags.get("lanes:forward" if direction > 0 else "lanes:backward"))
        if own:
            return own, "lanes"
    total = _whole(tags.get("lanes"))
    if total:
        return (total if oneway else max(1, (total + 1) // 2 if direction > 0 else total // 2)), "lanes"
    default = DRIVE[tags["highway"]].lanes
    return max(1, default // 2) if default > 1 else 1, "guessed"


def read_speed(tags: Tags) -> tuple[float, str]:
    """Return metres per second, and "maxspeed" (tagged), "zone" (such as FR:urban) or "guessed"."""
    text = tags.get("maxspeed", "").strip().lower()
    match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*(mph|km/?h|kmh|)", text)
    if match and float(match[1]) > 0:
        return float(match[1]) * (MILES_PER_HOUR if match[2] == "mph" else KMH), "maxspeed"
    zone = SPEED_ZONES.get(text.split(":")[-1])
    if zone is not None:
        return zone * KMH, "zone"
    return DRIVE[tags["highway"]].speed_km_h * KMH, "guessed"


def read_width(tags: Tags) -> tuple[float, str]:
    """Return the width people can use in metres, carriageway and sidewalks together, and how it is known."""
    highway = tags["highway"]
    tagged = read_metres(tags.get("width"))
    if highway not in DRIVE:
        return (tagged, "width") if tagged else (WALK_WIDTH_M[highway], "guessed")
    lanes = _whole(tags.get("lanes"))
    kind = DRIVE[highway]
    default = kind.lanes if read_direction(tags) == 0 else max(1, kind.lanes // 2 + kind.lanes % 2)
    carriageway = tagged or (lanes or default) * LANE_WIDTH_M
    source = "width" if tagged else "lanes" if lanes else "guessed"
    return carriageway + SIDEWALK_M * _count_sidewalks(tags, assume=kind.sidewalks), source


def read_metres(text: str | None) -> float | None:
    """Return a length in metres from a tag such as "3.5", "3.5 m" or "12'"; None when it is no length below
    60 m."""
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?)\s*(m|ft|'|)", (text or "").strip().lower())
    if match is None:
        return None
    value = float(match[1].replace(",", ".")) * (0.3048 if match[2] in ("ft", "'") else 1.0)
    return value if 0.3 <= value <= 60 else None


def _count_sidewalks(tags: Tags, *, assume: bool) -> int:
    """Return how many sidewalks belong to a street (separately mapped ones do not)."""
    both = tags.get("sidewalk:both", tags.get("sidewalk", ""))
    if both in ("both", "yes"):
        return 2
    if both in ("left", "right"):
        return 1
    if both in ("no", "none", "separate"):
        return 0
    sides = [tags.get("sidewalk:left"), tags.get("sidewalk:right")]
    if any(side is not None for side in sides):
        return sum(side == "yes" for side in sides)
    return 2 if assume else 0


def _whole(text: str | None) -> int:
    """Return a number of lanes, 0 when the tag says none."""
    match = re.match(r"\d{1,2}", text or "")
    return min(int(match[0]), 12) if match else 0
