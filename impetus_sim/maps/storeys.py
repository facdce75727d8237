"""Several storeys as sheets of one city, side by side, so far apart that people on them never meet.

The scenario's own map stays where it is; every other plan is moved to the east of it. Names on a moved sheet
get the storey's name before them: ``platform/north_end``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.city import City

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely

GAP_M = 30.0
"""Free distance between sheets: more than a brawl or a fire pushes people away."""
MOVED_LAYERS = ("walkable", "surfaces", "buildings", "barriers", "places")
"""What a storey has; nodes and edges of networks belong to the scenario's map."""
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Where a storey lies in the plane.

    Parameters
    ----------
    name
        Of the storey.
    shift_x
        How far its plan has been moved to the east, m.
    elevation
        m.
    bounds
        Box around it where it lies now: x0, y0, x1, y1.
    prefix
        What stands before its names.
    """

    name: str
    shift_x: float
    elevation: float
    bounds: Bounds
    prefix: str

    def shift_of(self, place: Any) -> tuple[float, float]:
        """Return how far a place given in the storey's metres must be moved; places by name lie right."""
        inner = place if place.at is None else place.at
        return (self.shift_x if inner.form in ("xy", "box", "line") else 0.0), 0.0


def sheets_of(city: City) -> dict[str, Sheet]:
    """Return the sheets of a city by storey, the scenario's own map first; empty for one without storeys."""
    return {
        name: Sheet(name=name, **{**given, "bounds": tuple(given["bounds"])})
        for name, given in city.meta.get("storeys", {}).items()
    }


def join_storeys(
    city: City,
    plans: Mapping[str, City | None],
    *,
    elevations: Mapping[str, float],
    beside: Bounds,
) -> City:
    """Return a city with every plan moved to a place of its own.

    Parameters
    ----------
    city
        The map of the one storey whose plan is None.
    plans
        Storey to plan.
    elevations
        Storey to height of its floor, m.
    beside
        Box that the moved sheets lie to the east of.
    """
    own = next(name for name, plan in plans.items() if plan is None)
    storeys: dict[str, dict[str, Any]] = {
        own: {"shift_x": 0.0, "elevation": elevations[own], "bounds": list(beside), "prefix": ""}
    }
    layers = dict(city.layers)
    edge = beside[2]
    for name in sorted(
        (n for n, plan in plans.items() if plan is not None), key=lambda n: (-elevations[n], n)
    ):
        plan = plans[name]
        assert plan is not None
        if not len(plan.layers["walkable"]):
            raise InvalidInputError(f"storey '{name}': its plan has no walkable ground")
        x0, y0, x1, y1 = plan.bounds
        shift = round(edge + GAP_M - x0, 3)
        for layer in MOVED_LAYERS:
            layers[layer] = _join(layers[layer], _moved(plan.layers[layer], shift, f"{name}/"), city.crs)
        storeys[name] = {
            "shift_x": shift,
            "elevation": elevations[name],
            "bounds": [x0 + shift, y0, x1 + shift, y1],
            "prefix": f"{name}/",
        }
        edge = x1 + shift
    return replace(city, layers=layers, meta={**city.meta, "storeys": storeys})


def _moved(layer: gpd.GeoDataFrame, shift_x: float, prefix: str) -> gpd.GeoDataFrame:
    moved = layer.copy()
    moved["geometry"] = layer.geometry.translate(xoff=shift_x)
    if "name" in moved:
        moved["name"] = [prefix + name if name else "" for name in moved["name"]]
    return moved


def _join(first: gpd.GeoDataFrame, second: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    if not len(second):
        return first
    shapes: list[shapely.Geometry] = [*first.geometry, *second.geometry]
    columns = pd.concat(
        [first.drop(columns="geometry"), second.drop(columns="geometry")], ignore_index=True
    ).astype(first.drop(columns="geometry").dtypes.to_dict())
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs or None)
