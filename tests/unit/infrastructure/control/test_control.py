"""Controllers act on what they see: spoofing moves the process through their decisions, and not otherwise."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.control.control import Control
from impetus_sim.infrastructure.control.loop import Loop
from impetus_sim.infrastructure.services.build import Need, assemble_assets
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.world.assets import Order, Service

S = 1_000_000
FILL_PER_MIN, DRAW_PER_MIN = 0.02, 0.01


class Waterworks:
    """A tank that a pump fills by twice of what is drawn; the pump obeys its cabinet, which reads the tank."""

    def __init__(self, *, with_loop=True, **loop):
        assets = assemble_assets(
            {
                "pump": "pumping_station",
                "tank": "water_tank",
                "cabinet": "controller",
                "cell": "cell",
            },
            [
                Need(consumer="tank", providers=("cell",), service=Service.TELECOM, level_without=1.0),
                Need(consumer="pump", providers=("cabinet",), service=Service.CONTROL, level_without=1.0),
            ],
        )
        self.services = Services(assets, np.array([1, 2], np.uint32))
        loops = [Loop(sensor="tank", controller="cabinet", actuator="pump", low=0.4, high=0.6, **loop)]
        self.control = Control(self.services, loops if with_loop else [])
        self.tank, self.minute, self.n_events = 0.5, 0, 0
        self.events, self.levels = [], []

    def order(self, asset, kind, value):
        self.services.set_order(self.services.row(asset), kind, value, at_us=self.minute * 60 * S)

    def run(self, minutes):
        for _ in range(minutes):
            now = self.minute * 60 * S
            self.control.set_truth(self.services.row("tank"), self.tank)
            self._log(self.services.advance(now), self.services)
            changes = self.control.advance(now)
            self._log(changes, self.control)
            for order in self.control.orders():
                self.services.set_order(order.asset, order.kind, order.value, cause=order.cause, at_us=now)
            self._log(self.services.advance(now), self.services)
            pump = self.services.level[self.services.row("pump")]
            self.tank = min(1.0, max(0.0, self.tank + FILL_PER_MIN * pump - DRAW_PER_MIN))
            self.levels.append(self.tank)
            self.minute += 1

    def _log(self, changes, system):
        ids = [len(self.events) + k for k in range(len(changes))]
        self.events += changes
        system.logged(ids)


def test_the_tank_is_kept_between_the_marks():
    works = Waterworks()
    works.run(200)
    assert 0.38 <= min(works.levels) <= 0.40 and 0.60 <= max(works.levels) <= 0.62
    assert len([change for change in works.events if change.kind == "commanded"]) == 10


def test_a_spoofed_level_acts_only_through_the_decision_of_the_controller():
    ran, spoofed, no_loop = Waterworks(), Waterworks(), Waterworks(with_loop=False)
    for works in (ran, spoofed, no_loop):
        works.run(5)
    spoofed.order("tank", Order.READING, 0.9)
    no_loop.order("tank", Order.READING, 0.9)
    before = spoofed.tank
    for works in (ran, spoofed, no_loop):
        works.run(1)
    # in the very step only what is decided differs; truth is what it was
    assert spoofed.control.truth[0] == pytest.approx(before)
    assert spoofed.control.reading[0] == 0.9 and spoofed.control.decision[0] == 0.0
    for works in (ran, spoofed, no_loop):
        works.run(100)
    assert spoofed.tank == 0.0 and spoofed.control.reading[0] == 0.9  # it runs dry, and seems full
    assert ran.tank > 0.35
    assert no_loop.tank == 1.0  # nobody acts on the reading: nothing happens
    cause = next(change for change in spoofed.events if change.kind == "commanded").cause
    assert spoofed.events[cause].kind == "telemetry_false"


def test_a_spoofed_level_does_nothing_where_commands_do_not_arrive():
    works = Waterworks()
    works.run(5)
    works.order("pump", Order.CONTROL, 0.0)
    works.order("tank", Order.READING, 0.9)
    works.run(100)
    assert works.control.decision[0] == 0.0  # decided, and commanded, and not carried out
    assert works.services.level[works.services.row("pump")] == 1.0 and works.tank == 1.0
    assert [change.kind for change in works.events].count("command_blocked") == 1
    works.order("pump", Order.CONTROL, 1.0)
    works.run(1)
    assert works.services.level[works.services.row("pump")] == 0.0


@pytest.mark.parametrize(("when_blind", "level"), [("hold", 1.0), ("high", 0.0), ("low", 1.0)])
def test_without_view_the_last_decision_holds_or_the_stated_one_is_taken(when_blind, level):
    works = Waterworks(when_blind=when_blind, blind_after_s=600.0)
    works.run(5)
    works.order("cell", Order.DAMAGE, 0.0)
    works.run(9)
    assert works.control.decision[0] == 1.0  # not blind for long enough
    works.run(3)
    assert works.control.decision[0] == level
    if when_blind == "high":
        cause = next(change for change in works.events if change.kind == "commanded").cause
        assert works.events[cause].kind == "view_lost"


def test_a_dead_controller_decides_nothing():
    works = Waterworks()
    works.run(5)
    works.order("cabinet", Order.DAMAGE, 0.0)
    works.run(100)
    assert works.tank == 1.0 and works.control.decision[0] == 1.0


def test_an_operator_acts_later_and_not_when_the_reading_is_back_by_then():
    works = Waterworks(delay_s=600.0)
    works.run(5)
    works.order("tank", Order.READING, 0.9)
    works.run(5)
    works.order("tank", Order.READING, 0.3)
    works.run(20)
    assert not [change for change in works.events if change.kind == "commanded"]
    works.order("tank", Order.READING, 0.9)
    works.run(11)
    (sent,) = [change for change in works.events if change.kind == "commanded"]
    assert sent.at_us == (30 + 10) * 60 * S


def test_restored_it_goes_on_the_same():
    unbroken, first, second = Waterworks(), Waterworks(), Waterworks()
    unbroken.run(150)
    first.run(70)
    for ours, theirs in ((second.services, first.services), (second.control, first.control)):
        for table, saved in zip(ours.tables, theirs.tables, strict=True):
            table.load(saved.columns)
        ours.restored()
    second.tank, second.minute, second.events = first.tank, first.minute, list(first.events)
    second.run(80)
    assert second.levels == unbroken.levels[70:] and second.events == unbroken.events


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"high": 0.2}, "not below"), ({"period_s": 0.0}, "period"), ({"when_blind": "x"}, "hold")],
)
def test_loops_that_make_no_sense_are_refused(wrong, message):
    fields = {"sensor": "tank", "controller": "cabinet", "actuator": "pump", "low": 0.4, "high": 0.6}
    with pytest.raises(InvalidInputError, match=message):
        Loop(**(fields | wrong))
