"""From walkable ground, obstacles and exits in local metres to a City: shared by drawn and synthetic
plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.city import City
from impetus_sim.maps.layers import empty_layers, make_layer
from impetus_sim.maps.repair_report import RepairReport
from impetus_sim.version import __version__


@dataclass(frozen=True, kw_only=True)
class NamedShape:
    """A named exit, area, street or obstacle of a plan.

    Parameters
    ----------
    name
        The name that scenarios use.
    kind
        ``exit``, ``area``, ``street``, ``obstacle`` or ``fence``.
    shape
        Geometry in local metres.
    """

    name: str
    kind: str
    shape: BaseGeometry


def build_plan(
    *,
    name: str,
    ground: BaseGeometry,
    places: Iterable[NamedShape],
    obstacles: Iterable[NamedShape] = (),
    crs: str = "",
    meta: Mapping[str, Any] | None = None,
    report: RepairReport | None = None,
) -> City:
    """Build a city from shapes.

    Parameters
    ----------
    name
        Name of the plan.
    ground
        Walkable polygon(s), obstacles already taken out.
    places
        Exits, areas and streets.
    obstacles
        What stops people: polygons become buildings without people, lines become barriers.
    crs
        Projected CRS, or "" for local metres.
    meta, report
        Where it came from and what was repaired.
    """
    parts = sorted(_polygons(ground), key=lambda part: -part.area)
    if not parts:
        raise InvalidInputError(
            f"plan '{name}' has no walkable ground", hint="draw at least one walkable polygon"
        )
    solid = [item for item in obstacles if item.shape.geom_type in ("Polygon", "MultiPolygon")]
    lines = [item for item in obstacles if item.shape.geom_type not in ("Polygon", "MultiPolygon")]
    named = list(places)
    layers = empty_layers(crs)
    layers["walkable"] = make_layer(
        "walkable",
        {"kind": "ground", "component": range(len(parts)), "area_m2": [part.area for part in parts]},
        parts,
        crs=crs,
    )
    layers["surfaces"] = make_layer("surfaces", {"kind": "square", "name": name}, parts, crs=crs)
    layers["buildings"] = make_layer(
        "buildings",
        {
            "osm_id": [f"plan/{index}" for index in range(len(solid))],
            "name": [item.name for item in solid],
            "use": [item.kind for item in solid],
            "storeys": 1,
            "storeys_source": "plan",
            "people_source": "none: obstacle of a plan",
        },
        [shapely.multipolygons(list(_polygons(item.shape))) for item in solid],
        crs=crs,
    )
    layers["barriers"] = make_layer(
        "barriers", {"kind": [item.kind for item in lines]}, [item.shape for item in lines], crs=crs
    )
    layers["places"] = make_layer(
        "places",
        {"name": [item.name for item in named], "kind": [item.kind for item in named]},
        [item.shape for item in named],
        crs=crs,
    )
    facts = {"built_with": f"impetus_sim {__version__}", "bbox_local": list(ground.bounds)} | dict(meta or {})
    return City(name=name, crs=crs, layers=layers, meta=facts, report=report or RepairReport())


def _polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    """Return the polygons of a geometry, empty ones left out."""
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
