"""Two grids in which one failure more leaves more people served: with flows, harm is not monotone.

Dependencies alone are monotone (a failure more never raises a level); flows and shared reserves are not.
"""

import dataclasses

import numpy as np
import pytest

from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.grid import PowerGrid

S = 1_000_000
DAY = 24 * 3600 * S


@pytest.fixture
def two_areas(build_network):
    """Return area A (bus 0, sound) and area B (bus 1, which loses 120 of its 150 MW) with a tie line."""
    units = [
        {"bus": 0, "mw": 100, "most": 105},
        {"bus": 1, "mw": 120, "most": 120},
        {"bus": 1, "mw": 30, "most": 30},
    ]
    return build_network([(0, 1)], load_mw=[95, 155], units=units)


def served_without_unit(network, *, first_out):
    """Return MW served a minute after the unit is lost, the tie line out before or not."""
    grid = PowerGrid(network)
    for branch in first_out:
        grid.break_branch(branch, at_us=0)
    grid.stop_unit(1, at_us=S)
    grid.advance(60 * S)
    assert grid.imbalance_mw() < 1e-9
    return grid.served_mw


def test_protective_islanding(two_areas):
    """With the tie, 135 MW are left for the 137.5 MW that all blocks off leave, and everything goes dark."""
    assert served_without_unit(two_areas, first_out=[]) == 0.0
    assert served_without_unit(two_areas, first_out=[0]) == 95.0


@pytest.fixture
def bridge(build_network):
    """Return a Wheatstone bridge: 70 MW fed in at bus 0, 20 MW drawn at bus 2 and 50 MW at bus 3."""
    network = build_network(
        [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)], load_mw=[0, 0, 20, 50], units=[{"bus": 0, "mw": 70, "most": 70}],
        rating_mw=[51, 50, 50, 80, 50],
    )  # fmt: skip
    return dataclasses.replace(network, susceptance_mw=1000.0 / np.array([1.0, 3.0, 3.0, 1.0, 3.0]))


def test_braess(bridge):
    """Without 2-3, the ring sends 1.43 MW of bus 2 over 0-1; without 1-2 as well, each line feeds its own bus."""
    base = DcGrid(bridge)
    assert (np.abs(base.flow_mw) < bridge.rating_mw).all()
    without = base.flow_after(np.array([4]))[0]
    np.testing.assert_allclose(without[0], 360.0 / 7.0)  # 50 x 6/7 + 20 x 3/7
    assert base.run_cascades(np.array([4])).served_share[0] == 0.0
    also_out = dataclasses.replace(bridge, is_in=np.array([True, True, False, True, True]))
    assert DcGrid(also_out).run_cascades(np.array([4])).served_share[0] == 1.0


def test_braess_in_time(bridge):
    served = []
    for broken in ([4], [4, 2]):
        grid = PowerGrid(bridge)
        for branch in broken:
            grid.break_branch(branch, at_us=0)
        grid.advance(DAY)
        served.append(grid.served_mw)
    assert served == [0.0, pytest.approx(70.0)]
