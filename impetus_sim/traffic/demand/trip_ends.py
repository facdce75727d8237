"""Where the trips of a zone begin and end: the junctions inside it, by the people who live nearest to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.demand.zones import central_node, square_groups

POINT_REACH_M = 400.0
"""A zone that is a point takes the junctions nearer to it than to any other such zone, within this distance."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class TripEnds:
    """One zone.

    origin, goal: int64, junctions where its trips begin and end; origin_weight, goal_weight: float64, of each.
    """

    origin: Ints
    origin_weight: Floats
    goal: Ints
    goal_weight: Floats


def find_trip_ends(
    shapes: Sequence[shapely.Geometry], node_x: Floats, node_y: Floats, node_people: Floats, *, most: int
) -> list[TripEnds]:
    """Return the junctions of zones.

    Parameters
    ----------
    shapes
        Areas, or points for zones of which only the middle is known, m.
    node_people
        float64 (nodes,), people whose buildings are nearest to each junction. Where nobody lives in a zone its
        junctions count alike.
    most
        Destinations of all zones together, at least one for each.

    A zone without a junction has the one nearest to its middle.
    """
    middle = np.array([[shape.centroid.x, shape.centroid.y] for shape in shapes]).reshape(-1, 2)
    _, nearest = cKDTree(np.column_stack([node_x, node_y])).query(middle)
    found = []
    for k, inside in enumerate(find_inside(shapes, node_x, node_y)):
        members = inside if len(inside) else nearest[k : k + 1].astype(np.int64)
        if node_people[members].sum() > 0.0:
            members = members[node_people[members] > 0.0]
        found.append(_ends_of(members, node_x, node_y, node_people, most=max(1, most // len(shapes))))
    return found


def find_inside(shapes: Sequence[shapely.Geometry], x: Floats, y: Floats) -> list[Ints]:
    """Return which of some points lie in each zone; in a zone that is itself a point, those nearest to it.

    Parameters
    ----------
    shapes
        Areas, or points for zones of which only the middle is known, m.
    x, y
        float64 (points,), m.
    """
    is_point = np.array([shape.area == 0.0 for shape in shapes], bool)
    near_point = np.full(len(x), -1)
    if is_point.any():
        middle = [(shape.centroid.x, shape.centroid.y) for shape in shapes if shape.area == 0.0]
        distance, which = cKDTree(middle).query(np.column_stack([x, y]))
        near_point = np.where(distance <= POINT_REACH_M, np.flatnonzero(is_point)[which], -1)
    return [
        np.flatnonzero(near_point == k if is_point[k] else shapely.intersects_xy(shape, x, y))
        for k, shape in enumerate(shapes)
    ]


def _ends_of(members: Ints, x: Floats, y: Floats, people: Floats, *, most: int) -> TripEnds:
    weight = people[members] if people[members].sum() > 0.0 else np.ones(len(members))
    of_node = np.zeros(len(x))
    of_node[members] = weight
    groups = square_groups(members, x, y, most)
    return TripEnds(
        origin=members,
        origin_weight=weight,
        goal=np.array([central_node(group, x, y, of_node) for group in groups], np.int64),
        goal_weight=np.array([of_node[group].sum() for group in groups]),
    )


def draw_ends(
    zones: Mapping[str, TripEnds], origin_zone: Ints, goal_zone: Ints, draws: Floats
) -> tuple[Ints, Ints]:
    """Return the junctions where trips begin and end.

    Parameters
    ----------
    origin_zone, goal_zone
        int64 (trips,), positions in `zones`.
    draws
        float64 (trips, 4), uniforms of each trip; the first two are used.

    Raises
    ------
    InvalidInputError
        When the only junction of both ends is the same.
    """
    origin, goal = np.empty(len(draws), np.int64), np.empty(len(draws), np.int64)
    by_number, names = [*zones.values()], [*zones]
    for k, zone in enumerate(by_number):
        begins, ends = origin_zone == k, goal_zone == k
        origin[begins] = zone.origin[_choose(zone.origin_weight, draws[begins, 0])]
        goal[ends] = zone.goal[_choose(zone.goal_weight, draws[ends, 1])]
    for row in np.flatnonzero(origin == goal):
        # a trip has to be driven: the next other junction of the destination, or else of the origin
        others = by_number[goal_zone[row]].goal
        others = np.roll(others, -int(np.flatnonzero(others == goal[row])[0]))[1:]
        begins_elsewhere = by_number[origin_zone[row]].origin
        begins_elsewhere = begins_elsewhere[begins_elsewhere != goal[row]]
        if len(others):
            goal[row] = others[0]
        elif len(begins_elsewhere):
            origin[row] = begins_elsewhere[int(draws[row, 0] * len(begins_elsewhere))]
        else:
            raise InvalidInputError(
                f"trips from zone '{names[origin_zone[row]]}' to zone '{names[goal_zone[row]]}' would begin "
                "and end at one junction",
                hint="leave them out of the table, or draw the zones larger",
            )
    return origin, goal


def _choose(weight: Floats, draws: Floats) -> Ints:
    total = np.cumsum(weight)
    return np.searchsorted(total, draws * total[-1], side="right").clip(0, len(weight) - 1)
