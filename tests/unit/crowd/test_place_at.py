"""People put on given places: one call, checked, and the run goes on from there."""

from __future__ import annotations

import time

import numpy as np
import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError


@pytest.fixture
def hall(room):
    def build(count):
        return room(
            {
                "map": {"synthetic": {"width": 260, "depth": 120}},
                "crowd": {
                    "populations": {
                        "guests": {"count": count, "at": {"box": [1, 1, 250, 110]}, "activity": "leave"}
                    }
                },
            }
        )

    return build


def lattice(n):
    k = np.arange(n)
    return np.column_stack([20.0 + 0.7 * (k % 340), 10.0 + 0.7 * (k // 340)])


def test_fifty_thousand_in_one_call(hall):
    simulation = Simulation(hall(50_000), seed=1)
    places = lattice(50_000)
    began = time.process_time()
    simulation.crowd.place("guests", places)
    assert time.process_time() - began < 0.5
    assert np.array_equal(simulation.crowd.positions, places)


def test_the_run_goes_on_from_there(hall):
    simulation = Simulation(hall(40), seed=1)
    places = lattice(40)
    simulation.crowd.place("guests", places)
    simulation.run_until(1.0)
    moved = np.hypot(*(simulation.crowd.positions - places).T)
    assert moved.max() < 2.2 and moved.max() > 0.1


@pytest.mark.parametrize(
    ("name", "places", "message"),
    [
        ("guest", lattice(4), "there is no population 'guest'"),
        ("guests", lattice(3), "not \\(4, 2\\)"),
        ("guests", lattice(4) - 100.0, "4 of 4 positions are not on walkable ground"),
        ("guests", lattice(4) * np.nan, "4 of 4 positions"),
    ],
)
def test_places_are_checked(hall, name, places, message):
    simulation = Simulation(hall(4), seed=1)
    with pytest.raises(InvalidInputError, match=message):
        simulation.crowd.place(name, places)


def test_only_before_the_run(hall):
    simulation = Simulation(hall(4), seed=1)
    simulation.run_until(0.5)
    with pytest.raises(InvalidInputError, match="has begun"):
        simulation.crowd.place("guests", lattice(4))
