"""A plume over people: who is hurt, that walls and distance help, and that a run can be cut anywhere."""

import numpy as np
import pytest
import shapely

from impetus_sim.arrays import Table
from impetus_sim.crowd.kernels.links import AT_HOME, WALKING
from impetus_sim.crowd.population import INSIDE, ON_LINK
from impetus_sim.engine.couplings.plumes import OUTDOORS, Shelters
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.injuries import Severity

WEATHER = {"weather": {"wind_speed": 1.0, "wind_from": 270, "stability": "F", "surroundings": "rural"}}
GAS = {"kind": "plume", "at": {"xy": [2, 4]}, "start": 1, "lasts": 12, "mass": 4, "substance": "chlorine"}


@pytest.fixture
def run(room, start):
    def go(until=20, *more, **changes):
        return start(room(WEATHER, {"hazards": {"gas": {**GAS, **changes}}}, *more), until=until)

    return go


def worst(simulation):
    injured = simulation.world.injuries.injured
    found = np.zeros(len(simulation.crowd.people), int)
    np.maximum.at(found, injured.person, injured.severity)
    return found


def test_who_stands_in_it_is_hurt_and_events_say_by_what(run, events_of):
    simulation = run()
    assert (worst(simulation) >= Severity.DELAYED).sum() > 5
    rows = events_of(simulation)
    release = next(row["id"] for row in rows if row["kind"] == "release")
    hurt = [row for row in rows if row["kind"] == "people_injured"]
    assert hurt and all(row["causes"] == [release] for row in hurt)
    assert "plumes_harm_people" in simulation.couplings
    assert set(simulation.world.injuries.injured.cause.tolist()) == {release}


def test_more_gas_hurts_the_same_people_at_least_as_badly(run):
    little, much = run(mass=1), run(mass=8)
    assert (worst(much) >= worst(little)).all()
    assert (worst(much) > worst(little)).any()


def test_buildings_shelter(run):
    everywhere = {"indoors": {"box": [0, 0, 12, 8]}}
    assert worst(run()).max() > worst(run(**everywhere)).max()


def test_upwind_nobody_is_hurt(room, start):
    against = {"weather": {**WEATHER["weather"], "wind_from": 90}}
    simulation = start(room(against, {"hazards": {"gas": {**GAS, "at": {"xy": [0.5, 4]}}}}), until=20)
    x = simulation.crowd.people.x
    assert not worst(simulation)[x > 6.0].any()


def test_people_at_home_are_in_the_nearest_building_unless_it_is_far(room, start):
    people = Table("crowd", 4, {"state": "u1"})
    people.state[:] = [ON_LINK, ON_LINK, INSIDE, ON_LINK]
    mode = np.array([AT_HOME, AT_HOME, AT_HOME, WALKING], np.uint8)
    houses = np.array([shapely.box(0, 0, 10, 10), shapely.box(100, 0, 110, 10)], object)
    world = start(room(WEATHER)).world
    shelters = Shelters(houses, world, [shapely.box(40, 40, 50, 50)], people=people, link_mode=mode)
    x, y = np.array([90.0, 205.0, 5.0, 5.0]), np.full(4, 5.0)
    assert shelters.box_of(np.arange(4), x, y).tolist() == [1, OUTDOORS, OUTDOORS, OUTDOORS]
    inside = np.array([45.0, 45.0, 45.0, 45.0])
    assert shelters.box_of(np.arange(4), inside, inside).tolist() == [2, 2, 2, 2]
    assert shelters.boxes.tolist() == [[5.0, 5.0, 1.5], [105.0, 5.0, 1.5], [45.0, 45.0, 1.5]]


def test_a_user_given_substance_is_the_named_one_with_its_numbers(run):
    numbers = {"molar_mass": 70.906, "exponent": 2.0, "probit_a": -8.29, "probit_b": 0.92}
    assert run(substance=numbers).digest.parts["exposure"] == run().digest.parts["exposure"]


@pytest.mark.parametrize("moment", [0.5, 1.0, 7.77, 13.0, 17.0])
def test_a_run_cut_in_the_middle_is_the_same(run, start, room, moment):
    scenario = room(WEATHER, {"hazards": {"gas": GAS}})
    whole = start(scenario, until=20)
    first = start(scenario, until=moment, city=whole.city)
    second = start(scenario, city=whole.city)
    second.take_over(first.capture())
    second.run_until(20)
    assert second.digest.value == whole.digest.value


def test_threads_do_not_change_it(room, start):
    scenario = room(WEATHER, {"hazards": {"gas": GAS}})
    digests = {start(scenario, until=20, threads=n).digest.value for n in (1, 2)}
    assert len(digests) == 1


def test_a_branch_may_add_a_release(room, start):
    plain, with_gas = room(WEATHER), room(WEATHER, {"hazards": {"gas": {**GAS, "start": 6}}})
    before = start(plain, until=5)
    branch = start(with_gas)
    branch.take_over(before.capture())
    branch.run_until(20)
    assert len(branch.world.injuries.injured)


def test_without_weather_it_is_refused(room, start):
    with pytest.raises(InvalidInputError, match="nothing is known of the wind"):
        start(room({"hazards": {"gas": GAS}}))


def test_a_run_without_one_has_none_of_its_tables(room, start):
    simulation = start(room(WEATHER), until=1)
    assert simulation.world.plumes is None and simulation.systems.exposure is None
