"""The grid in time: balance, relays, faults, feeders and restart, against hand-solved cases."""

import dataclasses

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.infrastructure.power.rules import (
    GridRules,
    RelayRules,
    RestartRules,
    SwitchingRules,
    shed_by_bus,
)

S = 1_000_000
MIN = 60 * S


def kinds(changes):
    """Return time in s, kind and subject of changes."""
    return [(change.at_us / S, change.kind, change.subject) for change in changes]


def test_nothing_happens_until_asked(build_network):
    grid = PowerGrid(build_network([(0, 1)], load_mw=[0, 50], units=[{"bus": 0, "mw": 50, "most": 100}]))
    assert grid.next_event_us() is None
    assert grid.advance(10 * S) == []
    np.testing.assert_array_equal(grid.share, [1.0, 1.0])
    np.testing.assert_allclose(grid.flow_mw, [50.0])
    np.testing.assert_allclose(grid.hz, [50.0, 50.0])


def test_governors_share_what_a_lost_unit_gave(build_network):
    """10 MW of 300 in limits are lost: each of the others moves by its share of 290 MW, and the frequency falls."""
    units = [
        {"bus": 0, "mw": 90, "most": 190},
        {"bus": 1, "mw": 0, "most": 100},
        {"bus": 1, "mw": 10, "most": 10},
    ]
    grid = PowerGrid(build_network([(0, 1)], load_mw=[0, 100], units=units))
    grid.stop_unit(2, at_us=S, cause=7)
    changes = grid.advance(S)
    assert kinds(changes) == [(1.0, "unit_stopped", "unit_2")]
    assert changes[0].cause == 7
    np.testing.assert_allclose(grid.output_mw, [90 + 10 * 190 / 290, 10 * 100 / 290, 0.0])
    np.testing.assert_allclose(grid.hz, 50.0 * (1.0 - 0.05 * 10 / 290))
    grid.advance(20 * MIN)
    np.testing.assert_allclose(grid.hz, 50.0)


def test_ramps_bind_the_response(build_network):
    """Of 20 MW that are lost, the one with 10 MW/min gives 5 MW in half a minute and the other the rest."""
    units = [
        {"bus": 0, "mw": 50, "most": 150, "ramp": 10},
        {"bus": 1, "mw": 30, "most": 150},
        {"bus": 1, "mw": 20, "most": 20},
    ]
    grid = PowerGrid(build_network([(0, 1)], load_mw=[0, 100], units=units))
    grid.stop_unit(2, at_us=0)
    grid.advance(0)
    np.testing.assert_allclose(grid.output_mw, [55.0, 45.0, 0.0])


def test_load_is_shed_by_blocks_and_returns(build_network):
    """The island keeps 80 MW of limits for 100 MW: four blocks of 7.5 MW go at once, one returns alone."""
    units = [{"bus": 1, "mw": 60, "most": 80}, {"bus": 0, "mw": 40, "most": 100}]
    network = build_network([(0, 1)], load_mw=[0, 100], units=units)
    grid = PowerGrid(network)
    grid.open_branch(0, at_us=0, cause=3)
    changes = grid.advance(0)
    shed = next(change for change in changes if change.kind == "load_shed")
    assert (
        shed.data["blocks"] == 4
    )  # 40 MW at once are more than 15 % of 80; with 4 blocks off, 10 MW are not
    np.testing.assert_allclose(grid.share, [1.0, 0.7])
    assert grid.imbalance_mw() < 1e-9
    grid.advance(60 * MIN)
    np.testing.assert_allclose(grid.share, [1.0, 0.775])  # 77.5 MW of 80; the next block would need 85
    grid.close_branch(0, at_us=60 * MIN)
    grid.advance(180 * MIN)
    np.testing.assert_allclose(grid.share, [1.0, 1.0])


def test_critical_customers_go_last(build_network):
    units = [{"bus": 0, "mw": 60, "most": 66}, {"bus": 3, "mw": 40, "most": 40}]
    network = build_network([(0, 1), (1, 2), (2, 3)], load_mw=[0, 50, 25, 25], units=units)
    plan = shed_by_bus(np.array([2, 2, 0, 1]), n_blocks=2)
    grid = PowerGrid(network, plan=plan)
    grid.stop_unit(1, at_us=0)
    grid.advance(0)
    np.testing.assert_array_equal(grid.share, [1.0, 1.0, 0.0, 0.0])


def test_an_island_that_cannot_hold_collapses(build_network):
    units = [{"bus": 1, "mw": 20, "most": 20}, {"bus": 0, "mw": 130, "most": 150}]
    grid = PowerGrid(build_network([(0, 1)], load_mw=[50, 100], units=units))
    grid.open_branch(0, at_us=0)
    assert "island_collapsed" in [change.kind for change in grid.advance(0)]
    np.testing.assert_array_equal(grid.is_live, [True, False])


def test_units_leave_at_high_frequency(build_network):
    """When 90 of 100 MW of load go, governors cannot hold three units at their least output: the smallest leave."""
    units = [{"bus": 0, "mw": 40, "most": 50, "least": 8}, {"bus": 0, "mw": 35, "most": 50, "least": 8},
             {"bus": 0, "mw": 25, "most": 50, "least": 8}]  # fmt: skip
    grid = PowerGrid(build_network([(0, 1), (0, 2)], load_mw=[0, 10, 90], units=units))
    grid.open_branch(1, at_us=0)
    left = [change.subject for change in grid.advance(0) if change.kind == "unit_left"]
    assert left == ["unit_2", "unit_1"]
    np.testing.assert_allclose(grid.output_mw, [10.0, 0.0, 0.0])


def two_lines(build_network, *, mw, rating_mw):
    """Return two lines side by side of which the first is lost at time 0, so that the other carries everything."""
    network = build_network(
        [(0, 1), (0, 1)], load_mw=[0, mw], units=[{"bus": 0, "mw": mw, "most": np.inf}], rating_mw=rating_mw
    )
    return network


def test_italy_2003_a_line_at_110_percent_trips_after_24_minutes(build_network):
    grid = PowerGrid(two_lines(build_network, mw=110.0, rating_mw=[100.0, 100.0]))
    grid.break_branch(0, at_us=0, cause=5)
    changes = grid.advance(60 * MIN)
    tripped = next(change for change in changes if change.kind == "breaker_tripped")
    assert tripped.at_us / MIN == pytest.approx(24.0, abs=0.01)
    assert tripped.subject == "branch_1"
    assert changes[tripped.cause_in_batch].kind == "branch_failed"
    assert changes[-1].kind == "island_dark"


def test_a_line_at_twice_its_rating_trips_at_once(build_network):
    grid = PowerGrid(two_lines(build_network, mw=200.0, rating_mw=[100.0, 100.0]))
    grid.break_branch(0, at_us=S)
    assert kinds(grid.advance(S + S // 10))[-2:] == [
        (1.1, "breaker_tripped", "branch_1"),
        (1.1, "island_dark", "bus_1"),
    ]


def test_a_thermal_relay_follows_its_time_constant(build_network):
    """From 60 % (heat 0.36) to 120 %: 900 s ln((1.44 - 0.36) / (1.44 - 1)) = 808.1 s."""
    rules = GridRules(relays=RelayRules(curve="thermal", tau_s=900.0))
    grid = PowerGrid(two_lines(build_network, mw=120.0, rating_mw=[100.0, 100.0]), rules=rules)
    grid.break_branch(0, at_us=0)
    tripped = next(change for change in grid.advance(60 * MIN) if change.kind == "breaker_tripped")
    assert tripped.at_us / S == pytest.approx(900.0 * np.log(1.08 / 0.44), abs=1e-3)


def test_a_relay_that_cools_down_starts_again(build_network):
    """12 min at 110 % and as long at nothing leave no heat: the next overload takes the full 24 min."""
    grid = PowerGrid(two_lines(build_network, mw=110.0, rating_mw=[100.0, 100.0]))
    grid.open_branch(0, at_us=0)
    grid.set_loads(np.array([1]), np.array([0.0]), at_us=12 * MIN)
    grid.advance(24 * MIN)
    grid.set_loads(np.array([1]), np.array([110.0]), at_us=24 * MIN)
    tripped = next(change for change in grid.advance(80 * MIN) if change.kind == "breaker_tripped")
    assert tripped.at_us / MIN == pytest.approx(48.0, abs=0.01)


def test_a_stuck_relay_has_its_neighbours_trip(build_network):
    network = build_network(
        [(0, 1), (1, 2), (1, 3)], load_mw=[0, 0, 120, 10], units=[{"bus": 0, "mw": 130, "most": np.inf}],
        rating_mw=[1000, 50, 1000],
    )  # fmt: skip
    grid = PowerGrid(network, rules=GridRules(relays=RelayRules(stuck=1.0)))
    assert kinds(grid.advance(S)) == [
        (0.1, "relay_failed", "branch_1"),
        (0.6, "backup_tripped", "branch_0"),
        (0.6, "backup_tripped", "branch_2"),
        (0.6, "island_dark", "bus_1"),
        (0.6, "island_dark", "bus_3"),
    ]


def test_a_hasty_relay_trips_with_its_neighbour(build_network):
    network = build_network(
        [(0, 1), (1, 2), (1, 3)], load_mw=[0, 0, 120, 10], units=[{"bus": 0, "mw": 130, "most": np.inf}],
        rating_mw=[1000, 50, 1000],
    )  # fmt: skip
    grid = PowerGrid(network, rules=GridRules(relays=RelayRules(hasty=1.0)))
    found = kinds(grid.advance(S))
    assert (0.1, "breaker_tripped", "branch_1") in found
    assert (0.2, "breaker_tripped", "branch_0") in found
    assert (0.2, "breaker_tripped", "branch_2") in found


def test_a_blocked_relay_does_not_trip(build_network):
    grid = PowerGrid(two_lines(build_network, mw=200.0, rating_mw=[100.0, 100.0]))
    grid.block_relay(1, True, at_us=0)
    grid.open_branch(0, at_us=0)
    grid.advance(60 * MIN)
    np.testing.assert_array_equal(grid.share, [1.0, 1.0])
    grid.block_relay(1, False, at_us=60 * MIN)
    assert (3600.0, "breaker_tripped", "branch_1") in kinds(grid.advance(61 * MIN))


def feeders(build_network, *, rating_mw):
    """Return two feeders of three sections from one substation, with a tie between their ends.

    Feeder one: buses 1, 2, 3; feeder two: buses 4, 5, 6; each 1 MW. Only the first section has a breaker.
    """
    ends = [(0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (5, 6), (3, 6)]
    return build_network(
        ends, load_mw=[0, 1, 1, 1, 1, 1, 1], units=[{"bus": 0, "mw": 6, "most": np.inf}],
        rating_mw=np.full(7, rating_mw), is_in=[1, 1, 1, 1, 1, 1, 0], has_breaker=[1, 0, 0, 1, 0, 0, 1],
    )  # fmt: skip


def plan_by_bus():
    """Return a plan: the bus at the feeder's end goes first, its middle bus never."""
    return shed_by_bus(np.array([2, 2, 2, 0, 2, 2, 1]), n_blocks=2)


def test_a_fault_is_cut_out_and_the_rest_of_the_feeder_supplied_over_the_tie(build_network):
    grid = PowerGrid(feeders(build_network, rating_mw=6.0), plan=plan_by_bus())
    grid.break_branch(1, at_us=0, cause=9)
    found = kinds(grid.advance(0))
    assert found == [
        (0.0, "branch_failed", "branch_1"),
        (0.0, "breaker_tripped", "branch_0"),
        (0.0, "island_dark", "bus_1"),
        (0.0, "island_dark", "bus_2"),
    ]
    np.testing.assert_array_equal(grid.share, [1, 0, 0, 0, 1, 1, 1])
    grid.advance(60 * S)
    np.testing.assert_array_equal(grid.share, [1, 1, 0, 0, 1, 1, 1])
    grid.advance(120 * S)
    np.testing.assert_array_equal(grid.share, [1, 1, 1, 1, 1, 1, 1])
    np.testing.assert_allclose(np.abs(grid.flow_mw[3]), 5.0)
    grid.repair_branch(1, at_us=3600 * S)
    found = kinds(grid.advance(3600 * S))
    assert (3600.0, "tie_opened", "branch_6") in found
    np.testing.assert_allclose(np.abs(grid.flow_mw), [3, 2, 1, 3, 2, 1, 0], atol=1e-12)


def test_a_tie_takes_what_its_feeder_bears(build_network):
    """4 MW of the second feeder: one of the two buses behind the fault stays off, the less critical one."""
    grid = PowerGrid(feeders(build_network, rating_mw=4.0), plan=plan_by_bus())
    grid.break_branch(1, at_us=0)
    closed = next(change for change in grid.advance(120 * S) if change.kind == "tie_closed")
    assert closed.data["blocks_off"] == 1
    np.testing.assert_array_equal(grid.share, [1, 1, 1, 0, 1, 1, 1])
    grid.repair_branch(1, at_us=3600 * S)
    grid.advance(3600 * S)
    np.testing.assert_array_equal(grid.share, np.ones(7))


def test_a_tie_stays_open_where_nothing_fits(build_network):
    grid = PowerGrid(feeders(build_network, rating_mw=3.0), plan=plan_by_bus())
    grid.break_branch(1, at_us=0)
    assert "tie_refused" in [change.kind for change in grid.advance(120 * S)]
    np.testing.assert_array_equal(grid.share, [1, 1, 0, 0, 1, 1, 1])


def test_switching_by_a_crew_waits_for_it(build_network):
    rules = GridRules(switching=SwitchingRules(isolate_s=None, tie_s=600.0))
    grid = PowerGrid(feeders(build_network, rating_mw=6.0), plan=plan_by_bus(), rules=rules)
    grid.break_branch(1, at_us=0)
    grid.advance(40 * MIN)
    np.testing.assert_array_equal(grid.share, [1, 0, 0, 0, 1, 1, 1])
    grid.isolate(1, at_us=40 * MIN)
    grid.advance(50 * MIN)
    np.testing.assert_array_equal(grid.share, np.ones(7))


def test_black_start_brings_back_an_island_step_by_step(build_network):
    """Bus 0 starts black after 30 min, cranks the unit at bus 2 over two branches, and both take the load back."""
    units = [{"bus": 0, "mw": 5, "most": 20}, {"bus": 2, "mw": 55, "most": 100}]
    network = build_network([(0, 1), (1, 2), (2, 3)], load_mw=[4, 0, 0, 56], units=units)
    rules = GridRules(restart=RestartRules(pick_up=0.2))
    grid = PowerGrid(network, rules=rules, black_start=np.array([True, False]))
    grid.stop_unit(1, at_us=0)
    changes = grid.advance(0)
    assert "island_collapsed" in [change.kind for change in changes]
    np.testing.assert_array_equal(grid.share, np.zeros(4))
    grid.start_unit(1, at_us=S)
    changes = grid.advance(4 * 60 * MIN)
    order = [change for change in kinds(changes) if change[1] in ("unit_started", "branch_energised")]
    assert order == [
        (1800.0, "unit_started", "unit_0"),
        (1800.0, "branch_energised", "branch_0"),
        (2100.0, "branch_energised", "branch_1"),
        (2400.0, "branch_energised", "branch_2"),
        (5700.0, "unit_started", "unit_1"),
    ]
    np.testing.assert_allclose(grid.share, np.ones(4))
    assert grid.next_event_us() is None or grid.next_event_us() > 4 * 60 * MIN


@pytest.mark.parametrize("lost", [("outside_bus_0", "unit_0"), ("outside_bus_0",)])
def test_without_its_link_to_the_outside_a_feeder_is_dark(build_network, lost):
    """With its own unit lost too it waits as it is; else the unit cannot hold, and it is built up step by step."""
    network = build_network([(0, 1)], load_mw=[0, 5], units=[{"bus": 1, "mw": 2, "most": 2}])
    network = dataclasses.replace(network, is_reference=np.array([True, False]))
    grid = PowerGrid(network)
    np.testing.assert_allclose(grid.output_mw, [2.0, 3.0])
    for name in lost:
        grid.stop_unit(grid.unit(name), at_us=0)
    grid.advance(0)
    np.testing.assert_array_equal(grid.share, [0.0, 0.0])
    grid.start_unit(grid.unit("outside_bus_0"), at_us=S)
    grid.advance(2 * 3600 * S)
    np.testing.assert_array_equal(grid.share, [1.0, 1.0])


def test_what_is_refused(build_network):
    grid = PowerGrid(build_network([(0, 1)], load_mw=[0, 50], units=[{"bus": 0, "mw": 50, "most": 100}]))
    grid.advance(S)
    with pytest.raises(InvalidInputError, match="after the grid was advanced past it"):
        grid.open_branch(0, at_us=0)
    with pytest.raises(InvalidInputError, match="no row 1 of 1"):
        grid.open_branch(1, at_us=S)
    with pytest.raises(InvalidInputError, match="no branch 'branch_7'") as raised:
        grid.branch("branch_7")
    assert "branch_0" in raised.value.hint
