"""A town without supply from outside: what goes dark at once, what lasts on batteries, tanks and fuel, in order."""

import numpy as np
import pytest

from impetus_sim.infrastructure.city import build_city_infrastructure
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.world.assets import Order

HOUR_US = 3_600_000_000


@pytest.fixture
def town(draw_town):
    places = [
        ("traffic_signals", "highway=traffic_signals", 120.0, 120.0),
        ("hospital", "amenity=hospital", 240.0, 130.0),
        ("camera", "man_made=surveillance", 200.0, 118.0),
    ]
    return build_city_infrastructure(draw_town(columns=4, rows=4, places=places))


def test_levels_fall_in_the_order_of_buffers(town):
    services = Services(town.assets, np.array([1, 2], np.uint32))
    services.advance(0)
    assert (services.level == 1.0).all()
    for row in town.assets.of_kind("transformer"):
        services.set_order(int(row), Order.SUPPLY, 0.0, cause=-1, at_us=0)
    seen = {}
    for hours in (1, 5, 13, 24.1, 30):
        services.advance(round(hours * HOUR_US))
        for name in ("signal_1", "camera_1", "cell_1", "water_zone_1", "hospital_1", "control_centre_power"):
            seen[name, hours] = float(services.level[town.assets.row(name)])
    assert [seen["signal_1", 1], seen["camera_1", 1]] == [0.0, 0.0]
    assert [seen["cell_1", h] for h in (1, 5)] == [1.0, 0.0]  # 4 h of battery
    assert [seen["water_zone_1", h] for h in (5, 13)] == [1.0, 0.0]  # tank of half a day
    # the zone's tank lasts 12 h, then the hospital's own for 12 h; its generator 24 h, then its battery a quarter
    assert [seen["hospital_1", h] for h in (13, 24.1, 30)] == [1.0, 0.5, 0.1]


def test_a_dead_controller_darkens_its_signal_and_a_lost_line_only_its_commands(town):
    services = Services(town.assets, np.array([1, 2], np.uint32))
    signal = town.assets.row("signal_1")
    services.set_order(town.assets.row("exchange_1"), Order.DAMAGE, 0.0, cause=-1, at_us=0)
    services.advance(0)
    assert services.level[signal] == 1.0 and not services.states.has_control[signal]
    services.set_order(town.assets.row("controller_signal_1"), Order.DAMAGE, 0.0, cause=-1, at_us=1)
    services.advance(1)
    assert services.level[signal] == 0.0
