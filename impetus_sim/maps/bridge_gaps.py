"""Join streets that miss each other by a little: a loose end close to a node, or close to the middle of a
street."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.spatial import cKDTree

from impetus_sim.maps.repair_report import ReportBuilder

if TYPE_CHECKING:
    import networkx as nx

GAP_M = 1.5
"""Longest gap between a loose end and another street that is bridged."""


def bridge_gaps(
    graph: nx.MultiDiGraph, report: ReportBuilder, *, kind: str, attributes: tuple[str, ...]
) -> None:
    """Join loose ends to what lies at most ``GAP_M`` away on the same layer, in both directions.

    Parameters
    ----------
    graph
        Changed in place; as ``network.build_graph`` makes it.
    report
        Gets a row named ``kind``.
    kind
        Such as ``bridged_drive_gaps``.
    attributes
        Edge attributes that a bridge takes from an edge at the loose end.
    """
    loose = [node for node, facts in graph.nodes(data=True) if facts["street_count"] == 1]
    if not loose:
        return
    lengths = _join_nodes(graph, loose, attributes)
    left = [node for node in loose if graph.degree(node) <= 2 and node not in lengths]
    lengths |= _join_streets(graph, left)
    detail = f"loose ends joined to a street at most {GAP_M} m away"
    report.add(kind, len(lengths), length_m=sum(lengths.values()), detail=detail)


def _join_nodes(graph: nx.MultiDiGraph, loose: list[int], attributes: tuple[str, ...]) -> dict[int, float]:
    """Join loose ends to the nearest node by a short edge; return the gap of each."""
    nodes = list(graph.nodes)
    places = np.array([_place(graph, node) for node in nodes])
    ends = np.array([_place(graph, node) for node in loose])
    lengths: dict[int, float] = {}
    for node, near in zip(loose, cKDTree(places).query_ball_point(ends, GAP_M), strict=True):
        others = [
            (_gap(graph, node, nodes[i]), nodes[i])
            for i in near
            if nodes[i] != node
            and not _are_joined(graph, node, nodes[i])
            and _same_layer(graph, node, nodes[i])
        ]
        if not others:
            continue
        gap, other = min(others)
        sample = next(
            facts for _, _, facts in [*graph.out_edges(node, data=True), *graph.in_edges(node, data=True)]
        )
        facts = {name: sample[name] for name in attributes} | {"osmid": 0, "length": gap, "oneway": False}
        graph.add_edge(node, other, **facts)
        graph.add_edge(other, node, **facts)
        lengths[node] = gap
    return lengths


def _join_streets(graph: nx.MultiDiGraph, loose: list[int]) -> dict[int, float]:
    """Let the nearest street pass through a loose end that nearly touches it; return the gap of each."""
    pairs = sorted({(min(u, v), max(u, v)) for u, v in graph.edges()})
    if not pairs or not loose:
        return {}
    lines = shapely.linestrings([(_place(graph, u), _place(graph, v)) for u, v in pairs])
    points = shapely.points([_place(graph, node) for node in loose])
    end_of, line_of = shapely.STRtree(lines).query(points, predicate="dwithin", distance=GAP_M)
    lengths: dict[int, float] = {}
    used: set[int] = set()
    for end, line in sorted(zip(end_of.tolist(), line_of.tolist(), strict=True)):
        node, (u, v) = loose[end], pairs[line]
        neighbours = set(graph.successors(node)) | set(graph.predecessors(node))
        if (
            node in lengths
            or line in used
            or {u, v} & (neighbours | {node})
            or not _same_layer(graph, node, u)
        ):
            continue
        _pass_through(graph, u, v, node)
        lengths[node] = float(shapely.distance(points[end], lines[line]))
        used.add(line)
    return lengths


def _pass_through(graph: nx.MultiDiGraph, u: int, v: int, node: int) -> None:
    """Replace the edges between two nodes by edges through a third."""
    for a, b in ((u, v), (v, u)):
        for key in list(graph.get_edge_data(a, b, default={})):
            facts: dict[str, Any] = dict(graph.edges[a, b, key])
            graph.remove_edge(a, b, key)
            graph.add_edge(a, node, **(facts | {"length": _gap(graph, a, node)}))
            graph.add_edge(node, b, **(facts | {"length": _gap(graph, node, b)}))
    graph.nodes[node]["street_count"] += 2


def _are_joined(graph: nx.MultiDiGraph, a: int, b: int) -> bool:
    """Return whether an edge joins two nodes."""
    return bool(graph.has_edge(a, b) or graph.has_edge(b, a))


def _same_layer(graph: nx.MultiDiGraph, a: int, b: int) -> bool:
    """Return whether two nodes have ways on a common layer."""
    return bool(graph.nodes[a]["layers"] & graph.nodes[b]["layers"])


def _gap(graph: nx.MultiDiGraph, a: int, b: int) -> float:
    """Return metres between two nodes."""
    return float(np.hypot(*np.subtract(_place(graph, a), _place(graph, b))))


def _place(graph: nx.MultiDiGraph, node: int) -> tuple[float, float]:
    """Return the place of a node."""
    return (graph.nodes[node]["x"], graph.nodes[node]["y"])
