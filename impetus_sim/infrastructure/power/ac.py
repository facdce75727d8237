"""AC power flow for those who ask for voltages, by lightsim2grid (extra ``ac``).

Newton-Raphson on the full AC equations, one reference bus. Each call solves afresh from tables, so nothing is kept
between calls. The grid in time goes on by DC flow; voltages are a reading beside it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.matpower import CaseTables
from impetus_sim.infrastructure.power.network import Bools, Floats

_REFERENCE, _ISOLATED = 3, 4
_ITERATIONS, _TOLERANCE_PU = 30, 1e-8


@dataclass(frozen=True, kw_only=True)
class Voltages:
    """Outcome of an AC flow: per-unit magnitudes and degrees of each bus of the case, nan where there are none.

    has_converged: False where there is no solution, as when voltage collapses.
    """

    magnitude_pu: Floats
    angle_deg: Floats
    has_converged: bool


def solve_voltages(
    tables: CaseTables, *, is_in: Bools | None = None, load_share: Floats | None = None
) -> Voltages:
    """Solve the AC flow of the part with the reference bus; other parts get no voltage.

    Parameters
    ----------
    tables
        The case.
    is_in
        bool (rows of ``tables.branch``,), in service; those of the case when left out.
    load_share
        float (rows of ``tables.bus``,), share of each bus's load that is served; all of it when left out.

    Raises
    ------
    InvalidInputError
        When lightsim2grid is not installed, or the case has no single reference bus.
    """
    try:
        from lightsim2grid.network import init_from_matpower
    except ImportError as error:
        raise InvalidInputError(
            "AC flow needs lightsim2grid", hint="pip install 'impetus_sim[ac]', or leave out ac"
        ) from error
    bus, branch = tables.bus.copy(), tables.branch.copy()
    if load_share is not None:
        bus[:, 2:4] *= load_share[:, None]
    branch[:, 10] = branch[:, 10] > 0 if is_in is None else is_in
    kept = _main_part(bus, branch)
    ids = bus[kept, 0]
    branch = branch[(branch[:, 10] > 0) & np.isin(branch[:, :2], ids).all(axis=1)]
    gen = tables.gen[(tables.gen[:, 7] > 0) & np.isin(tables.gen[:, 0], ids)]
    case = {
        "bus": bus[kept],
        "gen": gen,
        "branch": np.hstack([branch, np.tile([-360.0, 360.0], (len(branch), 1))]),
        "baseMVA": tables.base_mva,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of zero taps and shifts
        grid = init_from_matpower(case)
    # from the angles of the DC flow: transformers that turn them by 150 degrees lie too far from a flat start
    start = np.asarray(grid.dc_pf(np.ones(len(ids), np.complex128), _ITERATIONS, _TOLERANCE_PU))
    solved = np.asarray(grid.ac_pf(start, _ITERATIONS, _TOLERANCE_PU)) if len(start) else start
    magnitude, angle = np.full(len(bus), np.nan), np.full(len(bus), np.nan)
    if len(solved):
        magnitude[kept], angle[kept] = np.abs(solved), np.angle(solved, deg=True)
    return Voltages(magnitude_pu=magnitude, angle_deg=angle, has_converged=bool(len(solved)))


def _main_part(bus: Floats, branch: Floats) -> Bools:
    """Return which buses hang together with the reference bus."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    reference = np.flatnonzero(bus[:, 1] == _REFERENCE)
    if len(reference) != 1:
        raise InvalidInputError(f"AC flow needs one reference bus, the case has {len(reference)}")
    order = np.argsort(bus[:, 0])
    ends = order[np.searchsorted(bus[order, 0], branch[branch[:, 10] > 0][:, :2])]
    shape = (len(bus), len(bus))
    joined = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=shape)
    part = connected_components(joined, directed=False)[1]
    kept: Bools = (part == part[reference[0]]) & (bus[:, 1] != _ISOLATED)
    return kept
