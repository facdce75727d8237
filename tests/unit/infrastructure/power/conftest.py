"""Small power networks for tests."""

import numpy as np
import pytest

from impetus_sim.infrastructure.power.network import Generators, PowerNetwork


def _build(ends, *, load_mw, units, rating_mw=None, is_in=None, has_breaker=None):
    ends, load_mw = np.asarray(ends), np.asarray(load_mw, float)
    n, n_buses = len(ends), len(load_mw)
    units = [{"least": 0.0, "ramp": np.inf, **unit} for unit in units]
    generators = Generators(
        bus=np.array([unit["bus"] for unit in units]),
        output_mw=np.array([float(unit["mw"]) for unit in units]),
        least_mw=np.array([float(unit["least"]) for unit in units]),
        most_mw=np.array([float(unit["most"]) for unit in units]),
        ramp_mw_min=np.array([float(unit["ramp"]) for unit in units]),
        participation=np.array([min(float(unit["most"]), 1e6) for unit in units]),
        is_in=np.ones(len(units), bool),
        names=tuple(f"unit_{k}" for k in range(len(units))),
    )
    return PowerNetwork(
        bus_id=np.arange(n_buses),
        load_mw=load_mw,
        generation_mw=np.bincount(generators.bus, generators.output_mw, n_buses),
        is_reference=np.arange(n_buses) == generators.bus[0],
        from_bus=ends[:, 0],
        to_bus=ends[:, 1],
        branch_id=np.arange(n),
        susceptance_mw=np.full(n, 1000.0),
        shift_rad=np.zeros(n),
        rating_mw=np.full(n, np.inf) if rating_mw is None else np.asarray(rating_mw, float),
        is_in=np.ones(n, bool) if is_in is None else np.asarray(is_in, bool),
        has_breaker=np.ones(n, bool) if has_breaker is None else np.asarray(has_breaker, bool),
        generators=generators,
    )


@pytest.fixture(scope="session")
def build_network():
    """Return a function that builds a network from ends, loads (buses,) and units (bus, mw, most, least, ramp)."""
    return _build
