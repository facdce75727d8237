"""DC flow, single outages and overload cascades of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.kernels.cascade import OUTAGES_PER_BLOCK, run_cascades, run_outages
from impetus_sim.infrastructure.kernels.flow import make_scratch, solve_state
from impetus_sim.infrastructure.kernels.islands import find_bridges
from impetus_sim.infrastructure.power.network import Floats, Ints, PowerNetwork
from impetus_sim.infrastructure.power.pattern import prepare
from impetus_sim.kernels.compile import BLOCK, fit_threads

LEAST_RATING_MW = 1.0
"""Of branches that carry next to nothing in the base case, chosen: else any change would trip them."""


class _Split(NamedTuple):
    is_bridge: npt.NDArray[np.bool_]
    enter: npt.NDArray[np.int32]
    last: npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Outages:
    """What is left after single outages.

    flow_mw: (outages, branches). served_mw: (outages,), drawn in all islands. splits: bool (outages,), whether the
    network fell in two.
    """

    flow_mw: Floats
    served_mw: Floats
    splits: npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Cascades:
    """How cascades ended.

    stages: (outages,), flow solutions. trips: (outages,), branches that tripped after the first. served_share:
    (outages,), drawn at the end over drawn at the start. is_in: bool (outages, branches), in service at the end, or
    without columns where that was not asked for.
    """

    stages: Ints
    trips: Ints
    served_share: Floats
    is_in: npt.NDArray[np.bool_]


class DcGrid:
    """A network prepared for many DC solutions: order of elimination and pattern are found once.

    Parameters
    ----------
    network
        The network.
    injection_mw
        float (buses,), net injections; those of the base case when left out. Islands are balanced by scaling down
        the larger of what is fed in and what is drawn.
    """

    def __init__(self, network: PowerNetwork, injection_mw: Floats | None = None) -> None:
        self.network = network
        self._grid, self._order = prepare(network)
        base = network.base_injections_mw() if injection_mw is None else np.asarray(injection_mw, np.float64)
        self._scratch = make_scratch(self._grid)
        self._injection = base[self._order]
        self._flow = np.empty(network.n_branches)
        solve_state(self._grid, network.is_in, self._injection, self._scratch, self._flow)

    @property
    def flow_mw(self) -> Floats:
        """Flow of each branch in the base case, MW (branches,), positive from `from_bus` to `to_bus`."""
        return self._flow.copy()

    @property
    def drawn_mw(self) -> float:
        """What is drawn from the network in the base case, MW."""
        return float(-np.minimum(self._injection, 0.0).sum())

    def flow_after(self, branches_out: Ints) -> tuple[Floats, Floats]:
        """Return flows and net injections (both MW) with some branches out and every island balanced."""
        is_in = self.network.is_in.copy()
        is_in[branches_out] = False
        injection, flow = self._injection.copy(), np.empty(self.network.n_branches)
        solve_state(self._grid, is_in, injection, make_scratch(self._grid), flow)
        left = np.empty_like(injection)
        left[self._order] = injection
        return flow, left

    def run_outages(self, outages: Ints | None = None) -> Outages:
        """Take out one branch at a time, without trips, on as many threads as are set.

        All branches that are in service when `outages` is left out.
        """
        rows = self._rows(outages)
        split, n = self._split(), self.network.n_branches
        flow, served = np.empty((len(rows), n)), np.empty(len(rows))
        base = np.stack([self._injection, self._scratch.angle])
        fit_threads(len(rows) // OUTAGES_PER_BLOCK * BLOCK)
        run_outages(
            self._grid,
            self.network.is_in,
            rows,
            base,
            split,
            self._scratch.l_values,
            self._scratch.inverse_d,
            flow,
            served,
        )
        return Outages(flow_mw=flow, served_mw=served, splits=split.is_bridge[rows])

    def run_cascades(
        self, outages: Ints | None = None, *, margin: float | None = None, keep_states: bool = False
    ) -> Cascades:
        """Start a cascade from each outage, of every branch in service when left out; uses the threads set.

        Parameters
        ----------
        margin
            Ratings are this share above the base flow, at least `LEAST_RATING_MW`; those of the network when None.
        """
        rows = self._rows(outages)
        grid = self._grid
        if margin is not None:
            rating = np.maximum((1.0 + margin) * np.abs(self._flow), LEAST_RATING_MW)
            grid = grid._replace(rating=rating)
        stages, trips = np.empty(len(rows), np.int32), np.empty(len(rows), np.int32)
        served = np.empty(len(rows))
        is_in = np.empty((len(rows), self.network.n_branches if keep_states else 0), np.bool_)
        fit_threads(len(rows) // OUTAGES_PER_BLOCK * BLOCK)
        run_cascades(grid, self.network.is_in, rows, self._injection, stages, trips, served, is_in)
        return Cascades(
            stages=stages.astype(np.int64),
            trips=trips.astype(np.int64),
            served_share=served / self.drawn_mw,
            is_in=is_in,
        )

    def _rows(self, outages: Ints | None) -> npt.NDArray[np.int32]:
        rows = np.flatnonzero(self.network.is_in) if outages is None else outages
        return rows.astype(np.int32)

    def _split(self) -> _Split:
        n, grid = self.network.n_buses, self._grid
        ends = np.concatenate([grid.from_bus, grid.to_bus])
        order = np.argsort(ends, kind="stable")
        first = np.searchsorted(ends[order], np.arange(n + 1)).astype(np.int32)
        branch = (order % self.network.n_branches).astype(np.int32)
        split = _Split(
            np.empty(self.network.n_branches, np.bool_), np.empty(n, np.int32), np.empty(n, np.int32)
        )
        find_bridges(grid.from_bus, grid.to_bus, self.network.is_in, first, branch, *split)
        return split
