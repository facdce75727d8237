"""Cities built from tiny OSM files: what is there, what was repaired, and what is said to be absent."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.build import build_city
from impetus_sim.maps.layers import LAYERS


def test_small_town_has_every_layer_with_its_columns(small_town, tmp_path: Path) -> None:
    city = build_city(small_town.write(tmp_path / "town.osm"))
    assert set(city.layers) == set(LAYERS)
    for name, columns in LAYERS.items():
        assert list(city.layers[name].columns) == [*columns, "geometry"]
        assert not city.layers[name].isna().any().any()
    assert city.crs == "EPSG:32632"
    assert city.meta["credit"] == "© OpenStreetMap contributors (ODbL)"


def test_walkable_ground_is_square_and_streets_without_the_house(small_town, tmp_path: Path) -> None:
    city = build_city(small_town.write(tmp_path / "town.osm"))
    ground = city.layers["walkable"].union_all()
    house = city.layers["buildings"].union_all()
    square = city.layers["places"].query("name == 'Main Square'").geometry.iloc[0]
    assert ground.geom_type == "Polygon"
    assert ground.intersection(house).area == 0
    assert square.area == pytest.approx(3600, rel=0.01)
    assert ground.intersection(square).area == pytest.approx(square.area - house.area, rel=0.01)


def test_lanes_and_speed_come_from_tags_or_are_marked_guessed(town, tmp_path: Path) -> None:
    town.way([(0, 0), (200, 0)], highway="residential", lanes="4", maxspeed="20 mph")
    town.way([(0, 0), (0, 200)], highway="tertiary")
    town.way([(200, 0), (0, 200)], highway="primary", maxspeed="FR:urban")
    edges = build_city(town.write(tmp_path / "town.osm")).layers["drive_edges"].set_index("highway")
    assert set(edges.loc["residential", "lanes"]) == {2}
    assert set(edges.loc["residential", "speed_m_s"].round(3)) == {8.941}
    assert set(edges.loc["residential", "speed_source"]) == {"maxspeed"}
    assert set(edges.loc["tertiary", "lanes_source"]) == {"guessed"}
    assert set(edges.loc["tertiary", "speed_source"]) == {"guessed"}
    assert set(edges.loc["primary", "speed_source"]) == {"zone"}


def test_oneway_streets_have_one_direction_and_dead_ends_are_cut_off_with_a_reason(
    small_town, tmp_path: Path
) -> None:
    small_town.way([(0, 100), (0, 400)], highway="residential", oneway="yes", name="Way Out")
    small_town.way([(100, 100), (400, 100)], highway="residential", oneway="-1", name="Way In")
    city = build_city(small_town.write(tmp_path / "town.osm"))
    graph = nx.MultiDiGraph(
        list(zip(city.layers["drive_edges"]["u"], city.layers["drive_edges"]["v"], strict=True))
    )
    assert nx.is_strongly_connected(graph)
    cut = city.layers["drive_cut_off"].set_index("name")["reason"]
    assert cut["Way Out"].startswith("one-way out")
    assert cut["Way In"].startswith("one-way into")
    rows = [row.detail for row in city.report if row.kind == "cut_off_drive"]
    assert any("Way Out" in text for text in rows)


def test_missing_nodes_are_dropped_and_reported(small_town, tmp_path: Path) -> None:
    small_town.way([(100, 100), (100, 160)], missing=[991, 992], highway="residential", name="Cut Street")
    small_town.way([], missing=[993, 994], highway="residential")
    city = build_city(small_town.write(tmp_path / "town.osm"))
    assert city.report.find("dropped_missing_nodes").count == 4
    assert city.report.find("dropped_ways_without_nodes").count == 1
    assert "Cut Street" in set(city.layers["drive_edges"]["name"])


def test_small_gaps_between_streets_are_bridged(small_town, tmp_path: Path) -> None:
    small_town.way([(101, 50.0), (160, 50)], highway="residential", name="Almost")
    small_town.way([(100, 100), (160.5, 50.5)], highway="residential", name="Back")
    city = build_city(small_town.write(tmp_path / "town.osm"))
    assert city.report.find("bridged_drive_gaps").count == 2
    assert "Almost" in set(city.layers["drive_edges"]["name"])


def test_self_crossing_building_is_mended(small_town, tmp_path: Path) -> None:
    small_town.way([(110, 110), (120, 120), (120, 110), (110, 120), (110, 110)], building="yes")
    city = build_city(small_town.write(tmp_path / "town.osm"))
    assert city.report.find("mended_self_crossings").count == 1
    assert shapely.is_valid(city.layers["buildings"].geometry).all()


def test_multipolygon_square_with_a_hole_resolves_by_its_relation_id(small_town, tmp_path: Path) -> None:
    outer = [
        small_town.way([(110, 0), (170, 0), (170, 60)]),
        small_town.way([(170, 60), (110, 60), (110, 0)]),
    ]
    inner = small_town.box(130, 20, 150, 40)
    relation = small_town.relation(
        {outer[0]: "outer", outer[1]: "outer", inner: "inner"},
        place="square",
        name="Senaatintori",
        name__sv="Senatstorget",
    )
    city = build_city(small_town.write(tmp_path / "town.osm"))
    place = city.layers["places"].query("name == 'Senaatintori'").iloc[0]
    assert place["osm_id"] == f"relation/{relation}"
    assert "Senatstorget" in place["alt_names"].split(";")
    assert place.geometry.area == pytest.approx(3600 - 400, rel=0.01)


def test_wall_cuts_ground_and_gate_opens_it(town, tmp_path: Path) -> None:
    town.box(0, 0, 100, 100, leisure="park", name="Park")
    wall = [(50, -5), (50, 50), (50, 105)]
    town.way(wall, barrier="wall")
    town.way([(0, 0), (0, 100)], highway="footway")
    closed = build_city(town.write(tmp_path / "closed.osm"))
    town.node(50, 50, barrier="gate")
    town.texts = [t for t in town.texts if "wall" not in t]
    town.way(wall, barrier="wall")
    opened = build_city(town.write(tmp_path / "open.osm"))
    assert len(closed.layers["walkable"]) + len(closed.layers["walkable_cut_off"]) == 2
    assert len(opened.layers["walkable"]) + len(opened.layers["walkable_cut_off"]) == 1
    assert opened.report.find("kept_gates").count == 1


def test_passage_opens_a_building_and_joins_its_courtyard(town, tmp_path: Path) -> None:
    town.box(0, 0, 60, 30, highway="pedestrian", area="yes", name="Front")
    outer, inner = town.box(0, 30, 60, 90), town.box(20, 50, 40, 70)
    town.relation({outer: "outer", inner: "inner"}, building="apartments")
    town.box(20, 50, 40, 70, highway="pedestrian", area="yes", name="Court")
    town.way([(30, 15), (30, 30)], highway="footway")
    town.way([(30, 30), (30, 50)], highway="footway", tunnel="building_passage")
    city = build_city(town.write(tmp_path / "town.osm"))
    assert city.report.find("opened_buildings").count == 1
    assert len(city.layers["walkable"]) == 1
    assert city.layers["walkable"].intersection(city.layers["buildings"].union_all()).area.sum() == 0


def test_bridge_over_water_is_ground_and_tunnel_is_not(town, tmp_path: Path) -> None:
    town.box(0, 0, 100, 40, highway="pedestrian", area="yes")
    town.box(0, 60, 100, 100, highway="pedestrian", area="yes")
    town.box(-5, 40, 105, 60, natural="water")
    town.way([(20, 30), (20, 70)], highway="footway", bridge="yes", layer="1")
    town.way([(80, 30), (80, 70)], highway="footway", tunnel="yes", layer="-1")
    city = build_city(town.write(tmp_path / "town.osm"))
    ground = city.layers["walkable"].union_all()
    assert ground.geom_type == "Polygon"
    assert ground.intersects(_local_point(city, 20, 50))
    assert not ground.intersects(_local_point(city, 80, 50))


def test_short_underpass_joins_ground_and_flyover_does_not(town, tmp_path: Path) -> None:
    town.box(0, 0, 100, 40, highway="pedestrian", area="yes")
    town.box(0, 60, 100, 100, highway="pedestrian", area="yes")
    town.way([(20, 30), (20, 40)], highway="footway")
    town.way([(20, 40), (20, 60)], highway="footway", tunnel="yes", layer="-1")
    town.way([(70, 5), (70, 35)], highway="footway", bridge="yes", layer="1")
    town.way([(80, 40), (80, 60)], highway="footway", tunnel="yes", layer="-3")
    city = build_city(town.write(tmp_path / "town.osm"))
    assert city.layers["walkable"].union_all().geom_type == "Polygon"
    assert city.report.find("kept_bridges").count == 1
    assert city.report.find("excluded_flyovers").count == 1
    assert city.report.find("excluded_underground_ways").count == 1


def _local_point(city, x: float, y: float) -> shapely.Point:
    """Return a place of the tiny town in local metres of its city."""
    return shapely.Point(city.to_local(11.87 + x / 78_200, 45.40 + y / 111_140))


def test_storeys_and_people_say_where_they_come_from(small_town, tmp_path: Path) -> None:
    small_town.box(110, 0, 130, 20, building="office", height="12")
    small_town.box(110, 30, 130, 50, building="yes")
    small_town.box(110, 60, 130, 80, building="roof")
    buildings = build_city(small_town.write(tmp_path / "town.osm")).layers["buildings"]
    assert len(buildings) == 3
    by_use = buildings.set_index("use")
    assert by_use.loc["residential", "storeys"] == 4
    assert by_use.loc["office", "storeys"] == 4
    assert by_use.loc["office", "storeys_source"] == "height"
    assert by_use.loc["unknown", "storeys_source"].startswith("guessed")
    assert by_use.loc["office", "people_estimate"] == pytest.approx(400 * 4 * 4.0 / 92.9, rel=0.02)
    assert by_use["people_source"].str.startswith("FEMA P-58-1").all()


def test_absent_buildings_and_assets_are_said_not_invented(town, tmp_path: Path) -> None:
    town.way([(0, 0), (100, 0)], highway="residential")
    city = build_city(town.write(tmp_path / "town.osm"))
    assert len(city.layers["buildings"]) == 0
    assert len(city.layers["assets"]) == 0
    assert "none are invented" in city.report.find("absent_buildings").detail
    assert "hospital" in city.report.find("absent_assets").detail


def test_assets_keep_the_tag_they_came_from(small_town, tmp_path: Path) -> None:
    assets = build_city(small_town.write(tmp_path / "town.osm")).layers["assets"].set_index("kind")
    assert assets.loc["hospital", "tag"] == "amenity=hospital"
    assert assets.loc["hospital", "name"] == "Saint Luke"
    assert assets.loc["traffic_signals", "tag"] == "highway=traffic_signals"


def test_bbox_cuts_the_map(small_town, tmp_path: Path) -> None:
    path = small_town.write(tmp_path / "town.osm")
    box = (11.87, 45.40, 11.87 + 50 / 78_200, 45.40 + 50 / 111_140)
    city = build_city(path, bbox=box)
    assert city.layers["walkable"].area.sum() < build_city(path).layers["walkable"].area.sum()
    x0, y0, x1, y1 = city.layers["walkable"].total_bounds
    assert max(x1 - x0, y1 - y0) < 60
    with pytest.raises(InvalidInputError, match="holds no ways"):
        build_city(path, bbox=(1.0, 1.0, 1.1, 1.1))


def test_complete_ways_extract_is_cut_to_the_box_that_all_ways_reach(town, tmp_path: Path) -> None:
    for row in range(10):
        for column in range(10):
            x, y = 100.0 * column, 100.0 * row
            town.way([(x, y), (x + 100, y)], highway="residential")
            town.way([(x, y), (x, y + 100)], highway="residential")
    town.way([(500, 0), (500, -20_000)], highway="primary")
    city = build_city(town.write(tmp_path / "town.osm"))
    _, y0, _, y1 = city.meta["bbox_local"]
    assert y1 - y0 < 2_000
    assert "all ways reach" in city.report.find("area_of_map").detail


def test_same_file_gives_same_digest_and_another_order_of_ways_too(small_town, tmp_path: Path) -> None:
    first = build_city(small_town.write(tmp_path / "a.osm"))
    again = build_city(small_town.write(tmp_path / "b.osm"))
    assert first.digest == again.digest


def test_lonlat_round_trip(small_town, tmp_path: Path) -> None:
    city = build_city(small_town.write(tmp_path / "town.osm"))
    x, y = city.to_local(11.8705, 45.4005)
    assert np.allclose(city.to_lonlat(x, y), (11.8705, 45.4005), atol=1e-9)


def test_power_lines_are_cut_at_the_edge_and_keep_their_highest_voltage(small_town, tmp_path: Path) -> None:
    small_town.way([(20, 50), (400, 50)], power="line", voltage="20000;110000")
    small_town.way([(20, 60), (80, 60)], power="minor_line", voltage="400")
    small_town.way([(20, 70), (80, 70)], power="cable", voltage="high")
    lines = build_city(small_town.write(tmp_path / "town.osm")).layers["power_lines"].set_index("kind")
    assert sorted(lines.index) == ["cable", "line"]
    assert lines.loc["line", "voltage_kv"] == 110.0 and lines.loc["cable", "voltage_kv"] == 0.0
