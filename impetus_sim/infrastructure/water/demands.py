"""What junctions ask for: bases, patterns and factors, as EPANET adds them up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.water.codes import Count, Option, Time
from impetus_sim.infrastructure.water.project import Project

Floats = npt.NDArray[np.float64]


class Demands:
    """Demand of all nodes of a project.

    Parameters
    ----------
    project
        Opened; bases are written to it.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._node, self._category, self._pattern, self._base = project.demand_terms()
        self._patterns = {0: np.ones(1)} | {
            number: project.pattern(number) for number in range(1, project.count(Count.PATTERNS) + 1)
        }
        self._multiplier = project.option(Option.DEMAND_MULTIPLIER)
        self._step_s = project.time_s(Time.PATTERN_STEP)
        self._start_s = project.time_s(Time.PATTERN_START)
        self._first_term = np.searchsorted(self._node, np.arange(project.n_nodes + 1))  # nodes in their order

    def requested_m3_s(self, at_s: int, factors: Floats) -> Floats:
        """Return what each node asks for, m3/s, never below 0 (nodes that feed in are sources).

        Parameters
        ----------
        at_s
            Time since the start, s.
        factors
            On the demand of each node, shape (nodes,).
        """
        period = (at_s + self._start_s) // self._step_s
        now = np.array([values[period % len(values)] for values in self._patterns.values()])
        terms = self._base * now[self._pattern] * self._multiplier
        sums = np.bincount(self._node, terms, minlength=len(factors))
        return np.maximum(0.0, sums * factors * self._project.flow_m3_s)

    def write(self, node: int, factor: float) -> None:
        """Multiply the demand of a node in the toolkit."""
        for term in range(self._first_term[node], self._first_term[node + 1]):
            self._project.write_demand(node, int(self._category[term]), float(self._base[term]) * factor)
