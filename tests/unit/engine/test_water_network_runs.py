"""The water network of an EPANET file under a city: pumps stop without power, taps run dry, exactly, and back."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError

TOWN_INP = """[TITLE]
one pump, one tank, two junctions

[JUNCTIONS]
 near 0 2
 far 0 1

[RESERVOIRS]
 lake 0

[TANKS]
 tower 25 1 0 2 0.6 0

[PIPES]
 main near far 500 200 100 0 Open
 riser far tower 100 200 100 0 Open

[PUMPS]
 lift lake near HEAD curve

[CURVES]
 curve 5 40

[TIMES]
 Duration 24:00
 Hydraulic Timestep 0:01

[OPTIONS]
 Units LPS
 Headloss H-W

[COORDINATES]
 near 0 0
 far 100 50
 lake -10 0
 tower 110 50

[END]
"""
DRY = {
    "time": {"duration": 300},
    "infrastructure": {},
    "hazards": {"cut": {"kind": "asset_failure", "assets": "feeder_1_1", "start": 10, "lasts": 140}},
}


@pytest.fixture(scope="module")
def inp(tmp_path_factory):
    """Return the path of a small network."""
    pytest.importorskip("wntr", reason="extra water")
    path = tmp_path_factory.mktemp("water") / "town.inp"
    path.write_text(TOWN_INP)
    return str(path)


@pytest.fixture(scope="module")
def scenario(room, inp):
    """Return a function that gives the scenario with some changes of its water."""
    return lambda **more: room(DRY, {"infrastructure": {"water": {"network": inp, **more}}})


@pytest.fixture(scope="module")
def dry(scenario, start):
    """Return a run in which the pump has no power from 10 to 150 s, at 220 s."""
    return start(scenario(), until=220.0)


def events(simulation):
    found = simulation.world.events
    return [
        (int(found.tick[k]) / 100.0, found.kind[k].decode(), found.subject[k].decode())
        for k in range(len(found))
    ]


def test_assets_of_the_file_lie_where_people_are(dry):
    assets = dry.world.assets
    assert {assets.ids[row] for row in assets.of_kind("pumping_station")} == {"pump_lift"}
    assert {assets.ids[row] for row in assets.of_kind("water_tank")} == {"tank_tower"}
    zones = assets.of_kind("water_zone")
    assert [assets.ids[row] for row in zones] == ["junction_far", "junction_near"]
    residents = assets.people[assets.of_kind("block")].sum()
    assert assets.people[zones].sum() == pytest.approx(residents)


def test_a_pump_without_power_stops_the_tank_runs_dry_and_taps_with_it(dry):
    """3 l/s from a tank with 0.28 m3 or a little more: dry within the 140 s."""
    said = events(dry)
    stopped = [t for t, kind, subject in said if kind == "pump_stopped" and subject == "pump_lift"]
    dry_at = [t for t, kind, subject in said if kind == "level_fell" and subject == "tank_tower"]
    out = [t for t, kind, subject in said if kind == "level_fell" and subject == "junction_far"]
    assert stopped and 10.0 <= stopped[0] <= 11.0
    assert dry_at and 100.0 < dry_at[0] < 150.0
    assert out and out[0] >= stopped[0]
    back = [t for t, kind, subject in said if kind == "pump_started" and subject == "pump_lift"]
    assert back and back[0] == pytest.approx(130.0)  # over the tie
    assert (dry.world.asset_states.level[dry.world.assets.of_kind("water_zone")] > 0.5).all()


def test_what_runs_dry_says_why(dry):
    found = dry.world.events
    (first,) = [
        k for k in range(len(found)) if found.kind[k] == b"level_fell" and found.subject[k] == b"junction_far"
    ][:1]
    kinds, event = [], first
    while True:
        kinds.append(found.kind[event])
        causes = found.causes[event].decode()
        if not causes:
            break
        event = int(causes.split(",")[0])
    assert kinds[-1] == b"assets_failed"


@pytest.mark.parametrize("moment", [11.0, 130.0])
def test_a_branch_replays_its_journal_and_goes_on_exactly(scenario, start, dry, moment):
    walking = start(scenario(), until=moment, city=dry.city)
    fresh = start(scenario(), city=dry.city)
    fresh.take_over(walking.capture())
    fresh.run_until(220.0)
    assert fresh.digest.parts == dry.digest.parts


def test_the_file_is_in_the_scenario(scenario, inp):
    from impetus_sim.scenario.load import read_scenario_text

    text = scenario().to_text()
    assert inp not in text
    assert read_scenario_text(text).digest == scenario().digest


@pytest.mark.slow
def test_who_gets_contaminated_water_and_until_when(scenario, start, dry):
    """2 g/s into 3 l/s at most is 0.67 g/l at the place, less behind the tank."""
    taint = {"at": "near", "kg_per_hour": 7.2, "start": 20, "lasts": 60, "limit": 10.0}
    quiet = scenario(contamination=taint).with_(hazards=None)
    simulation = start(quiet, until=220.0, city=dry.city)
    said = [entry for entry in events(simulation) if "contam" in entry[1] or entry[1] == "water_clean"]
    assert said[0][1:] == ("contamination_began", "junction_near")
    assert said[0][0] == pytest.approx(20.0, abs=0.011)
    over = [t for t, kind, subject in said if kind == "water_contaminated" and subject == "junction_near"]
    clean = [t for t, kind, subject in said if kind == "water_clean" and subject == "junction_near"]
    assert over and 20.0 <= over[0] <= 81.0
    assert clean and clean[0] > 79.0
    walking = start(quiet, until=70.0, city=dry.city)
    fresh = start(quiet, city=dry.city)
    fresh.take_over(walking.capture())
    fresh.run_until(220.0)
    assert fresh.digest.parts == simulation.digest.parts


def test_a_place_of_ones_own(scenario, start, dry):
    simulation = start(scenario(place={"scale": 0.1, "x": 1, "y": 2}), city=dry.city)
    assets = simulation.world.assets
    row = assets.row("junction_far")
    np.testing.assert_allclose([assets.x[row], assets.y[row]], [11.0, 7.0])


def test_a_pump_may_be_fed_from_elsewhere(scenario, start, dry):
    start(scenario(feeds={"lift": "transformer_1_1_1"}), city=dry.city)
    with pytest.raises(
        InvalidInputError, match="there is no transformer 'transformer_9' that feeds 'pump_lift'"
    ):
        start(scenario(feeds={"lift": "transformer_9"}), city=dry.city)
    with pytest.raises(InvalidInputError, match="the network has no pump 'raise'"):
        start(scenario(feeds={"raise": "transformer_1_1_1"}), city=dry.city)


def test_a_node_that_is_not_there(scenario, start, dry):
    with pytest.raises(InvalidInputError, match="the network has no node 'neat'"):
        start(scenario(contamination={"at": "neat", "kg_per_hour": 1, "limit": 1}), city=dry.city)


def test_a_fault_of_the_file_has_its_place(room, start, inp, tmp_path):
    bad = tmp_path / "bad.inp"
    bad.write_text(TOWN_INP.replace("main near far 500", "main near fat 500"))
    with pytest.raises(
        InvalidInputError, match=r"infrastructure.water.network: bad.inp:15:12: EPANET: Error 203"
    ):
        start(room(DRY, {"infrastructure": {"water": {"network": str(bad)}}}))


def test_without_the_toolkit_it_is_said_what_to_install(scenario, start, monkeypatch):
    from impetus_sim.infrastructure.water import library

    library.load_library.cache_clear()
    monkeypatch.setattr(library, "find_spec", lambda name: None)
    with pytest.raises(InvalidInputError, match="need the package wntr") as raised:
        start(scenario())
    assert "impetus_sim[water]" in raised.value.hint
