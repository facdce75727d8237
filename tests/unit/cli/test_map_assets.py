"""`impetus map infrastructure --assets`: every asset that a scenario can name, with what it needs."""

import json

import pytest
from click.testing import CliRunner

from impetus_sim.cli.map import map_group
from impetus_sim.infrastructure.city import build_city_infrastructure
from impetus_sim.maps.load import open_city


@pytest.fixture(scope="module")
def assets():
    return build_city_infrastructure(open_city("helsinki_centre")).assets


def run(*options):
    done = CliRunner().invoke(map_group, ["infrastructure", "helsinki_centre", "--assets", *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_json_holds_every_asset_and_every_need(assets):
    rows = json.loads(run("--json"))["list"]
    assert [row["id"] for row in rows] == list(assets.ids)
    assert sum(len(row["needs"]) for row in rows) == len(assets.needs)
    first = assets.needs.consumer[0]
    assert rows[first]["needs"][0]["of"] == assets.ids[assets.needs.provider[0]]


def test_the_table_names_what_an_asset_needs(assets):
    (line,) = [line for line in run().splitlines() if line.split()[:1] == ["water_tank_1"]]
    assert "water of pumping_station_1" in line
