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
    """

    slower: npt.NDArray[np.float32] | None = None
    steps: npt.NDArray[np.bool_] | None = None
    links: tuple[Link, ...] = ()
    n_classes: int = 1


@dataclass(frozen=True, kw_only=True)
class LineCells:
    """The cells before a line: flat indices, distances to it in m, and unit vectors straight through it."""

    cells: npt.NDArray[np.int64]
    distance: npt.NDArray[np.float64]
    outward: npt.NDArray[np.float64]


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
        through = flat[lines[k].cells] >= lines[k].distance + seed[k] - _TOLERANCE_M
        towards[lines[k].cells[through]] = lines[k].outward[through]
    towards[goal.cells] = goal.outward
    return cost, direction, at_line
