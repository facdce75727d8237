"""A change names what led to it, by event or by place in its list."""

import pytest

from impetus_sim.infrastructure.change import Change, concatenate


def test_a_later_change_of_a_list_names_an_earlier_one():
    first = Change(at_us=5, kind="breaker_tripped", subject="feeder_1", cause=7)
    second = Change(at_us=6, kind="pump_stopped", subject="pumping_station_1", cause=7).after(0)
    assert (second.cause, second.cause_in_batch) == (-1, 0)
    assert (first.cause, first.cause_in_batch) == (7, -1)


def test_lists_put_together_keep_their_causes():
    a, b = Change(at_us=1, kind="a", subject="x"), Change(at_us=2, kind="b", subject="y")
    joined = concatenate([a, b.after(0)], [a, b.after(0)])
    assert [change.cause_in_batch for change in joined] == [-1, 0, -1, 2]


@pytest.mark.parametrize(("kind", "subject"), [("", "x"), ("k" * 33, "x"), ("k", ""), ("k", "x" * 65)])
def test_names_that_an_event_cannot_hold_are_refused(kind, subject):
    with pytest.raises(ValueError, match="characters"):
        Change(at_us=0, kind=kind, subject=subject)
