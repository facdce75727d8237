"""Tables with shapes in longitude and latitude."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording

if TYPE_CHECKING:
    import geopandas as gpd

LONLAT = "EPSG:4326"


def require_place_on_earth(recording: Recording, *, what: str) -> str:
    """Return the system of coordinates of a run's map.

    Raises
    ------
    InvalidInputError
        When the map lies nowhere on Earth (a drawn plan).
    """
    crs = str(recording.attributes.get("map_crs") or "")
    if not crs:
        raise InvalidInputError(
            f"the map of '{recording.path}' has no place on Earth", hint=f"{what} is for maps of streets"
        )
    return crs


def in_lonlat(
    recording: Recording, columns: Mapping[str, Any], shapes: Any, which: Any = None
) -> gpd.GeoDataFrame:
    """Return a table with shapes turned from local metres to longitude and latitude.

    Parameters
    ----------
    columns
        Arrays of equal length, by name.
    shapes
        Shapes, m.
    which
        Index into `shapes` of each row; default: row k has shape k.
    """
    import geopandas as gpd

    turned = gpd.GeoSeries(shapes, crs=str(recording.attributes["map_crs"])).to_crs(LONLAT).to_numpy()
    rows = np.arange(len(turned)) if which is None else which
    return gpd.GeoDataFrame(columns, geometry=turned[rows], crs=LONLAT)
