"""What links to outside networks give in the base case: their buses hold angle 0."""

from __future__ import annotations

import numpy as np

from impetus_sim.infrastructure.power.branch_tables import Branches
from impetus_sim.infrastructure.power.network import Floats, Generators


def reference_outputs(
    branches: Branches, net_mw: Floats, units: Generators, n_buses: int, *, base_mva: float
) -> Floats:
    """Return the output of each unit with those without limits set to what the network draws at them, MW (units,).

    net_mw: float (buses,), what is fed in less what is drawn without them. Parts without such a unit get nothing.
    """
    from scipy.sparse import coo_matrix, csr_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import splu

    outside = np.flatnonzero(np.isinf(units.most_mw) & units.is_in)
    held = np.unique(units.bus[outside])
    i, j = branches.from_bus[branches.is_in], branches.to_bus[branches.is_in]
    b = branches.susceptance_mw(base_mva)[branches.is_in]
    shift = np.deg2rad(branches.shift_deg[branches.is_in])
    rows, columns = np.concatenate([i, j, i, j]), np.concatenate([i, j, j, i])
    matrix: csr_matrix = coo_matrix(
        (np.concatenate([b, b, -b, -b]), (rows, columns)), shape=(n_buses, n_buses)
    ).tocsr()
    part = connected_components(matrix, directed=False)[1]
    free = np.setdiff1d(np.flatnonzero(np.isin(part, part[held])), held)
    pushed = np.bincount(i, b * shift, n_buses) - np.bincount(j, b * shift, n_buses)
    angle = np.zeros(n_buses)
    if len(free):
        angle[free] = splu(matrix[free][:, free].tocsc()).solve((net_mw + pushed)[free])
    needed = np.asarray(matrix @ angle) - pushed - net_mw
    output = units.output_mw.copy()
    for bus in held:
        at = outside[units.bus[outside] == bus]
        output[at] += needed[bus] / len(at)
    return output
