"""Each law of a city's infrastructure notices when it is broken."""

from dataclasses import replace

import numpy as np
import pytest

from impetus_sim.infrastructure.city import build_city_infrastructure
from impetus_sim.verification.infrastructure import city_laws as laws
from impetus_sim.world.assets import Service


@pytest.fixture(scope="module")
def infra(draw_town):
    camera = [("camera", "man_made=surveillance", 200.0, 118.0)]
    return build_city_infrastructure(draw_town(columns=6, rows=6, places=camera))


def with_needs(infra, keep):
    needs = infra.assets.needs
    kept = {name: getattr(needs, name)[keep] for name in needs.__dataclass_fields__}
    return replace(infra, assets=replace(infra.assets, needs=replace(needs, **kept)))


def test_a_closed_tie_makes_a_loop_and_a_shared_feeder(infra):
    closed = replace(infra, grid=replace(infra.grid, is_in=np.ones_like(infra.grid.is_in)))
    assert laws.count_loops_and_shared_feeders(infra).value == 0.0
    assert laws.count_loops_and_shared_feeders(closed).value > 0.0
    assert laws.count_wrongly_fed(closed).value > 0.0


def test_a_feeder_without_its_tie_is_found(infra):
    is_open = ~infra.grid.is_in
    kept = ~is_open
    columns = ("from_bus", "to_bus", "branch_id", "susceptance_mw", "shift_rad", "rating_mw", "is_in")
    arrays = {name: getattr(infra.grid, name)[kept] for name in (*columns, "has_breaker")}
    names = tuple(np.array(infra.grid.branch_names)[kept].tolist())
    untied = replace(infra, grid=replace(infra.grid, branch_names=names, **arrays))
    assert laws.count_wrongly_fed(infra).value == 0.0
    assert laws.count_wrongly_fed(untied).value > 0.0


def test_a_cut_cable_leaves_buildings_unfed(infra):
    is_in = infra.grid.is_in.copy()
    is_in[infra.wiring.cable_of_station[0]] = False
    assert laws.count_wrongly_fed(replace(infra, grid=replace(infra.grid, is_in=is_in))).value > 0.0


@pytest.mark.parametrize("service", [Service.POWER, Service.TELECOM, Service.CONTROL])
def test_a_missing_need_is_found(infra, service):
    assert laws.count_unconnected(infra).value == 0.0
    assert laws.count_unconnected(with_needs(infra, infra.assets.needs.service != service)).value > 0.0


def test_a_wrong_mark_is_found(infra):
    turned = replace(infra, assets=replace(infra.assets, is_mapped=~infra.assets.is_mapped))
    assert laws.count_unmarked(infra).value == 0.0
    assert laws.count_unmarked(turned).value == len(infra.assets)


def test_load_reach_and_coverage_are_measured(infra):
    heavy = replace(infra, grid=replace(infra.grid, load_mw=infra.grid.load_mw * 10.0))
    assert laws.kw_per_person(heavy).value == pytest.approx(10.0 * laws.kw_per_person(infra).value)
    short = replace(infra, cells=replace(infra.cells, range_m=infra.cells.range_m * 0.05))
    assert laws.share_of_people_covered(short).value < 1.0 == laws.share_of_people_covered(infra).value
