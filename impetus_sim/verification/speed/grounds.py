"""The grounds of the bench: plans that grow with the number of people.

room: 2 people/m2, a door for each 500 people. plaza: 1 person/m2, 30 buildings, 4 exits. neck: 10 m x 10 m with
one neck of 1.2 m. Every door is 1.2 m wide in a wall of 0.5 m: JuPedSim's people all make for the middle of an
exit, ours for the nearest place of its line, so at wide exits the two would walk to different places.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import shapely
from shapely import LineString, box

from impetus_sim.maps.plan import NamedShape, build_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from impetus_sim.maps.city import City

DOOR_M = 1.2
WALL_M = 0.5
NECK_M = 2.0
NECK_PEOPLE = 150
AGREE_PEOPLE = {"room": 200, "plaza": 400, "neck": NECK_PEOPLE}
"""How many people walk until everybody is out, where outcomes are compared over seeds."""

Door = tuple[str, float]
"""Wall (north, south, east, west) and middle along it from its west or south end, m."""


def build_ground_plan(ground: str, n: int) -> City:
    """Return the plan of a ground for n people, who stand in its area ``room``."""
    return GROUNDS[ground](n)


def _room(n: int) -> City:
    side, n_doors = math.sqrt(n / 2.0), max(2, n // 500)
    walls = ("north", "south", "east", "west")
    doors = [(walls[k % 4], side * (k // 4 + 0.5) / len(range(k % 4, n_doors, 4))) for k in range(n_doors)]
    return _plan("room", side, doors)


def _plaza(n: int) -> City:
    side = math.sqrt(n / 0.75)  # the buildings take a quarter
    house_x, house_y = side / 12.0, side / 10.0
    street_x, street_y = side / 14.0, side / 12.0  # between buildings, and between them and the wall
    houses = []
    for k in range(30):
        x, y = street_x + (k % 6) * (house_x + street_x), street_y + (k // 6) * (house_y + street_y)
        houses.append(box(x, y, x + house_x, y + house_y))
    at_street = 2.0 * house_y + 2.5 * street_y
    doors = [("north", side / 2.0), ("south", side / 2.0), ("east", at_street), ("west", side - at_street)]
    return _plan("plaza", side, doors, houses)


def _neck(n: int) -> City:
    del n
    return _plan("neck", 10.0, [("east", 5.0)], wall_m=NECK_M)


def _plan(
    name: str,
    side: float,
    doors: list[Door],
    houses: list[shapely.Polygon] | None = None,
    wall_m: float = WALL_M,
) -> City:
    # A square room; each door is a passage through the wall with the exit at its outer end.
    room = box(0.0, 0.0, side, side)
    if houses:
        room = room.difference(shapely.union_all(houses))
    passages, exits = [], []
    for k, (wall, middle) in enumerate(doors):
        low, high = middle - DOOR_M / 2.0, middle + DOOR_M / 2.0
        inner, outer = (side, side + wall_m) if wall in ("north", "east") else (0.0, -wall_m)
        near, far = sorted((inner, outer))
        is_across = wall in ("north", "south")
        passages.append(box(low, near, high, far) if is_across else box(near, low, far, high))
        line = [(low, outer), (high, outer)] if is_across else [(outer, low), (outer, high)]
        exits.append(NamedShape(name=f"door_{k}", kind="exit", shape=LineString(line)))
    places = [*exits, NamedShape(name="room", kind="area", shape=room)]
    return build_plan(name=name, ground=shapely.union_all([room, *passages]), places=places)


GROUNDS: Mapping[str, Callable[[int], City]] = {"room": _room, "plaza": _plaza, "neck": _neck}
