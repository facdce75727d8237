"""OD tables, zones and time profiles in scenario files: what is read, kept and refused."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pytest
import shapely

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.load import load_scenario
from impetus_sim.scenario.model import Scenario

HEAD = """\
title: Town
map: {synthetic: {kind: room, width: 30 m, depth: 20 m}}
time: {start: "2026-09-12 07:30", duration: 10 min}
crowd: {}
"""
TABLE = "origin,destination,trips,class,period\nb,a,3,,\na,b,1.5,truck,am\na,b,2,truck,am\nb,a,0,,\n"
ZONES = "{a: {box: [0, 0, 10, 10]}, b: {box: [10, 10, 20, 20]}}"


def _load(folder: Path, demand: str, *, table: str = TABLE, more: str = "") -> Scenario:
    (folder / "trips.csv").write_text(table)
    path = folder / "town.yaml"
    path.write_text(f"{HEAD}traffic:\n  demand:\n    morning: {demand}\n{more}")
    return load_scenario(path)


def test_table_is_kept_in_the_scenario_sorted_and_summed(tmp_path):
    demand = f"{{kind: od, table: trips.csv, zones: {ZONES}, periods: {{am: {{end: 5 min}}}}}}"
    scenario = _load(tmp_path, demand)
    rows = scenario.traffic.demand["morning"].rows
    assert [(r.origin, r.destination, r.kind, r.period, r.trips) for r in rows] == [
        ("a", "b", "truck", "am", 3.5),
        ("b", "a", "", "", 3.0),
    ]
    (tmp_path / "trips.csv").unlink()
    assert load_scenario_text(scenario, tmp_path).digest == scenario.digest


def load_scenario_text(scenario: Scenario, folder: Path) -> Scenario:
    path = folder / "again.yaml"
    path.write_text(scenario.to_text())
    return load_scenario(path)


def test_columns_of_gmns_are_known(tmp_path):
    scenario = _load(
        tmp_path,
        f"{{kind: od, table: trips.csv, zones: {ZONES}}}",
        table="o_zone_id,d_zone_id,volume\na,b,4\n",
    )
    assert scenario.traffic.demand["morning"].rows[0].trips == 4.0


def test_zones_from_files(tmp_path):
    areas = [shapely.box(10.0, 50.0, 10.1, 50.1), shapely.box(10.1, 50.0, 10.2, 50.1)]
    frame = geopandas.GeoDataFrame({"zone": [1.0, 2.0]}, geometry=areas, crs=4326)
    (tmp_path / "zones.geojson").write_text(frame.to_json())
    frame.to_crs(32632).to_file(tmp_path / "zones.gpkg", layer="quarters")
    table = "origin,destination,trips\n1,2,10\n"
    held = []
    for zones in ("zones.geojson", "{file: zones.gpkg, layer: quarters, property: zone}"):
        scenario = _load(tmp_path, f"{{kind: od, table: trips.csv, zones: {zones}}}", table=table)
        places = scenario.traffic.demand["morning"].zones
        assert list(places) == ["1", "2"]
        held.append([shapely.from_geojson(json.dumps(json.loads(place.drawn))) for place in places.values()])
    assert all(a.symmetric_difference(b).area < 1e-9 for a, b in zip(*held, strict=True))


def test_zones_left_out_are_names_on_the_map(tmp_path):
    scenario = _load(
        tmp_path, "{kind: od, table: trips.csv}", table="origin,destination,trips\nKluuvi,out,9\n"
    )
    assert [place.text for place in scenario.traffic.demand["morning"].zones.values()] == ["Kluuvi"]


@pytest.mark.parametrize(
    ("demand", "table", "said"),
    [
        (f"{{kind: od, table: no.csv, zones: {ZONES}}}", TABLE, "cannot read 'no.csv'"),
        (f"{{kind: od, table: trips.csv, zones: {ZONES}}}", "a,b\n1,2\n", "no column origin"),
        (
            f"{{kind: od, table: trips.csv, zones: {ZONES}}}",
            "origin,destination,trips\na,b,x\na,b,-1\n",
            "line 2: 'x' is not a number of trips; line 3",
        ),
        (
            f"{{kind: od, table: trips.csv, zones: {ZONES}}}",
            "origin,destination,trips,class\na,b,1,tram\n",
            "class 'tram'",
        ),
        (f"{{kind: od, table: trips.csv, zones: {ZONES}}}", "origin,destination,trips\na,b,0\n", "no trips"),
        (
            f"{{kind: od, table: trips.csv, zones: {ZONES}}}",
            "origin,destination,trips\na,c,1\n",
            "not among the zones: c",
        ),
        (f"{{kind: od, table: trips.csv, zones: {ZONES}}}", TABLE, "periods that are not given: am"),
        ("{kind: gravity, trips: 5, profile: [1, 2, 3]}", TABLE, "3 shares are given"),
        ("{kind: gravity, trips: 5, profile: [[5 min, 1], [2 min, 1]]}", TABLE, "do not rise"),
        ("{kind: gravity, trips: 5, end: 1 min, profile: [[5 min, 1]]}", TABLE, "nobody sets out"),
        ("{kind: gravity, trips: 5, daily: true, profile: peak}", TABLE, "profile of the day"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, demand, table, said):
    with pytest.raises(InvalidInputError) as caught:
        _load(tmp_path, demand, table=table)
    assert said in str(caught.value)
    assert "town.yaml:7" in str(caught.value)


def test_background_names_entries_of_the_demand(tmp_path):
    demand = "{kind: gravity, trips: 5}"
    more = "  background: {reduce_by: 60 %, start: 2 min, over: 3 min, of: morning}\n"
    assert _load(tmp_path, demand, more=more).traffic.background.of == ("morning",)
    with pytest.raises(InvalidInputError, match=r"'evening' is not an entry of traffic\.demand"):
        _load(tmp_path, demand, more=more.replace("of: morning", "of: [evening]"))
