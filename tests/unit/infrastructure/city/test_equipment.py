"""Equipment filled up to one for so many people: numbers, places, marks, the scenario's words."""

import numpy as np
import pytest

from impetus_sim.engine.build_infrastructure import city_spec
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city import CitySpec, build_city_infrastructure
from impetus_sim.infrastructure.city.equipment import TYPICAL_PEOPLE
from impetus_sim.scenario.infrastructure import Density, Infrastructure
from impetus_sim.scenario.load import read_scenario_text

DENSE = CitySpec(
    transformer_people=60.0,
    cell_people=300.0,
    people_for_each={"camera": 40.0, "siren": 300.0, "sign": 250.0, "petrol_station": 700.0},
)
CAMERA = ("camera", "man_made=surveillance", 200.0, 118.0)


def test_devices_are_filled_up_to_the_number_asked_for(draw_town):
    town = draw_town(columns=4, rows=4, places=[CAMERA])
    built = build_city_infrastructure(town, DENSE)
    people = float(built.parts.premises.people.sum())
    for kind, each in DENSE.people_for_each.items():
        assert len(built.assets.of_kind(kind)) == round(people / each)
    cameras = built.assets.of_kind("camera")
    assert built.assets.is_mapped[cameras].sum() == 1
    assert built.assets.basis[cameras[1]] == "rule: one for 40 people, where people are"
    assert any("cameras are synthetic, one for 40 people" in finding for finding in built.findings)


def test_nothing_is_made_unless_it_is_asked_for(draw_town):
    built = build_city_infrastructure(draw_town(columns=4, rows=4, places=[CAMERA]))
    assert len(built.assets.of_kind("camera")) == 1
    assert not len(built.assets.of_kind("sign")) and not len(built.assets.of_kind("siren"))


def test_more_on_the_map_than_asked_for_stay(draw_town):
    many = [("siren", "emergency=siren", 10.0 * k, 100.0) for k in range(20)]
    spec = CitySpec(people_for_each={"siren": 10_000.0})
    built = build_city_infrastructure(draw_town(columns=4, rows=4, places=many), spec)
    assert len(built.assets.of_kind("siren")) == 20
    assert built.assets.is_mapped[built.assets.of_kind("siren")].all()


def test_a_mapped_device_takes_the_place_of_the_nearest(draw_town):
    without = build_city_infrastructure(draw_town(columns=4, rows=4), DENSE).parts.equipment["siren"]
    siren = ("siren", "emergency=siren", float(without.x[2]) + 5.0, float(without.y[2]))
    town = draw_town(columns=4, rows=4, places=[siren])
    again = build_city_infrastructure(town, DENSE).parts.equipment["siren"]
    assert len(again) == len(without)
    kept = np.delete(np.arange(len(without)), 2)
    assert again.x[again.map_row < 0].tolist() == without.x[kept].tolist()


def test_no_transformer_has_more_people_than_asked_for(draw_town):
    built = build_city_infrastructure(draw_town(columns=4, rows=4), DENSE)
    at_point = np.bincount(
        built.parts.graph.nearest(built.parts.premises.x, built.parts.premises.y),
        built.parts.premises.people,
    )
    most = max(60.0, float(at_point.max()))
    assert built.assets.people[built.assets.of_kind("block")].max() <= most + 1e-9
    assert len(built.assets.of_kind("block")) > len(
        build_city_infrastructure(draw_town(columns=4, rows=4)).assets.of_kind("block")
    )


@pytest.mark.parametrize("rules", [{"camera": 0.0}, {"camera": float("nan")}])
def test_impossible_numbers_are_refused(rules):
    with pytest.raises(InvalidInputError, match="people_for_each"):
        CitySpec(people_for_each=rules)


def test_a_scenario_says_how_many():
    section = Infrastructure(density={"camera": 84, "cell": "typical"})
    spec = city_spec(section.density)
    assert spec.people_for_each == {"camera": 84.0}
    assert spec.cell_people == TYPICAL_PEOPLE["cell"] and spec.transformer_people is None
    assert city_spec(Infrastructure(density="typical").density).people_for_each["sign"] == 3_500.0
    assert city_spec(Density()) == CitySpec()


def test_words_that_are_no_number_are_refused_once():
    text = """
title: t
map: {synthetic: {kind: room}}
crowd: {populations: {a: {count: 5}}}
infrastructure: {density: {camera: typicl}}
"""
    with pytest.raises(InvalidInputError) as caught:
        read_scenario_text(text)
    assert str(caught.value).count("density.camera") == 1
    assert "typical, or a number from 1" in str(caught.value)
