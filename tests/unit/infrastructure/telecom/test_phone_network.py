"""Phones in time: people over cells, congestion, alerts by broadcast and by message, restart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.telecom.alerts import AlertBy
from impetus_sim.infrastructure.telecom.phone_network import PhoneNetwork
from impetus_sim.infrastructure.telecom.rules import PhoneRules

S = 1_000_000


def row_of_cells(n=4, *, lines=74, rules=None, people=2000.0):
    """Cells 1 km apart with 1.2 km of reach, and people at each of them."""
    x = 1000.0 * np.arange(n)
    net = PhoneNetwork(
        tuple(f"cell_{k + 1}" for k in range(n)), x, np.zeros(n), np.full(n, 1200.0), np.full(n, lines), rules
    )
    net.place_people(x, np.zeros(n), np.full(n, people), at_us=0)
    return net


def kinds(changes):
    return [(change.kind, change.subject) for change in changes]


def test_people_of_a_dead_cell_go_to_the_next_in_reach():
    net = row_of_cells()
    net.set_level(0, 0.0, cause=7, at_us=S)
    changes = net.advance(2 * S)
    assert net.cells.people.tolist() == [0.0, 4000.0, 2000.0, 2000.0]
    assert changes[0].kind == "cell_lost" and changes[0].cause == 7 and changes[0].data == {"people": 2000.0}
    net.set_level(1, 0.0, cause=8, at_us=3 * S)
    net.advance(3 * S)
    # the first place is 2 km from the next cell that works
    assert net.cells.people.tolist() == [0.0, 0.0, 4000.0, 2000.0] and net.people_out_of_reach == 2000.0
    assert net.cells_at(np.array([0.0, 1000.0]), np.zeros(2)).tolist() == [-1, 2]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 30), st.integers(0, 200))
def test_nobody_is_lost_or_counted_twice(seed, n_cells, n_places):
    random = np.random.default_rng(seed)
    x, y = random.uniform(0, 3000, (2, n_cells))
    net = PhoneNetwork(
        tuple(f"cell_{k}" for k in range(n_cells)),
        x,
        y,
        random.uniform(200, 1500, n_cells),
        random.integers(1, 90, n_cells),
    )
    px, py = random.uniform(0, 3000, (2, n_places))
    people = random.integers(0, 50, n_places).astype(float)
    net.place_people(px, py, people, at_us=0)
    for step in range(1, 6):
        for cell in np.flatnonzero(random.random(n_cells) < 0.4).tolist():
            net.set_level(cell, float(random.choice([0.0, 0.5, 1.0])), cause=-1, at_us=step * S)
        net.advance(step * S)
        assert net.cells.people.sum() + net.people_out_of_reach == people.sum()
        apart = np.hypot(px[:, None] - x, py[:, None] - y)
        apart = np.where((apart <= net.cover.range_m) & (net.cells.level > 0.0), apart, np.inf)
        nearest = np.where(np.isfinite(apart.min(axis=1)), apart.argmin(axis=1), -1)
        assert net.people.cell.tolist() == nearest.tolist()


def test_calls_of_a_crisis_congest_a_cell_and_relief_is_said():
    net = row_of_cells(1)
    net.set_call_factor(8.0, cause=3, at_us=S)
    changes = net.advance(S)
    assert kinds(changes) == [("calls_changed", "phones"), ("cell_congested", "cell_1")]
    assert changes[1].cause_in_batch == 0
    assert net.cells.served[0] < 0.5
    net.set_call_factor(1.0, cause=4, at_us=2 * S)
    assert kinds(net.advance(2 * S)) == [("calls_changed", "phones"), ("cell_relieved", "cell_1")]
    assert net.cells.served[0] > 0.99


def test_a_broadcast_is_heard_by_repetition_whatever_the_load():
    rules = PhoneRules(broadcast_delay_s=10.0, broadcast_every_s=30.0, broadcast_times=3, broadcast_heard=0.5)
    reached = {}
    for factor in (1.0, 10.0):
        net = row_of_cells(2, rules=rules)
        net.set_call_factor(factor, cause=-1, at_us=0)
        net.send_alert(AlertBy.BROADCAST, cause=-1, at_us=0)
        assert [
            net.advance(t * S) is not None and net.people_reached(0, t * S) for t in (9, 10, 40, 70, 200)
        ] == (pytest.approx([0.0, 1800.0, 2700.0, 3150.0, 3150.0]))
        reached[factor] = net.people_reached(0, 200 * S)
    assert reached[1.0] == reached[10.0]


def test_messages_take_as_long_as_signalling_allows():
    rules = PhoneRules(erlang_per_person=0.0)
    net = row_of_cells(1, rules=rules)
    net.send_alert(AlertBy.MESSAGES, cause=5, at_us=0)
    net.advance(0)
    # 2000 x 0.9 messages of 4 s over 74 x 8 / 29 channels
    lasts_s = 1800.0 * 4.0 / (74 * 8 / 29)
    assert net.next_event_us() == pytest.approx(lasts_s * S, abs=2)
    assert net.people_reached(0, round(lasts_s * S / 2)) == pytest.approx(900.0, rel=1e-6)
    changes = net.advance(400 * S)
    assert kinds(changes) == [("alert_delivered", "alert_0")] and changes[0].cause == 5
    assert changes[0].data["people"] == pytest.approx(1800.0)
    assert net.next_event_us() is None


def test_calls_slow_messages_down_and_messages_slow_calls_down():
    quiet, busy = row_of_cells(1), row_of_cells(1)
    busy.set_call_factor(10.0, cause=-1, at_us=0)
    for net in (quiet, busy):
        net.advance(0)
        net.send_alert(AlertBy.MESSAGES, cause=-1, at_us=S)
    served = busy.cells.served[0]
    for net in (quiet, busy):
        net.advance(S)
    assert busy.next_event_us() > 2 * quiet.next_event_us()
    assert busy.cells.served[0] <= served
    assert busy.delivered_share(60.0)[0] < quiet.delivered_share(60.0)[0] <= 0.9


def test_a_dead_cell_delivers_nothing_and_its_people_take_along_what_has_arrived():
    rules = PhoneRules(erlang_per_person=0.0)
    net = row_of_cells(2, rules=rules)
    net.send_alert(AlertBy.MESSAGES, cause=-1, at_us=0)
    net.advance(0)
    half = net.next_event_us() // 2
    before = net.people_reached(0, half)
    net.set_level(0, 0.0, cause=-1, at_us=half)
    net.advance(half)
    assert net.people_reached(0, half) == pytest.approx(before)
    assert net.delivered_share(600.0)[0] == 0.0
    net.advance(2000 * S)
    assert net.people_reached(0, 2000 * S) == pytest.approx(4000.0 * 0.9)


def test_no_coverage_means_no_alert():
    net = row_of_cells(1)
    net.set_level(0, 0.0, cause=-1, at_us=0)
    net.send_alert(AlertBy.BROADCAST, cause=-1, at_us=0)
    net.send_alert(AlertBy.MESSAGES, cause=-1, at_us=0)
    net.advance(1000 * S)
    assert net.people_reached(0, 1000 * S) == 0.0 and net.people_reached(1, 1000 * S) == 0.0


def test_a_restart_goes_on_the_same():
    def start():
        net = row_of_cells(3)
        net.send_alert(AlertBy.BROADCAST, cause=-1, at_us=0)
        net.send_alert(AlertBy.MESSAGES, cause=-1, at_us=2 * S)
        net.set_call_factor(6.0, cause=-1, at_us=40 * S)
        net.set_level(1, 0.0, cause=-1, at_us=100 * S)
        return net

    whole, first = start(), start()
    expected = whole.advance(50 * S) + whole.advance(900 * S)
    done = first.advance(50 * S)
    saved = {table.name: {k: v.copy() for k, v in table.columns.items()} for table in first.tables}
    second = row_of_cells(3)
    for table in second.tables:
        table.load(saved[table.name])
    second.restored()
    assert done + second.advance(900 * S) == expected
    for one, other in zip(whole.tables, second.tables, strict=True):
        for name, column in one.columns.items():
            assert np.array_equal(column, other.columns[name]), (one.name, name)


def test_inputs_are_checked():
    net = row_of_cells(1)
    with pytest.raises(InvalidInputError, match="0 to 1"):
        net.set_level(0, 1.5, cause=-1, at_us=0)
    net.set_call_factor(2.0, cause=-1, at_us=5 * S)
    with pytest.raises(InvalidInputError, match="not done"):
        net.place_people(np.zeros(1), np.zeros(1), np.ones(1), at_us=6 * S)
    net.advance(5 * S)
    with pytest.raises(InvalidInputError, match="past"):
        net.set_level(0, 1.0, cause=-1, at_us=4 * S)
    with pytest.raises(InvalidInputError, match="recall_share"):
        PhoneRules(recall_share=1.0)


@pytest.mark.parametrize("by", [AlertBy.BROADCAST, AlertBy.MESSAGES])
def test_only_the_cells_asked_send_it_and_who_was_missed_is_said(by):
    net = row_of_cells()
    net.set_level(3, 0.0, cause=4, at_us=0)  # its people are with the third cell from now on
    cells = np.array([True, False, False, True])
    net.send_alert(by, cells=cells, cause=5, at_us=S)
    (done,) = (change for change in net.advance(3600 * S) if change.kind == "alert_delivered")
    share = net.arrived_share(0, net.alerts.now_us)
    assert share[0] == pytest.approx(0.9, rel=1e-3) and share[1:].max() == 0.0
    assert done.data["people"] == pytest.approx(1800.0, rel=1e-3)
    # of 4 000 people at the two cells, those of the dead one have no cell that sends it
    assert done.data["missed"] == pytest.approx(2200.0, rel=1e-3)
    assert net.cells.message_rate.max() == 0.0
