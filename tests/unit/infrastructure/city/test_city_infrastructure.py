"""Infrastructure of drawn towns: mapped things are used and marked, ties, needs, findings, errors."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.city import (
    CitySpec,
    build_city_infrastructure,
    build_phone_network,
    build_zone_water,
)
from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.maps.synthetic import build_synthetic
from impetus_sim.world.assets import Service


def ids_of(infra, kind):
    return [infra.assets.ids[row] for row in infra.assets.of_kind(kind)]


def test_a_mapped_substation_is_used_and_marked(draw_town):
    town = draw_town(columns=4, rows=4, places=[("substation", "power=substation", 37.0, 41.0)])
    infra = build_city_infrastructure(town)
    row = infra.assets.row("substation_1")
    assert infra.assets.is_mapped[row] and infra.assets.basis[row] == "power=substation"
    assert (infra.assets.x[row], infra.assets.y[row]) == (37.0, 41.0)


def test_a_mapped_transformer_stands_in_for_one_beside_it(draw_town):
    town = draw_town(columns=4, rows=4, places=[("substation", "power=transformer", 118.0, 121.0)])
    infra = build_city_infrastructure(town)
    mapped = [row for row in infra.assets.of_kind("transformer") if infra.assets.is_mapped[row]]
    assert [infra.assets.basis[row] for row in mapped] == ["power=transformer"]
    assert not infra.assets.is_mapped[infra.assets.row("substation_1")]


def test_lights_of_a_junction_are_one_signal_and_far_ones_another(draw_town):
    lights = [("traffic_signals", "highway=traffic_signals", 120.0 + dx, 120.0) for dx in (-8.0, 8.0)]
    lights.append(("signal_crossing", "crossing=traffic_signals", 120.0, 140.0))
    lights.append(("signal_crossing", "crossing=traffic_signals", 300.0, 305.0))
    infra = build_city_infrastructure(draw_town(columns=4, rows=4, places=lights))
    assert ids_of(infra, "signal") == ["signal_1", "signal_2"]
    assert list(infra.signal_nodes) == [infra.assets.row("signal_1")]
    assert {"controller_signal_1", "controller_signal_2"} <= set(ids_of(infra, "controller"))


def test_needs_follow_feed_line_and_command(draw_town):
    camera = [("camera", "man_made=surveillance", 200.0, 118.0)]
    infra = build_city_infrastructure(draw_town(columns=4, rows=4, places=camera))
    needs, assets = infra.assets.needs, infra.assets
    mine = needs.consumer == assets.row("camera_1")
    kinds = {
        Service(s): assets.kinds[p] for s, p in zip(needs.service[mine], needs.provider[mine], strict=True)
    }
    assert kinds == {
        Service.POWER: "transformer",
        Service.TELECOM: "exchange",
        Service.CONTROL: "controller",
    }
    assert needs.group[mine].tolist() == [0, 1, 2]


def test_one_room_has_one_feeder_and_a_reserve_cable():
    infra = build_city_infrastructure(build_synthetic("room"))
    assert ids_of(infra, "feeder") == ["feeder_1_1", "feeder_1_2"]
    assert infra.grid.is_in.sum() == infra.grid.n_branches - 1
    assert any("reserve cable" in finding for finding in infra.findings)


def test_streets_alone_get_people_by_rule(draw_town):
    infra = build_city_infrastructure(draw_town(columns=4, rows=4, houses_per_street=0))
    km = 40 * 0.120
    assert infra.parts.premises.people.sum() == pytest.approx(km * 125.0 * 2.2)
    assert any("by rule" in finding for finding in infra.findings)


def test_a_map_with_nothing_to_supply_is_refused(draw_town):
    with pytest.raises(InvalidInputError, match="no buildings, streets or ground"):
        build_city_infrastructure(draw_town(columns=1, rows=1, dropped=2.0))


def test_rules_must_be_positive_numbers():
    with pytest.raises(InvalidInputError, match="feeder_mw"):
        CitySpec(feeder_mw=0.0)


def test_a_lower_limit_of_load_gives_more_feeders(draw_town):
    town = draw_town(columns=8, rows=8, seed=3)
    few = build_city_infrastructure(town)
    many = build_city_infrastructure(town, CitySpec(feeder_mw=1.0))
    assert len(many.parts.feeders) > len(few.parts.feeders)
    assert many.parts.feeders.load_kw(many.parts.stations).max() <= 1000.0


def test_one_customer_above_the_limit_gets_cables_side_by_side(draw_town):
    infra = build_city_infrastructure(draw_town(columns=3, rows=3), CitySpec(feeder_mw=0.02))
    feeders = infra.parts.feeders
    load_mw = feeders.load_kw(infra.parts.stations) / 1000.0
    assert (load_mw / feeders.cables <= 0.02 + 1e-12).all() and feeders.cables.max() > 1
    assert np.bincount(feeders.of_station)[feeders.cables > 1].max() == 1


def test_phones_of_a_city_serve_everybody_in_the_busy_hour(draw_town):
    infra = build_city_infrastructure(draw_town(columns=8, rows=8, islands=2))
    phones = build_phone_network(infra)
    assert phones.cells.people.sum() == pytest.approx(infra.parts.premises.people.sum())
    assert phones.people_out_of_reach == 0.0
    assert phones.cells.served.min() >= 0.97
    assert [kind.partition("_")[0] for kind in phones.ids] == ["cell"] * len(infra.cells)


def test_water_of_a_city_lasts_through_a_day_and_half_a_day_without_pumps(draw_town):
    infra = build_city_infrastructure(draw_town(columns=8, rows=8), CitySpec(zone_people=4000.0))
    hour_us = 3_600_000_000
    water = build_zone_water(infra)
    assert len(infra.zones) > 1
    watts = []
    for hour in range(1, 25):
        water.advance(hour * hour_us)
        assert water.served_shares().tolist() == [1.0] * len(infra.zones)
        watts.append(water.pump_power_w())
    assert np.max(watts, axis=0) == pytest.approx(1000.0 * infra.zones.pump_kw, rel=0.05)
    for pump in range(len(infra.zones)):
        water.set_pump_power(pump, False, at_us=24 * hour_us)
    water.advance(30 * hour_us)
    assert water.served_shares().min() == 1.0
    water.advance(48 * hour_us)
    assert water.served_shares().max() == 0.0


def test_a_tripped_feeder_is_taken_over_through_its_tie(draw_town):
    infra = build_city_infrastructure(draw_town(columns=8, rows=8), CitySpec(feeder_mw=1.0))
    grid = PowerGrid(infra.grid)
    grid.advance(0)
    peak = float(infra.grid.load_mw.sum())
    assert grid.served_mw == pytest.approx(peak) and grid.hz[0] == 50.0
    grid.open_branch(int(infra.branch_of_asset[infra.assets.row("feeder_1_1")]), at_us=1)
    grid.advance(1)
    lost = infra.parts.feeders.load_kw(infra.parts.stations)[0] / 1000.0
    assert grid.served_mw == pytest.approx(peak - lost) and grid.hz[0] == 50.0
    ends = infra.grid.from_bus[infra.wiring.ties], infra.grid.to_bus[infra.wiring.ties]
    tie = infra.wiring.ties[np.flatnonzero(grid.is_live[ends[0]] != grid.is_live[ends[1]])[0]]
    grid.close_branch(int(tie), at_us=2)
    grid.advance(3_600_000_000)
    assert grid.served_mw == pytest.approx(peak) and np.nanmax(grid.loading) <= 1.0
