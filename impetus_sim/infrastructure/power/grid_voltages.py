"""Voltages of a grid in time: AC flow of each of its live islands, with what is switched, shed and fed in now.

Units that hold a voltage do so without limits of reactive power. The reference of an island takes its losses, which
DC flow does not know: a reference bus of the file, else that of the largest unit that runs.
"""

from __future__ import annotations

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.ac import Voltages, solve_voltages
from impetus_sim.infrastructure.power.ac_data import AcData
from impetus_sim.infrastructure.power.grid import PowerGrid
from impetus_sim.infrastructure.power.matpower import CaseTables
from impetus_sim.infrastructure.power.network import Bools, Floats, Ints, PowerNetwork

_HOLDS_NONE, _HOLDS_VOLTAGE, _REFERENCE = 1.0, 2.0, 3.0
_NO_LIMIT_MVAR = 1e6


def require_ac(network: PowerNetwork) -> AcData:
    """Return what AC flow needs of a network.

    Raises
    ------
    InvalidInputError
        When it is not known, or lightsim2grid is not installed.
    """
    if network.ac is None:
        raise InvalidInputError(
            "AC flow needs resistances and reactive loads, which this network does not have"
        )
    try:
        import lightsim2grid.network  # noqa: F401
    except ImportError as error:
        raise InvalidInputError(
            "AC flow needs lightsim2grid", hint="pip install 'impetus_sim[ac]', or leave out ac"
        ) from error
    return network.ac


def solve_grid(grid: PowerGrid) -> Voltages:
    """Return the voltages of all buses, nan where they are dark; of an island without a solution nan too.

    Raises
    ------
    InvalidInputError
        As `require_ac`.
    """
    network, ac = grid.network, require_ac(grid.network)
    magnitude, angle = np.full(network.n_buses, np.nan), np.full(network.n_buses, np.nan)
    has_converged = True
    bus, gen, branch = _bus_rows(grid, ac), _gen_rows(grid, ac), _branch_rows(grid, ac)
    for rows, reference in _islands(grid):
        found = _solve_island(ac.base_mva, bus, gen, branch, rows, reference)
        magnitude[rows], angle[rows] = found.magnitude_pu, found.angle_deg
        has_converged &= found.has_converged
    return Voltages(magnitude_pu=magnitude, angle_deg=angle, has_converged=has_converged)


def _solve_island(
    base_mva: float, bus: Floats, gen: Floats, branch: Floats, rows: Ints, reference: int
) -> Voltages:
    here = bus[rows].copy()
    ids = here[:, 0]
    if len(rows) == 1:  # nothing flows
        held = gen[gen[:, 0] == ids[0], 5]
        return Voltages(
            magnitude_pu=held[:1] if len(held) else np.ones(1), angle_deg=np.zeros(1), has_converged=True
        )
    units = gen[np.isin(gen[:, 0], ids)]
    here[np.isin(ids, units[:, 0]), 1] = _HOLDS_VOLTAGE
    here[ids == reference + 1, 1] = _REFERENCE
    inside = (branch[:, 10] > 0) & np.isin(branch[:, :2], ids).all(axis=1)
    tables = CaseTables(base_mva=base_mva, bus=here, gen=units, branch=branch[inside])
    return solve_voltages(tables)


def _islands(grid: PowerGrid) -> list[tuple[Ints, int]]:
    """Return the buses of each live island, and the bus that is its reference."""
    island, live = grid.island, grid.is_live
    fleet = grid.fleet
    holds = _holding(grid)
    is_first = np.isinf(fleet.most_mw) | grid.network.is_reference[fleet.bus]
    size = np.where(is_first, np.inf, grid.output_mw)
    found = []
    for number in np.unique(island[live]).tolist():
        rows = np.flatnonzero((island == number) & live).astype(np.int64)
        units = np.flatnonzero(holds & np.isin(fleet.bus, rows))
        if not len(units):  # nobody holds a voltage: the largest unit does
            units = np.flatnonzero(grid.is_running & np.isin(fleet.bus, rows))
        found.append((rows, int(fleet.bus[units[np.argmax(size[units])]])))
    return found


def _holding(grid: PowerGrid) -> Bools:
    """Return which units of the fleet run and hold a voltage: links to outside networks, and those that say so."""
    fleet, units = grid.fleet, grid.network.units()
    holds = np.isinf(fleet.most_mw)
    holds[: len(units)] |= np.isfinite(units.set_pu)
    return np.asarray(holds & grid.is_running)


def _bus_rows(grid: PowerGrid, ac: AcData) -> Floats:
    network, fleet = grid.network, grid.fleet
    n = network.n_buses
    table = np.zeros((n, 13))
    of_peak = np.ones(n)
    np.divide(grid.load_mw, network.load_mw, out=of_peak, where=network.load_mw > 0.0)
    table[:, 0], table[:, 1] = np.arange(n) + 1, _HOLDS_NONE
    table[:, 2] = grid.load_mw * grid.share
    table[:, 3] = ac.load_mvar * of_peak * grid.share
    # units that hold no voltage are loads below zero
    rest = grid.is_running & ~_holding(grid)
    mvar = np.zeros(len(fleet))
    mvar[: len(network.units())] = network.units().mvar
    np.subtract.at(table[:, 2], fleet.bus[rest], grid.output_mw[rest])
    np.subtract.at(table[:, 3], fleet.bus[rest], mvar[rest])
    table[:, 5], table[:, 6] = ac.shunt_mvar, 1.0
    table[:, 7], table[:, 9], table[:, 10] = 1.0, ac.kv, 1.0
    table[:, 11], table[:, 12] = 2.0, 0.0
    return table


def _gen_rows(grid: PowerGrid, ac: AcData) -> Floats:
    rows = np.flatnonzero(_holding(grid))
    bus = grid.fleet.bus[rows]
    table = np.zeros((len(rows), 21))
    table[:, 0], table[:, 1] = bus + 1, grid.output_mw[rows]
    table[:, 3], table[:, 4] = _NO_LIMIT_MVAR, -_NO_LIMIT_MVAR
    table[:, 5], table[:, 6], table[:, 7] = ac.set_pu[bus], ac.base_mva, 1.0
    table[:, 8], table[:, 9] = _NO_LIMIT_MVAR, -_NO_LIMIT_MVAR
    return table


def _branch_rows(grid: PowerGrid, ac: AcData) -> Floats:
    network = grid.network
    table = np.zeros((network.n_branches, 11))
    table[:, 0], table[:, 1] = network.from_bus + 1, network.to_bus + 1
    table[:, 2], table[:, 3], table[:, 4] = ac.resistance_pu, ac.reactance_pu, ac.charging_pu
    table[:, 8], table[:, 9], table[:, 10] = ac.ratio, ac.shift_deg, grid.is_in
    return table
