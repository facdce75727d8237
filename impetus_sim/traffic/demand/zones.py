"""Groups of trip ends: the buildings of a map by their people, and the streets that leave it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Zones:
    """Trip ends.

    x, y: float64 (zones,), m. weight: float64 (zones,), of trips that begin or end there.
    node: int64 (zones,), junction where its trips end. is_edge: bool (zones,), on the map's edge.
    first: int64 (zones + 1,) into origin: int64, junctions where its trips begin, with origin_weight.
    """

    x: Floats
    y: Floats
    weight: Floats
    node: Ints
    is_edge: npt.NDArray[np.bool_]
    first: Ints
    origin: Ints
    origin_weight: Floats


def build_zones(
    node_x: Floats,
    node_y: Floats,
    node_people: Floats,
    *,
    edge_nodes: Ints,
    edge_weight: Floats,
    through: float,
    most: int,
) -> Zones:
    """Group junctions by squares of a grid, and add the edge's.

    Parameters
    ----------
    node_people
        float64 (nodes,), people whose buildings are nearest to each junction.
    edge_nodes, edge_weight
        Junctions at the map's edge, and their share of what passes it.
    through
        Share of all trip ends that lies at the edge.
    most
        Zones at most, the edge's included.

    Raises
    ------
    InvalidInputError
        When there is nobody to make a trip.
    """
    if not len(edge_nodes) or edge_weight.sum() <= 0.0:
        through, edge_nodes, edge_weight = 0.0, edge_nodes[:0], edge_weight[:0]
    inner = np.flatnonzero(node_people > 0.0)
    if not len(inner):
        if not len(edge_nodes):
            raise InvalidInputError(
                "nobody lives on the map and no street leaves it: there are no everyday trips",
                hint="give traffic.demand of the kind trips",
            )
        through = 1.0
    elif through >= 1.0:
        inner = inner[:0]
    groups = square_groups(inner, node_x, node_y, max(1, most - len(edge_nodes)))
    members: list[Ints] = [*groups, *(edge_nodes[k : k + 1] for k in range(len(edge_nodes)))]
    people = np.array([node_people[group].sum() for group in groups])
    inside = (1.0 - through) * people / max(people.sum(), 1e-12)
    at_edge = through * edge_weight / max(edge_weight.sum(), 1e-12)
    centre = [central_node(group, node_x, node_y, node_people) for group in groups]
    node = np.array([*centre, *edge_nodes], np.int64)
    origin = np.concatenate(members)
    sizes = np.array([len(m) for m in members])
    return Zones(
        x=node_x[node],
        y=node_y[node],
        weight=np.concatenate([inside, at_edge]),
        node=node,
        is_edge=np.arange(len(node)) >= len(groups),
        first=np.concatenate([[0], np.cumsum(sizes)]),
        origin=origin,
        origin_weight=np.concatenate(
            [node_people[np.concatenate(groups)] if groups else [], np.ones(len(edge_nodes))]
        ),
    )


def square_groups(nodes: Ints, x: Floats, y: Floats, most: int) -> list[Ints]:
    """Return junctions grouped by the squares of a grid, at most so many groups.

    Parameters
    ----------
    nodes
        Junctions to group.
    x, y
        Of all junctions, m.
    """
    cells = _grid(x[nodes], y[nodes], most)
    order = np.argsort(cells, kind="stable")
    _, first = np.unique(cells[order], return_index=True)
    return [nodes[order][a:b] for a, b in pairwise([*first, len(order)])]


def _grid(x: Floats, y: Floats, most: int) -> Ints:
    # The finest square grid with at most so many squares in use.
    if not len(x):
        return np.zeros(0, np.int64)
    extent = max(float(np.ptp(x)), float(np.ptp(y)), 1.0)
    best = np.zeros(len(x), np.int64)
    for n in range(2, 2000):
        side = extent / n
        cells = ((y - y.min()) // side).astype(np.int64) * (n + 1) + ((x - x.min()) // side).astype(np.int64)
        if len(np.unique(cells)) > most:
            break
        best = cells
    return best


def central_node(group: Ints, x: Floats, y: Floats, weight: Floats) -> int:
    """Return the junction of a group nearest to its weighted middle; x, y and weight are of all junctions."""
    mean_x, mean_y = np.average(x[group], weights=weight[group]), np.average(y[group], weights=weight[group])
    return int(group[np.argmin((x[group] - mean_x) ** 2 + (y[group] - mean_y) ** 2)])
