"""What was read from an OpenStreetMap file: tagged nodes, ways with points, areas and turn restrictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
Tags = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class OsmNode:
    """A tagged node.

    Parameters
    ----------
    id
        OSM id.
    x, y
        Longitude and latitude in degrees, or local metres after projection.
    tags
        Its tags.
    """

    id: int
    x: float
    y: float
    tags: Tags


@dataclass(frozen=True, kw_only=True)
class OsmWay:
    """A way with the nodes that the file holds.

    Parameters
    ----------
    id
        OSM id.
    refs
        int64[n], ids of its nodes in order, those without a location left out.
    points
        float64[n, 2], their places.
    breaks
        Positions i in ``refs`` where a missing node lay between i - 1 and i; 0 and n stand for the ends.
    closed
        Whether the first and the last reference of the file are the same node.
    tags
        Its tags.
    """

    id: int
    refs: NDArray[np.int64]
    points: NDArray[np.float64]
    breaks: tuple[int, ...]
    closed: bool
    tags: Tags


@dataclass(frozen=True, kw_only=True)
class OsmRelation:
    """A multipolygon relation.

    Parameters
    ----------
    id
        OSM id.
    members
        (way id, role) pairs.
    tags
        Its tags.
    """

    id: int
    members: tuple[tuple[int, str], ...]
    tags: Tags


@dataclass(frozen=True, kw_only=True)
class OsmRestriction:
    """A turn restriction.

    Parameters
    ----------
    id
        OSM id.
    from_ways, via_nodes, via_ways, to_ways
        Ids of its members by role.
    tags
        Its tags.
    """

    id: int
    from_ways: tuple[int, ...]
    via_nodes: tuple[int, ...]
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]
    tags: Tags


@dataclass(frozen=True, kw_only=True)
class OsmData:
    """All that is used of one file.

    Parameters
    ----------
    nodes, ways, relations, restrictions
        In file order.
    header_box
        West, south, east, north that the file claims, or None.
    date
        Time of the newest data as the file says it, or "".
    missing_nodes
        Node references of ways whose node is not in the file.
    ways_with_missing, ways_without_nodes
        Ways that lost some nodes, and ways dropped for having fewer than two left.
    """

    nodes: tuple[OsmNode, ...] = ()
    ways: tuple[OsmWay, ...] = ()
    relations: tuple[OsmRelation, ...] = ()
    restrictions: tuple[OsmRestriction, ...] = ()
    header_box: Box | None = None
    date: str = ""
    missing_nodes: int = 0
    ways_with_missing: int = 0
    ways_without_nodes: int = 0
    way_of_id: dict[int, OsmWay] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the ways by id."""
        self.way_of_id.update({way.id: way for way in self.ways})

    def project(self, crs: str) -> OsmData:
        """Return the data in local metres of a projected CRS."""
        import pyproj

        transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        ways: tuple[OsmWay, ...] = ()
        if self.ways:
            lonlat = np.concatenate([way.points for way in self.ways])
            places = np.column_stack(transformer.transform(lonlat[:, 0], lonlat[:, 1]))
            parts = np.split(places, np.cumsum([len(way.refs) for way in self.ways])[:-1])
            ways = tuple(replace(way, points=points) for way, points in zip(self.ways, parts, strict=True))
        nodes: tuple[OsmNode, ...] = ()
        if self.nodes:
            x, y = transformer.transform([node.x for node in self.nodes], [node.y for node in self.nodes])
            nodes = tuple(
                replace(node, x=float(a), y=float(b)) for node, a, b in zip(self.nodes, x, y, strict=True)
            )
        return replace(self, nodes=nodes, ways=ways, way_of_id={})
