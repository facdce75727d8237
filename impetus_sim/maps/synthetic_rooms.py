"""Rooms and corridors: walkable polygons with straight exits, in metres."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from shapely import LineString, box
from shapely.geometry.base import BaseGeometry

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.city import City
from impetus_sim.maps.plan import NamedShape, build_plan

WALLS = ("north", "south", "east", "west")
ROUNDING_M = 1e-6


def build_corridor(*, length: float = 40.0, width: float = 2.0) -> City:
    """Build a straight corridor along x with the exits ``west`` and ``east`` over its full width.

    Parameters
    ----------
    length, width
        Inner measures in metres.
    """
    _require_positive("corridor", length=length, width=width)
    exits = [_exit("west", (0, 0), (0, width)), _exit("east", (length, 0), (length, width))]
    return _plan("corridor", box(0, 0, length, width), exits, [_area("corridor", box(0, 0, length, width))])


def build_l_corridor(*, length: float = 12.0, width: float = 2.0) -> City:
    """Build a corridor that turns left by 90 degrees, as in the corner test of the RiMEA guideline.

    Parameters
    ----------
    length
        Outer length of each leg in metres.
    width
        Inner width in metres, smaller than ``length``.
    """
    _require_positive("l_corridor", length=length, width=width)
    _require("l_corridor", width < length, f"width {width} m must be smaller than length {length} m")
    first = box(0, 0, length, width)
    second = box(length - width, 0, length, length)
    exits = [_exit("west", (0, 0), (0, width)), _exit("north", (length - width, length), (length, length))]
    areas = [_area("first_leg", box(0, 0, length - width, width))]
    areas.append(_area("second_leg", box(length - width, width, length, length)))
    return _plan("l_corridor", first | second, exits, areas)


def build_t_junction(*, length: float = 20.0, width: float = 4.0, stem_width: float = 4.0) -> City:
    """Build a T: a west and an east branch that merge into a stem towards the south.

    Parameters
    ----------
    length
        Length of each of the three arms from the centre, in metres.
    width
        Width of the crossbar in metres.
    stem_width
        Width of the stem in metres.
    """
    _require_positive("t_junction", length=length, width=width, stem_width=stem_width)
    _require("t_junction", stem_width < 2 * length, f"stem_width {stem_width} m must be below 2 x length")
    left, right = length - stem_width / 2, length + stem_width / 2
    bar = box(0, length, 2 * length, length + width)
    stem = box(left, 0, right, length)
    exits = [
        _exit("west", (0, length), (0, length + width)),
        _exit("east", (2 * length, length), (2 * length, length + width)),
        _exit("south", (left, 0), (right, 0)),
    ]
    areas = [
        _area("west_branch", box(0, length, left, length + width)),
        _area("east_branch", box(right, length, 2 * length, length + width)),
        _area("stem", stem),
    ]
    return _plan("t_junction", bar | stem, exits, areas)


def build_room(
    *,
    width: float = 20.0,
    depth: float = 15.0,
    exits: Sequence[Mapping[str, Any]] = ({"name": "exit", "wall": "east"},),
    obstacles: Sequence[Sequence[float]] = (),
) -> City:
    """Build a rectangular room with exits in its walls and optional box-shaped obstacles.

    Parameters
    ----------
    width, depth
        Inner measures along x and y in metres.
    exits
        Each ``{name, wall: north | south | east | west, centre, width}``; ``centre`` in metres along the wall
        from its west or south end (default: the middle), ``width`` in metres (default 1.2).
    obstacles
        Boxes ``[x0, y0, x1, y1]`` in metres.
    """
    _require_positive("room", width=width, depth=depth)
    room = box(0, 0, width, depth)
    boxes = [
        NamedShape(name=f"obstacle_{i}", kind="obstacle", shape=_box(b, i)) for i, b in enumerate(obstacles)
    ]
    lines = [_wall_exit(item, index, width=width, depth=depth) for index, item in enumerate(_as_list(exits))]
    _require_distinct([line.name for line in lines])
    ground = room.difference(shapely.union_all([item.shape for item in boxes])) if boxes else room
    _require("room", not ground.is_empty, "the obstacles cover the whole room")
    return _plan("room", ground, lines, [_area("room", ground)], boxes)


def build_bottleneck(
    *,
    width: float = 10.0,
    depth: float = 10.0,
    neck_width: float = 1.2,
    neck_length: float = 2.0,
) -> City:
    """Build a room whose only way out is a neck in the middle of its east wall; the exit is at the neck's
    end.

    Parameters
    ----------
    width, depth
        Measures of the room along x and y in metres.
    neck_width, neck_length
        Measures of the neck in metres; ``neck_width`` at most ``depth``.
    """
    _require_positive("bottleneck", width=width, depth=depth, neck_width=neck_width, neck_length=neck_length)
    _require("bottleneck", neck_width <= depth, f"neck_width {neck_width} m must be at most depth {depth} m")
    low, high = (depth - neck_width) / 2, (depth + neck_width) / 2
    room, neck = box(0, 0, width, depth), box(width, low, width + neck_length, high)
    end = width + neck_length
    return _plan(
        "bottleneck",
        room | neck,
        [_exit("exit", (end, low), (end, high))],
        [_area("room", room), _area("neck", neck)],
    )


def build_two_rooms(
    *,
    width: float = 10.0,
    depth: float = 10.0,
    door_width: float = 1.2,
    exit_width: float = 1.2,
    wall: float = 0.2,
) -> City:
    """Build two rooms side by side, joined by a door; the exit is in the east wall of the second.

    Parameters
    ----------
    width, depth
        Measures of each room in metres.
    door_width, exit_width
        Clear widths in metres, at most ``depth``.
    wall
        Thickness of the wall between the rooms in metres.
    """
    _require_positive(
        "two_rooms", width=width, depth=depth, door_width=door_width, exit_width=exit_width, wall=wall
    )
    _require("two_rooms", max(door_width, exit_width) <= depth, f"doors must be at most depth {depth} m wide")
    first, second = box(0, 0, width, depth), box(width + wall, 0, 2 * width + wall, depth)
    door = box(width, (depth - door_width) / 2, width + wall, (depth + door_width) / 2)
    end = 2 * width + wall
    exits = [_exit("exit", (end, (depth - exit_width) / 2), (end, (depth + exit_width) / 2))]
    areas = [_area("first_room", first), _area("second_room", second), _area("door", door)]
    return _plan("two_rooms", shapely.union_all([first, door, second]), exits, areas)


def _plan(
    kind: str,
    ground: BaseGeometry,
    exits: Iterable[NamedShape],
    areas: Iterable[NamedShape],
    obstacles: Iterable[NamedShape] = (),
) -> City:
    """Return the city of a synthetic plan."""
    meta = {"source": f"synthetic {kind}", "licence": "none", "credit": "", "date": ""}
    return build_plan(name=kind, ground=ground, places=[*exits, *areas], obstacles=list(obstacles), meta=meta)


def _exit(name: str, start: tuple[float, float], end: tuple[float, float]) -> NamedShape:
    """Return an exit from one boundary point to another."""
    return NamedShape(name=name, kind="exit", shape=LineString([start, end]))


def _area(name: str, shape: BaseGeometry) -> NamedShape:
    """Return a named part of the ground."""
    return NamedShape(name=name, kind="area", shape=shape)


def _wall_exit(item: Mapping[str, Any], index: int, *, width: float, depth: float) -> NamedShape:
    """Return the exit line of one entry of ``exits``."""
    if not isinstance(item, Mapping):
        raise InvalidInputError(f"room exit {index} is {item!r}, but must be {{name, wall, centre, width}}")
    unknown = sorted(set(item) - {"name", "wall", "centre", "width"})
    if unknown:
        raise InvalidInputError(
            f"room exit {index}: unknown key '{unknown[0]}' (allowed: name, wall, centre, width)"
        )
    wall = item.get("wall", "east")
    if wall not in WALLS:
        raise InvalidInputError(f"room exit {index}: wall is {wall!r} (allowed: {', '.join(WALLS)})")
    length = width if wall in ("north", "south") else depth
    try:
        opening = float(item.get("width", min(1.2, length)))
        centre = float(item.get("centre", length / 2))
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"room exit {index}: centre and width must be numbers of metres") from error
    low, high = centre - opening / 2, centre + opening / 2
    if not (opening > 0 and low >= -ROUNDING_M and high <= length + ROUNDING_M):
        raise InvalidInputError(
            f"room exit {index}: an opening of {opening} m at {centre} m does not fit "
            f"in the {wall} wall of {length} m",
            hint="centre is measured along the wall from its west or south end",
        )
    low, high = max(round(low, 9), 0.0), min(round(high, 9), length)
    fixed = {"north": depth, "south": 0.0, "east": width, "west": 0.0}[wall]
    ends = [(low, fixed), (high, fixed)] if wall in ("north", "south") else [(fixed, low), (fixed, high)]
    return _exit(str(item.get("name", f"exit_{index}")), ends[0], ends[1])


def _as_list(exits: Any) -> list[Any]:
    """Return the exits as a list, or say what a list of exits looks like."""
    if isinstance(exits, (str, bytes, Mapping)) or not isinstance(exits, Iterable):
        raise InvalidInputError(
            f"room exits are {exits!r}, but must be a list of {{name, wall, centre, width}}"
        )
    return list(exits)


def _box(values: Sequence[float], index: int) -> BaseGeometry:
    """Return a box obstacle."""
    try:
        x0, y0, x1, y1 = (float(value) for value in values)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"room obstacle {index} is {values!r}, but must be [x0, y0, x1, y1] in metres"
        ) from error
    _require("room", x0 < x1 and y0 < y1, f"obstacle {index} has no area: {list(values)}")
    return box(x0, y0, x1, y1)


def _require_positive(kind: str, **lengths: float) -> None:
    """Refuse lengths that are not above zero."""
    for name, value in lengths.items():
        _require(kind, value > 0, f"{name} is {value} m, but must be above 0")


def _require(kind: str, holds: bool, message: str) -> None:
    """Raise when a condition on the parameters does not hold."""
    if not holds:
        raise InvalidInputError(f"synthetic map '{kind}': {message}")


def _require_distinct(names: list[str]) -> None:
    """Refuse two exits of one name."""
    for name in names:
        _require("room", names.count(name) == 1, f"two exits are named '{name}'")
