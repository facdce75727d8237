"""Turn restrictions of OpenStreetMap on the links of the drive network: which turns nobody may take.

A restriction names a way, a node and another way. Nodes of one junction have become one, so a link is found by the
way and by the node at its end as it was in the data; where the way meets the junction at another of its nodes, by
the way alone if no other link of the junction has it. `no_*` bans the turn; `only_*` bans every other link that
leaves the same node. Source: OpenStreetMap wiki, Relation:restriction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from impetus_sim.maps.layers import make_layer
from impetus_sim.maps.osm_data import OsmRestriction
from impetus_sim.maps.repair_report import ReportBuilder

if TYPE_CHECKING:
    import geopandas as gpd
    import networkx as nx

Edge = tuple[int, int, int]

_VIA_WAY = "via a way instead of a node"
_TIMED = "that hold at certain times or for some vehicles only"
_CAR_EXEMPT = "that exempt cars"
_UNKNOWN = "of a kind that is not known"
_OUTSIDE = "on ways that are not on the drive network"
_NO_JUNCTION = "at a node where no streets of the drive network meet"
_UNCLEAR = "whose ways cannot be told apart at their junction"
_CUTS = "that would leave junctions without a way in or out on this map"
_WRONG_WAY = "against the direction of a street"
_TIME_TAGS = ("day_on", "day_off", "hour_on", "hour_off", "time")


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """A banned turn: link before, link after, and the relation."""

    before: Edge
    after: Edge
    relation: int


def build_turns(
    graph: nx.MultiDiGraph,
    edges: Sequence[Edge],
    restrictions: Iterable[OsmRestriction],
    *,
    crs: str,
    report: ReportBuilder,
) -> gpd.GeoDataFrame:
    """Return the layer drive_turns: turns that nobody may take.

    Parameters
    ----------
    graph
        The simplified drive graph, whose links know their ways and the nodes of the data at their ends.
    edges
        Its links that are kept.
    restrictions
        What the data holds.
    crs
        Projected CRS.
    report
        Gets what was read, what has no effect here, and what could not be placed and why.
    """
    edges = [edge for edge in edges if edge[0] != edge[1]]
    finder = _Finder(graph, edges)
    turns: dict[tuple[Edge, Edge], _Turn] = {}
    reasons: dict[str, list[int]] = defaultdict(list)
    used: dict[int, OsmRestriction] = {}
    for item in sorted(restrictions, key=lambda held: held.id):
        found = finder.turns_of(item)
        if isinstance(found, str):
            reasons[found].append(item.id)
            continue
        used[item.id] = item
        for before, after in found:
            turns.setdefault((before, after), _Turn(before=before, after=after, relation=item.id))
    for relation in sorted(_find_cutting(edges, turns)):
        reasons[_CUTS].append(relation)
        del used[relation]
    turns = {key: turn for key, turn in turns.items() if turn.relation in used}
    n_read, n_exempt = len(used), sum("except" in item.tags for item in used.values())
    detail = f"turn restrictions of the data that hold here, on {len(turns)} turns"
    if n_exempt:
        detail += f"; the exceptions of {n_exempt} for buses, bicycles and others are not used"
    report.add("kept_turn_restrictions", n_read, detail=detail)
    for reason, ids in sorted(reasons.items()):
        some = ", ".join(f"relation/{id_}" for id_ in ids[:5])
        report.add("dropped_turn_restrictions", len(ids), detail=f"turn restrictions {reason}: {some}")
    return _layer([turns[key] for key in sorted(turns)], graph, crs)


def _layer(turns: list[_Turn], graph: nx.MultiDiGraph, crs: str) -> gpd.GeoDataFrame:
    columns: dict[str, Any] = {
        name: [getattr(turn, side)[k] for turn in turns]
        for side in ("before", "after")
        for k, name in enumerate((f"{side}_u", f"{side}_v", f"{side}_key"))
    }
    columns["osm_id"] = [f"relation/{turn.relation}" for turn in turns]
    nodes = [graph.nodes[turn.before[1]] for turn in turns]
    points = shapely.points([(node["x"], node["y"]) for node in nodes]) if nodes else []
    return make_layer("drive_turns", columns, points, crs=crs)


def _find_cutting(edges: Sequence[Edge], turns: dict[tuple[Edge, Edge], _Turn]) -> set[int]:
    """Return the restrictions without which every junction can be reached from every other.

    Where streets are missing, for instance beyond the edge of a map, a turn may be the only way left. All
    restrictions on the links around a junction that is cut off are given up, until none is.
    """
    import networkx as nx

    out_of: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        out_of[edge[0]].append(edge)
    banned, given_up = dict(turns), set()
    while banned:
        ways = nx.DiGraph((a, b) for a in edges for b in out_of[a[1]] if (a, b) not in banned)
        ways.add_nodes_from(edges)
        main = max(nx.strongly_connected_components(ways), key=lambda part: (len(part), min(part)))
        some = min(main)
        reached = main | nx.descendants(ways, some)
        leading = main | nx.ancestors(ways, some)
        nodes = {node for edge in edges for node in edge[:2]}
        cut = (nodes - {edge[1] for edge in reached}) | (nodes - {edge[0] for edge in leading})
        if not cut:
            break
        around = nx.Graph((edge[0], edge[1]) for edge in edges if edge not in main)
        parts = [nx.node_connected_component(around, node) for node in sorted(cut & set(around))]
        near = set().union(*parts)
        cutting = {
            turn.relation
            for turn in banned.values()
            for edge in (turn.before, turn.after)
            if edge not in main and near.issuperset(edge[:2])
        }
        if not cutting:
            break
        given_up |= cutting
        banned = {key: turn for key, turn in banned.items() if turn.relation not in given_up}
    return given_up


class _Finder:
    """Finds links of the graph by ways and nodes of the data."""

    def __init__(self, graph: nx.MultiDiGraph, edges: Sequence[Edge]) -> None:
        self._ways: dict[Edge, set[int]] = {}
        self._ends: dict[Edge, tuple[int, int]] = {}
        self._into: dict[int, list[Edge]] = defaultdict(list)
        self._out_of: dict[int, list[Edge]] = defaultdict(list)
        self._drawn = {way for _, _, ids in graph.edges(data="osmid") for way in _listed(ids)}
        for edge in sorted(edges):
            facts = graph.edges[edge]
            self._ways[edge] = set(_listed(facts["osmid"]))
            self._ends[edge] = (facts.get("u_original", edge[0]), facts.get("v_original", edge[1]))
            self._into[edge[1]].append(edge)
            self._out_of[edge[0]].append(edge)
        self._junction: dict[int, int] = {}
        for node, facts in graph.nodes(data=True):
            for original in _listed(facts.get("osmid_original", node)):
                self._junction[original] = node

    def turns_of(self, item: OsmRestriction) -> list[tuple[Edge, Edge]] | str:
        """Return the turns that a restriction bans, or why it is not used."""
        reason = _why_not_used(item) or self._why_not_here(item)
        if reason is not None:
            return reason
        via = item.via_nodes[0]
        before = self._links(item.from_ways, via, is_into=True)
        after = self._links(item.to_ways, via, is_into=False)
        if isinstance(before, str):
            return before
        if item.tags["restriction"].startswith("only_"):
            allowed = [] if isinstance(after, str) else after
            others = [edge for edge in self._out_of[self._junction[via]] if self._ends[edge][0] == via]
            return [(a, b) for a in before for b in others if b not in allowed]
        return after if isinstance(after, str) else [(a, b) for a in before for b in after]

    def _why_not_here(self, item: OsmRestriction) -> str | None:
        if not self._drawn.issuperset((*item.from_ways, *item.to_ways)):
            return _OUTSIDE
        return None if item.via_nodes[0] in self._junction else _NO_JUNCTION

    def _links(self, ways: Iterable[int], via: int, *, is_into: bool) -> list[Edge] | str:
        # Links of ways that reach, or leave, a node of the data.
        held = (self._into if is_into else self._out_of)[self._junction[via]]
        chosen = []
        for way in ways:
            at_junction = [edge for edge in held if way in self._ways[edge]]
            exact = [edge for edge in at_junction if self._ends[edge][is_into] == via]
            found = exact or at_junction
            if len(found) != 1:
                return _UNCLEAR if found else _WRONG_WAY
            chosen += found
        return chosen


def _why_not_used(item: OsmRestriction) -> str | None:
    kind = item.tags.get("restriction", "")
    if item.via_ways:
        return _VIA_WAY
    if not kind or any(tag in item.tags for tag in _TIME_TAGS):
        return _TIMED
    if {"motorcar", "motor_vehicle"} & set(item.tags.get("except", "").split(";")):
        return _CAR_EXEMPT
    if not kind.startswith(("no_", "only_")) or len(item.via_nodes) != 1:
        return _UNKNOWN
    if not item.from_ways or not item.to_ways:
        return _UNKNOWN
    return None


def _listed(value: Any) -> list[int]:
    return [*value] if isinstance(value, (list, tuple, set)) else [value]
