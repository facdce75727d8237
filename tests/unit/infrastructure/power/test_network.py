"""Networks as arrays: what is filled in, what is refused, and branches that are out at the start."""

import dataclasses

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.dc import DcGrid
from impetus_sim.infrastructure.power.network import PowerNetwork


def build_ring(**changes):
    """Return three buses on a ring: 30 MW fed in at the first, drawn at the second."""
    given = {
        "bus_id": np.arange(3),
        "load_mw": np.array([0.0, 30.0, 0.0]),
        "generation_mw": np.array([30.0, 0.0, 0.0]),
        "is_reference": np.arange(3) == 0,
        "from_bus": np.array([0, 0, 2]),
        "to_bus": np.array([1, 2, 1]),
        "branch_id": np.arange(3),
        "susceptance_mw": np.full(3, 100.0),
        "shift_rad": np.zeros(3),
        "rating_mw": np.full(3, np.inf),
    }
    return PowerNetwork(**(given | changes))


def test_what_is_filled_in():
    network = build_ring()
    assert network.bus_names == ("bus_0", "bus_1", "bus_2")
    assert network.branch_names[2] == "branch_2"
    assert network.is_in.all()
    assert network.has_breaker.all()
    assert np.isnan(network.x).all()
    units = network.units()
    np.testing.assert_array_equal(units.bus, [0])
    np.testing.assert_array_equal(units.most_mw, [30.0])


def test_a_tie_carries_nothing_until_it_is_closed():
    tie = build_ring(is_in=np.array([True, True, False]))
    np.testing.assert_allclose(DcGrid(tie).flow_mw, [30.0, 0.0, 0.0])
    closed = DcGrid(dataclasses.replace(tie, is_in=np.ones(3, bool)))
    np.testing.assert_allclose(closed.flow_mw, [20.0, 10.0, 10.0], atol=1e-12)


def test_single_outages_beside_an_open_tie():
    tie = build_ring(is_in=np.array([True, True, False]))
    outages = DcGrid(tie).run_outages()
    np.testing.assert_allclose(outages.served_mw, [0.0, 30.0])
    np.testing.assert_array_equal(outages.splits, [True, True])
    of_the_tie = DcGrid(tie).run_outages(np.array([2]))
    np.testing.assert_allclose(of_the_tie.flow_mw, [[30.0, 0.0, 0.0]])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rating_mw": np.ones(2)}, "rating_mw of a power network: 2, not 3"),
        ({"x": np.zeros(4)}, "x of a power network: 4, not 3"),
        ({"branch_names": ("a", "b", "a")}, "branch names are 'a'"),
    ],
)
def test_what_is_refused(changes, said):
    with pytest.raises(InvalidInputError, match=said):
        build_ring(**changes)
