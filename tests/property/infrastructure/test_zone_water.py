"""Any zones, pumps and troubles: nothing lost, tanks between empty and full, shares between 0 and 1."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from impetus_sim.infrastructure.water.supply import PumpMode
from impetus_sim.infrastructure.water.zone_water import ZoneWater
from impetus_sim.infrastructure.water.zones import SOURCE, ZoneNetwork

HOUR_US = 3600 * 10**6


def draw_network(random):
    n, n_pumps = int(random.integers(1, 6)), int(random.integers(1, 9))
    to = np.concatenate([np.arange(n), random.integers(0, n, n_pumps)])
    return ZoneNetwork(
        zone_ids=tuple(f"z{k}" for k in range(n)),
        demand_m3_s=random.uniform(0.0, 0.05, n),
        tank_m3=random.choice([0.0, 20.0, 300.0], n),
        tank_height_m=np.full(n, 5.0),
        pressure_m=np.full(n, 40.0),
        pump_ids=tuple(f"p{k}" for k in range(len(to))),
        pump_from=np.array([int(random.integers(SOURCE, z)) for z in to]),
        pump_to=to,
        design_m3_s=random.uniform(0.005, 0.1, len(to)),
        design_head_m=np.full(len(to), 50.0),
        lift_m=np.full(len(to), random.uniform(0.0, 45.0)),
        efficiency=np.full(len(to), 0.7),
        hourly=random.uniform(0.0, 2.0, 24),
        first_share=float(random.uniform(0.0, 1.0)),
    )


def put_trouble(water, random):
    for _ in range(int(random.integers(0, 20))):
        at_us, pump = int(random.integers(0, 24 * HOUR_US)), int(random.integers(len(water.pump_ids)))
        zone = int(random.integers(len(water.place_ids)))
        match int(random.integers(5)):
            case 0:
                water.set_pump_power(pump, bool(random.integers(2)), at_us=at_us)
            case 1:
                water.set_pump_mode(pump, PumpMode(int(random.integers(4))), at_us=at_us)
            case 2:
                water.set_link(zone, bool(random.integers(2)), at_us=at_us)
            case 3:
                water.set_demand_factor(zone, float(random.uniform(0, 3)), at_us=at_us)
            case 4:
                water.set_leak(zone, float(random.choice([0.0, 0.001])), at_us=at_us)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_nothing_is_lost_and_all_stays_in_its_range(seed):
    random = np.random.default_rng(seed)
    network = draw_network(random)
    water = ZoneWater(network)
    put_trouble(water, random)
    first_m3 = water.zones.volume_m3.copy()
    for until_us in range(0, 24 * HOUR_US + 1, 2 * HOUR_US):
        changes = water.advance(until_us)
        assert [c.at_us for c in changes] == sorted(c.at_us for c in changes)
        sums = water.sums_m3()
        gone = sums["delivered_m3"] + sums["leaked_m3"] + sums["drawn_m3"]
        lost = sums["inflow_m3"] - gone - (sums["volume_m3"] - first_m3)
        assert np.abs(lost).max() <= 1e-9 * max(1.0, sums["inflow_m3"].max())
        assert (sums["volume_m3"] >= -1e-5).all()
        assert (sums["volume_m3"] <= network.tank_m3 + 1e-5).all()
        assert ((water.zones.share >= 0.0) & (water.zones.share <= 1.0)).all()
        assert (sums["unserved_m3"] >= 0.0).all()
