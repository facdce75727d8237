"""Turn restrictions of OpenStreetMap on a crossing by hand: turns that are banned, and what is not used and why."""

from __future__ import annotations

import pytest

from impetus_sim.maps.build import build_city
from impetus_sim.maps.bundle import load_city, save_city
from impetus_sim.world.drive_network import build_drive_network

PLACES = {
    1: (0, 0), 2: (-200, 0), 3: (200, 0), 4: (0, 200), 5: (0, -200), 6: (200, 200), 7: (-200, 200), 8: (-200, -200),
    9: (200, -200), 10: (100, 0), 21: (-60, 30), 22: (-60, 60),
}  # fmt: skip
"""A crossing at 1, whose four arms (ways 12 to 15) meet in a square around it; node 10 is no junction."""
WAYS = {
    12: (2, 1), 13: (1, 10, 3), 14: (1, 4), 15: (5, 1), 20: (7, 4, 6), 21: (6, 3, 9), 22: (9, 5, 8), 23: (8, 2, 7),
}  # fmt: skip
EAST_ARM, NORTH_ARM, WEST_ARM, SOUTH_ARM = 13, 14, 12, 15


@pytest.fixture
def build(tmp_path):
    """Return a function from relations (tags, members) and more of ways to a city."""

    def town(relations, ways=None, oneway=()):
        lines = ['<osm version="0.6">']
        for node, (x, y) in PLACES.items():
            lat, lon = 60.0 + y / 111_000.0, 25.0 + x / 55_600.0
            lines.append(f'<node id="{node}" lat="{lat:.7f}" lon="{lon:.7f}" version="1"/>')
        for way, refs in (WAYS if ways is None else ways).items():
            lines.append(f'<way id="{way}" version="1">' + "".join(f'<nd ref="{ref}"/>' for ref in refs))
            lines.append('<tag k="highway" v="residential"/>')
            if way in oneway:
                lines.append('<tag k="oneway" v="yes"/>')
            lines.append("</way>")
        for k, (tags, members) in enumerate(relations):
            lines.append(f'<relation id="{k + 1}" version="1">')
            for role, ref in members:
                kind = "node" if ref < 12 else "way"
                lines.append(f'<member type="{kind}" ref="{ref}" role="{role}"/>')
            for key, value in ({"type": "restriction"} | tags).items():
                lines.append(f'<tag k="{key}" v="{value}"/>')
            lines.append("</relation>")
        path = tmp_path / "town.osm"
        path.write_text("\n".join([*lines, "</osm>"]))
        return build_city(path)

    return town


def turn(from_way, to_way, via=1):
    return [("from", from_way), ("via", via), ("to", to_way)]


def banned(city):
    """Return banned turns as (way before, way after), checked against the links of the network."""
    network = build_drive_network(city)
    before, after = network.banned_turns.T
    assert (network.to_node[before] == network.from_node[after]).all()
    return {(network.osm_ids[a], network.osm_ids[b]) for a, b in network.banned_turns}


def named(*pairs):
    return {(f"way/{a}", f"way/{b}") for a, b in pairs}


def report(city, kind="dropped"):
    return {
        row.detail.split(":")[0]: row.count for row in city.report if row.kind == f"{kind}_turn_restrictions"
    }


def test_no_bans_one_turn_and_only_all_others(build):
    city = build([({"restriction": "no_left_turn"}, turn(SOUTH_ARM, WEST_ARM))])
    assert banned(city) == named((SOUTH_ARM, WEST_ARM))
    assert report(city, "kept") == {"turn restrictions of the data that hold here, on 1 turns": 1}
    city = build([({"restriction": "only_straight_on"}, turn(SOUTH_ARM, NORTH_ARM))])
    # turning back is no longer allowed either
    assert banned(city) == named(*((SOUTH_ARM, arm) for arm in (WEST_ARM, EAST_ARM, SOUTH_ARM)))


def test_no_u_turn_and_several_ways_at_once(build):
    city = build([({"restriction": "no_u_turn"}, turn(EAST_ARM, EAST_ARM))])
    assert banned(city) == named((EAST_ARM, EAST_ARM))
    members = [("from", SOUTH_ARM), ("from", EAST_ARM), ("via", 1), ("to", WEST_ARM)]
    assert banned(build([({"restriction": "no_entry"}, members)])) == named(
        (SOUTH_ARM, WEST_ARM), (EAST_ARM, WEST_ARM)
    )


@pytest.mark.parametrize(
    ("tags", "members", "reason"),
    [
        ({"restriction": "no_left_turn"}, turn(SOUTH_ARM, WEST_ARM, 14), "via a way"),
        (
            {"restriction:conditional": "no_left_turn @ (07:00-09:00)"},
            turn(SOUTH_ARM, WEST_ARM),
            "at certain times",
        ),
        (
            {"restriction:hgv": "no_left_turn"},
            turn(SOUTH_ARM, WEST_ARM),
            "at certain times or for some vehicles",
        ),
        ({"restriction": "no_left_turn", "hour_on": "07:00"}, turn(SOUTH_ARM, WEST_ARM), "at certain times"),
        (
            {"restriction": "no_left_turn", "except": "bus;motorcar"},
            turn(SOUTH_ARM, WEST_ARM),
            "that exempt cars",
        ),
        ({"restriction": "give_way"}, turn(SOUTH_ARM, WEST_ARM), "of a kind that is not known"),
        (
            {"restriction": "no_left_turn"},
            [("from", SOUTH_ARM), ("to", WEST_ARM)],
            "of a kind that is not known",
        ),
        ({"restriction": "no_left_turn"}, turn(SOUTH_ARM, 99), "on ways that are not on the drive network"),
        (
            {"restriction": "no_left_turn"},
            turn(EAST_ARM, EAST_ARM, 10),
            "where no streets of the drive network meet",
        ),
        ({"restriction": "no_left_turn"}, turn(20, WEST_ARM), "against the direction"),
        ({"restriction": "no_left_turn"}, turn(WEST_ARM, 22, 5), "against the direction"),
        ({"restriction": "no_left_turn"}, turn(SOUTH_ARM, 20, 4), "against the direction"),
        ({"restriction": "no_left_turn"}, turn(NORTH_ARM, 20, 4), "cannot be told apart"),
    ],
)
def test_what_cannot_be_used_is_counted(build, tags, members, reason):
    city = build([(tags, members)])
    assert len(banned(city)) == 0 and report(city, "kept") == {}
    (found,) = report(city)
    assert reason in found


def test_a_street_one_way_the_other_way_is_no_turn(build):
    city = build([({"restriction": "no_left_turn"}, turn(SOUTH_ARM, WEST_ARM))], oneway=[WEST_ARM])
    (found,) = report(city)
    assert "against the direction" in found and len(banned(city)) == 0


def test_a_turn_that_is_the_only_way_is_kept(build):
    """The south arm is a dead end: were both turns out of it banned, nobody could leave it."""
    ways = {way: refs for way, refs in WAYS.items() if way != 22}
    bans = [({"restriction": "only_u_turn"}, turn(SOUTH_ARM, SOUTH_ARM))]
    city = build(bans, ways=ways)
    assert len(banned(city)) == 0
    (found,) = report(city)
    assert "without a way in or out" in found


def test_bans_are_kept_in_the_file_and_count_in_the_digest(build, tmp_path):
    city = build([({"restriction": "no_left_turn"}, turn(SOUTH_ARM, WEST_ARM))])
    free = build([])
    assert city.digest != free.digest
    save_city(city, tmp_path / "town.gpkg")
    again = load_city(tmp_path / "town.gpkg")
    assert again.digest == city.digest and banned(again) == banned(city)
    assert again.layers["drive_turns"]["osm_id"].tolist() == ["relation/1"]


def test_a_file_made_before_there_were_bans_is_read(build, tmp_path):
    import sqlite3

    city = build([])
    save_city(city, tmp_path / "town.gpkg")
    with sqlite3.connect(tmp_path / "town.gpkg") as base:
        base.execute("DROP TABLE drive_turns")
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            base.execute(f"DELETE FROM {table} WHERE table_name = 'drive_turns'")
    base.close()
    assert load_city(tmp_path / "town.gpkg").digest == city.digest
