"""DC flow and cascades by a pseudo-inverse: an independent twin that shares no code with the engine."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.power.network import Bools, Floats, PowerNetwork

LEAST_RATING_MW = 1.0
ABOVE = 1.0 + 1e-6


def solve_densely(network: PowerNetwork, is_in: Bools, net_mw: Floats) -> tuple[Floats, Floats]:
    """Return flows (branches,) and injections (buses,) with each island balanced, MW.

    The larger of what is fed in and drawn in an island is scaled down.
    """
    net = net_mw.copy()
    labels = np.arange(network.n_buses)
    for _ in range(network.n_buses):
        before = labels.copy()
        for i, j in zip(network.from_bus[is_in], network.to_bus[is_in], strict=True):
            labels[i] = labels[j] = min(labels[i], labels[j])
        if np.array_equal(before, labels):
            break
    for label in np.unique(labels):
        own = labels == label
        fed, drawn = net[own & (net > 0)].sum(), -net[own & (net < 0)].sum()
        if fed > drawn:
            net[own & (net > 0)] *= drawn / fed
        elif drawn > fed:
            net[own & (net < 0)] *= fed / drawn
    incidence = incidence_of(network)
    b = network.susceptance_mw * is_in
    pushed = b * network.shift_rad
    angle = np.linalg.pinv(incidence.T @ (b[:, None] * incidence)) @ (net + incidence.T @ pushed)
    return b * (incidence @ angle) - pushed, net


def incidence_of(network: PowerNetwork) -> npt.NDArray[np.float64]:
    """Return +1 and -1 at the ends of each branch, (branches, buses)."""
    incidence = np.zeros((network.n_branches, network.n_buses))
    rows = np.arange(network.n_branches)
    incidence[rows, network.from_bus] = 1.0
    incidence[rows, network.to_bus] -= 1.0
    return incidence


def transfer_factors(network: PowerNetwork) -> npt.NDArray[np.float64]:
    """Return the flow in each branch for a unit fed in at one end of another and drawn at its other end."""
    incidence = incidence_of(network)
    b = network.susceptance_mw
    return np.asarray(
        b[:, None] * (incidence @ np.linalg.pinv(incidence.T @ (b[:, None] * incidence)) @ incidence.T)
    )


def run_cascade_densely(network: PowerNetwork, branch: int, margin: float) -> tuple[int, Bools, float]:
    """Return stages, branches in service at the end, and the share served after one branch is out."""
    everything = network.is_in
    base, start = solve_densely(network, everything, network.base_injections_mw())
    rating = np.maximum((1.0 + margin) * np.abs(base), LEAST_RATING_MW)
    is_in, net, stages = everything & (np.arange(network.n_branches) != branch), start, 0
    while True:
        flow, net = solve_densely(network, is_in, net)
        stages += 1
        over = np.abs(flow) > rating * ABOVE
        if not over.any():
            return stages, is_in, float(net[net > 0].sum() / start[start > 0].sum())
        is_in = is_in & ~over
