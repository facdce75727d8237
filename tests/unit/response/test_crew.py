"""The queue for stewards: first come, first served, in the engine's ticks; rebuilt from its table alone."""

import pytest

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.response.crew import DONE, TASK_COLUMNS, WAITING, WORKING, Crew


class Log:
    def __init__(self, n_staff):
        self.tasks = Table("tasks", 0, TASK_COLUMNS)
        self.rows = []
        self.crew = Crew(
            self.tasks,
            n_staff,
            on_started=lambda row, tick: self.rows.append((tick, "start", row)),
            on_done=lambda row, tick: self.rows.append((tick, "done", row)),
        )

    def order(self, tick, staff, lead):
        row = self.tasks.append(
            {"key": b"k", "stage": WAITING, "staff": staff, "lead_ticks": lead, "ordered_tick": tick,
             "started_tick": -1, "done_tick": -1, "n_acts": 0, "order_event": 0, "last_event": 0}
        )  # fmt: skip
        self.crew.order(row, tick)
        self.crew.drain(tick)

    def run(self, orders, until, *, rebuild_at=()):
        for tick in range(until + 1):
            self.crew.drain(tick)
            for at, staff, lead in orders:
                if at == tick:
                    self.order(tick, staff, lead)
            if tick in rebuild_at:
                self.crew.rebuild(tick)
        return self.rows


def test_lead_time_counts_from_the_order():
    assert Log(2).run([(60, 2, 100)], 200) == [(60, "start", 0), (160, "done", 0)]


def test_a_second_order_long_after_the_first_keeps_its_own_time():
    rows = Log(2).run([(10, 1, 5), (60, 1, 7)], 100)
    assert rows == [(10, "start", 0), (15, "done", 0), (60, "start", 1), (67, "done", 1)]


def test_no_staff_and_no_lead_time_is_at_once():
    assert Log(0).run([(7, 0, 0)], 10) == [(7, "start", 0), (7, "done", 0)]


QUEUE = [(1, 2, 10), (2, 3, 4), (3, 1, 4), (3, 0, 2), (4, 2, 0)]


def test_first_come_first_served():
    rows = Log(3).run(QUEUE, 40)
    assert [row for _, what, row in rows if what == "start"] == [0, 3, 1, 2, 4]
    # task 1 needs all three and waits for task 0; tasks 2 and 4 wait behind it though one steward is free
    assert rows == [
        (1, "start", 0), (3, "start", 3), (5, "done", 3), (11, "done", 0), (11, "start", 1), (15, "done", 1),
        (15, "start", 2), (15, "start", 4), (15, "done", 4), (19, "done", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("tick", range(0, 21))
def test_rebuilt_at_any_tick_it_goes_on_the_same(tick):
    assert Log(3).run(QUEUE, 40, rebuild_at=[tick]) == Log(3).run(QUEUE, 40)


def test_rebuilt_at_every_tick_it_goes_on_the_same():
    assert Log(3).run(QUEUE, 40, rebuild_at=range(40)) == Log(3).run(QUEUE, 40)


def test_stages_and_ticks_are_in_the_table():
    log = Log(3)
    log.run(QUEUE, 12)
    assert log.tasks.stage.tolist() == [DONE, WORKING, WAITING, DONE, WAITING]
    assert log.tasks.started_tick.tolist() == [1, 11, -1, 3, -1]
    assert log.tasks.done_tick.tolist() == [11, -1, -1, 5, -1]
    assert log.crew.next_tick() == 15


def test_fewer_stewards_than_are_at_work_is_refused():
    log = Log(3)
    log.run([(1, 3, 10)], 5)
    with pytest.raises(InvalidInputError, match="2 are too few, 3 are at work"):
        Crew(log.tasks, 2, on_started=print, on_done=print)
