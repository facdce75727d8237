"""Ways that lead on elsewhere: passages between parts of the ground, and the fields that go on across them.

Storeys, flights of stairs and the like are parts of one flat ground that do not touch. A link leads from one line
to another at a cost. The cost field of a goal goes on across links by label correcting: it is marched from the
goal; each line from which a link leads to a cheaper place becomes a seed; and so again until no line gets cheaper.
Costs are positive, so this ends, after one march per link on the longest chain of best links and one more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.kernels import eikonal
from impetus_sim.world.ground import Ground

EVERYONE, STEP_FREE = 0, 1
"""Classes of mobility: those who can use steps, and those who cannot."""
_TOLERANCE_M = 1e-3


@dataclass(frozen=True, kw_only=True)
class Link:
    """A way from one line to another, one direction.

    Parameters
    ----------
    source, target
        Indices of lines (`Ground.line_names`).
    cost_m
        What it costs, as metres of open ground.
    connection
        Number of the connection it belongs to.
    classes
        Classes of mobility that may use it.
    """

    source: int
    target: int
    cost_m: float
    connection: int
    classes: tuple[int, ...] = (EVERYONE, STEP_FREE)


@dataclass(frozen=True, kw_only=True)
class WayRules:
    """What the ways of a run depend on, besides ground and goals.

    Parameters
    ----------
    slower
        float32 (rows, columns): factor on the slowness of the ground, as of stairs; None for 1 everywhere.
    steps
        bool (rows, columns): cells that nobody enters who cannot use steps; None for none.
    links
        Those that can be used now.
    n_classes
        2 when somebody cannot use steps and that makes a difference, else 1.
    is_straight
        Whether ways near lines are the shortest past walls (`impetus_sim.world.doorways`); not where what slows
        people changes from cell to cell.
    """

    slower: npt.NDArray[np.float32] | None = None
    steps: npt.NDArray[np.bool_] | None = None
    links: tuple[Link, ...] = ()
    n_classes: int = 1
    is_straight: bool = True


@dataclass(frozen=True, kw_only=True)
class LineCells:
    """The cells before a line from which the way to it is known.

    cells, distance, outward: int64, float64, float64 (n, 2): flat indices, the way to the line in m, unit vectors
    along it. edge_cells, edge_of, edge_outward: the same for cells on and behind the walls beside them, which
    nobody stands in but directions are interpolated from; `edge_of` is the place in `cells` of a neighbour.
    """

    cells: npt.NDArray[np.int64]
    distance: npt.NDArray[np.float64]
    outward: npt.NDArray[np.float64]
    edge_cells: npt.NDArray[np.int64]
    edge_of: npt.NDArray[np.int64]
    edge_outward: npt.NDArray[np.float64]

    def lead(
        self, costs: npt.NDArray[np.float32], at_line: float, directions: npt.NDArray[np.float32]
    ) -> None:
        """Write the known directions where the known way, with `at_line` m to go from there, is the best.

        costs, directions: float32 (cells of the grid,) and (cells, 2).
        """
        is_best = costs[self.cells] >= self.distance + at_line - _TOLERANCE_M
        directions[self.cells[is_best]] = self.outward[is_best]
        beside = is_best[self.edge_of]
        directions[self.edge_cells[beside]] = self.edge_outward[beside]


def march_across(
    ground: Ground,
    walkable: npt.NDArray[np.uint8],
    slowness: npt.NDArray[np.float32],
    goal: LineCells,
    lines: Sequence[LineCells],
    links: Sequence[Link],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    """Return cost, direction and the cost at each line, of one goal.

    Parameters
    ----------
    walkable, slowness
        uint8 and float32 (rows, columns).
    goal
        Cells of the goal, with the cost there and the direction to keep there.
    lines
        By line index; those of no link may be empty.
    links
        Usable links between them.

    Returns
    -------
    float32 (rows, columns), float32 (rows, columns, 2), float64 (lines,).
    """
    cost = np.empty(walkable.shape, np.float32)
    direction = np.empty((*walkable.shape, 2), np.float32)
    seed = np.full(len(lines), np.inf)
    while True:
        seeded = [k for k in range(len(lines)) if np.isfinite(seed[k])]
        cells = np.concatenate([goal.cells, *(lines[k].cells for k in seeded)])
        costs = np.concatenate([goal.distance, *(lines[k].distance + seed[k] for k in seeded)])
        eikonal.march(walkable, slowness, ground.cell, cells, costs, cost)
        flat = cost.ravel()
        at_line = np.array([float((flat[b.cells] + b.distance).min(initial=np.inf)) for b in lines])
        is_done = True
        for link in links:
            via = at_line[link.target] + link.cost_m
            if via < min(seed[link.source], at_line[link.source]) - _TOLERANCE_M:
                seed[link.source] = via
                is_done = False
        if is_done:
            break
    eikonal.fill_directions(cost, direction)
    towards = direction.reshape(-1, 2)
    for k in seeded:
        lines[k].lead(flat, seed[k], towards)
    goal.lead(flat, 0.0, towards)
    return cost, direction, at_line
