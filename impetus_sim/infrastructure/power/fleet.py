"""All units of a grid as it starts: those of the network, links to outside networks, and feed-in that is given as
negative load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impetus_sim.infrastructure.power.network import Bools, Floats, Generators, Ints, PowerNetwork


@dataclass(frozen=True, kw_only=True)
class Fleet(Generators):
    """Units whose outputs balance the base case; limits wide enough for it. Columns as in `Generators`."""


def build_fleet(network: PowerNetwork) -> Fleet:
    """Return the units of a network in its base case.

    Reference buses balance it, in equal shares. One without a running unit stands for an outside network without
    limits. Buses with negative load feed it in without governing.
    """
    units = network.units()
    has_unit = np.zeros(network.n_buses, np.bool_)
    has_unit[units.bus[units.is_in]] = True
    outside = np.flatnonzero(network.is_reference & ~has_unit)
    feed_in = np.flatnonzero(network.load_mw < 0.0)
    n_out, n_in = len(outside), len(feed_in)
    bus: Ints = np.concatenate([units.bus, outside, feed_in]).astype(np.int64)
    fed = -network.load_mw[feed_in]
    output: Floats = np.concatenate([units.output_mw, np.zeros(n_out), fed])
    is_in: Bools = np.concatenate([units.is_in, np.ones(n_out + n_in, np.bool_)])
    base = network.base_injections_mw() + network.load_mw
    output = output + _differences(network, bus, output, is_in, base)
    most = np.concatenate([units.most_mw, np.full(n_out, np.inf), fed])
    least = np.concatenate([units.least_mw, np.full(n_out, -np.inf), np.zeros(n_in)])
    names = network.bus_names
    return Fleet(
        bus=bus,
        output_mw=output,
        least_mw=np.minimum(least, output),
        most_mw=np.maximum(most, output),
        ramp_mw_min=np.concatenate([units.ramp_mw_min, np.full(n_out + n_in, np.inf)]),
        participation=np.concatenate([units.participation, np.ones(n_out), np.zeros(n_in)]),
        is_in=is_in,
        names=(
            *units.names,
            *(f"outside_{names[row]}" for row in outside),
            *(f"feed_in_{names[row]}" for row in feed_in),
        ),
    )


def _differences(network: PowerNetwork, bus: Ints, output: Floats, is_in: Bools, base: Floats) -> Floats:
    # What the first running unit at each reference bus gives beside its set point.
    differences = np.zeros(len(bus))
    for row in np.flatnonzero(network.is_reference):
        at = np.flatnonzero((bus == row) & is_in)
        fed = max(-network.load_mw[row], 0.0)  # a unit of its own here
        differences[at[0]] = base[row] + fed - output[at].sum()
    return differences
