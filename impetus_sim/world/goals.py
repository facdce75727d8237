"""Goals of walking: a distance field and a direction field for each exit and each gathering area.

Fields depend only on the ground and the goal, so they are kept on disk under a hash of both and mapped into
memory: a second run, or a second worker, starts at once.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.files import written_whole
from impetus_sim.kernels.compile import cache_folder
from impetus_sim.world.doorways import find_doorway
from impetus_sim.world.ground import Ground
from impetus_sim.world.passages import STEP_FREE, LineCells, Link, WayRules, march_across

KEEP_OFF_WALL_M = 0.6
"""Within this distance of a wall the ground counts as slower, so that ways keep off corners."""
WALL_SLOWNESS = 3.0
"""Slowness at the wall, relative to open ground."""


@dataclass(frozen=True, kw_only=True)
class Goals:
    """Exits first, in the order of `Ground.exit_names`, then gathering areas by name.

    costs: float32 (goals, rows, columns), metres of open ground, inf where unreachable.
    directions: float32 (goals, rows, columns, 2).
    in_area: uint8 (goals, rows, columns), cells of gathering areas; 0 for exits.
    n_classes: with 2, costs and directions hold every goal twice: for everyone, then for those who cannot use
    steps. line_costs: float64 (fields, lines), the cost at each line from which people go on.
    """

    names: tuple[str, ...]
    n_exits: int
    costs: npt.NDArray[np.float32]
    directions: npt.NDArray[np.float32]
    in_area: npt.NDArray[np.uint8]
    line_costs: npt.NDArray[np.float64]
    n_classes: int = 1

    def of_class(self, mobility: int) -> npt.NDArray[np.float32]:
        """Return the costs for one class of mobility, float32 (goals, rows, columns)."""
        n = len(self.names)
        return self.costs[mobility * n : (mobility + 1) * n]

    def fields_of(
        self, goals: npt.NDArray[np.int16], mobility: npt.NDArray[np.int16] | None
    ) -> npt.NDArray[np.int16]:
        """Return the field that leads to each goal (0 or more) for somebody of each class of mobility."""
        return goals if mobility is None else goals + mobility * np.int16(len(self.names))


def build_goals(
    ground: Ground,
    areas: Mapping[str, npt.NDArray[np.int64]],
    *,
    rules: WayRules | None = None,
    keep: bool = True,
) -> Goals:
    """Build (or load) the fields of every exit and area.

    Parameters
    ----------
    ground
        The ground.
    areas
        Gathering areas: name to flat cell indices.
    rules
        Slopes, passages and classes of mobility; none of them when left out.
    keep
        Whether the fields are looked for, and kept, on disk; not worth it for rules that hold for a moment.
    """
    rules = WayRules() if rules is None else rules
    names = (*ground.exit_names, *sorted(areas))
    lines = [find_doorway(ground, k, rules) for k in range(len(ground.line_names))]
    fields = np.full((rules.n_classes * len(names), *ground.shape), np.inf, np.float32)
    directions = np.zeros((*fields.shape, 2), np.float32)
    in_area = np.zeros((len(names), *ground.shape), np.uint8)
    line_costs = np.full((len(fields), len(lines)), np.inf)
    slowness = 1.0 + (WALL_SLOWNESS - 1.0) * np.clip(1.0 - ground.wall_distance / KEEP_OFF_WALL_M, 0.0, 1.0)
    if rules.slower is not None:
        slowness = slowness * rules.slower
    for mobility in range(rules.n_classes):
        walkable, links = ground.walkable, [link for link in rules.links if mobility in link.classes]
        if mobility == STEP_FREE and rules.steps is not None:
            walkable = np.where(rules.steps, np.uint8(0), walkable)
        for g, name in enumerate(names):
            if g < len(ground.exit_names):
                goal = lines[g]
            else:
                cells = areas[name]
                goal = _area_cells(cells)
                in_area[g].flat[cells] = 1
            f = mobility * len(names) + g
            fields[f], directions[f], line_costs[f] = _field(
                ground, walkable, slowness.astype(np.float32), goal, lines, links, keep=keep
            )
    return Goals(
        names=names,
        n_exits=len(ground.exit_names),
        costs=fields,
        directions=directions,
        in_area=in_area,
        line_costs=line_costs,
        n_classes=rules.n_classes,
    )


def _area_cells(cells: npt.NDArray[np.int64]) -> LineCells:
    none = np.zeros(0, np.int64)
    return LineCells(
        cells=cells,
        distance=np.zeros(len(cells)),
        outward=np.zeros((len(cells), 2)),
        edge_cells=none,
        edge_of=none,
        edge_outward=np.zeros((0, 2)),
    )


def _field(
    ground: Ground,
    walkable: npt.NDArray[np.uint8],
    slowness: npt.NDArray[np.float32],
    goal: LineCells,
    lines: Sequence[LineCells],
    links: Sequence[Link],
    *,
    keep: bool,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    if not keep:
        return march_across(ground, walkable, slowness, goal, lines, links)
    chained = np.array([(link.source, link.target, link.cost_m) for link in links]).reshape(-1, 3)
    passed = sorted({int(k) for k in chained[:, :2].ravel()})
    parts = [goal, *(lines[k] for k in passed)]
    arrays = [array for part in parts for array in _arrays_of(part)]
    path = _cache_path(ground, (walkable, slowness, *arrays, chained))
    try:
        with path.open("rb") as file, np.load(file) as saved:
            return saved["cost"], saved["direction"], saved["at_line"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        pass  # not there yet, or damaged: build it
    cost, direction, at_line = march_across(ground, walkable, slowness, goal, lines, links)
    _store(path, cost=cost, direction=direction, at_line=at_line)
    return cost, direction, at_line


def _arrays_of(part: LineCells) -> tuple[npt.NDArray[Any], ...]:
    return part.cells, part.distance, part.outward, part.edge_cells, part.edge_of, part.edge_outward


def _cache_path(ground: Ground, seeds: Sequence[npt.NDArray[Any]]) -> Path:
    digest = hashlib.sha256()
    origin = np.array([ground.x0, ground.y0, ground.cell])
    arrays: list[npt.NDArray[Any]] = [ground.wall_distance, ground.walls, ground.wall_exit, origin, *seeds]
    for array in arrays:
        digest.update(str(array.shape).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    digest.update(np.array([KEEP_OFF_WALL_M, WALL_SLOWNESS]).tobytes())
    return cache_folder().parent.parent / "fields" / cache_folder().name / f"{digest.hexdigest()[:32]}.npz"


def _store(path: Path, **arrays: npt.NDArray[Any]) -> None:
    with suppress(OSError):  # a full or read-only cache costs time, not the run
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as temporary:
            np.savez(temporary, **arrays)  # type: ignore[arg-type]
