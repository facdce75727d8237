"""Tanks of an EPANET project: volume and level, and how they move between two solutions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.infrastructure.water.codes import Node, NodeKind
from impetus_sim.infrastructure.water.project import Project

Floats = npt.NDArray[np.float64]

STILL_M3_S = 1e-6 * 0.3048**3
"""Flows below it count as none (EPANET's QZERO, 1e-6 cubic feet per second)."""
EDGE_M = 1e-3
"""A tank this close to its lowest or highest level is empty or full."""


class Tanks:
    """Tanks in the order of nodes; reservoirs are not among them.

    Parameters
    ----------
    project
        Opened.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self.nodes = np.flatnonzero(project.kinds("node") == NodeKind.TANK)
        self.row_of_node = {int(node): k for k, node in enumerate(self.nodes)}
        self.inflow_m3_s = np.zeros(len(self.nodes))
        self._floors = self._all(Node.ELEVATION)
        self.lowest_m = self._all(Node.MIN_LEVEL) * project.length_m
        self.highest_m = self._all(Node.MAX_LEVEL) * project.length_m
        self._curves = [self._levels_and_volumes(k) for k in range(len(self.nodes))]

    def _all(self, what: Node) -> Floats:
        return self._project.node_values(what, self.nodes)

    def _levels_and_volumes(self, k: int) -> tuple[Floats, Floats]:
        # Points between which the volume is linear in the level: two of a cylinder, or those of its curve.
        node, length = int(self.nodes[k]), self._project.length_m
        number = int(self._project.node_value(node, Node.VOLUME_CURVE))
        if number:
            levels, volumes = self._project.curve(number)
            return levels * length, volumes * length**3
        area = 0.25 * np.pi * (self._project.node_value(node, Node.TANK_DIAMETER) * length) ** 2
        lowest = self._project.node_value(node, Node.MIN_VOLUME) * length**3
        levels = np.array([self.lowest_m[k], self.highest_m[k]])
        return levels, lowest + area * (levels - levels[0])

    def read(self) -> None:
        """Take over the flows into tanks of the solution of now."""
        self.inflow_m3_s = self._all(Node.DEMAND) * self._project.flow_m3_s

    def volumes_m3(self) -> Floats:
        """Return the volumes now."""
        return self._all(Node.TANK_VOLUME) * self._project.length_m**3

    def levels_m(self) -> Floats:
        """Return the levels now."""
        return (self._all(Node.HEAD) - self._floors) * self._project.length_m

    def volume_m3(self, k: int, level_m: float) -> float:
        """Return the volume of a tank at a level."""
        return float(np.interp(level_m, *self._curves[k]))

    def level_after_m(self, k: int, volume_m3: float, inflow_m3: float) -> float:
        """Return the level of a tank once a volume has been added to what it holds."""
        levels, volumes = self._curves[k]
        return float(np.interp(volume_m3 + inflow_m3, volumes, levels))
