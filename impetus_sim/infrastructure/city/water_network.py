"""A water network of an EPANET file laid over a city: where its pumps, tanks and junctions are, whom they serve.

Lengths and heights stay those of the file; only positions are moved, so that people and customers find a junction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.water.codes import LinkKind, NodeKind
from impetus_sim.infrastructure.water.input_file import coordinates_of
from impetus_sim.infrastructure.water.project import Project

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class WaterFile:
    """A network and where it lies.

    Parameters
    ----------
    pumps, tanks, junctions
        Ids in the file, in its order; junctions are those that ask for water.
    pump_xy, tank_xy, junction_xy
        float (rows, 2), in the file's unit; nan where it has none.
    scale, offset
        Local metres = scale x the file's + offset; the junctions' box fits into that of the people when left out.
    feeds
        Id of the asset that feeds a pump, by the pump's id; the transformer where it stands for others.
    """

    pumps: tuple[str, ...]
    tanks: tuple[str, ...]
    junctions: tuple[str, ...]
    pump_xy: Floats
    tank_xy: Floats
    junction_xy: Floats
    scale: float | None = None
    offset: tuple[float, float] = (0.0, 0.0)
    feeds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LaidWater:
    """A network laid over a city. junction_of_premise: row of the junction of each of the city's premises, int
    (premises,). people: float (junctions,), who lives and works nearest to each."""

    file: WaterFile
    pump_xy: Floats
    tank_xy: Floats
    junction_xy: Floats
    junction_of_premise: Ints
    people: Floats

    def nearest_junction(self, x: float, y: float) -> int:
        """Return the row of the junction nearest to a point."""
        return int(np.argmin(np.hypot(self.junction_xy[:, 0] - x, self.junction_xy[:, 1] - y)))


def describe_water_file(
    project: Project,
    text: str,
    *,
    scale: float | None = None,
    offset: tuple[float, float] = (0.0, 0.0),
    feeds: Mapping[str, str] | None = None,
) -> WaterFile:
    """Return what is in a network file, with its places.

    Raises
    ------
    InvalidInputError
        When no junction asks for water, one of those has no coordinates, or a fed pump is not there.
    """
    nodes, links = project.ids("node"), project.ids("link")
    kinds, at = project.kinds("node"), coordinates_of(text)
    xy = np.array([at.get(name, (np.nan, np.nan)) for name in nodes]).reshape(-1, 2)
    node, _, _, base = project.demand_terms()
    asks = np.bincount(node, np.maximum(base, 0.0), minlength=len(nodes)) > 0.0
    junctions = np.flatnonzero((kinds == NodeKind.JUNCTION) & asks)
    if not len(junctions):
        raise InvalidInputError("no junction of the network asks for water")
    lost = [nodes[row] for row in junctions if not np.isfinite(xy[row]).all()]
    if lost:
        raise InvalidInputError(
            f"junction '{lost[0]}' has no place", hint="section [COORDINATES] needs a line for it"
        )
    pumps = np.flatnonzero(project.kinds("link") == LinkKind.PUMP)
    from_node, _ = project.link_ends()
    tanks = np.flatnonzero(kinds == NodeKind.TANK)
    names = tuple(links[row] for row in pumps)
    unknown = sorted(set(feeds or {}) - set(names))
    if unknown:
        raise InvalidInputError(
            f"the network has no pump '{unknown[0]}'", hint=f"one of {', '.join(names[:20])}"
        )
    middle = xy[junctions].mean(axis=0)

    def placed(rows: Ints) -> Floats:
        return np.where(np.isfinite(xy[rows]), xy[rows], middle)

    return WaterFile(
        pumps=names,
        tanks=tuple(nodes[row] for row in tanks),
        junctions=tuple(nodes[row] for row in junctions),
        pump_xy=placed(from_node[pumps].astype(np.int64)),
        tank_xy=placed(tanks),
        junction_xy=xy[junctions],
        scale=scale,
        offset=offset,
        feeds=dict(feeds or {}),
    )


def lay_water(file: WaterFile, x: Floats, y: Floats, people: Floats) -> LaidWater:
    """Lay a network over premises at points, with their people.

    Without a scale the box of the junctions that ask for water is fitted into the box of the premises, in one scale
    for both directions, centre on centre. Each premise belongs to the junction nearest to it.
    """
    scale, offset = file.scale, np.array(file.offset)
    if scale is None:
        low, high = file.junction_xy.min(axis=0), file.junction_xy.max(axis=0)
        least, most = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
        wide = high - low > 0.0
        scale = (
            float(np.min((most - least)[wide] / (high - low)[wide], initial=np.inf)) if wide.any() else 1.0
        )
        offset = 0.5 * (least + most) - 0.5 * scale * (low + high)
    junction_xy = scale * file.junction_xy + offset
    nearest = cKDTree(junction_xy).query(np.column_stack([x, y]))[1].astype(np.int64)
    return LaidWater(
        file=file,
        pump_xy=scale * file.pump_xy + offset,
        tank_xy=scale * file.tank_xy + offset,
        junction_xy=junction_xy,
        junction_of_premise=nearest,
        people=np.bincount(nearest, people, minlength=len(junction_xy)).astype(np.float64),
    )
