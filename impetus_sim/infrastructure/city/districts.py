"""The district in which each asset stands: areas of the scenario, else the named parts of town nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.world.assets import Assets

PARTS_OF_TOWN: Final = ("borough", "suburb", "quarter", "neighbourhood", "village", "hamlet", "town")
"""Values of ``place`` in OpenStreetMap that name a part of what a map of one town shows."""
REACH_M: Final = 3_000.0
"""Farther from every named part, an asset lies in none."""
NO_DISTRICT: Final = -1


@dataclass(frozen=True, kw_only=True)
class Districts:
    """Names, and of_asset int64 (assets,): the row of a name, or -1 for none."""

    names: tuple[str, ...]
    of_asset: npt.NDArray[np.int64]


def districts_of_map(city: City, assets: Assets) -> Districts:
    """Return the part of town of each asset: of the map's named parts the one whose middle is nearest."""
    places = city.layers["places"]
    rows = np.flatnonzero(np.isin(places["kind"].to_numpy().astype(str), PARTS_OF_TOWN))
    names = places["name"].to_numpy().astype(str)[rows]
    of_asset = np.full(len(assets), NO_DISTRICT, np.int64)
    stands = np.isfinite(assets.x) & np.isfinite(assets.y)
    if not len(rows) or not stands.any():
        return Districts(names=(), of_asset=of_asset)
    middle = shapely.get_coordinates(shapely.centroid(places.geometry.to_numpy()[rows])).reshape(-1, 2)
    order = np.lexsort((middle[:, 1], middle[:, 0], names))
    unique, name_of = np.unique(names[order], return_inverse=True)
    apart, nearest = cKDTree(middle[order]).query(np.column_stack([assets.x, assets.y])[stands])
    of_asset[stands] = np.where(apart <= REACH_M, name_of.reshape(-1)[nearest], NO_DISTRICT)
    return Districts(names=tuple(unique.tolist()), of_asset=of_asset)


def districts_of_areas(names: Sequence[str], areas: Sequence[BaseGeometry], assets: Assets) -> Districts:
    """Return the area in which each asset stands; the first one where areas overlap."""
    of_asset = np.full(len(assets), NO_DISTRICT, np.int64)
    points = shapely.points(assets.x, assets.y)
    for row in reversed(range(len(areas))):
        of_asset[shapely.covers(areas[row], points)] = row
    return Districts(names=tuple(names), of_asset=of_asset)
