"""The grounds of the bench, as synthetic maps that grow with the number of people.

room: 2 people/m2, a door for each 500 people. plaza: 1 person/m2, 30 buildings, 4 exits. neck: 150 people and
one neck of 1.2 m, run until everybody is out.
"""

from __future__ import annotations

import math
from typing import Any

GROUNDS = ("room", "plaza")
NECK_PEOPLE = 150


def build_plan(ground: str, n: int) -> dict[str, Any]:
    """Return the synthetic map of a ground for n people."""
    return {"room": _room, "plaza": _plaza, "neck": _neck}[ground](n)


def _room(n: int) -> dict[str, Any]:
    side = math.sqrt(n / 2.0)
    width = 1.2 if n <= 1000 else 2.4 if n <= 5000 else 5.0
    exits, doors = [], max(2, n // 500)
    for k in range(doors):
        wall = ("north", "south", "east", "west")[k % 4]
        on_wall = len(range(k % 4, doors, 4))
        centre = side * (k // 4 + 0.5) / on_wall
        exits.append({"name": f"door_{k}", "wall": wall, "centre": centre, "width": width})
    return {"kind": "room", "width": side, "depth": side, "exits": exits}


def _plaza(n: int) -> dict[str, Any]:
    side = math.sqrt(n / 0.75)  # the buildings take a quarter
    house_x, house_y = side / 12.0, side / 10.0
    houses = []
    for k in range(30):
        x, y = side * (k % 6 + 0.5) / 6.0, side * (k // 6 + 0.5) / 5.0
        houses.append([x - house_x / 2.0, y - house_y / 2.0, x + house_x / 2.0, y + house_y / 2.0])
    width = min(10.0, side / 6.0)
    exits = [{"name": wall, "wall": wall, "width": width} for wall in ("north", "south", "east", "west")]
    return {"kind": "room", "width": side, "depth": side, "exits": exits, "obstacles": houses}


def _neck(n: int) -> dict[str, Any]:
    del n
    return {"kind": "bottleneck", "width": 10.0, "depth": 10.0, "neck_width": 1.2, "neck_length": 2.0}
