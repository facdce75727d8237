"""Ground of a run: the city's walkable polygons, cut to the focus, with the scenario's exits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.engine.build_gates import find_gates
from impetus_sim.engine.lay_storeys import Layout, lay_storeys
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.storeys import sheets_of
from impetus_sim.scenario.places import locate
from impetus_sim.world.border import find_border_exits
from impetus_sim.world.ground import SNAP_M, ExitLine, Ground, build_ground

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.exits import Focus
    from impetus_sim.scenario.links import SwitchArea
    from impetus_sim.scenario.model import Scenario

SIMPLIFY_M = 0.05
"""Kerb detail below this is left out: it costs walls and changes nothing."""
LEAST_PART_M2 = 4.0


def build_run_ground(scenario: Scenario, city: City) -> tuple[Ground, npt.NDArray[np.bool_], Layout]:
    """Build the ground and say which of its lines are open at the start, and what joins its storeys.

    Exits: those that the map has (sketches and synthetic maps), those of the scenario (one of the same name
    replaces the map's), and, where asked, the streets that the focus border cuts.

    Raises
    ------
    InvalidInputError
        When there is no ground, or an exit is not on its edge.
    """
    crowd = scenario.crowd
    walkable = shapely.union_all(city.layers["walkable"].geometry.to_numpy())
    areas = list(focus_areas(scenario, city).values())
    focus = None if not areas else areas[0] if len(areas) == 1 else shapely.union_all(areas)
    if focus is not None:
        moved = [shapely.box(*sheet.bounds) for sheet in sheets_of(city).values() if sheet.prefix]
        focus = shapely.union_all([focus, *moved]) if moved else focus
        walkable = walkable.intersection(focus)
    walkable = _clean(walkable)
    lines = {name: ExitLine(name=name, geometry=geometry) for name, geometry in _map_exits(city, focus)}
    is_open = dict.fromkeys(lines, True)
    for name, spec in crowd.exits.items():
        with about(f"crowd.exits.{name}"):
            lines[name] = ExitLine(name=name, geometry=locate(spec.at, city), width_m=spec.width)
        is_open[name] = spec.open
    border = []
    if crowd.street_exits is not None:
        if focus is None:
            raise InvalidInputError(
                "crowd.street_exits needs crowd.focus: exits are where streets leave it",
                hint="add crowd.focus: {at: ..., radius: 120 m}",
            )
        border = find_border_exits(
            walkable, focus, _named_streets(city, focus), min_width_m=float(crowd.street_exits.min_width)
        )
        border = [(name, points) for name, points in border if name not in lines]
        is_open.update({name: True for name, _ in border})
    layout = lay_storeys(scenario, city, walkable, n_exits=len(lines) + len(border))
    if layout.strips:
        walkable = shapely.union_all([walkable, *(strip.shape for strip in layout.strips)])
    ground = build_ground(
        walkable,
        exits=list(lines.values()),
        border_exits=border,
        passages=layout.lines,
        gates=find_gates(scenario, city),
        cell=crowd.ground_cell,
    )
    is_open.update(dict.fromkeys(ground.passage_names, True))
    return ground, np.array([is_open[name] for name in ground.line_names], bool), layout


def _map_exits(city: City, focus: BaseGeometry | None) -> list[tuple[str, BaseGeometry]]:
    places = city.layers["places"]
    rows = places[places["kind"] == "exit"]
    if focus is not None:  # the others lie on ground that is not simulated
        rows = rows[shapely.dwithin(rows.geometry.to_numpy(), focus, SNAP_M)]
    return [(str(name), shape) for name, shape in zip(rows["name"], rows.geometry, strict=True)]


def focus_areas(scenario: Scenario, city: City) -> dict[str, BaseGeometry]:
    """Return the areas that are, or can become, two-dimensional: the focus under "", then those of the links.

    Raises
    ------
    InvalidInputError
        When one is no area, or two overlap.
    """
    crowd = scenario.crowd
    areas: dict[str, BaseGeometry] = {}
    if crowd.focus is not None:
        areas[""] = _area("crowd.focus", crowd.focus, city)
    for name, spec in {} if crowd.links is None else crowd.links.areas.items():
        area = _area(f"crowd.links.areas.{name}", spec, city)
        for other, held in areas.items():
            if area.intersects(held):
                raise InvalidInputError(
                    f"crowd.links.areas.{name} overlaps {f'the area {other}' if other else 'the focus'}",
                    hint="move it, or make one of them smaller",
                )
        areas[name] = area
    return areas


def area_of(shape: BaseGeometry) -> BaseGeometry:
    """Return a place as an area: points reach 5 m, lines 2 m."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    return shape.buffer(5.0 if shape.geom_type == "Point" else 2.0)


def _area(key: str, spec: Focus | SwitchArea, city: City) -> BaseGeometry:
    with about(key):
        area = locate(spec.at, city)
    if spec.radius is not None:
        area = (area if area.geom_type == "Point" else area.centroid).buffer(float(spec.radius), quad_segs=32)
    if area.area <= 0:
        raise InvalidInputError(f"{key}: '{spec.at}' is not an area", hint="add a radius")
    edge = city.meta.get("bbox_local")
    # streets go on beyond the edge of the map, so that edge is a border like the focus's own
    return area if edge is None else area.intersection(shapely.box(*edge))


def _clean(walkable: BaseGeometry) -> BaseGeometry:
    parts = [
        part
        for part in getattr(walkable, "geoms", [walkable])
        if part.geom_type == "Polygon" and part.area >= LEAST_PART_M2
    ]
    return shapely.union_all([part.simplify(SIMPLIFY_M) for part in parts])


def _named_streets(city: City, focus: BaseGeometry) -> Sequence[tuple[str, BaseGeometry]]:
    near = focus.boundary.buffer(20.0)
    streets = []
    for layer in ("drive_edges", "walk_edges"):
        frame = city.layers[layer]
        if not len(frame):
            continue
        hit = frame[(frame["name"] != "") & frame.intersects(near)]
        streets += list(zip(hit["name"], hit.geometry, strict=True))
    return streets
