"""Places on a city: names, coordinates, and what is said when they are not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.city import City
from impetus_sim.maps.layers import empty_layers, make_layer
from impetus_sim.scenario.load import check_files
from impetus_sim.scenario.places import locate, parse_place

X0, Y0 = 385_000.0, 6_672_000.0


@pytest.fixture(scope="module")
def city() -> City:
    """A square of 100 m with a street along its south, in UTM 35 N."""
    crs = "EPSG:32635"
    square = shapely.box(X0, Y0, X0 + 100, Y0 + 100)
    street = shapely.LineString([(X0 - 50, Y0), (X0 + 150, Y0)])
    far = shapely.box(X0 + 300, Y0, X0 + 310, Y0 + 10)
    layers = empty_layers(crs)
    layers["walkable"] = make_layer("walkable", {"kind": ["square"], "osm_id": ["way/7"]}, [square], crs=crs)
    layers["buildings"] = make_layer(
        "buildings", {"osm_id": ["way/9"]}, [shapely.MultiPolygon([far])], crs=crs
    )
    layers["walk_edges"] = make_layer(
        "walk_edges", {"name": ["Aleksanterinkatu; Alexandersgatan"], "osm_ids": ["11;12"]}, [street], crs=crs
    )
    layers["places"] = make_layer(
        "places",
        {
            "name": ["Senaatintori", "Kiosk"],
            "alt_names": ["Senate Square;Senatstorget", ""],
            "osm_id": ["way/7", "node/8"],
        },
        [square, far.centroid],
        crs=crs,
    )
    return City(name="helsinki", crs=crs, layers=layers)


@pytest.mark.parametrize(
    ("raw", "area", "length"),
    [
        ("Senaatintori", 10_000, 400),
        ("senate  SQUARE", 10_000, 400),
        ("way/7", 10_000, 400),
        ("Alexandersgatan", 0, 200),
        ("way/12", 0, 200),
        ({"xy": [X0, Y0]}, 0, 0),
        ({"box": [X0, Y0, X0 + 2, Y0 + 3]}, 6, 10),
        ({"line": [[X0, Y0], [X0 + 3, Y0 + 4]]}, 0, 5),
    ],
)
def test_forms(raw, area: float, length: float, city: City) -> None:
    shape = locate(parse_place(raw), city)
    assert shape.area == pytest.approx(area)
    assert shape.length == pytest.approx(length)
    assert parse_place(parse_place(raw).plain()) == parse_place(raw)


def test_degrees_and_circles(city: City) -> None:
    lon, lat = city.to_lonlat(X0 + 50, Y0 + 50)
    point = locate(parse_place([lon, lat]), city, walkable=True)
    assert (point.x, point.y) == pytest.approx((X0 + 50, Y0 + 50), abs=0.01)
    circle = locate(parse_place({"at": [lon, lat], "radius": "30 m"}), city)
    assert circle.area == pytest.approx(2827, rel=0.01)
    ring = [[lon, lat], [lon + 1e-4, lat], [lon + 1e-4, lat + 1e-4], [lon, lat]]
    drawn = parse_place({"geojson": {"type": "Polygon", "coordinates": [ring]}, "name": "stage"})
    assert locate(drawn, city).area == pytest.approx(31, rel=0.1)
    assert json.loads(drawn.plain()["name"].join('""')) == "stage"


@pytest.mark.parametrize(
    ("raw", "walkable", "part"),
    [
        ("Senatintori", False, "did you mean 'Senaatintori'?"),
        ("way/404", False, "is not on the map"),
        ({"xy": [0, 0]}, False, "outside the map 'helsinki'"),
        ([24.0, 61.0], False, "the map spans lon 24."),
        ("Kiosk", True, "not walkable: the nearest walkable ground is 205 m away"),
    ],
)
def test_what_is_not_there(raw, walkable: bool, part: str, city: City) -> None:
    with pytest.raises(InvalidInputError) as caught:
        locate(parse_place(raw), city, walkable=walkable)
    assert part in str(caught.value)


def test_places_of_files_are_checked_on_the_map(scenario_file: Path) -> None:
    assert check_files([scenario_file]) == []
    text = scenario_file.read_text().replace("box: [1, 1, 25, 15]", "box: [100, 100, 120, 120]")
    scenario_file.write_text(text.replace("exits: [north]", "exits: [norht]"))
    first, second = check_files([f"{scenario_file}:early"])
    assert (first.line, first.key) == (14, "crowd.populations.visitors.at")
    assert "outside the map 'room'" in first.message
    assert (second.line, second.nearest) == (17, "north")


def test_people_stand_inside_the_focus(scenario_file: Path) -> None:
    text = scenario_file.read_text()
    focus = "  focus: {at: {box: [26, 16, 29, 19]}}\n  step: 0.05 s"
    scenario_file.write_text(text.replace("  step: 0.05 s", focus))
    (problem,) = check_files([f"{scenario_file}:early"])
    assert (problem.line, problem.message) == (15, "'box 1, 1 to 25, 15 m' is outside the focus")


def test_an_unknown_map_is_a_fault(scenario_file: Path) -> None:
    text = scenario_file.read_text()
    room = "{synthetic: {kind: room, width: 30 m, depth: 20 m}}"
    scenario_file.write_text(text.replace(room, "helsinki_center"))
    (problem,) = check_files([f"{scenario_file}:early"])
    assert (problem.line, problem.nearest) == (2, "helsinki_centre")
    scenario_file.write_text(text.replace(room, "no.gpkg"))
    assert "there is no file 'no.gpkg'" in str(check_files([scenario_file])[0])
    scenario_file.write_text(text.replace("kind: room", "kind: roam"))
    assert "roam" in str(check_files([scenario_file])[0])
