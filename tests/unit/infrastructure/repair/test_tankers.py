"""Fuel by road: in time, too late, and when the depot is down."""

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.world.assets import Order

from .town import H, Town


def test_a_tanker_sets_out_at_half_a_tank_and_the_hospital_never_notices():
    town = Town(fuel_h=24.0)
    town.services.set_order(town.row("east"), Order.SUPPLY, 0.0, at_us=H)
    town.run(20)
    # half a tank 12 h after the grid failed; 7.2 km at half the speed by then; half an hour to unload
    assert town.seen("fuel_low", "tanker_sent", "tanker_arrived", "fuel_delivered", "refuelled") == [
        (13.0, "fuel_low", "generator"),
        (13.0, "tanker_sent", "generator"),
        (13.4, "tanker_arrived", "generator"),
        (13.9, "fuel_delivered", "generator"),
        (13.9, "refuelled", "generator"),
    ]
    assert town.services.level[town.row("hospital")] == 1.0
    town.run(26)
    assert town.seen("fuel_low")[-1] == (25.9, "fuel_low", "generator")  # 12 h after it was full again


def test_a_hospital_on_its_generator_until_the_fuel_is_late():
    town = Town(fuel_h=1.0)
    town.services.set_order(town.row("east"), Order.SUPPLY, 0.0, at_us=10 * H)
    town.services.set_order(town.row("depot"), Order.LEVEL, 0.0, at_us=10 * H)
    town.services.set_order(town.row("depot"), Order.LEVEL, 1.0, at_us=round(11.75 * H))
    town.run(13)
    dry, late = 11.0 + 1.0 / 6.0, 11.0 + 5.0 / 6.0  # ten minutes of batteries; asked again every ten minutes
    filled = late + 0.4 + 0.5
    seen = town.seen("fuel_low", "buffer_empty", "level_fell", "tanker_sent", "refuelled", "level_rose")
    assert [what[1:] for what in seen] == [
        ("level_fell", "east"),
        ("level_fell", "depot"),
        ("fuel_low", "generator"),
        ("buffer_empty", "generator"),
        ("level_fell", "generator"),
        ("buffer_empty", "hospital"),
        ("level_fell", "hospital"),
        ("level_rose", "depot"),
        ("tanker_sent", "generator"),
        ("refuelled", "generator"),
        ("level_rose", "generator"),
        ("level_rose", "hospital"),
    ]
    times = [10.0, 10.0, 10.5, 11.0, 11.0, dry, dry, 11.75, late, filled, filled, filled]
    assert [at for at, _, _ in seen] == pytest.approx(times, abs=1e-9)
    assert town.services.level[town.row("hospital")] == 1.0
    assert town.causes("level_rose", "hospital")[-3:] == ["fuel_low", "buffer_in_use", "level_fell"]


def test_who_waits_for_fuel_does_not_ask_twice_and_others_cannot():
    town = Town()
    town.tankers.ask(town.row("generator"), at_us=0)
    town.tankers.ask(town.row("generator"), at_us=0)
    town.run(1)
    assert len(town.seen("tanker_sent")) == 1
    with pytest.raises(InvalidInputError, match="no tank"):
        town.tankers.ask(town.row("hospital"), at_us=2 * H)
