"""Several storeys as sheets of one city, so far apart that people on them never meet.

The scenario's own map stays where it is; higher storeys lie to the north of it, lower ones to the south, as in a
section through the building. Names on a moved sheet get the storey's name before them: ``platform/north_end``.
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
    shift_x, shift_y
        How far its plan has been moved, m.
    elevation
        m.
    bounds
        Box around it where it lies now: x0, y0, x1, y1.
    prefix
        What stands before its names.
    """

    name: str
    shift_x: float
    shift_y: float
    elevation: float
    bounds: Bounds
    prefix: str

    def shift_of(self, place: Any) -> tuple[float, float]:
        """Return how far a place given in the storey's metres must be moved; places by name lie right."""
        inner = place if place.at is None else place.at
        is_local = inner.form in ("xy", "box", "line")
        return (self.shift_x, self.shift_y) if is_local else (0.0, 0.0)


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
        Box that the moved sheets lie to the north and the south of.
    """
    own = next(name for name, plan in plans.items() if plan is None)
    placed = {own: _placed(beside, (0.0, 0.0), elevations[own], "")}
    layers = dict(city.layers)
    moved = [name for name, plan in plans.items() if plan is not None]
    above = sorted((n for n in moved if elevations[n] >= elevations[own]), key=lambda n: (elevations[n], n))
    below = sorted((n for n in moved if elevations[n] < elevations[own]), key=lambda n: (-elevations[n], n))
    for names, step in ((above, 1.0), (below, -1.0)):
        edge = beside[3] if step > 0 else beside[1]
        for name in names:
            plan = plans[name]
            assert plan is not None
            if not len(plan.layers["walkable"]):
                raise InvalidInputError(f"storey '{name}': its plan has no walkable ground")
            x0, y0, x1, y1 = plan.bounds
            across = 0.0 if x1 > beside[0] and x0 < beside[2] else round(beside[0] - x0, 3)
            up = round(edge + step * GAP_M - (y0 if step > 0 else y1), 3)
            for layer in MOVED_LAYERS:
                part = _moved(plan.layers[layer], (across, up), f"{name}/")
                layers[layer] = _join(layers[layer], part, city.crs)
            placed[name] = _placed(plan.bounds, (across, up), elevations[name], f"{name}/")
            edge = (y1 if step > 0 else y0) + up
    order = sorted(placed, key=lambda n: (n != own, -elevations[n], n))
    return replace(city, layers=layers, meta={**city.meta, "storeys": {name: placed[name] for name in order}})


def _placed(bounds: Bounds, shift: tuple[float, float], elevation: float, prefix: str) -> dict[str, Any]:
    (x, y), (x0, y0, x1, y1) = shift, bounds
    return {
        "shift_x": x,
        "shift_y": y,
        "elevation": elevation,
        "bounds": [x0 + x, y0 + y, x1 + x, y1 + y],
        "prefix": prefix,
    }


def _moved(layer: gpd.GeoDataFrame, shift: tuple[float, float], prefix: str) -> gpd.GeoDataFrame:
    moved = layer.copy()
    moved["geometry"] = layer.geometry.translate(*shift)
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
