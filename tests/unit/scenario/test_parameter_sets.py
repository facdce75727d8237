"""Named sets of parameters: what they give, what goes before them, and changing from one to the other."""

import json

import pytest

from impetus_sim.errors import InvalidFilesError, InvalidInputError
from impetus_sim.scenario.load import change_recorded, read_scenario_text
from impetus_sim.scenario.parameter_sets import SETS


def scenario(**crowd):
    return read_scenario_text(
        json.dumps(
            {
                "title": "room",
                "map": {"synthetic": {"kind": "room"}},
                "time": {"duration": 10},
                "crowd": {"populations": {"all": {"count": 3, "at": "room"}}, **crowd},
            }
        )
    )


def test_design_is_the_default():
    assert scenario().digest == scenario(parameters="design").digest
    assert scenario().crowd.door_capacity == 1.3


def test_laboratory_gives_model_profiles_and_settings():
    crowd = scenario(parameters="laboratory").crowd
    wanted = SETS["laboratory"]
    assert crowd.model.kind == wanted.model["kind"]
    assert crowd.door_capacity == wanted.settings["door_capacity"]
    assert crowd.profiles["adult"] == wanted.profiles["adult"]
    assert crowd.profiles["adult"].time_gap != scenario().crowd.profiles["adult"].time_gap


def test_what_the_scenario_says_goes_before_the_set():
    crowd = scenario(
        parameters="laboratory",
        door_capacity=1.5,
        model={"kind": "collision_free_speed", "range": 0.15},
        profiles={"adult": {"radius": 0.21}},
    ).crowd
    assert crowd.door_capacity == 1.5
    assert crowd.model.range == 0.15
    assert crowd.model.strength == 8.0  # of another kind than the set's: that model's own defaults
    assert crowd.profiles["adult"].radius == 0.21
    assert crowd.profiles["adult"].time_gap == SETS["laboratory"].profiles["adult"].time_gap


@pytest.mark.parametrize("name", ["design", "laboratory"])
def test_resolved_text_reads_back_to_itself(name):
    given = scenario(parameters=name)
    assert json.loads(given.to_text())["crowd"]["parameters"] == name
    assert read_scenario_text(given.to_text()).digest == given.digest


def test_changing_the_set_changes_all_that_came_from_it():
    own = {"profiles": {"slow": {"desired_speed": 0.8}}, "door_capacity": 1.5}
    changed = scenario(**own).with_(**{"crowd.parameters": "laboratory"})
    assert changed.digest == scenario(parameters="laboratory", **own).digest
    assert changed.with_(**{"crowd.parameters": "design"}).digest == scenario(**own).digest


def test_unknown_set_is_refused_with_the_names():
    with pytest.raises(InvalidFilesError, match="design, laboratory"):
        scenario(parameters="labratory")


def test_a_branch_keeps_its_set():
    with pytest.raises(InvalidInputError, match="their set is 'design'"):
        change_recorded(scenario(), overrides=["crowd.parameters=laboratory"])
