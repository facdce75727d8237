"""lightsim2grid: DC contingency analysis of the same branches of the same case."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.matpower import CaseTables
from impetus_sim.infrastructure.power.network import Floats, Ints

_TAP, _SHIFT, _STATUS = 8, 9, 10


@dataclass(frozen=True, kw_only=True)
class PeerResult:
    """Flows after each outage, MW (outages, branches), nan where it has no answer; how many it answered."""

    flow_mw: Floats
    n_answered: int


class Lightsim:
    """One prepared analysis; `run` may be repeated.

    Parameters
    ----------
    tables
        The case; its branches are in service.
    outages
        int (outages,), rows of branches.
    parts
        Whether outages that split the network are answered too, for the main part alone.
    threads
        Threads of its own.
    """

    def __init__(self, tables: CaseTables, outages: Ints, *, parts: bool, threads: int) -> None:
        try:
            from lightsim2grid import AlgorithmType
            from lightsim2grid.contingencyAnalysis import ContingencyAnalysisCPP
            from lightsim2grid.network import init_from_matpower
        except ImportError as error:
            raise InvalidInputError(
                "lightsim2grid is not installed", hint="pip install 'impetus_sim[ac]'"
            ) from error
        branch = np.hstack([tables.branch, np.tile([-360.0, 360.0], (len(tables.branch), 1))])
        case = {"bus": tables.bus, "gen": tables.gen, "branch": branch, "baseMVA": tables.base_mva}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells of zero taps and shifts
            grid = init_from_matpower(case)
        n = len(tables.bus)
        self._start: Any = grid.dc_pf(np.ones(n, np.complex128), 1, 1e-8)
        is_line = (tables.branch[:, _TAP] == 0.0) & (tables.branch[:, _SHIFT] == 0.0)
        self._order = np.concatenate(
            [np.flatnonzero(is_line), np.flatnonzero(~is_line)]
        )  # lines come first there
        self._analysis = ContingencyAnalysisCPP(grid)
        self._analysis.change_algorithm(AlgorithmType.DC_KLU)
        self._analysis.handle_disconnected_grid = parts
        if threads > 1:
            self._analysis.nb_thread = threads
        place = np.argsort(self._order)
        rows = place[outages]
        for row in rows:
            self._analysis.add_n1(int(row))
        self._rank = np.argsort(np.argsort(rows))  # it answers in the order of its own rows

    @property
    def name(self) -> str:
        """Name and version."""
        return f"lightsim2grid {version('lightsim2grid')}"

    def run(self) -> None:
        """Solve all outages and fill their flows."""
        self._analysis.compute(self._start, 1, 1e-8)
        self._analysis.compute_power_flows()

    def result(self) -> PeerResult:
        """Return what the last run found."""
        flow = np.asarray(self._analysis.get_power_flows())[self._rank]
        found = np.asarray(self._analysis.converged_mask())[self._rank]
        out = np.full(flow.shape, np.nan)
        out[:, self._order] = flow
        out[~found] = np.nan
        return PeerResult(flow_mw=out, n_answered=int(found.sum()))
