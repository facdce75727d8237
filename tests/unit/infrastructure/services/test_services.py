"""Levels, buffers, links and causes of a few assets, and the same after being restored."""

import dataclasses

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.services.build import Need, assemble_assets
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.world.assets import Order, Service

S = 1_000_000
KEY = np.array([1, 2], np.uint32)


def build(kinds, *needs):
    return Services(assemble_assets(kinds, needs), KEY)


def chain():
    """A feeder; a cell on it with a battery of 100 s; a camera that speaks over the cell and obeys a centre."""
    return build(
        {"feeder": "feeder", "cell": "cell", "camera": "camera", "centre": "control_centre"},
        Need(consumer="cell", providers=("feeder",), service=Service.POWER, buffer_s=100.0, refill_s=400.0),
        Need(consumer="camera", providers=("cell",), service=Service.TELECOM, level_without=1.0),
        Need(consumer="camera", providers=("centre",), service=Service.CONTROL, level_without=1.0),
    )


def tell(services, name, kind, value, at_s, **more):
    services.set_order(services.row(name), kind, value, at_us=int(at_s * S), **more)


def happened(changes):
    return [(change.at_us / S, change.kind, change.subject) for change in changes]


def level(services, name):
    return float(services.level[services.row(name)])


def test_a_battery_stands_in_and_runs_out_and_view_goes_with_it():
    services = chain()
    tell(services, "feeder", Order.DAMAGE, 3.0, 10, cause=42)
    assert services.next_event_us() == 10 * S
    changes = services.advance(10 * S)
    assert happened(changes) == [
        (10, "damaged", "feeder"),
        (10, "level_fell", "feeder"),
        (10, "buffer_in_use", "cell"),
    ]
    assert [change.cause for change in changes] == [42, -1, -1]
    assert [change.cause_in_batch for change in changes] == [-1, 0, 1]
    services.logged([100, 101, 102])
    assert services.next_event_us() == 110 * S
    assert services.stored_s(services.row("cell"), Service.POWER, 60 * S) == 50.0
    changes = services.advance(200 * S)
    assert happened(changes) == [
        (110, "buffer_empty", "cell"),
        (110, "level_fell", "cell"),
        (110, "view_lost", "camera"),
        (110, "control_lost", "camera"),
    ]
    assert changes[0].cause == 102  # the event that put it on its battery
    assert [change.cause_in_batch for change in changes] == [-1, 0, 1, 1]
    row = services.row("camera")
    assert np.isnan(services.states.reading[row]) and services.level[row] == 1.0
    services.logged([103, 104, 105, 106])
    assert services.states.cause[services.row("cell")] == 104
    assert services.states.since_us[services.row("cell")] == 110 * S
    assert services.states.unmet[services.row("cell")] == 1 << Service.POWER
    tell(services, "feeder", Order.REPAIRED, 0.0, 300)
    changes = services.advance(300 * S)
    assert ("level_rose", "cell") in [(change.kind, change.subject) for change in changes]
    assert services.states.has_view[row] == 1 and services.next_event_us() is None
    assert services.stored_s(services.row("cell"), Service.POWER, 500 * S) == 50.0  # half the time to fill


def test_a_battery_half_filled_lasts_half_as_long():
    services = chain()
    tell(services, "feeder", Order.SUPPLY, 0.0, 0)
    tell(services, "feeder", Order.SUPPLY, 1.0, 100)
    tell(services, "feeder", Order.SUPPLY, 0.0, 300)
    changes = services.advance(1000 * S)
    fell = [change.at_us for change in changes if change.kind == "level_fell" and change.subject == "cell"]
    assert fell == [350 * S]  # at 100 s it ends and is met again in one instant: it was never lacking


def test_what_is_commanded_without_control_is_done_when_control_is_back():
    services = chain()
    tell(services, "camera", Order.CONTROL, 0.0, 1)
    tell(services, "camera", Order.LEVEL, 0.0, 2, cause=7)
    changes = services.advance(3 * S)
    assert happened(changes) == [(1, "control_lost", "camera"), (2, "command_blocked", "camera")]
    assert level(services, "camera") == 1.0  # keeps its last state
    assert services.states.has_view[services.row("camera")] == 1  # view is another matter
    tell(services, "camera", Order.CONTROL, 1.0, 5)
    changes = services.advance(5 * S)
    assert happened(changes) == [(5, "control_restored", "camera"), (5, "level_fell", "camera")]
    assert level(services, "camera") == 0.0


def test_by_hand_needs_no_way_for_commands():
    services = chain()
    tell(services, "camera", Order.CONTROL, 0.0, 1)
    tell(services, "camera", Order.LEVEL, 0.25, 2, by_hand=True)
    services.advance(2 * S)
    assert level(services, "camera") == 0.25


def test_who_loses_its_commander_loses_control_but_not_view():
    services = chain()
    tell(services, "centre", Order.DAMAGE, 0.0, 1)
    changes = services.advance(1 * S)
    assert happened(changes)[-1] == (1, "control_lost", "camera")
    assert services.states.has_view[services.row("camera")] == 1


def test_a_false_reading_changes_no_level():
    services = chain()
    tell(services, "cell", Order.READING, 0.3, 1)
    services.advance(1 * S)
    row = services.row("cell")
    assert (services.states.reading[row], services.level[row]) == (0.3, 1.0)
    tell(services, "cell", Order.VIEW, 0.0, 2)
    services.advance(2 * S)
    assert np.isnan(services.states.reading[row])
    tell(services, "cell", Order.VIEW, 1.0, 3)
    tell(services, "cell", Order.READING, np.nan, 3)
    services.advance(3 * S)
    assert services.states.reading[row] == 1.0


def test_needs_are_drawn_once_for_each_asset_and_group():
    kinds = {f"cell_{k:03d}": "cell" for k in range(400)} | {"feeder": "feeder"}
    needs = [
        Need(consumer=name, providers=("feeder",), service=Service.POWER, probability=0.3)
        for name in kinds
        if name != "feeder"
    ]
    more = [dataclasses.replace(need, probability=0.6) for need in needs]
    felt = []
    for chosen in (needs, needs, more):
        services = build(kinds, *chosen)
        tell(services, "feeder", Order.DAMAGE, 0.0, 0)
        services.advance(0)
        felt.append(services.level < 1.0)
    assert np.array_equal(felt[0], felt[1])
    assert 90 < felt[0].sum() < 150 and 205 < felt[2].sum() < 275  # four standard deviations
    assert (felt[0] <= felt[2]).all()  # a higher chance only adds


def test_a_circle_holds_itself_until_a_battery_of_it_is_empty():
    services = build(
        {"exchange": "exchange", "substation": "substation"},
        Need(consumer="exchange", providers=("substation",), service=Service.POWER, buffer_s=50.0),
        Need(consumer="substation", providers=("exchange",), service=Service.TELECOM),
    )
    tell(services, "substation", Order.DAMAGE, 0.0, 0)
    services.advance(30 * S)
    tell(services, "substation", Order.REPAIRED, 0.0, 40)
    services.advance(40 * S)
    assert level(services, "substation") == 1.0
    tell(services, "substation", Order.DAMAGE, 0.0, 100)
    services.advance(200 * S)
    assert level(services, "exchange") == 0.0
    tell(services, "substation", Order.REPAIRED, 0.0, 300)
    services.advance(300 * S)
    # the greatest levels that agree: nothing but each other keeps them down
    assert (level(services, "substation"), level(services, "exchange")) == (1.0, 1.0)


def test_restored_in_the_middle_it_goes_on_the_same():
    def play(services, begin, end):
        seen = []
        for t in range(begin, end):
            tell(services, "feeder", Order.SUPPLY, float(t % 7 < 2), 30 * t)
            if t % 5 == 0:
                tell(services, "camera", Order.LEVEL, float(t % 2), 30 * t)
            seen += services.advance(30 * t * S)
            services.logged([0] * len(services._trace.changes))
        return seen

    unbroken, first = chain(), chain()
    whole = play(unbroken, 0, 40)
    part = play(first, 0, 17)
    tell(first, "feeder", Order.SUPPLY, 1.0, 30 * 17)  # an order that is still to come is state too
    second = chain()
    for table, saved in zip(second.tables, first.tables, strict=True):
        table.load(saved.columns)
    second.restored()
    assert part + play(second, 17, 40) == whole
    for a, b in zip(unbroken.tables, second.tables, strict=True):
        for name, values in a.columns.items():
            np.testing.assert_array_equal(values, b.columns[name], err_msg=f"{a.name}.{name}")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"threshold": 0.0}, "threshold is 0.0"),
        ({"level_without": 1.5}, "level_without is 1.5"),
        ({"buffer_s": -1.0}, "buffer_s is -1.0"),
        ({"probability": float("nan")}, "probability is nan"),
        ({"service": Service.FUEL}, "fuel without a tank"),
    ],
)
def test_needs_that_make_no_sense_are_refused(changed, message):
    need = Need(consumer="cell", providers=("feeder",), service=Service.POWER)
    with pytest.raises(InvalidInputError, match=message):
        build({"cell": "cell", "feeder": "feeder"}, dataclasses.replace(need, **changed))


def test_alternatives_that_differ_where_they_must_not_are_refused():
    assets = assemble_assets(
        {"cell": "cell", "a": "feeder", "b": "feeder"},
        [Need(consumer="cell", providers=("a", "b"), service=Service.POWER)],
    )
    needs = dataclasses.replace(assets.needs, buffer_s=np.array([1.0, 2.0]))
    with pytest.raises(InvalidInputError, match="buffer_s differs"):
        Services(dataclasses.replace(assets, needs=needs), KEY)


@pytest.mark.parametrize(
    ("name", "kind", "value", "at_s"),
    [("cell", Order.LEVEL, 1.2, 9), ("cell", Order.CONTROL, 0.5, 9), ("cell", Order.SUPPLY, 1.0, 1)],
)
def test_orders_that_cannot_be_taken_are_refused(name, kind, value, at_s):
    services = chain()
    services.advance(5 * S)
    with pytest.raises(InvalidInputError, match="order"):
        tell(services, name, kind, value, at_s)


def test_a_generator_runs_only_while_the_grid_fails_and_asks_for_fuel_at_half_a_tank():
    services = build(
        {"block": "feeder", "depot": "depot", "generator": "generator", "hospital": "hospital"},
        Need(consumer="hospital", providers=("generator", "block"), service=Service.POWER, buffer_s=10.0),
        Need(consumer="generator", providers=("depot",), service=Service.FUEL, buffer_s=1000.0),
    )
    tell(services, "block", Order.SUPPLY, 0.0, 100)
    tell(services, "block", Order.SUPPLY, 1.0, 200)
    tell(services, "block", Order.SUPPLY, 0.0, 300)
    changes = services.advance(1000 * S)
    assert [(change.at_us // S, change.kind) for change in changes if change.subject == "generator"] == [
        (100, "buffer_in_use"),
        (200, "buffer_spared"),
        (300, "buffer_in_use"),
        (700, "fuel_low"),
    ]
    assert services.states.on_buffer[services.row("generator")] == 1 << Service.FUEL
    tell(services, "generator", Order.FUELLED, 0.0, 1100)
    changes = services.advance(3000 * S)
    assert [(c.at_us // S, c.kind, c.subject) for c in changes if c.kind != "level_fell"] == [
        (1100, "refuelled", "generator"),
        (1600, "fuel_low", "generator"),
        (2100, "buffer_empty", "generator"),
        (2100, "buffer_in_use", "hospital"),
        (2110, "buffer_empty", "hospital"),
    ]
    tell(services, "generator", Order.FUELLED, 0.0, 4000)
    changes = services.advance(4000 * S)
    assert [change.kind for change in changes if change.subject == "hospital"] == [
        "buffer_spared",
        "level_rose",
    ]
    with pytest.raises(InvalidInputError, match="no tank"):
        tell(services, "hospital", Order.FUELLED, 0.0, 5000)
