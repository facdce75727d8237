"""Which streets are cut off from the strongly connected heart of a drive network, and why.

A vehicle on ``drive_edges`` can reach every other place and come back. Streets that cannot be reached, or
that lead nowhere inside the map, are kept apart in ``drive_cut_off`` with the reason: most are one-way
streets cut by the edge of the map, which through traffic can still use as gates.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from impetus_sim.maps.repair_report import ReportBuilder, name_some

if TYPE_CHECKING:
    import networkx as nx

TINY_M = 60.0
"""Separate pieces of street shorter than this are dropped."""

Edge = tuple[int, int, int]
OUT = "one-way out of the map at its edge"
IN = "one-way into the map at its edge"
NO_RETURN = "one-way dead end: the data holds no way on from here"
NO_ACCESS = "one-way start: the data holds no way to here"
AGAINST = "reached neither from nor to the main part along one-way streets"
ISLAND_EDGE = "joined to the main part only beyond the map edge"
ISLAND = "not joined to the main part by any street open to vehicles"


@dataclass(frozen=True, kw_only=True)
class DriveParts:
    """The drive network, sorted.

    Parameters
    ----------
    main
        Edges of the largest strongly connected part.
    cut_off
        Other edges and why they are cut off.
    component
        Node to number of its strongly connected part, 0 the largest.
    """

    main: list[Edge]
    cut_off: dict[Edge, str]
    component: dict[int, int]


def sort_drive_parts(graph: nx.MultiDiGraph, report: ReportBuilder) -> DriveParts:
    """Sort edges into the main part and what is cut off; the report lists the latter.

    Parameters
    ----------
    graph
        Simplified drive graph with ``length``, ``highway``, ``name``, ``at_map_edge``.
    report
        Gets the share of length in the main part, dropped pieces, and one row for each reason.
    """
    import networkx as nx

    lengths = _public_lengths(graph, nx.strongly_connected_components(graph))
    order = sorted(lengths, key=lambda part: (-lengths[part], -len(part), min(part)))
    component = {node: index for index, part in enumerate(order) for node in part}
    heart = order[0]
    seed = min(heart)
    downstream, upstream = nx.descendants(graph, seed) | heart, nx.ancestors(graph, seed) | heart
    to_edge = _reaching_edge(graph.reverse(copy=False))
    from_edge = _reaching_edge(graph)
    pieces = {node: part for part in map(frozenset, nx.weakly_connected_components(graph)) for node in part}
    main: list[Edge] = []
    cut: dict[Edge, str] = {}
    for u, v, key in sorted(graph.edges(keys=True)):
        if u in heart and v in heart:
            main.append((u, v, key))
        elif pieces[u] is not pieces[seed]:
            at_edge = any(graph.nodes[node]["at_map_edge"] for node in pieces[u])
            cut[(u, v, key)] = ISLAND_EDGE if at_edge else ISLAND
        elif u in downstream:
            cut[(u, v, key)] = OUT if v in to_edge else NO_RETURN
        elif v in upstream:
            cut[(u, v, key)] = IN if u in from_edge else NO_ACCESS
        else:
            cut[(u, v, key)] = AGAINST
    _drop_tiny(graph, cut, pieces, report)
    _report(graph, main, cut, report)
    return DriveParts(main=main, cut_off=cut, component=component)


def _public_lengths(graph: nx.MultiDiGraph, parts: object) -> dict[frozenset[int], float]:
    """Return metres of street, service ways apart, inside each part."""
    number = {}
    sets = [frozenset(part) for part in parts]  # type: ignore[attr-defined]
    for index, part in enumerate(sets):
        number.update(dict.fromkeys(part, index))
    totals: dict[int, float] = defaultdict(float)
    for u, v, facts in graph.edges(data=True):
        if number[u] == number[v] and facts["highway"] != "service":
            totals[number[u]] += facts["length"]
    return {part: totals[index] for index, part in enumerate(sets)}


def _reaching_edge(graph: nx.MultiDiGraph) -> set[int]:
    """Return the nodes that can be reached from a node at the map edge."""
    seen = {node for node, facts in graph.nodes(data=True) if facts["at_map_edge"]}
    stack = list(seen)
    while stack:
        for node in graph.successors(stack.pop()):
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return seen


def _drop_tiny(
    graph: nx.MultiDiGraph, cut: dict[Edge, str], pieces: dict[int, frozenset[int]], report: ReportBuilder
) -> None:
    """Drop separate pieces of street that are shorter than ``TINY_M``."""
    length: Counter[frozenset[int]] = Counter()
    for edge, reason in cut.items():
        if reason in (ISLAND, ISLAND_EDGE):
            length[pieces[edge[0]]] += graph.edges[edge]["length"]
    tiny = {piece for piece, metres in length.items() if metres < TINY_M}
    dropped = [
        edge for edge, reason in cut.items() if reason in (ISLAND, ISLAND_EDGE) and pieces[edge[0]] in tiny
    ]
    total = sum(graph.edges[edge]["length"] for edge in dropped)
    for edge in dropped:
        del cut[edge]
    report.add(
        "dropped_drive_pieces",
        len(tiny),
        length_m=total,
        detail=f"separate pieces of street shorter than {TINY_M:.0f} m",
    )


def _report(graph: nx.MultiDiGraph, main: list[Edge], cut: dict[Edge, str], report: ReportBuilder) -> None:
    """Report the share of the main part and what is cut off for which reason."""
    public = [edge for edge in [*main, *cut] if graph.edges[edge]["highway"] != "service"]
    whole = sum(graph.edges[edge]["length"] for edge in public)
    inside = sum(graph.edges[edge]["length"] for edge in main if graph.edges[edge]["highway"] != "service")
    report.add(
        "kept_drive_main_part",
        len(main),
        length_m=inside,
        detail=f"{100 * inside / whole if whole else 0:.1f} % of drive length (service ways apart) is "
        "strongly connected; the rest is in the layer drive_cut_off with reasons",
    )
    for reason in (OUT, IN, NO_RETURN, NO_ACCESS, AGAINST, ISLAND_EDGE, ISLAND):
        edges = [edge for edge, why in cut.items() if why == reason]
        metres: Counter[str] = Counter()
        for edge in edges:
            facts = graph.edges[edge]
            ids = facts["osmid"] if isinstance(facts["osmid"], list) else [facts["osmid"]]
            metres[facts["name"] or f"way/{min(ids)}"] += facts["length"]
        names = [
            f"{name} ({length:.0f} m)" for name, length in sorted(metres.items(), key=lambda item: -item[1])
        ]
        report.add(
            "cut_off_drive",
            len(edges),
            length_m=sum(metres.values()),
            detail=f"{reason}: {name_some(names, most=40)}",
        )
