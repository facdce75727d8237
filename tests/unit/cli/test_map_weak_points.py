"""`impetus map weak-points`: tables for people, and one JSON document with all rows."""

import json

from click.testing import CliRunner

from impetus_sim.cli.map import map_group


def test_tables_name_the_gravest_and_json_holds_all():
    done = CliRunner().invoke(map_group, ["weak-points", "helsinki_centre", "--top", "3"])
    assert done.exit_code == 0, done.output
    assert "restoration knots" in done.stdout and "single points of failure" in done.stdout
    done = CliRunner().invoke(map_group, ["weak-points", "helsinki_centre", "--buffers", "24 h", "--json"])
    found = json.loads(done.stdout)
    assert found["buffers_s"] == 86400.0
    assert all(knot["after_s"] <= 86400.0 for knot in found["restoration_knots"])
    people = [point["people"] for point in found["single_points"]]
    assert people == sorted(people, reverse=True) and len(people) > 3


def test_a_time_that_is_none_is_refused():
    done = CliRunner().invoke(map_group, ["weak-points", "helsinki_centre", "--buffers", "soon"])
    assert done.exit_code != 0
