"""The drive network as arrays: junctions, directed links, where each lies, and which junctions have signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.errors import InvalidInputError
from impetus_sim.world.roundabouts import find_roundabouts

if TYPE_CHECKING:
    import geopandas as gpd

    from impetus_sim.maps.city import City

SIGNAL_REACH_M = 30.0
"""A traffic light belongs to the nearest junction within this distance: lights stand at the stop lines, or once
for the whole crossing."""
LEAST_LENGTH_M = 1.0
"""Shorter links count as this long; they are junctions drawn as two points."""
ALONG_M = 3.0
"""A link runs along a line when it keeps within this distance of it."""
ALONG_SHARE = 0.6
"""Share of its length that must."""
REACH_M = 50.0
"""A point farther than this from every street, junction or signal is about none."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class DriveNetwork:
    """Junctions and directed links; static.

    node_x, node_y: float64 (nodes,), m. node_id: int64 (nodes,), of the map. is_map_edge: bool (nodes,), where
    the data ends. has_signal: bool (nodes,).
    from_node, to_node: int64 (links,). length, speed: float64 (links,), m and m/s. lanes: int64 (links,), in the
    link's direction. is_guessed: bool (links,), lanes or speed come from the highway class.
    is_roundabout: bool (links,), on the ring of one. highway, names, osm_ids: object (links,), class, street, and
    OpenStreetMap ways as text.
    first: int64 (links + 1,) into points: float64 (points, 2), m, in the direction of travel.
    banned_turns: int64 (turns, 2), links before and after of turns that the map's signs ban.
    """

    node_x: Floats
    node_y: Floats
    node_id: Ints
    is_map_edge: npt.NDArray[np.bool_]
    has_signal: npt.NDArray[np.bool_]
    from_node: Ints
    to_node: Ints
    length: Floats
    speed: Floats
    lanes: Ints
    is_guessed: npt.NDArray[np.bool_]
    is_roundabout: npt.NDArray[np.bool_]
    highway: npt.NDArray[np.object_]
    names: npt.NDArray[np.object_]
    osm_ids: npt.NDArray[np.object_]
    first: Ints
    points: Floats
    banned_turns: Ints

    @property
    def n_nodes(self) -> int:
        """Number of junctions."""
        return len(self.node_x)

    @property
    def n_links(self) -> int:
        """Number of directed links."""
        return len(self.from_node)

    def bearing_in(self) -> Floats:
        """Return the direction in which each link reaches its end, radians from east."""
        end, before = self.points[self.first[1:] - 1], self.points[self.first[1:] - 2]
        return np.arctan2(*(end - before).T[::-1])

    def bearing_out(self) -> Floats:
        """Return the direction in which each link leaves its start, radians from east."""
        start, after = self.points[self.first[:-1]], self.points[self.first[:-1] + 1]
        return np.arctan2(*(after - start).T[::-1])

    def lines(self) -> npt.NDArray[np.object_]:
        """Return the line of each link, in the direction of travel, (links,)."""
        which = np.repeat(np.arange(self.n_links), np.diff(self.first))
        return np.asarray(shapely.linestrings(self.points, indices=which))

    def links_at(self, shape: shapely.Geometry, *, reach: float = 0.0) -> Ints:
        """Return the links that touch a shape, or come within `reach` metres of it."""
        lines = self.lines()
        shapely.prepare(shape)
        hit = shapely.dwithin(lines, shape, reach) if reach > 0.0 else shapely.intersects(lines, shape)
        return np.flatnonzero(hit)

    def links_along(self, place: shapely.Geometry) -> Ints:
        """Return the links that a place is about: those that touch an area, run along a line or else cross it,
        or both directions of the street nearest to a point; none where that is farther than `REACH_M`.
        """
        if place.area > 0.0:
            return self.links_at(place)
        lines = self.lines()
        if place.length > 0.0:
            inside = shapely.length(shapely.intersection(lines, place.buffer(ALONG_M)))
            along = np.flatnonzero(inside >= ALONG_SHARE * shapely.length(lines))
            return along if len(along) else self.links_at(place)
        distance = shapely.distance(lines, place)
        nearest = float(distance.min())
        # both directions of a street are drawn on one line
        return np.flatnonzero(distance <= nearest + 1e-6) if nearest <= REACH_M else np.zeros(0, np.int64)

    def nearest_node(self, x: Floats, y: Floats) -> Ints:
        """Return the junction nearest to each point."""
        from scipy.spatial import cKDTree

        _, nearest = cKDTree(np.column_stack([self.node_x, self.node_y])).query(np.column_stack([x, y]))
        return np.asarray(nearest, np.int64)


def build_drive_network(city: City) -> DriveNetwork:
    """Build the network of a city from its layers drive_nodes, drive_edges and assets.

    Raises
    ------
    InvalidInputError
        When the map has no streets for vehicles.
    """
    nodes, edges = city.layers["drive_nodes"], city.layers["drive_edges"]
    if not len(edges):
        raise InvalidInputError(
            f"the map '{city.name}' has no drive network",
            hint="leave out traffic, or use a map of streets",
        )
    edges = edges[edges["u"] != edges["v"]].sort_values(["u", "v", "key"], kind="stable")
    used = np.union1d(edges["u"].to_numpy(), edges["v"].to_numpy())
    nodes = nodes[nodes["node_id"].isin(used)].sort_values("node_id", kind="stable")
    ids = nodes["node_id"].to_numpy().astype(np.int64)
    points = nodes.geometry.to_numpy()
    x, y = shapely.get_x(points), shapely.get_y(points)
    lines = edges.geometry.to_numpy()
    coords, which = shapely.get_coordinates(lines, return_index=True)
    guessed = (edges["lanes_source"] == "guessed") | (edges["speed_source"] == "guessed")
    from_node = np.searchsorted(ids, edges["u"].to_numpy()).astype(np.int64)
    to_node = np.searchsorted(ids, edges["v"].to_numpy()).astype(np.int64)
    length = np.maximum(shapely.length(lines), LEAST_LENGTH_M)
    first = np.searchsorted(which, np.arange(len(lines) + 1)).astype(np.int64)
    return DriveNetwork(
        node_x=x,
        node_y=y,
        node_id=ids,
        is_map_edge=nodes["at_map_edge"].to_numpy().astype(bool),
        has_signal=_find_signals(city, x, y),
        from_node=from_node,
        to_node=to_node,
        length=length,
        speed=edges["speed_m_s"].to_numpy().astype(np.float64),
        lanes=np.maximum(edges["lanes"].to_numpy().astype(np.int64), 1),
        is_guessed=guessed.to_numpy().astype(bool),
        is_roundabout=find_roundabouts(from_node, to_node, length, first, coords),
        highway=edges["highway"].to_numpy().astype(object),
        names=edges["name"].to_numpy().astype(object),
        osm_ids=edges["osm_ids"].to_numpy().astype(object),
        first=first,
        points=coords,
        banned_turns=_find_turns(city, edges),
    )


def _find_turns(city: City, edges: gpd.GeoDataFrame) -> Ints:
    # The links of banned turns, by the rows of the edges in the order of links.
    turns = city.layers["drive_turns"]
    link = {key: k for k, key in enumerate(edges[["u", "v", "key"]].itertuples(index=False, name=None))}
    sides = [
        [
            link[key]
            for key in turns[[f"{side}_{part}" for part in ("u", "v", "key")]].itertuples(
                index=False, name=None
            )
        ]
        for side in ("before", "after")
    ]
    return np.array(sides, np.int64).reshape(2, -1).T


def _find_signals(city: City, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    from scipy.spatial import cKDTree

    has = np.zeros(len(x), bool)
    assets = city.layers["assets"]
    lights = assets[assets["kind"] == "traffic_signals"] if len(assets) else assets
    if len(lights):
        at = shapely.get_coordinates(lights.geometry.to_numpy())
        distance, nearest = cKDTree(np.column_stack([x, y])).query(at)
        has[nearest[distance <= SIGNAL_REACH_M]] = True
    return has
