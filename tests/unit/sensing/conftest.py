"""Rooms in which a few assets feed sensors."""

import numpy as np
import pytest

ASSETS = {
    "cyber": {
        "assets": {
            "feeder": {"type": "feeder", "at": {"xy": [1, 1]}},
            "eye": {
                "type": "camera",
                "at": {"xy": [6, 7.5]},
                "needs": [{"service": "power", "of": "feeder"}],
            },
        }
    },
}
"""A camera fed by a feeder, for changes of the room."""


@pytest.fixture(scope="session")
def assets():
    return ASSETS


@pytest.fixture(scope="session")
def reading_of():
    """Return a function from a simulation and a stream to its newest reading: value, serial, cause."""

    def find(simulation, stream):
        telemetry = simulation.world.telemetry
        row = telemetry.streams.ids.index(stream)
        table = telemetry.readings
        return float(table.value[row]), int(table.serial[row]), int(table.cause[row])

    return find


@pytest.fixture(scope="session")
def band():
    """Return a function from trials and a chance to the 99.9 % band of how often it happens."""

    def of(n, p):
        half = 3.2905 * np.sqrt(n * p * (1.0 - p)) + 0.5
        return n * p - half, n * p + half

    return of
