"""From the stages of a drawn scenario to stages on the ground."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.crowd.journeys.plan import STEP_M, QueuePlan, StagePlan, Times, WaitingPlan, WayPointPlan
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.distributions import NoTime, PersonTime, sample
from impetus_sim.scenario.places import locate
from impetus_sim.scenario.stages import Queue, Stage, Until, WaitingArea, WayPoint

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.ground import Ground
    from impetus_sim.world.world import World

TAIL_M = 0.5
"""People make for the ground this near to a queue's tail."""
POINT_M, LINE_M = 5.0, 2.0
"""How far a waiting area reaches around a point or a line."""
DESK_REACH_M = 15.0
"""Servers farther than this from the head of their line are taken for a mistake."""
LEAST_DESK_GAP_M = 0.2
_MEAN_OF = 1001


def goal_name(stage: str) -> str:
    """Return the name under which the world holds the fields of a stage; no population can have it."""
    return f"stage/{stage}"


def lay_stages(
    scenario: Scenario, city: City, ground: Ground, world_of: Callable[[], World]
) -> dict[str, StagePlan]:
    """Return the stages by name.

    Parameters
    ----------
    world_of
        Gives the world of the run once it is built; asked while the run goes on.

    Raises
    ------
    InvalidInputError
        When a stage is off the walkable ground, or a queue's servers cannot be reached from its line.
    """
    plans: dict[str, StagePlan] = {}
    for name, spec in scenario.crowd.stages.items():
        key = f"crowd.stages.{name}"
        if isinstance(spec, Queue):
            plans[name] = _lay_queue(key, name, spec, city, ground)
        elif isinstance(spec, WaitingArea):
            plans[name] = _lay_waiting(key, name, spec, city, ground, world_of)
        elif isinstance(spec, WayPoint):
            plans[name] = _lay_way_point(key, name, spec, city, ground)
    return plans


def _lay_way_point(key: str, name: str, spec: WayPoint, city: City, ground: Ground) -> WayPointPlan:
    shape = _find(f"{key}.at", spec.at, city)
    cells = _cells(f"{key}.at", spec, _reach(shape, spec.distance, spec.distance), ground)
    return WayPointPlan(name=name, cells=cells, area_m2=len(cells) * ground.cell**2)


def _lay_waiting(
    key: str, name: str, spec: WaitingArea, city: City, ground: Ground, world_of: Callable[[], World]
) -> WaitingPlan:
    shape = _find(f"{key}.at", spec.at, city)
    cells = _cells(f"{key}.at", spec, _reach(shape, POINT_M, LINE_M), ground)
    if spec.until is not None and spec.until.exit is not None and spec.until.exit not in ground.exit_names:
        raise InvalidInputError(
            f"{key}.until.exit: there is no exit '{spec.until.exit}'",
            hint=f"one of {', '.join(ground.exit_names) or 'none'}",
        )
    return WaitingPlan(
        name=name,
        cells=cells,
        area_m2=len(cells) * ground.cell**2,
        wait=None if spec.wait is None else _times(spec.wait),
        is_over=None if spec.until is None else _is_over(spec.until, world_of),
        reaction=None if isinstance(spec.reaction, NoTime) else _times(spec.reaction),
    )


def _is_over(until: Until, world_of: Callable[[], World]) -> Callable[[], bool]:
    def is_over() -> bool:
        world = world_of()
        if until.time is not None:
            return world.tick >= world.ticks(until.time)
        if until.exit is not None:
            return bool(world.exits.is_open[world.ground.exit_names.index(until.exit)])
        if until.gate is not None:
            return bool(world.gates.is_open[world.ground.gate_names.index(until.gate)])
        subject = str(until.hazard or until.intervention).encode()
        return bool((world.events.subject == subject).any())

    return is_over


def _lay_queue(key: str, name: str, spec: Queue, city: City, ground: Ground) -> QueuePlan:
    line = _find(f"{key}.line", spec.line, city)
    if line.geom_type != "LineString":
        raise InvalidInputError(
            f"{key}.line: '{spec.line}' is not one line",
            hint="{line: [[x, y], ...]} from the head to the tail, or a drawn line",
        )
    if not ground.polygon.covers(line):
        raise InvalidInputError(
            f"{key}.line: '{spec.line}' leaves the walkable ground", hint="draw the line on the ground"
        )
    n = max(1, math.ceil(line.length / STEP_M))
    points = shapely.get_coordinates(
        shapely.line_interpolate_point(line, np.linspace(0, 1, n + 1), normalized=True)
    )
    desks = _desks(key, spec, points, city, ground)
    cells = _cells(f"{key}.line", spec, shapely.Point(points[-1]).buffer(TAIL_M), ground)
    uniforms = (np.arange(_MEAN_OF) + 0.5) / _MEAN_OF
    return QueuePlan(
        name=name,
        cells=cells,
        area_m2=len(cells) * ground.cell**2,
        points=points,
        step_m=line.length / n,
        spacing=spec.spacing,
        desks=desks,
        service=_times(spec.service),
        mean_service_s=float(sample(spec.service, uniforms).mean()),
    )


def _desks(
    key: str, spec: Queue, points: npt.NDArray[np.float64], city: City, ground: Ground
) -> npt.NDArray[np.float64]:
    head = points[0]
    if spec.desks:
        shapes = [_find(f"{key}.desks.{i}", place, city) for i, place in enumerate(spec.desks)]
        desks = np.array([[shape.centroid.x, shape.centroid.y] for shape in shapes])
        keys = [f"{key}.desks.{i}" for i in range(len(desks))]
    else:
        # side by side across the line's first stretch, centred on it
        along = points[0] - points[min(len(points) - 1, int(1.0 / STEP_M))]
        along = along / np.hypot(*along)
        aside = (np.arange(int(spec.servers)) - 0.5 * (int(spec.servers) - 1)) * spec.server_spacing
        desks = head + spec.server_ahead * along + aside[:, None] * np.array([-along[1], along[0]])
        keys = [f"{key}.servers"] * len(desks)
    for place, desk in zip(keys, desks, strict=True):
        way = shapely.LineString([head, desk])
        if way.length > DESK_REACH_M or not ground.polygon.covers(way):
            raise InvalidInputError(
                f"{place}: the server at ({desk[0]:.1f} m, {desk[1]:.1f} m) cannot be reached straight from the "
                "head of the line",
                hint=f"on walkable ground, no wall between, within {DESK_REACH_M:g} m; see server_spacing, "
                "server_ahead and desks",
            )
        if ground.polygon.boundary.distance(shapely.Point(desk)) < LEAST_DESK_GAP_M:
            raise InvalidInputError(
                f"{place}: the server at ({desk[0]:.1f} m, {desk[1]:.1f} m) is too close to a wall",
                hint=f"at least {LEAST_DESK_GAP_M:g} m away",
            )
    return desks


def _find(key: str, place: object, city: City) -> BaseGeometry:
    with about(key):
        return locate(place, city)  # type: ignore[arg-type]


def _reach(shape: BaseGeometry, around_point: float, around_line: float) -> BaseGeometry:
    if shape.area > 0.0:
        return shape
    return shape.buffer(around_point if shape.geom_type == "Point" else around_line)


def _cells(key: str, spec: Stage, area: BaseGeometry, ground: Ground) -> npt.NDArray[np.int64]:
    shapely.prepare(area)
    cells = ground.cells_of(area)
    if not len(cells):
        raise InvalidInputError(
            f"{key}: this {spec.kind.replace('_', ' ')} has no walkable ground inside the simulated area",
            hint="move it, enlarge it, or widen crowd.focus",
        )
    return cells


def _times(spec: PersonTime) -> Times:
    return lambda uniforms: sample(spec, uniforms)
