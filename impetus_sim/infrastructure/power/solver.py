"""Flows of a network whose branches are switched one after another: the factor follows, island by island."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from impetus_sim.infrastructure.kernels.flow import (
    add_shifts,
    factorise_islands,
    fill_flows,
    make_scratch,
    switch_branch,
)
from impetus_sim.infrastructure.kernels.islands import find_islands
from impetus_sim.infrastructure.kernels.ldl import solve
from impetus_sim.infrastructure.power.network import Bools, Floats, Ints, PowerNetwork
from impetus_sim.infrastructure.power.pattern import prepare

MOST_UPDATES = 30
"""Updates of rank one after which the factor is made anew, so that rounding does not pile up."""


class FlowSolver:
    """DC flows for any state of the branches, of a network whose islands are balanced by the caller.

    A branch that is switched inside an island updates the factor by rank one; islands that fall in two or grow
    together are factorised anew, no others. The factor follows from `factored_in` and `updates` to the last bit.

    Parameters
    ----------
    network
        The network.
    is_in
        bool (branches,), in service at the start.
    """

    def __init__(self, network: PowerNetwork, is_in: Bools) -> None:
        self._grid, self._order = prepare(network)
        self._place = np.argsort(self._order)
        self._scratch = make_scratch(self._grid)
        self._is_in, self._factored_in = is_in.copy(), is_in.copy()
        self._updates: list[int] = []
        self.rebuild(is_in, is_in, ())

    @property
    def island(self) -> Ints:
        """Number of the island of each bus, int (buses,): the row of one of its buses."""
        labels: Ints = self._order[self._scratch.island[self._place]]
        return labels

    @property
    def factored_in(self) -> Bools:
        """Branches in service when the factor of their island was made, bool (branches,)."""
        return self._factored_in

    @property
    def updates(self) -> tuple[int, ...]:
        """Branches switched in the factor since then, in order."""
        return tuple(self._updates)

    def rebuild(self, is_in: Bools, factored_in: Bools, updates: Sequence[int]) -> None:
        """Make the factor as it was: of `factored_in`, and the same updates in the same order."""
        self._is_in, self._factored_in, self._updates = factored_in.copy(), factored_in.copy(), []
        self._find_islands()
        self._factorise(np.ones(len(self._order), np.bool_))
        for branch in updates:
            self._switch(branch)
        if not np.array_equal(self._is_in, is_in):
            raise ValueError("updates of a power network's factor do not lead to the state of its branches")

    def switch(self, is_in: Bools) -> None:
        """Follow to another state of the branches, bool (branches,)."""
        changed = np.flatnonzero(is_in != self._is_in)
        if not len(changed):
            return
        before, was_in = self._scratch.island.copy(), self._is_in
        self._is_in = is_in.copy()
        self._find_islands()
        stale = _stale(before, self._scratch.island)
        if len(self._updates) + len(changed) > MOST_UPDATES:
            stale[:] = True
        if stale.any():
            # An update on the way to the new state sees the branches of the other islands as they were.
            self._factorise(stale)
        self._is_in = np.where(stale[self._grid.from_bus], is_in, was_in)
        # What closes goes first: every state on the way then holds the island together.
        for branch in sorted(changed[~stale[self._grid.from_bus[changed]]], key=lambda row: not is_in[row]):
            if not self._switch(int(branch)):
                self._is_in = is_in.copy()
                self._factorise(np.ones(len(self._order), np.bool_))
                return

    def solve(self, injection_mw: Floats) -> Floats:
        """Return the flow of each branch, MW (branches,); injections (buses,) add up to zero in each island."""
        angle = injection_mw[self._order]
        add_shifts(self._grid, self._is_in, angle)
        solve(self._grid, self._scratch.l_values, self._scratch.inverse_d, angle)
        flow = np.empty(len(self._is_in))
        fill_flows(self._grid, self._is_in, angle, flow)
        return flow

    def _find_islands(self) -> None:
        find_islands(self._grid.from_bus, self._grid.to_bus, self._is_in, self._scratch.island)
        self._scratch.is_ground[:] = self._scratch.island == np.arange(len(self._order))

    def _factorise(self, stale: Bools) -> None:
        factorise_islands(self._grid, self._is_in, stale, self._scratch)
        of_stale = stale[self._grid.from_bus]
        self._factored_in = np.where(of_stale, self._is_in, self._factored_in)
        self._updates = [branch for branch in self._updates if not of_stale[branch]]

    def _switch(self, branch: int) -> bool:
        self._is_in[branch] = not self._is_in[branch]
        self._updates.append(branch)
        return bool(switch_branch(self._grid, branch, bool(self._is_in[branch]), self._scratch))


def _stale(before: Ints, after: Ints) -> Bools:
    # Islands are named by a bus of theirs: where a name changed, both the old and the new island are others now.
    moved = before != after
    names = np.concatenate([before[moved], after[moved]])
    stale: Bools = np.isin(before, names) | np.isin(after, names)
    return stale
