"""EPANET stepped: inputs hold, parts without a source get nothing, a restart leads to the same state."""

import math

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.infrastructure.water.library import find_network
from impetus_sim.infrastructure.water.supply import PumpMode

pytest.importorskip("wntr")

from impetus_sim.infrastructure.water.hydraulics import DemandLaw
from impetus_sim.infrastructure.water.toolkit_water import ToolkitWater

from .small import RULES, write_small

HOUR_US = 3600 * 10**6


def state_of(water):
    return {
        f"{table.name}.{name}": column.copy()
        for table in water.tables
        for name, column in table.columns.items()
    }


def differing(one, other):
    return [name for name in one if not np.array_equal(one[name], other[name], equal_nan=True)]


def disturb(water):
    for pump in range(len(water.pump_ids)):
        water.set_pump_power(pump, False, at_us=5 * HOUR_US + 17, cause=7)
        water.set_pump_power(pump, True, at_us=9 * HOUR_US, cause=8)
    water.set_demand_factor(3, 2.0, at_us=6 * HOUR_US)
    water.set_link(0, False, at_us=7 * HOUR_US)
    water.set_link(0, True, at_us=11 * HOUR_US + 500_000)


@pytest.mark.parametrize("name", ["Net1", "Net3"])
def test_how_often_somebody_asks_changes_nothing(name):
    often, once = ToolkitWater(find_network(name)), ToolkitWater(find_network(name))
    for water in (often, once):
        disturb(water)
    changes = []
    for until_us in range(0, 24 * HOUR_US + 1, HOUR_US // 12):
        changes += often.advance(until_us)
    assert once.advance(24 * HOUR_US) == changes
    assert differing(state_of(often), state_of(once)) == []
    assert np.array_equal(often.tank_levels_m(), once.tank_levels_m())


@pytest.mark.parametrize("name", ["Net1", "Net3"])
def test_a_restart_leads_to_the_state_of_the_unbroken_run(name):
    whole = ToolkitWater(find_network(name))
    disturb(whole)
    whole.advance(8 * HOUR_US + 123)
    saved = {
        table.name: {name: column.copy() for name, column in table.columns.items()} for table in whole.tables
    }
    branch = ToolkitWater(find_network(name))
    branch.advance(2 * HOUR_US)
    for table in branch.tables:
        table.load(saved[table.name])
    branch.restored()
    assert differing(state_of(whole), state_of(branch)) == []
    assert whole.advance(24 * HOUR_US) == branch.advance(24 * HOUR_US)
    assert differing(state_of(whole), state_of(branch)) == []


def test_a_restart_with_another_file_is_refused(tmp_path):
    water = ToolkitWater(write_small(tmp_path))
    water.advance(HOUR_US)
    write_small(tmp_path, options=" Demand Multiplier 1.1")
    with pytest.raises(RunFailedError, match="played again, differs"):
        water.restored()


def test_pumps_without_power_stay_off_whatever_the_controls_say():
    # WNTR's add_outage: pump 335 of Net3 runs in 10 of 25 hours
    water = ToolkitWater(find_network("Net3"))
    for pump in range(2):
        water.set_pump_power(pump, False, at_us=0, cause=5)
    for hour in range(25):
        water.advance(hour * HOUR_US)
        assert not water.pumps.flow_m3_s.any()
        assert not water.pump_power_w().any()
    for pump in range(2):
        water.set_pump_power(pump, True, at_us=24 * HOUR_US)
    water.advance(25 * HOUR_US)
    # 335 by its tank; 10 by the clock: it was to start at 1 h, to stop at 15 h and to start again at 25 h
    assert (water.pumps.flow_m3_s > 0).all()


def test_rules_do_not_start_what_has_no_power(tmp_path):
    water = ToolkitWater(write_small(tmp_path, controls="", rules=RULES))
    water.advance(HOUR_US)
    assert water.pumps.flow_m3_s[0] > 0
    water.set_pump_power(0, False, at_us=HOUR_US, cause=3)
    changes = water.advance(8 * HOUR_US)
    assert [(c.kind, c.subject, c.cause) for c in changes[:1]] == [("pump_stopped", "pump", 3)]
    assert [c.kind for c in changes[1:]] == ["tank_empty", "water_cut_off"]
    assert not water.pumps.flow_m3_s.any()
    water.set_pump_power(0, True, at_us=9 * HOUR_US)
    assert [c.kind for c in water.advance(9 * HOUR_US)] == ["pump_started", "water_reconnected"]
    assert water.served_shares().min() > 0.99


def test_rules_act_at_the_time_of_the_toolkit(tmp_path):
    # alone, the toolkit looks at rules every 6 minutes inside its steps
    water = ToolkitWater(write_small(tmp_path, controls="", rules=RULES))
    changes = water.advance(24 * HOUR_US)
    stops = [c.at_us // 10**6 for c in changes if c.kind == "pump_stopped"]
    starts = [c.at_us // 10**6 for c in changes if c.kind == "pump_started"]
    assert stops and starts
    assert all(second % 360 == 0 for second in stops + starts)


def test_without_any_source_nothing_is_served_and_the_solver_goes_on(tmp_path):
    water = ToolkitWater(write_small(tmp_path))
    tower = water.link_ids.index("p2")
    water.set_link(tower, False, at_us=600 * 10**6, cause=1)
    water.set_pump_power(0, False, at_us=1200 * 10**6, cause=2)
    changes = water.advance(1800 * 10**6)
    assert [(c.kind, c.at_us // 10**6, c.cause) for c in changes] == [
        ("pump_stopped", 1200, 2),
        ("water_cut_off", 1200, 2),
    ]
    assert not water.delivered_m3_s().any()
    assert np.isnan(water.pressures_m()[:2]).all()
    assert water.unserved_m3().sum() == pytest.approx(0.030 * 600)
    water.set_link(tower, True, at_us=2400 * 10**6)
    water.advance(2400 * 10**6)
    assert water.served_shares().tolist() == [1.0] * 4


def test_who_commands_a_pump(tmp_path):
    water = ToolkitWater(write_small(tmp_path))
    level_m = water.tank_levels_m()[0]
    assert water.pumps.flow_m3_s[0] > 0
    for minute, mode, has_power, runs in (
        (1, PumpMode.OFF, True, False),
        (2, PumpMode.HOLD, True, False),  # the last command stays
        (3, PumpMode.ON, True, True),
        (4, PumpMode.HOLD, True, True),
        (5, PumpMode.HOLD, False, False),
        (6, PumpMode.HOLD, True, True),
        (7, PumpMode.AUTOMATIC, True, True),
    ):
        water.set_pump_mode(0, mode, at_us=minute * 60 * 10**6)
        water.set_pump_power(0, has_power, at_us=minute * 60 * 10**6)
        water.advance(minute * 60 * 10**6)
        assert (water.pumps.flow_m3_s[0] > 0) == runs, (minute, mode)
    water.set_pump_mode(0, PumpMode.ON, at_us=HOUR_US)
    changes = water.advance(24 * HOUR_US)
    assert water.tank_levels_m()[0] == pytest.approx(9.0)  # the control at 8 m is overruled
    assert [c.kind for c in changes if c.subject == "tower"][:1] == ["tank_full"]
    assert 1.0 < level_m < 8.0


def test_demand_falls_with_pressure_by_the_law_of_wagner(tmp_path):
    law = DemandLaw(minimum_m=2.0, required_m=60.0)
    water = ToolkitWater(write_small(tmp_path), law=law)
    pressure_m = water.pressures_m()[:2]
    assert (pressure_m > 2.0).all() and (pressure_m < 60.0).all()
    assert water.served_shares()[:2] == pytest.approx(np.sqrt((pressure_m - 2.0) / 58.0), abs=1e-4)
    with pytest.raises(InvalidInputError, match="all is served from"):
        ToolkitWater(write_small(tmp_path), law=DemandLaw(minimum_m=5.0, required_m=5.0))


def test_a_hole_lets_out_what_its_area_says(tmp_path):
    water = ToolkitWater(write_small(tmp_path))
    water.set_leak(1, 0.001, at_us=0)
    water.advance(0)
    fed = water.pumps.flow_m3_s[0] - water.tanks.inflow_m3_s[0] - water.delivered_m3_s().sum()
    assert fed == pytest.approx(0.75 * 0.001 * math.sqrt(2 * 9.80665 * water.pressures_m()[1]), rel=2e-3)
    water.set_leak(1, 0.0, at_us=0)
    water.advance(0)
    fed = water.pumps.flow_m3_s[0] - water.tanks.inflow_m3_s[0] - water.delivered_m3_s().sum()
    assert fed == pytest.approx(0.0, abs=1e-7)


def test_a_substance_reaches_those_downstream(tmp_path):
    water = ToolkitWater(write_small(tmp_path), has_tracer=True)
    water.set_tracer(0, 0.001, at_us=60 * 10**6)
    water.advance(60 * 10**6)
    share = 0.001 / water.pumps.flow_m3_s[0] * 1000.0  # mg/l behind the pump
    water.advance(HOUR_US)
    assert water.places.tracer_mg_l[:2] == pytest.approx([share, share], rel=0.01)
    plain = ToolkitWater(write_small(tmp_path))
    plain.advance(HOUR_US)
    # the input made one more solution, after which the tank rose by other flows
    assert water.places.pressure_m == pytest.approx(plain.places.pressure_m, abs=0.005)
    with pytest.raises(InvalidInputError, match="no tracer is followed"):
        plain.set_tracer(0, 0.001, at_us=3 * HOUR_US)


def test_what_cannot_be_put_in_is_refused(tmp_path):
    water = ToolkitWater(write_small(tmp_path))
    water.advance(HOUR_US)
    with pytest.raises(InvalidInputError, match="is done already"):
        water.set_pump_power(0, False, at_us=HOUR_US - 1)
    with pytest.raises(InvalidInputError, match="there is no row 1"):
        water.set_pump_power(1, False, at_us=HOUR_US)
    with pytest.raises(InvalidInputError, match="cannot be -1"):
        water.set_demand_factor(0, -1.0, at_us=HOUR_US)
    with pytest.raises(InvalidInputError, match="only a junction can leak"):
        water.set_leak(2, 0.1, at_us=HOUR_US)


def test_an_input_takes_effect_at_the_next_whole_second(tmp_path):
    water = ToolkitWater(write_small(tmp_path))
    water.set_pump_power(0, False, at_us=1_500_000)
    assert water.next_event_us() == 2_000_000
    assert water.advance(1_999_999) == []
    assert [c.at_us for c in water.advance(2_000_000)] == [2_000_000]


def test_patterns_begin_at_the_hour_of_the_run(tmp_path):
    path = write_small(tmp_path)
    assert ToolkitWater(path).requested_m3_s()[:2] == pytest.approx([0.010, 0.020])
    assert ToolkitWater(path, start_s=6 * 3600).requested_m3_s()[:2] == pytest.approx([0.010, 0.030])
