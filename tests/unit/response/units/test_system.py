"""Units in runs: requests, care, hospitals, orders, restart."""

import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import ImpetusError, InvalidInputError
from impetus_sim.response.units.tables import Care, MissionStage, Stage
from impetus_sim.world.injuries import Severity

IMMEDIATE, DELAYED, MINOR = Severity.IMMEDIATE, Severity.DELAYED, Severity.MINOR


def begin(scenario, until, **more):
    simulation = Simulation(scenario, seed=3, check=True, **more)
    simulation.run_until(until)
    return simulation


def test_units_turn_out_drive_walk_and_triage(city_with_units, hurt, rows_of):
    simulation = begin(city_with_units(), 1.0)
    hurt(simulation, IMMEDIATE, DELAYED, MINOR)
    simulation.run_until(400.0)
    sent, arrived = rows_of(simulation, "unit_sent"), rows_of(simulation, "unit_arrived")
    assert [row["subject"] for row in sent] == ["amb_1", "amb_3"]
    assert all(row["response_s"] == pytest.approx(row["time_s"] - 2.0) for row in arrived)
    # 60 s to turn out, then 44 s for each of the four streets of the way
    assert arrived[0]["response_s"] > 60.0
    tags = {row["person"]: row["tag"] for row in rows_of(simulation, "casualty_triaged")}
    assert sorted(tags.values()) == ["delayed", "immediate", "minor"]
    for kind in ("unit_arrived", "casualty_found", "casualty_triaged"):
        assert all(row["causes"] for row in rows_of(simulation, kind))


@pytest.mark.slow
def test_the_badly_hurt_are_treated_first_and_taken_where_a_bed_is(city_with_units, hurt, rows_of):
    scenario = city_with_units(interventions__help={
        "kind": "send_units", "at": {"xy": [186, 186]}, "unit": "ambulance", "count": 1, "at_time": 2})  # fmt: skip
    simulation = begin(scenario, 1.0)
    hurt(simulation, DELAYED, IMMEDIATE, DELAYED)
    care = simulation.systems.units.casualties.table
    simulation.run_until(1.2)
    care.dies[:] = -1  # nobody dies meanwhile
    simulation.run_until(3600.0)
    treated = [row["person"] for row in rows_of(simulation, "casualty_treated")]
    assert care.tag[treated[0]] == IMMEDIATE and len(treated) >= 2
    taken = [row["hospital"] for row in rows_of(simulation, "casualty_at_hospital")]
    assert taken[:2] == ["east", "west"]  # one bed in the east, which is as near
    assert simulation.crowd.people.state[treated[0]] != 1  # no more on the ground
    assert len(simulation.world.injuries.carried) == len(rows_of(simulation, "casualty_loaded"))


def test_a_hospital_without_power_has_fewer_beds(city_with_units):
    simulation = Simulation(city_with_units(), seed=3)
    hospitals = simulation.systems.units.hospitals
    assert hospitals.usable().tolist() == [1, 20]
    assert hospitals.choose((372.0, 10.0)) == 0
    assert hospitals.choose((372.0, 10.0)) == 1
    assert hospitals.divert(1, (0.0, 372.0)) is None
    hospitals.beds.taken[0] = 2
    assert hospitals.divert(0, (372.0, 0.0)) == 1
    assert hospitals.beds.taken.tolist() == [1, 2]


@pytest.mark.slow
def test_who_is_not_treated_dies_and_treatment_in_time_saves(city_with_units, hurt, rows_of):
    simulation = begin(city_with_units(interventions={}), 1.0)
    hurt(simulation, *[IMMEDIATE] * 12)
    simulation.run_until(1.2)
    table = simulation.systems.units.casualties.table
    expected = (table.dies >= 0) & (table.dies <= simulation.world.ticks(3600.0))
    assert expected.any() and not expected.all()
    saved = int(expected.nonzero()[0][0])
    simulation.systems.units.casualties.stabilise(saved)
    assert table.dies[saved] == -1
    simulation.run_until(3600.0)
    assert (table.care == Care.DEAD).tolist() == [bool(e) and k != saved for k, e in enumerate(expected)]
    died = rows_of(simulation, "casualty_died")
    assert all(row["is_preventable"] and row["was"] == "waiting" for row in died)
    injured = simulation.world.injuries.injured
    assert (injured.severity == Severity.DEAD).sum() == len(died)


def test_orders_add_move_and_recall(city_with_units, rows_of):
    scenario = city_with_units(interventions={
        "more": {"kind": "add_units", "unit": "fire", "count": 2, "station": "north", "at_time": 10},
        "ahead": {"kind": "move_units", "unit": "police", "at": {"xy": [300, 300]}, "at_time": 10},
        "go": {"kind": "send_units", "unit": "fire", "at": {"xy": [186, 186]}, "at_time": 5, "recall_after": 50},
        "late": {"kind": "send_units", "unit": "police", "at": {"xy": [372, 300]}, "at_time": 300},
    })  # fmt: skip
    simulation = begin(scenario, 9.0)
    units = simulation.systems.units
    names = [one.name for one in units.roster.units]
    stage = dict(zip(names, units.fleet.work.stage.tolist(), strict=True))
    assert stage["more_1"] == Stage.ABSENT
    assert units.missions.table.stage.tolist() == [MissionStage.WAITING]
    simulation.run_until(40.0)
    assert units.fleet.work.stage[names.index("more_1")] == Stage.TURNOUT
    simulation.run_until(100.0)
    assert [row["subject"] for row in rows_of(simulation, "unit_recalled")] == ["more_1"]
    simulation.run_until(299.0)
    post = units.fleet.place(names.index("cops_1"))
    assert post == (300.0, 300.0)
    simulation.run_until(302.0)
    sent = rows_of(simulation, "unit_sent")[-1]
    assert sent["subject"] == "cops_1"  # nearer from its post
    assert units.fleet.work.stage[names.index("cops_1")] == Stage.DRIVING  # no turnout there


@pytest.mark.parametrize("at", [30.0, 180.0, 320.0])
def test_a_restored_run_goes_on_as_the_same(city_with_units, hurt, tmp_path, at):
    simulation = begin(city_with_units(), 1.0)
    hurt(simulation, IMMEDIATE, DELAYED, MINOR, IMMEDIATE)
    simulation.run_until(at)
    path = simulation.checkpoint(tmp_path / "mid.h5")
    simulation.run_until(500.0)
    other = Simulation.restore(path)
    other.run_until(500.0)
    assert other.digest.value == simulation.digest.value


def test_stopping_in_between_changes_nothing(city_with_units, hurt):
    whole, halting = (begin(city_with_units(), 1.0) for _ in range(2))
    for simulation in (whole, halting):
        hurt(simulation, IMMEDIATE, DELAYED)
    whole.run_until(200.0)
    for k in range(20, 2001, 37):
        halting.run_until(k / 10 + 0.03)
    halting.run_until(200.0)
    assert whole.systems.units.fleet.work.until.tolist() == halting.systems.units.fleet.work.until.tolist()
    assert len(whole.world.events) == len(halting.world.events)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"response__hospitals": {}}, "the map shows none"),
        ({"response__units": {"f": {"unit": "fire"}}}, "the map shows no fire station"),
        ({"response__units": {"f": {"unit": "fire", "station": "nowhere"}}}, "'nowhere' is not an entry"),
        ({"response__units": {}}, "the run has no units"),
    ],
)
def test_what_is_missing_is_named(city_with_units, change, message):
    with pytest.raises(ImpetusError) as error:
        Simulation(city_with_units(**change), seed=1)
    assert isinstance(error.value, InvalidInputError)
    assert message in str(error.value)
