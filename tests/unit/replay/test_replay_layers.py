"""Everything that a recording holds is told: vehicles, units, states of things, fields, curves, panels, search."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from impetus_sim.replay.wire import NOT_THERE, decode_chunk


@pytest.fixture(scope="module")
def city_path(tmp_path_factory, write_city):
    return write_city(tmp_path_factory.mktemp("city") / "city.h5")


@pytest.fixture
def city(open_browser, city_path):
    return open_browser(city_path)


def window_of(city, kind, level=0, number=0):
    return decode_chunk(
        city.get(f"/api/r/a/chunk/{kind}/{level}/{number}").content, city.json("/api/r/a/meta")["box"]
    )


def facts_of(panel):
    return {fact["label"]: fact["value"] for fact in panel["facts"]}


def test_the_layers_are_those_that_the_run_has(city):
    meta = city.json("/api/r/a/meta")
    assert {kind: told["n"] for kind, told in meta["moving"].items()} == {
        "people": 6,
        "vehicles": 2,
        "units": 1,
    }
    assert [layer["name"] for layer in meta["layers"]] == [
        "people", "vehicles", "units", "smoke_extinction", "gates", "closed_streets", "signals", "phones", "cyber",
        "sensors",
    ]  # fmt: skip
    assert meta["start_clock"] == "14:00:00"
    lonlat = meta["lonlat"]
    assert lonlat["m_per_deg_lat"] == pytest.approx(110_600, rel=0.01)


def test_the_map_has_holes_exits_streets_and_places(city):
    told = city.json("/api/r/a/map")
    assert [len(ring) for ring in told["walkable"][0]] == [10, 10]
    assert told["exits"][0]["segments"] == [[40.0, 8.0, 40.0, 12.0]]
    assert [street["name"] for street in told["streets"]] == ["Long Street", "Long Street"]
    assert told["streets"][0]["points"] == [0.0, 30.0, 30.0, 30.0, 30.0, 50.0]
    assert told["places"][0]["id"] == "hospital:St. Mary"


def test_vehicles_are_on_their_links_and_units_where_they_were(city):
    vehicles = window_of(city, "vehicles")
    assert vehicles.ids.tolist() == [0]
    np.testing.assert_allclose(vehicles.x[:, 0], np.minimum(vehicles.times_s, 30.0), atol=0.01)
    np.testing.assert_allclose(vehicles.y[:, 0], 30.0, atol=0.01)
    units = window_of(city, "units")
    np.testing.assert_allclose(units.x[:, 0], 3.0 + units.times_s, atol=0.01)
    assert units.state[:, 0].tolist() == [0, 0, 0, 0, 0, 1, 1]


def test_somebody_who_came_back_is_the_same_person(city):
    window = window_of(city, "people", level=1)
    assert window.times_s.tolist() == [0.0, 10.0, 20.0, 30.0]
    assert (window.state[:, 5] != NOT_THERE).tolist() == [True, False, True, True]
    np.testing.assert_allclose(window.x[[0, 2, 3], 5], [10.0, 20.0, 25.0], atol=0.01)


def test_states_of_things_change_when_they_did(city):
    def changes(layer):
        track = city.json(f"/api/r/a/tracks/{layer}")
        names = [thing["id"] for thing in track["things"]]
        return [(t_s, names[k], track["states"][str(state)]["label"]) for t_s, k, state in track["changes"]]

    assert changes("gates") == [(0.0, "gate:north", "open"), (9.0, "gate:north", "shut")]
    assert changes("signals") == [(0.0, "signal_1", "works"), (8.0, "signal_1", "out")]
    assert changes("phones")[1] == (8.0, "cell_1", "works from its own supply")
    assert changes("cyber")[1] == (6.0, "controller_1", "in an attacker's hands")
    assert [row[2] for row in changes("closed_streets")] == ["open", "flooded", "open"]
    silent = [row for row in changes("sensors") if row[2].startswith("silent")]
    assert [t_s for t_s, _, _ in silent] == [20.0]
    assert changes("sensors")[-1] == (25.0, "sensor:door", "heard")
    door = city.json("/api/r/a/tracks/sensors")["things"][0]
    assert (door["angle"], door["spread"], door["reach"]) == (180.0, 90.0, 25.0)
    street = city.json("/api/r/a/tracks/closed_streets")["things"][0]
    assert street["shape"] == [30.0, 50.0, 30.0, 30.0, 0.0, 30.0]


def test_smoke_is_sent_in_steps_of_its_logarithm(city):
    def grid(t_s):
        data = city.get(f"/api/r/a/field/smoke_extinction?t={t_s}").content
        nx, ny, is_log = struct.unpack_from("<III", data, 4)
        x0, y0, cell, least, most = struct.unpack_from("<5d", data, 16)
        assert (nx, ny, is_log, x0, y0, cell) == (20, 10, 1, 0.0, 0.0, 2.0)
        q = np.frombuffer(data, np.uint8, offset=56)
        return np.where(q > 0, least * (most / least) ** (q / 255.0), 0.0)

    assert grid(5.0).max() == 0.0
    np.testing.assert_allclose(grid(12.0), 0.2, rtol=0.02)
    np.testing.assert_allclose(grid(30.0), 3.0, rtol=0.02)
    assert city.get("/api/r/a/field/nothing").status_code == 422


def test_curves_hold_what_was_counted(city):
    series = {one["name"]: one for one in city.json("/api/r/a/series")["series"]}
    assert series["inside"]["y"][9:11] == [6.0, 5.0]
    assert series["injured"]["t"] == [0.0, 12.0] and series["injured"]["y"] == [0.0, 3.0]
    assert series["exposed"]["t"] == [15.0] and series["exposed"]["y"] == [6.0]
    assert series["aware"]["y"][-1] == 1.0
    assert series["delay"]["y"][-1] == pytest.approx(30.0 / 3600.0)


def test_events_stand_in_their_lanes(city):
    events = city.json("/api/r/a/events")
    lanes = {event["kind"]: event["group"] for event in events}
    assert lanes["attack_began"] == lanes["asset_attacked"] == "cyber"
    assert lanes["asset_out"] == "infrastructure" and lanes["people_injured"] == "people"
    assert lanes["unit_sent"] == "response" and lanes["street_flooded"] == "traffic"
    assert events[1]["causes"] == [0] and events[1]["effects"] == 1 and events[0]["x"] is None


def test_a_person_is_told_with_what_led_to_it(city):
    panel = city.json("/api/r/a/agent/people/2?t=14")
    facts = facts_of(panel)
    assert (facts["group"], facts["state"], facts["speed"]) == ("market visitors", "standing", 0.5)
    assert facts["became aware at"] == 7.0
    assert [step["event_id"] for step in panel["chain"]] == [0, 1]
    assert (panel["x"], panel["y"]) == (14.0, 10.0)
    before = city.json("/api/r/a/agent/people/2?t=5")
    assert before["chain"] == [] and "became aware at" not in facts_of(before)
    out = city.json("/api/r/a/agent/people/5?t=12")
    assert out["x"] is None
    assert 12.0 not in out["track"]["t"] and out["track"]["t"][-1] == 30.0


def test_vehicles_units_and_things_are_told(city):
    bus = city.json("/api/r/a/agent/vehicles/1?t=14")
    assert facts_of(bus)["kind"] == "bus" and facts_of(bus)["state"] == "not on the map"
    unit = city.json("/api/r/a/agent/units/0?t=26")
    assert facts_of(unit)["state"] == "driving" and [step["event_id"] for step in unit["chain"]] == [0, 5, 7]
    signal = city.json("/api/r/a/asset/signal_1?t=10")
    assert facts_of(signal)["state"] == "out, since 8 s" and facts_of(signal)["gives"] == 0
    assert [step["event_id"] for step in signal["chain"]] == [0, 1, 2]
    assert city.json("/api/r/a/asset/signal_1?t=7")["chain"] == []
    assert facts_of(city.json("/api/r/a/asset/cell_1?t=9"))["lacks"] == "power"
    door = facts_of(city.json("/api/r/a/asset/sensor:door?t=12"))
    assert door["people in view at 10 s"] == 10.0
    assert facts_of(city.json("/api/r/a/asset/hospital:St.%20Mary?t=3"))["beds taken by the injured"] == 2
    assert city.get("/api/r/a/asset/nothing").status_code == 422
    assert city.get("/api/r/a/agent/people/99").status_code == 422


@pytest.mark.parametrize(
    ("query", "kind", "name"),
    [
        ("person 3", "people", "3"),
        ("vehicle 1", "vehicles", "1"),
        ("ambulance", "units", "0"),
        ("signal", "asset", "signal_1"),
        ("mary", "asset", "hospital:St. Mary"),
        ("long str", "street", "Long Street"),
        ("EAST", "exit", "0"),
        ("gate north", "asset", "gate:north"),
    ],
)
def test_things_are_found_by_name_or_number(city, query, kind, name):
    found = city.json(f"/api/r/a/find?q={query}&t=10")
    assert (found[0]["kind"], found[0]["id"]) == (kind, name)
    assert len(city.json("/api/r/a/find?q=e")) <= 20
    assert city.json("/api/r/a/find?q=") == []
