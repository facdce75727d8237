"""Drawn plans: what features become, and errors that name the feature."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely.geometry import LineString, Polygon, box, mapping

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.sketch import load_sketch

LON, LAT, M_LON, M_LAT = 11.87, 45.40, 1 / 78_200, 1 / 111_140


def _feature(shape, role: str, name: str = "") -> dict:
    moved = mapping(shape)
    scale = lambda points: [(LON + x * M_LON, LAT + y * M_LAT) for x, y in points]  # noqa: E731
    coordinates = (
        [scale(ring) for ring in moved["coordinates"]]
        if moved["type"] == "Polygon"
        else scale(moved["coordinates"])
    )
    return {
        "type": "Feature",
        "properties": {"role": role, "name": name},
        "geometry": {"type": moved["type"], "coordinates": coordinates},
    }


def _write(tmp_path: Path, features: list[dict]) -> Path:
    path = tmp_path / "plan.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_plan_becomes_ground_obstacles_fences_exits_and_areas(tmp_path: Path) -> None:
    features = [
        _feature(box(0, 0, 50, 40), "walkable", "square"),
        _feature(box(10, 10, 20, 20), "obstacle", "stage"),
        _feature(LineString([(30, 5), (30, 35)]), "fence"),
        _feature(LineString([(0.3, 15), (0.3, 25)]), "exit", "west"),
        _feature(box(35, 10, 45, 30), "area", "crowd"),
    ]
    city = load_sketch(_write(tmp_path, features))
    ground = city.layers["walkable"].union_all()
    assert ground.area == pytest.approx(50 * 40 - 100 - 30 * 0.2, rel=0.02)
    places = city.layers["places"].set_index("name")
    assert places.loc["west", "kind"] == "exit"
    assert places.loc["west"].geometry.length == pytest.approx(10, rel=0.02)
    assert places.loc["west"].geometry.distance(ground.boundary) < 0.002
    assert {"crowd", "square"} <= set(places.index)
    assert len(city.layers["barriers"]) == 1
    assert city.crs == "EPSG:32632"


def test_self_crossing_polygon_is_mended_and_reported(tmp_path: Path) -> None:
    bow = Polygon([(0, 0), (40, 40), (40, 0), (0, 40)])
    city = load_sketch(_write(tmp_path, [_feature(bow, "walkable", "bow")]))
    assert city.report.find("mended_self_crossings").count == 1


@pytest.mark.parametrize(
    ("feature", "text"),
    [
        (_feature(box(0, 0, 1, 1), "garden", "x"), r"feature 1 \('x'\): role is 'garden'"),
        (_feature(box(0, 0, 1, 1), "exit", "gate"), r"feature 1 \('gate'\): role exit needs LineString"),
        (_feature(LineString([(0, 0), (0, 5)]), "exit", ""), "an exit needs a name"),
        (_feature(LineString([(20, 20), (20, 25)]), "exit", "inside"), "must lie on the edge"),
        (_feature(LineString([(9e9, 0), (0, 5)]), "fence", "far"), "longitude"),
        (_feature(LineString([(500_000, 0), (0, 5)]), "street", "wide"), "degrees"),
        ({"type": "Feature", "properties": {"role": "area"}, "geometry": None}, "nothing"),
        ({"type": "Feature", "properties": [], "geometry": {"type": "Nonsense"}}, "role is 'None'"),
        (7, "is not a GeoJSON Feature"),
        (_feature(box(0, 0, 5, 5), "area", "ground"), "feature 0"),
    ],
)
def test_errors_name_the_feature(tmp_path: Path, feature: object, text: str) -> None:
    ground = _feature(box(0, 0, 50, 40), "walkable", "ground")
    features = [ground, feature]
    if text == "feature 0":
        ground["properties"]["role"] = 5
    with pytest.raises(InvalidInputError, match=text):
        load_sketch(_write(tmp_path, features))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"type": "FeatureCollection", "features": []}', "\x89PNG", "[" * 9999]
)
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.geojson"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(InvalidInputError, match=r"plan\.geojson"):
        load_sketch(path)
