"""SUMO files of trips and routes: what is read, kept in the scenario, and refused with the line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.load import load_scenario
from impetus_sim.scenario.model import Scenario

TOWN = """\
title: Town
map: {synthetic: {kind: room, width: 30 m, depth: 20 m}}
time: {duration: 10 min}
crowd: {}
traffic:
  demand:
    sumo: {kind: sumo, file: FILE}
"""
FILE = """<?xml version="1.0"?>
<routes>
  <vType id="lorry" vClass="truck"><param key="a" value="b"/></vType>
  <vType id="bike" vClass="bicycle"/>
  <route id="r" edges="1 -2#1 3"/>
  <trip id="b" depart="12.5" from="1" to="-3#0" departLane="best"/>
  <trip id="a" depart="0:01:00" type="lorry" fromLonLat="24.94,60.17" toLonLat="24.95,60.171"/>
  <vehicle id="c" depart="3" route="r" type="bike"/>
  <vehicle id="d" depart="4"><route edges="7 8"/><stop lane="x" duration="9"/></vehicle>
  <flow id="f" begin="10" end="70" number="3" from="1" to="2"/>
  <flow id="g" end="1800" vehsPerHour="120" route="r"/>
  <flow id="h" begin="1:00:00:00" period="5" number="4" from="1" to="2"/>
</routes>
"""


def _load(folder: Path, text: str | bytes, *, name: str = "town.rou.xml") -> Scenario:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "town.yaml").write_text(TOWN.replace("FILE", name))
    return load_scenario(folder / "town.yaml")


def test_every_form_is_read(tmp_path):
    rows = {row.id: row for row in _load(tmp_path, FILE).traffic.demand["sumo"].rows}
    assert [*rows] == ["a", "b", "c", "d", "f", "g", "h"]
    assert (rows["a"].depart, rows["a"].kind, rows["a"].form) == (60.0, "truck", "lonlat")
    assert rows["a"].way == ("24.94", "60.17", "24.95", "60.171")
    assert (rows["b"].depart, rows["b"].kind, rows["b"].way) == (12.5, "car", ("1", "-3#0"))
    assert (rows["c"].kind, rows["c"].form, rows["c"].way) == ("bicycle", "route", ("1", "-2#1", "3"))
    assert rows["d"].way == ("7", "8")
    flows = [(rows[k].depart, rows[k].number, rows[k].period) for k in "fgh"]
    assert flows == [(10.0, 3, 20.0), (0.0, 60, 30.0), (86400.0, 4, 5.0)]


def test_the_resolved_scenario_needs_no_file(tmp_path):
    scenario = _load(tmp_path, gzip.compress(FILE.encode()), name="town.rou.xml.gz")
    (tmp_path / "town.rou.xml.gz").unlink()
    (tmp_path / "again.yaml").write_text(scenario.to_text())
    assert load_scenario(tmp_path / "again.yaml").digest == scenario.digest


def test_types_of_another_file_are_given_in_the_scenario(tmp_path):
    text = _of('<trip id="a" type="line 5" depart="1" from="1" to="2"/>')
    (tmp_path / "town.rou.xml").write_text(text)
    (tmp_path / "town.yaml").write_text(TOWN.replace("FILE", "town.rou.xml, types: {line 5: bus}"))
    scenario = load_scenario(tmp_path / "town.yaml")
    assert [row.kind for row in scenario.traffic.demand["sumo"].rows] == ["bus"]
    (tmp_path / "again.yaml").write_text(scenario.to_text())
    assert load_scenario(tmp_path / "again.yaml").digest == scenario.digest


def _of(element: str) -> str:
    return f"<routes>\n{element}\n</routes>"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE r [<!ENTITY a "x">]>\n<routes>&a;</routes>', "line 1: a document type"),
        ("<routes>\n<trip", "line 2: no valid XML"),
        ("<net/>", "line 1: <net> is not a list of trips"),
        (_of('<person id="a" depart="1"/>'), "line 2: <person> cannot be read"),
        (_of('<trip id="a" depart="1" from="1"/>'), "line 2: 'a' does not say from where to where"),
        (_of('<trip id="a" depart="1" fromXY="1,2" to="1"/>'), "line 2: 'a' has fromXY"),
        (_of('<trip id="a" depart="triggered" from="1" to="2"/>'), "line 2: depart='triggered'"),
        (_of('<trip id="a" depart="-1" from="1" to="2"/>'), "line 2: depart='-1'"),
        (_of('<trip id="a" depart="1" type="x" from="1" to="2"/>'), "types that it does not hold before: x"),
        (_of('<vehicle id="a" depart="1" route="x"/>'), "line 2: 'a' takes the route 'x'"),
        (_of('<trip id="a" depart="1" fromLonLat="200,1" toLonLat="1,1"/>'), "fromLonLat='200,1'"),
        (_of('<flow id="a" from="1" to="2" probability="0.1" end="9"/>'), "flow 'a' is not that of"),
        (_of('<flow id="a" from="1" to="2" number="3"/>'), "flow 'a' is not that of"),
        (_of('<flow id="a" from="1" to="2" period="exp(1)" end="9"/>'), "period='exp(1)'"),
        (_of('<trip id="a" depart="1" from="1" to="2"/>\n' * 2), "line 3: the id 'a' is there twice"),
        (_of('<trip depart="1" from="1" to="2"/>'), "line 2: <trip> without id"),
        (_of(""), "holds no trips"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_line(tmp_path, text, said):
    with pytest.raises(InvalidInputError) as caught:
        _load(tmp_path, text)
    assert said in str(caught.value)
    assert "town.yaml:7" in str(caught.value)


def test_a_missing_file_and_trucks_are_refused(tmp_path):
    _load(tmp_path, FILE)
    for key, said in (
        ("file: no.xml", "cannot read 'no.xml'"),
        ("trucks: 0.1, file: town.rou.xml", "classes stand"),
    ):
        (tmp_path / "town.yaml").write_text(TOWN.replace("file: FILE", key))
        with pytest.raises(InvalidInputError, match=said):
            load_scenario(tmp_path / "town.yaml")
