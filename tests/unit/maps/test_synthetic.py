"""Synthetic maps: areas, exits on the boundary, and parameters that make no map."""

from __future__ import annotations

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.layers import LAYERS
from impetus_sim.maps.synthetic import BUILDERS, build_synthetic


@pytest.mark.parametrize("kind", BUILDERS)
def test_exits_lie_on_the_boundary_of_connected_ground(kind: str) -> None:
    city = build_synthetic(kind)
    ground = city.layers["walkable"].union_all()
    exits = city.layers["places"].query("kind == 'exit'")
    assert set(city.layers) == set(LAYERS)
    assert ground.geom_type == "Polygon"
    assert len(exits) >= 1
    assert all(line.difference(ground.boundary).length < 1e-9 for line in exits.geometry)
    assert city.crs == ""


def test_areas_are_as_measured() -> None:
    assert build_synthetic("corridor", length=10, width=3).layers["walkable"].area.sum() == 30
    assert build_synthetic("room", width=30, depth=20).layers["walkable"].area.sum() == 600
    room = build_synthetic("room", width=10, depth=10, obstacles=[[4, 4, 6, 6]])
    assert room.layers["walkable"].area.sum() == 96
    assert len(room.layers["buildings"]) == 1


def test_room_exits_are_where_they_are_asked_for() -> None:
    exits = [{"name": "a", "wall": "north", "centre": 5, "width": 2}, {"name": "b", "wall": "west"}]
    places = build_synthetic("room", width=20, depth=10, exits=exits).layers["places"].set_index("name")
    assert places.loc["a"].geometry.bounds == (4, 10, 6, 10)
    assert places.loc["b"].geometry.bounds == pytest.approx((0, 4.4, 0, 5.6))


@pytest.mark.parametrize(
    ("kind", "parameters", "text"),
    [
        ("rooom", {}, "did you mean 'room'"),
        ("room", {"widht": 3}, "did you mean 'width'"),
        ("room", {"width": -1}, "must be above 0"),
        ("room", {"width": "wide"}, "must be a number"),
        ("room", {"width": float("nan")}, "must be a number"),
        ("room", {"exits": [{"wall": "up"}]}, "allowed: north, south, east, west"),
        ("room", {"exits": [{"wall": "east", "width": 99}]}, "does not fit"),
        ("room", {"exits": "east"}, "must be a list"),
        ("room", {"exits": [{"name": "a"}, {"name": "a", "wall": "west"}]}, "two exits"),
        ("bottleneck", {"neck_width": 50}, "at most depth"),
        ("grid_city", {"columns": 1.5}, "whole number"),
        ("grid_city", {"columns": 100_000}, "at most"),
    ],
)
def test_parameters_that_make_no_map_are_refused(kind: str, parameters: dict, text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        build_synthetic(kind, **parameters)


def test_grid_city_has_networks_and_people() -> None:
    city = build_synthetic("grid_city", columns=3, rows=2)
    assert len(city.layers["drive_edges"]) == 2 * (3 * 3 + 4 * 2)
    assert city.layers["buildings"]["people_estimate"].sum() > 0
    assert "square" in set(city.layers["places"]["name"])
