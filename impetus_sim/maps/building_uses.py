"""What buildings are used for, their usual storeys, and how many people are in them at the peak.

People are peak occupants after FEMA P-58-1 (2nd edition, 2018), "recommended population models", peak
occupants per 1 000 square feet of gross floor area. Uses without an entry of their own take the nearest one,
and the source says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from impetus_sim.maps.osm_data import Tags

M2_PER_1000_FT2: Final = 92.903

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

STOREYS_OF_USE: Final[Mapping[str, int]] = {
    "residential": 3,
    "office": 4,
    "retail": 2,
    "school": 3,
    "university": 4,
    "healthcare": 4,
    "hotel": 5,
    "industrial": 1,
    "assembly": 1,
    "transport": 1,
    "unknown": 2,
    "outbuilding": 1,
}
"""Storeys when neither tags nor enough tagged neighbours of the same use say."""

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

_BUILDINGS_OF_USE: Final[Mapping[str, str]] = {
    "residential": "apartments house residential detached terrace semidetached_house dormitory bungalow "
    "farm cabin villa houseboat static_caravan",
    "office": "office commercial government public civic townhall fire_station police",
    "retail": "retail supermarket kiosk shop mall pavilion",
    "school": "school kindergarten",
    "university": "university college",
    "healthcare": "hospital clinic",
    "hotel": "hotel",
    "industrial": "industrial warehouse manufacture hangar service works farm_auxiliary barn",
    "assembly": "church cathedral chapel mosque synagogue temple stadium grandstand theatre museum "
    "sports_hall castle monastery shrine religious",
    "transport": "train_station transportation terminal",
    "outbuilding": "garage garages shed hut parking greenhouse transformer_tower toilets ruins "
    "construction storage_tank silo bunker stable cowshed container tower water_tower bridge gatehouse "
    "garden_house carport",
}
_TAGS_OF_USE: Final[Mapping[str, Mapping[str, str]]] = {
    "amenity": {
        "school": "school kindergarten",
        "university": "university college",
        "healthcare": "hospital clinic",
        "assembly": "theatre cinema place_of_worship arts_centre library",
        "retail": "restaurant bar cafe marketplace",
        "office": "townhall courthouse police fire_station bank",
        "outbuilding": "parking",
    },
    "tourism": {"hotel": "hotel hostel", "assembly": "museum gallery"},
    "leisure": {"assembly": "sports_centre stadium sports_hall"},
}


def _invert(words_of_use: Mapping[str, str]) -> dict[str, str]:
    """Return each word's use."""
    return {word: use for use, words in words_of_use.items() for word in words.split()}


_USE_OF_BUILDING: Final = _invert(_BUILDINGS_OF_USE)
_USE_OF_TAG: Final = {key: _invert(words) for key, words in _TAGS_OF_USE.items()}


def find_use(tags: Tags) -> str:
    """Return what a building is used for: by its amenity, then by its type; "unknown" when neither says."""
    for key, uses in _USE_OF_TAG.items():
        if tags.get(key) in uses:
            return uses[tags[key]]
    use = _USE_OF_BUILDING.get(tags.get("building", ""))
    if use is not None:
        return use
    if "shop" in tags:
        return "retail"
    return "office" if "office" in tags else "unknown"
