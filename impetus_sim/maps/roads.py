"""The drive and walk networks of a city as layers, and what of the drive network is cut off and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from impetus_sim.maps.bridge_gaps import bridge_gaps
from impetus_sim.maps.cut_off import DriveParts, sort_drive_parts
from impetus_sim.maps.ground_rules import is_underground
from impetus_sim.maps.highway_classes import (
    is_drivable,
    is_walkable,
    read_direction,
    read_lanes,
    read_speed,
    read_width,
)
from impetus_sim.maps.layers import make_layer
from impetus_sim.maps.network import build_graph, simplify
from impetus_sim.maps.osm_data import Box, OsmData, OsmWay
from impetus_sim.maps.repair_report import ReportBuilder
from impetus_sim.maps.turn_restrictions import build_turns

if TYPE_CHECKING:
    import geopandas as gpd
    import networkx as nx

DRIVE_ATTRIBUTES = (
    "highway",
    "name",
    "lanes",
    "lanes_source",
    "speed_m_s",
    "speed_source",
    "oneway",
    "tunnel",
)
WALK_ATTRIBUTES = ("highway", "name", "tunnel")
DRIVE_TOLERANCE_M = 6.0
WALK_TOLERANCE_M = 1.5


def build_drive(
    data: OsmData, *, crs: str, box: Box, reach: Box, report: ReportBuilder
) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers drive_nodes, drive_edges, drive_cut_off and drive_turns.

    Parameters
    ----------
    data
        In local metres.
    crs, box, reach
        Projected CRS, working area in local metres, and the part of it that all ways reach.
    report
        Gets bridged gaps, guessed lanes and speeds, dropped components, what is cut off and turn restrictions.
    """
    graph = build_graph(
        [way for way in data.ways if is_drivable(way.tags)],
        crs=crs,
        box=box,
        reach=reach,
        direction_of=lambda way: read_direction(way.tags),
        attributes=_drive_attributes,
    )
    bridge_gaps(graph, report, kind="bridged_drive_gaps", attributes=DRIVE_ATTRIBUTES)
    graph = simplify(graph, differ=DRIVE_ATTRIBUTES, tolerance_m=DRIVE_TOLERANCE_M)
    if not graph.number_of_edges():
        report.add("absent_drive_network", 1, detail="the data holds no streets for vehicles")
        return {}
    parts = sort_drive_parts(graph, report)
    _report_guesses(graph, parts, report)
    cut = list(parts.cut_off)
    return {
        "drive_nodes": _node_layer("drive_nodes", graph, crs, _ends([*parts.main, *cut])),
        "drive_edges": _edge_layer("drive_edges", graph, parts.main, crs),
        "drive_cut_off": _edge_layer(
            "drive_cut_off",
            graph,
            cut,
            crs,
            extra={"reason": list(parts.cut_off.values()), "component": [parts.component[e[0]] for e in cut]},
        ),
        "drive_turns": build_turns(graph, parts.main, data.restrictions, crs=crs, report=report),
    }


def build_walk(
    data: OsmData, *, crs: str, box: Box, reach: Box, report: ReportBuilder
) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers walk_nodes and walk_edges; component 0 is the largest connected part.

    Parameters
    ----------
    data, crs, box, reach, report
        As for ``build_drive``.
    """
    import networkx as nx

    ways = [way for way in data.ways if is_walkable(way.tags) and way.tags.get("area") != "yes"]
    graph = build_graph(
        ways,
        crs=crs,
        box=box,
        reach=reach,
        direction_of=lambda way: 0,
        attributes=_walk_attributes,
    )
    bridge_gaps(graph, report, kind="bridged_walk_gaps", attributes=WALK_ATTRIBUTES)
    graph = simplify(graph, differ=WALK_ATTRIBUTES, tolerance_m=WALK_TOLERANCE_M)
    if not graph.number_of_edges():
        report.add("absent_walk_network", 1, detail="the data holds no ways for people on foot")
        return {}
    lengths = {
        frozenset(part): graph.subgraph(part).size(weight="length")
        for part in nx.weakly_connected_components(graph)
    }
    order = sorted(lengths, key=lambda part: (-lengths[part], min(part)))
    component = {node: index for index, part in enumerate(order) for node in part}
    edges = sorted(graph.edges(keys=True))
    rest = sum(lengths[part] for part in order[1:]) / 2
    report.add(
        "kept_walk_islands",
        len(order) - 1,
        length_m=rest,
        detail="parts of the walk network not joined to the largest; they hold "
        f"{_share(rest * 2, sum(lengths.values()))}",
    )
    extra = {"component": [component[u] for u, _, _ in edges], **_widths(graph, edges, ways)}
    _report_widths(graph, edges, extra["width_source"], report)
    return {
        "walk_nodes": _node_layer("walk_nodes", graph, crs, sorted(graph.nodes)),
        "walk_edges": _edge_layer("walk_edges", graph, edges, crs, extra=extra),
    }


def _drive_attributes(way: OsmWay, direction: int) -> dict[str, Any]:
    """Return the attributes of a street in one direction."""
    lanes, lanes_source = read_lanes(way.tags, direction)
    speed, speed_source = read_speed(way.tags)
    return {
        "highway": way.tags["highway"],
        "name": way.tags.get("name", ""),
        "lanes": lanes,
        "lanes_source": lanes_source,
        "speed_m_s": round(speed, 4),
        "speed_source": speed_source,
        "oneway": read_direction(way.tags) != 0,
        "tunnel": is_underground(way.tags),
    }


def _walk_attributes(way: OsmWay, direction: int) -> dict[str, Any]:
    """Return the attributes of a way for people on foot."""
    return {
        "highway": way.tags["highway"],
        "name": way.tags.get("name", ""),
        "oneway": False,
        "tunnel": is_underground(way.tags),
    }


def _widths(
    graph: nx.MultiDiGraph, edges: list[tuple[int, int, int]], ways: list[OsmWay]
) -> dict[str, list[Any]]:
    """Return the width of each edge, that of its narrowest way, and how it is known; 0 for bridged gaps."""
    width_of = {way.id: read_width(way.tags) for way in ways}
    found = []
    for edge in edges:
        ids = graph.edges[edge]["osmid"]
        held = [width_of[way] for way in (ids if isinstance(ids, list) else [ids]) if way in width_of]
        found.append(min(held, default=(0.0, "guessed")))
    return {"width_m": [width for width, _ in found], "width_source": [source for _, source in found]}


def _report_widths(
    graph: nx.MultiDiGraph, edges: list[tuple[int, int, int]], sources: list[Any], report: ReportBuilder
) -> None:
    """Report the ways on foot whose width no tag gives."""
    total = sum(graph.edges[edge]["length"] for edge in edges) / 2
    guessed = [edge for edge, source in zip(edges, sources, strict=True) if source == "guessed"]
    length = sum(graph.edges[edge]["length"] for edge in guessed) / 2
    report.add(
        "guessed_walk_width",
        len(guessed) // 2,
        length_m=length,
        detail="ways without a tag for width or lanes, usual width of their class taken; "
        f"{_share(total - length, total)} is tagged",
    )


def _report_guesses(graph: nx.MultiDiGraph, parts: DriveParts, report: ReportBuilder) -> None:
    """Report the links whose lanes or speed no tag gives."""
    edges = [graph.edges[edge] for edge in [*parts.main, *parts.cut_off]]
    total = sum(facts["length"] for facts in edges)
    for what, sources in (("lanes", ("guessed",)), ("speed", ("guessed", "zone"))):
        guessed = [facts for facts in edges if facts[f"{what}_source"] in sources]
        length = sum(facts["length"] for facts in guessed)
        report.add(
            f"guessed_{what}",
            len(guessed),
            length_m=length,
            detail=f"links without a tag for {what}, default of their class taken; "
            f"{_share(total - length, total)} is tagged",
        )


def _node_layer(name: str, graph: nx.MultiDiGraph, crs: str, nodes: list[int]) -> gpd.GeoDataFrame:
    """Return the nodes as a layer."""
    facts = [graph.nodes[node] for node in nodes]
    columns = {"node_id": nodes, "at_map_edge": [fact["at_map_edge"] for fact in facts]}
    points = shapely.points([(fact["x"], fact["y"]) for fact in facts]) if facts else []
    return make_layer(name, columns, points, crs=crs)


def _edge_layer(
    name: str,
    graph: nx.MultiDiGraph,
    edges: list[tuple[int, int, int]],
    crs: str,
    *,
    extra: dict[str, Any] | None = None,
) -> gpd.GeoDataFrame:
    """Return edges as a layer."""
    facts = [graph.edges[edge] for edge in edges]
    columns: dict[str, Any] = {
        "u": [u for u, _, _ in edges],
        "v": [v for _, v, _ in edges],
        "key": [key for _, _, key in edges],
        "osm_ids": [_osm_ids(fact["osmid"]) for fact in facts],
        "length_m": [fact["length"] for fact in facts],
    }
    for attribute in DRIVE_ATTRIBUTES if name.startswith("drive") else WALK_ATTRIBUTES:
        columns[attribute] = [fact[attribute] for fact in facts]
    return make_layer(name, columns | (extra or {}), [fact["geometry"] for fact in facts], crs=crs)


def _osm_ids(value: Any) -> str:
    """Return the ways of an edge as text, in numeric order; 0 stands for a bridged gap."""
    ids = value if isinstance(value, list) else [value]
    return " ".join(f"way/{way}" for way in sorted(set(ids)) if way)


def _ends(edges: list[tuple[int, int, int]]) -> list[int]:
    """Return the nodes of edges, sorted."""
    return sorted({node for u, v, _ in edges for node in (u, v)})


def _share(part: float, whole: float) -> str:
    """Return a share of length in percent."""
    return f"{100 * part / whole:.1f} % of length" if whole else "nothing"
