"""Zones and tanks against closed forms: when a tank is empty, who gets how much, nothing lost."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.water.supply import PumpMode
from impetus_sim.infrastructure.water.zone_water import ZoneWater
from impetus_sim.infrastructure.water.zones import RESIDENTIAL, SOURCE, build_star
from impetus_sim.verification.infrastructure.water import two_zones

SECOND_US = 10**6
HOUR_US = 3600 * SECOND_US


def require_nothing_lost(water, first_m3):
    sums = water.sums_m3()
    gone = sums["delivered_m3"] + sums["leaked_m3"] + sums["drawn_m3"]
    change = sums["volume_m3"] - first_m3
    assert np.abs(sums["inflow_m3"] - gone - change).max() <= 1e-9 * max(1.0, sums["inflow_m3"].max())


def test_a_tank_without_pump_is_empty_to_the_microsecond():
    water = ZoneWater(two_zones())
    water.set_pump_power(1, False, at_us=0, cause=4)
    changes = water.advance(3600 * SECOND_US)
    # 25 m3 at 20 l/s from the start on
    assert [(c.at_us, c.kind, c.subject) for c in changes if c.subject == "high"] == [
        (1250 * SECOND_US, "tank_empty", "high")
    ]
    assert water.served_shares().tolist() == [1.0, 0.0]
    assert water.unserved_m3() == pytest.approx([0.0, 0.020 * (3600 - 1250)], abs=1e-6)
    assert [(c.kind, c.cause) for c in changes if c.subject == "p2"] == [("pump_stopped", 4)]


def test_filling_and_the_levels_of_the_pumps():
    water = ZoneWater(two_zones())
    changes = water.advance(HOUR_US)
    # low: 50 m3, +60 -10 -30 l/s; high: 25 m3, +30 -20 l/s until 95 % of each
    stop_high_s = (0.95 * 50 - 25) / 0.010
    stop_low_s = (0.95 * 100 - 50) / 0.020
    stops = {c.subject: c.at_us for c in changes if c.kind == "pump_stopped"}
    assert stops["p2"] == round(stop_high_s * SECOND_US)
    assert stops["p1"] == round(stop_low_s * SECOND_US)
    assert not any(c.kind == "tank_full" for c in changes)
    starts = [c.at_us for c in changes if c.kind == "pump_started" and c.subject == "p2"]
    assert starts == [round((stop_high_s + 0.25 * 50 / 0.020) * SECOND_US)]


def test_an_empty_zone_shares_among_its_people_and_the_next_zone():
    water = ZoneWater(two_zones(design_m3_s=np.array([0.024, 0.030])))
    water.advance(10 * HOUR_US)
    # 24 l/s for 10 asked for and 30 drawn: 60 % each; the next zone then gets 18 of 20
    assert water.zones.edge.tolist() == [-1, -1]
    assert water.served_shares() == pytest.approx([0.6, 0.9])
    assert water.pumps.flow_m3_s == pytest.approx([0.024, 0.018])


def test_nothing_is_lost_through_a_day_of_trouble():
    network = two_zones(hourly=RESIDENTIAL)
    water = ZoneWater(network, start_s=5 * 3600)
    first_m3 = water.zones.volume_m3.copy()
    for k, hour in enumerate(range(1, 22, 3)):
        water.set_pump_power(k % 2, False, at_us=hour * HOUR_US)
        water.set_pump_power(k % 2, True, at_us=hour * HOUR_US + 2 * HOUR_US + 1234567)
        water.set_leak(k % 2, 0.0005, at_us=hour * HOUR_US + 77)
        water.set_demand_factor((k + 1) % 2, 1.0 + 0.2 * k, at_us=hour * HOUR_US)
    kinds = set()
    for until_us in range(0, 24 * HOUR_US + 1, 613 * SECOND_US):
        kinds |= {c.kind for c in water.advance(until_us)}
        require_nothing_lost(water, first_m3)
    assert {"tank_empty", "tank_filling", "pump_stopped", "pump_started"} <= kinds


def test_how_often_somebody_asks_changes_nothing_and_a_restart_neither():
    def run(step_us, restart):
        water = ZoneWater(two_zones(hourly=RESIDENTIAL))
        water.set_pump_power(1, False, at_us=HOUR_US, cause=1)
        water.set_pump_power(1, True, at_us=4 * HOUR_US, cause=2)
        changes = []
        for until_us in range(step_us, 12 * HOUR_US + 1, step_us):
            changes += water.advance(until_us)
            if restart and until_us == 3 * HOUR_US:
                saved = [{name: column.copy() for name, column in t.columns.items()} for t in water.tables]
                water = ZoneWater(two_zones(hourly=RESIDENTIAL))
                for table, columns in zip(water.tables, saved, strict=True):
                    table.load(columns)
                water.restored()
        return changes, [column for table in water.tables for column in table.columns.values()]

    changes, state = run(12 * HOUR_US, restart=False)
    for step_us, restart in ((HOUR_US // 6, False), (HOUR_US, True)):
        others, other = run(step_us, restart)
        assert others == changes
        assert all(np.array_equal(a, b) for a, b in zip(state, other, strict=True))


def test_a_full_tank_takes_only_what_leaves_it():
    water = ZoneWater(two_zones())
    water.set_pump_mode(0, PumpMode.ON, at_us=0)
    water.set_pump_mode(1, PumpMode.OFF, at_us=0)
    changes = water.advance(2 * HOUR_US)
    assert [(c.kind, c.at_us) for c in changes if c.subject == "low"] == [("tank_full", 1000 * SECOND_US)]
    assert water.pumps.flow_m3_s.tolist() == pytest.approx([0.010, 0.0])
    assert water.tank_levels_m()[0] == pytest.approx(5.0)


def test_without_commands_a_pump_goes_on_and_overfills_or_stays_off():
    water = ZoneWater(two_zones())
    water.advance(10 * SECOND_US)
    water.set_pump_mode(1, PumpMode.HOLD, at_us=20 * SECOND_US)
    kinds = [c.kind for c in water.advance(2 * HOUR_US) if c.subject == "high"]
    assert kinds == ["tank_full"]  # nobody stopped it at 95 %


def test_a_shut_main_and_a_zone_without_tank():
    network = two_zones(tank_m3=np.array([100.0, 0.0]))
    water = ZoneWater(network)
    assert water.pumps.flow_m3_s[1] == pytest.approx(0.020)  # follows the use
    assert water.tank_ids == ("low",)
    water.set_link(1, False, at_us=SECOND_US, cause=9)
    changes = water.advance(SECOND_US)
    assert [(c.kind, c.subject, c.cause) for c in changes] == [("pump_stopped", "p2", 9)]
    assert water.served_shares().tolist() == [1.0, 0.0]


def test_pumps_of_a_station_share_a_main():
    network = two_zones(
        pump_ids=("p1", "p2", "p3"),
        pump_from=np.array([SOURCE, SOURCE, 0]),
        pump_to=np.array([0, 0, 1]),
        design_m3_s=np.array([0.03, 0.03, 0.03]),
        design_head_m=np.array([50.0, 50.0, 40.0]),
        lift_m=np.array([30.0, 30.0, 30.0]),
        efficiency=np.full(3, 0.7),
    )
    both = network.station_flows(np.array([0, 1]), np.array([True, True]))
    assert both == pytest.approx([0.03, 0.03])
    one = network.station_flows(np.array([0, 1]), np.array([True, False]))
    # 200/3 - (50/3 / 0.03^2) q^2 = 30 + (20 / 0.06^2) q^2
    assert one == pytest.approx([np.sqrt((200 / 3 - 30) / (50 / 3 / 0.03**2 + 20 / 0.06**2)), 0.0])
    water = ZoneWater(network)
    assert water.pump_power_w()[:2] == pytest.approx(1000 * 9.80665 * 0.03 * 50 / 0.7 * np.ones(2))


def test_a_star_of_zones_and_what_is_refused():
    network = build_star(
        ("z1", "z2"),
        ("s1", "s2"),
        demand_m3_s=np.array([0.01, 0.02]),
        pump_m3_s=np.array([0.018, 0.036]),
        tank_m3=np.array([300.0, 600.0]),
        head_m=60.0,
        efficiency=0.7,
    )
    water = ZoneWater(network)
    water.advance(48 * HOUR_US)
    assert water.unserved_m3().tolist() == [0.0, 0.0]
    with pytest.raises(InvalidInputError, match="draws from the zone that it fills"):
        two_zones(pump_from=np.array([1, 0]))
    with pytest.raises(InvalidInputError, match="above its lift"):
        two_zones(lift_m=np.array([50.0, 10.0]))
    with pytest.raises(InvalidInputError, match="24 shares"):
        two_zones(hourly=np.ones(23))
