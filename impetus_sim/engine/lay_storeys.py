"""Laying the connections between storeys on the flat ground: strips, lines and links.

A stair or ramp becomes a strip of ground of its own beside the sheets, as long as the way along the slope; its two
ends are lines, linked with the lines on the storeys. Escalators and lifts link the lines on the storeys directly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.crowd.slopes import SlopeArea
from impetus_sim.crowd.storeys.escalator import EscalatorSpec
from impetus_sim.crowd.storeys.lift import LiftSpec
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.storeys import GAP_M, Sheet, sheets_of
from impetus_sim.scenario.places import Place, locate
from impetus_sim.scenario.slopes import LEVEL_FLOW, LEVEL_SPEED_M_S, Ramp, Slope, Stair
from impetus_sim.scenario.storeys import Escalator, Flight, Lift, StairFlight
from impetus_sim.world.ground import ExitLine
from impetus_sim.world.passages import EVERYONE, STEP_FREE, Link

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario

STRIP_GAP_M = 8.0
"""Free distance between two strips: people react over 3 m."""
STEP_COST_M = 0.2
"""Cost of crossing from one part of the ground to the next."""
FREE_FLOW = 1000.0
"""Persons per second where nothing limits them."""
CLASSES = (EVERYONE, STEP_FREE)


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A flight of stairs or a ramp as a piece of ground: foot in the west, head in the east.

    Parameters
    ----------
    name, shape
        Of the connection; its box in the plane.
    foot, head
        Where its ends are in the building: x, y, z, m.
    """

    name: str
    shape: BaseGeometry
    foot: tuple[float, float, float]
    head: tuple[float, float, float]


@dataclass(kw_only=True)
class Layout:
    """Everything that connections add to the ground.

    Parameters
    ----------
    strips, slopes
        Pieces of ground, and the slopes on them.
    lines
        Passages; their number is the index here plus the number of exits, `first_line`.
    flows
        Persons per second over each line.
    links, escalators, lifts
        With final line numbers once `first_line` is known.
    sheets
        Storeys.
    """

    sheets: dict[str, Sheet] = field(default_factory=dict)
    strips: list[Strip] = field(default_factory=list)
    slopes: list[SlopeArea] = field(default_factory=list)
    lines: list[ExitLine] = field(default_factory=list)
    flows: list[float] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    escalators: list[EscalatorSpec] = field(default_factory=list)
    lifts: list[LiftSpec] = field(default_factory=list)

    def add_line(self, name: str, shape: BaseGeometry, flow: float) -> int:
        """Add a passage and return its number among the passages."""
        self.lines.append(ExitLine(name=name, geometry=shape))
        self.flows.append(flow)
        return len(self.lines) - 1


def lay_storeys(scenario: Scenario, city: City, walkable: BaseGeometry, *, n_exits: int) -> Layout:
    """Lay out the connections of a scenario.

    Parameters
    ----------
    walkable
        Ground of all storeys; strips lie to the east of it.
    n_exits
        Number of exits: passages are numbered after them.

    Raises
    ------
    InvalidInputError
        When a line is on no storey, or a stair would go nowhere.
    """
    layout = Layout(sheets=sheets_of(city))
    corner = (walkable.bounds[2] + GAP_M, walkable.bounds[1])
    for number, (name, spec) in enumerate(scenario.crowd.connections.items()):
        with about(f"crowd.connections.{name}"):
            lines = [
                (key, *_find_line(key, place, city, layout.sheets), place) for key, place in spec.lines()
            ]
            if isinstance(spec, Lift):
                _lay_lift(layout, scenario, number, name, spec, lines, n_exits)
            elif isinstance(spec, Escalator):
                _lay_escalator(layout, number, name, spec, lines, n_exits)
            elif isinstance(spec, Flight):
                corner = _lay_flight(layout, scenario, number, name, spec, lines, n_exits, corner)
    return layout


_Found = Sequence[tuple[str, BaseGeometry, Sheet, Place]]


def _find_line(key: str, place: Place, city: City, sheets: dict[str, Sheet]) -> tuple[BaseGeometry, Sheet]:
    with about(key):
        line = locate(place, city)
        if line.geom_type != "LineString":
            raise InvalidInputError(f"'{place}' is not a line", hint="{storey: NAME, line: [[x, y], [x, y]]}")
    for sheet in sheets.values():
        # the scenario's own map may go on beyond its focus
        if sheet.prefix and shapely.box(*sheet.bounds).buffer(1.0).contains(line):
            return line, sheet
    return line, next(sheet for sheet in sheets.values() if not sheet.prefix)


def _rise(lines: _Found) -> float:
    rise = lines[1][2].elevation - lines[0][2].elevation
    if rise <= 0.0:
        raise InvalidInputError(
            f"'upper' is on {lines[1][2].name} at {lines[1][2].elevation:g} m, not above 'lower' on "
            f"{lines[0][2].name} at {lines[0][2].elevation:g} m",
            hint="exchange them, or check crowd.storeys elevations",
        )
    return rise


def _lay_flight(
    layout: Layout,
    scenario: Scenario,
    number: int,
    name: str,
    spec: Flight,
    lines: _Found,
    first: int,
    corner: tuple[float, float],
) -> tuple[float, float]:
    rise = _rise(lines)
    length = spec.slope_length(rise)
    if length <= rise:
        raise InvalidInputError(
            f"a length of {length:g} m along the slope does not reach {rise:g} m up", hint="give a longer one"
        )
    width = float(spec.width or min(line.length for _, line, _, _ in lines))
    x, y = corner
    shape = shapely.box(x, y, x + length, y + width)
    below, above = (_in_building(line, sheet) for _, line, sheet, _ in lines)
    layout.strips.append(Strip(name=name, shape=shape, foot=below, head=above))
    slope = _slope_of(spec, shape)
    factors = slope.factors(rise / float(np.sqrt(length**2 - rise**2)))
    up, down = (width * flow for flow in slope.capacities(float(scenario.crowd.door_capacity)))
    layout.slopes.append(
        SlopeArea(
            name=name, area=shape, up_x=1.0, up_y=0.0, up_factor=factors[0], down_factor=factors[1],
            across_factor=0.5 * sum(factors), up_flow=FREE_FLOW, down_flow=FREE_FLOW,
            needs_steps=spec.needs_steps, reluctance=float(spec.reluctance),
        )
    )  # fmt: skip
    foot, head = (
        shapely.LineString([(x, y), (x, y + width)]),
        shapely.LineString([(x + length, y), (x + length, y + width)]),
    )
    lower = first + layout.add_line(f"{name}/lower", lines[0][1], up)
    upper = first + layout.add_line(f"{name}/upper", lines[1][1], down)
    start = first + layout.add_line(f"{name}/foot", foot, FREE_FLOW)
    end = first + layout.add_line(f"{name}/head", head, FREE_FLOW)
    classes = (EVERYONE,) if spec.needs_steps else CLASSES
    ways = []
    if spec.only != "down":
        ways += [(lower, start), (end, upper)]
    if spec.only != "up":
        ways += [(upper, end), (start, lower)]
    layout.links += [
        Link(source=a, target=b, cost_m=STEP_COST_M, connection=number, classes=classes) for a, b in ways
    ]
    return x, y + width + STRIP_GAP_M


def _in_building(line: BaseGeometry, sheet: Sheet) -> tuple[float, float, float]:
    middle = line.centroid
    return float(middle.x - sheet.shift_x), float(middle.y - sheet.shift_y), sheet.elevation


def _slope_of(spec: Flight, shape: BaseGeometry) -> Slope:
    box = Place("box", "", tuple(float(v) for v in shape.bounds))
    kind = Stair if isinstance(spec, StairFlight) else Ramp
    keys = ("up_factor", "down_factor", "up_capacity", "down_capacity", "reluctance")
    return kind(at=box, up=90.0, rise=1.0, **{key: getattr(spec, key) for key in keys})


def _lay_escalator(
    layout: Layout, number: int, name: str, spec: Escalator, lines: _Found, first: int
) -> None:
    rise = _rise(lines)
    length = spec.slope_length(rise)
    lower = first + layout.add_line(f"{name}/lower", lines[0][1], FREE_FLOW)
    upper = first + layout.add_line(f"{name}/upper", lines[1][1], FREE_FLOW)
    source, target = (lower, upper) if spec.direction == "up" else (upper, lower)
    stair = Stair(at=Place("box", "", (0.0, 0.0, 1.0, 1.0)), up=90.0)
    gradient = rise / float(np.sqrt(max(length**2 - rise**2, 1e-9)))
    is_down = spec.direction == "down"
    layout.escalators.append(
        EscalatorSpec(
            number=number, source=source, target=target, length_m=length, speed_m_s=float(spec.speed),
            flow=spec.per_second(), stopped_flow=stair.capacities(LEVEL_FLOW)[is_down] * float(spec.width),
            climb_factor=stair.factors(gradient)[is_down],
        )
    )  # fmt: skip
    cost = length / float(spec.speed) * LEVEL_SPEED_M_S * float(spec.reluctance)
    layout.links.append(
        Link(source=source, target=target, cost_m=cost, connection=number, classes=(EVERYONE,))
    )


def _lay_lift(
    layout: Layout, scenario: Scenario, number: int, name: str, spec: Lift, lines: _Found, first: int
) -> None:
    for key, _, sheet, place in lines:
        if sheet.name != key and place.form == "storey":
            raise InvalidInputError(f"stops.{key}: '{place}' is on {sheet.name}")
    unknown = [key for key, *_ in lines if key not in layout.sheets]
    if unknown:
        raise InvalidInputError(
            f"stops.{unknown[0]}: there is no storey '{unknown[0]}'",
            hint=f"one of {', '.join(layout.sheets)}",
        )
    ordered = sorted(lines, key=lambda found: (layout.sheets[found[0]].elevation, found[0]))
    door_flow = float(scenario.crowd.door_capacity)
    numbers = tuple(
        first + layout.add_line(f"{name}/{key}", line, door_flow * line.length) for key, line, _, _ in ordered
    )
    heights = tuple(sheet.elevation for _, _, sheet, _ in ordered)
    start = 0 if spec.at is None else [key for key, *_ in ordered].index(spec.at)
    layout.lifts.append(
        LiftSpec(
            number=number, lines=numbers, elevations_m=heights, start=start, capacity=int(spec.capacity),
            speed_m_s=float(spec.speed), door_s=float(spec.door_time), dwell_s=float(spec.dwell),
        )
    )  # fmt: skip
    classes = CLASSES if spec.users == "everyone" else (STEP_FREE,)
    # on average the car is half its whole way off when somebody calls it
    wait_s = (
        0.5 * (heights[-1] - heights[0]) / float(spec.speed) + float(spec.dwell) + 2.0 * float(spec.door_time)
    )
    for a, low in zip(numbers, heights, strict=True):
        for b, high in zip(numbers, heights, strict=True):
            if a != b:
                ride_s = abs(high - low) / float(spec.speed)
                cost = (wait_s + ride_s) * LEVEL_SPEED_M_S
                layout.links.append(Link(source=a, target=b, cost_m=cost, connection=number, classes=classes))
