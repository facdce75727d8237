"""Circles, shared providers that nobody named, single points of failure, and help that hangs on the helped."""

import json

import pytest

from impetus_sim.infrastructure.services.build import Need, assemble_assets
from impetus_sim.infrastructure.services.weak_points import find_weak_points
from impetus_sim.world.assets import Service

pytestmark = pytest.mark.slow

HOUR = 3600.0


@pytest.fixture
def found():
    """A feeder's breaker is switched over a cell or an exchange, both fed by that feeder's transformer."""
    assets = assemble_assets(
        {
            "feeder_1": "feeder",
            "transformer_1": "transformer",
            "cell_1": "cell",
            "exchange_1": "exchange",
            "controller_1": "controller",
            "hospital_1": "hospital",
            "generator_1": "generator",
            "depot_1": "depot",
            "block_1": "block",
        },
        [
            Need(consumer="transformer_1", providers=("feeder_1",), service=Service.POWER),
            Need(consumer="cell_1", providers=("transformer_1",), service=Service.POWER, buffer_s=4 * HOUR),
            Need(
                consumer="exchange_1", providers=("transformer_1",), service=Service.POWER, buffer_s=8 * HOUR
            ),
            Need(consumer="controller_1", providers=("cell_1", "exchange_1"), service=Service.TELECOM),
            Need(
                consumer="feeder_1", providers=("controller_1",), service=Service.CONTROL, level_without=1.0
            ),
            Need(consumer="hospital_1", providers=("transformer_1", "generator_1"), service=Service.POWER),
            Need(consumer="generator_1", providers=("depot_1",), service=Service.FUEL, buffer_s=24 * HOUR),
            Need(consumer="block_1", providers=("transformer_1",), service=Service.POWER),
        ],
        people={"block_1": 500.0, "hospital_1": 80.0},
    )
    return find_weak_points(assets)


def test_the_circle_is_found_and_holds_as_long_as_its_last_battery(found):
    (circle,) = found.circles
    assert circle.members == ("cell_1", "controller_1", "exchange_1", "feeder_1", "transformer_1")
    assert circle.services == ("power", "telecom", "control")
    assert circle.holds_s == 8 * HOUR


def test_the_feeder_cannot_be_switched_from_afar_once_the_exchange_is_dark(found):
    (knot,) = found.restoration_knots
    assert (knot.asset, knot.service, knot.providers) == ("feeder_1", "control", ("controller_1",))
    assert knot.after_s == 8 * HOUR


def test_two_ways_to_speak_hang_on_one_transformer_that_nobody_named(found):
    pairs = {(pair.consumer, pair.shared): pair for pair in found.shared_providers}
    pair = pairs["controller_1", "transformer_1"]
    assert (pair.alternatives, pair.service, pair.after_s) == (("cell_1", "exchange_1"), "telecom", 8 * HOUR)
    # a generator that runs dry leaves the hospital with nothing, after a day
    assert pairs["hospital_1", "feeder_1"].after_s == 24 * HOUR


def test_single_points_are_ranked_by_people_and_tell_who_did_not_declare_them(found):
    first = found.single_points[0]
    assert (first.asset, first.falls, first.people) == ("feeder_1", 7, 580.0)
    assert "hospital_1" in first.undeclared and "transformer_1" not in first.undeclared
    assert "cell_1" not in [point.asset for point in found.single_points]  # the exchange is enough


def test_tables_for_people_hold_the_same(found):
    tables = {title.partition(":")[0]: (columns, rows) for title, columns, rows in found.tables()}
    assert tables["restoration knots"][1] == [("feeder_1", "control", "controller_1", "8 h")]
    assert tables["single points of failure"][1][0] == ("feeder_1", "580", "7", "6")
    for columns, rows in tables.values():
        assert all(len(row) == len(columns) for row in rows)


def test_what_is_printed_as_json_holds_all_tables(found):
    printed = json.loads(json.dumps(found.to_dict()))
    assert [len(printed[name]) for name in ("circles", "restoration_knots")] == [1, 1]
    assert printed["single_points"][0]["asset"] == "feeder_1"
