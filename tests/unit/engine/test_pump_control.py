"""Pumping stations of a city follow the reading of their tanks: a false one acts through the decision alone."""

import json

import numpy as np
import pytest

from impetus_sim.infrastructure.supplies.pump_control import PumpControl
from impetus_sim.world.assets import Order

HOUR_S = 3600.0


class Waterworks:
    """The infrastructure of a room, which runs on beyond the crowd."""

    def __init__(self, simulation):
        self.world, self.system = simulation.world, simulation.systems.infrastructure
        control = next(supply for supply in self.system.supplies if isinstance(supply, PumpControl))
        self.control = control.control
        self.pump, self.tank, self.zone = (
            int(self.world.assets.of_kind(kind)[0])
            for kind in ("pumping_station", "water_tank", "water_zone")
        )
        self.shares, self.pump_levels = [], []

    @property
    def share(self):
        """How full the tank is in truth, as last measured."""
        return float(self.control.truth[0])

    @property
    def states(self):
        return self.world.asset_states

    def order(self, asset, kind, value):
        self.world.order_asset(asset, kind, value, cause=-1)

    def run(self, hours, stop=lambda: False):
        """Run for some hours, or until something has come; return whether it has."""
        end_s = self.world.time_s + hours * HOUR_S
        while self.world.time_s < end_s and not stop():
            self.world.tick = self.system.next_tick(self.world.tick)
            self.system.advance(self.world.tick)
            self.shares.append(self.share)
            self.pump_levels.append(float(self.states.level[self.pump]))
        return stop()

    def events(self, kind):
        events = self.world.events
        return [k for k in range(len(events)) if events.kind[k] == kind.encode()]

    def chain(self, event):
        """Return the kinds of the events that led to one, by their first causes."""
        events, kinds = self.world.events, []
        while event >= 0:
            kinds.append(events.kind[event].decode())
            causes = events.causes[event].decode()
            event = int(causes.split(",")[0]) if causes else -1
        return kinds


@pytest.fixture
def works(room, start):
    return Waterworks(start(room({"infrastructure": {}}), until=2.0))


def test_tanks_are_kept_between_their_marks_and_stations_work_all_the_while(works):
    works.run(48)
    assert 0.69 < min(works.shares) <= 0.7 and 0.95 <= max(works.shares) < 0.96
    assert set(works.pump_levels) == {1.0}
    said = [json.loads(works.world.events.data[k])["level"] for k in works.events("commanded")]
    assert len(said) >= 4 and said == [(k + 1) % 2 for k in range(len(said))]
    assert len(works.events("pump_started")) == said.count(1.0)


def test_a_tank_that_seems_full_stops_its_pump_and_runs_dry(works):
    assert works.run(48, lambda: bool(works.events("pump_started")))
    works.order(works.tank, Order.READING, 1.0)
    works.run(0.05)
    assert works.control.reading[0] == 1.0 and works.share < 0.8
    (stopped,) = works.events("pump_stopped")
    assert works.chain(stopped) == ["pump_stopped", "commanded", "telemetry_false"]
    assert works.states.level[works.zone] == 1.0
    assert works.run(7 * 24, lambda: works.states.level[works.zone] < 1.0)
    works.run(0.05)
    assert works.share < 1e-6 and works.control.reading[0] == 1.0
    assert works.states.level[works.pump] == 1.0
    assert works.chain(int(works.states.cause[works.zone]))[-1] == "telemetry_false"


def test_a_tank_that_seemed_full_all_the_time_says_why_it_ran_dry(works):
    works.order(works.tank, Order.READING, 1.0)
    assert works.run(7 * 24, lambda: works.states.level[works.zone] < 1.0)
    assert not works.events("commanded")
    assert works.chain(int(works.states.cause[works.zone]))[-1] == "telemetry_false"


def test_a_false_reading_that_decides_nothing_moves_nothing(works):
    works.order(works.tank, Order.READING, 0.8)
    works.run(1)
    before = works.share
    assert 0.7 < before < 0.9 and not works.events("commanded")


def test_without_control_the_last_command_holds_until_it_is_back(works):
    assert works.run(48, lambda: bool(works.events("pump_started")))
    works.order(works.pump, Order.CONTROL, 0.0)
    assert works.run(48, lambda: bool(works.events("command_blocked")))
    works.run(2)
    assert not works.events("pump_stopped") and works.share > 0.96
    works.order(works.pump, Order.CONTROL, 1.0)
    works.run(0.01)
    (stopped,) = works.events("pump_stopped")
    assert works.chain(stopped) == ["pump_stopped", "commanded"]
    assert np.isclose(works.control.decision[0], 0.0)


def test_without_control_a_false_reading_moves_nothing(works):
    assert works.run(48, lambda: bool(works.events("pump_started")))
    works.order(works.pump, Order.CONTROL, 0.0)
    works.order(works.tank, Order.READING, 1.0)
    works.run(2)
    assert works.control.decision[0] == 0.0 and not works.events("pump_stopped")


def test_a_pump_without_control_that_rests_says_why_its_zone_ran_dry(works):
    works.order(works.pump, Order.CONTROL, 0.0)
    assert works.run(7 * 24, lambda: works.states.level[works.zone] < 1.0)
    assert "command_blocked" in works.chain(int(works.states.cause[works.zone]))


def test_an_attacker_who_forges_a_level_empties_the_tank(room, start):
    goals = {"assets": "water_tank_1", "effect": "false_reading"}
    red = {"goals": goals, "entry": ["control", "field"], "pace": 1e-9, "strike": 1}
    scenario = room({"infrastructure": {}, "cyber": {"attackers": {"red": red}}})
    works = Waterworks(start(scenario, until=2.0, seed=0))  # forged messages are possible by a chance of 40 %
    assert "asset_attacked" in {kind.decode() for kind in works.world.events.kind}
    assert works.run(7 * 24, lambda: works.states.level[works.zone] < 1.0)
    chain = works.chain(int(works.states.cause[works.zone]))
    assert "telemetry_false" in chain and chain[-1] != "telemetry_false"
