"""Pedestrian streets and squares of a map as ways for emergency vehicles, joined to the streets.

The networks of people and vehicles share the junctions of the map. Pedestrian streets also begin between junctions
of the drive network: the pieces of street between are links of the walk network, and are driven as parts of the
street that they lie on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.maps.highway_classes import DRIVE
from impetus_sim.traffic.emergency_ways import EmergencyWays, joined, ways_of_streets
from impetus_sim.traffic.kernels.records import NONE

if TYPE_CHECKING:
    import geopandas as gpd

    from impetus_sim.maps.city import City
    from impetus_sim.traffic.road import Links
    from impetus_sim.world.drive_network import DriveNetwork

NO_WHEELS = ("steps", "platform", "corridor", "elevator")
ON_STREET_M = 3.0
"""A piece of the walk network lies on a street when its middle and both ends do, within this distance."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def build_emergency_ways(
    city: City, network: DriveNetwork, links: Links
) -> tuple[EmergencyWays, Floats, Floats]:
    """Return all ways, and x and y of their places, m.

    A pedestrian way is as wide as the map says or guesses; one that runs inside a square is as wide as the square
    leaves it room.
    """
    edges = city.layers["walk_edges"]
    streets = ways_of_streets(links)
    if not len(edges):
        return streets, network.node_x, network.node_y
    edges = edges[~edges["highway"].isin(NO_WHEELS) & ~edges["tunnel"].astype(bool)]
    nodes = city.layers["walk_nodes"].sort_values("node_id", kind="stable")
    only_walk = nodes[~nodes["node_id"].isin(network.node_id)]
    ids = np.concatenate([network.node_id, only_walk["node_id"].to_numpy()])
    x = np.concatenate([network.node_x, shapely.get_x(only_walk.geometry.to_numpy())])
    y = np.concatenate([network.node_y, shapely.get_y(only_walk.geometry.to_numpy())])
    order = np.argsort(ids, kind="stable")
    start, end = (
        order[np.searchsorted(ids, edges[name].to_numpy(), sorter=order)].astype(np.int64)
        for name in ("u", "v")
    )
    lines = edges.geometry.to_numpy()
    is_street = edges["highway"].isin(list(DRIVE)).to_numpy()
    link, from_m, to_m = _on_streets(lines, is_street, network)
    is_whole = (start < network.n_nodes) & (end < network.n_nodes)
    kept = ~is_street | ((link != NONE) & ~is_whole)
    more = EmergencyWays(
        n_places=len(ids),
        start=start[kept],
        end=end[kept],
        length_m=shapely.length(lines)[kept],
        link=link[kept],
        from_m=from_m[kept],
        to_m=to_m[kept],
        width_m=np.where(link == NONE, _widths_m(edges, lines, city), np.inf)[kept],
    )
    return joined(streets, more), x, y


def _on_streets(
    lines: npt.NDArray[np.object_], is_street: npt.NDArray[np.bool_], network: DriveNetwork
) -> tuple[Ints, Floats, Floats]:
    # The link that each piece of street lies on, along its direction if there is one, and from where to where.
    link, from_m, to_m = np.full(len(lines), NONE, np.int64), np.zeros(len(lines)), np.zeros(len(lines))
    streets = network.lines()
    tree = shapely.STRtree(streets)
    for k in np.flatnonzero(is_street):
        points = shapely.line_interpolate_point(lines[k], [0.0, 0.5, 1.0], normalized=True)
        near = np.sort(tree.query(points[1], predicate="dwithin", distance=ON_STREET_M))
        best = -np.inf
        for other in near:
            if (shapely.distance(streets[other], points) > ON_STREET_M).any():
                continue
            at = shapely.line_locate_point(streets[other], points)
            if at[0] != at[2] and at[2] - at[0] > best:
                best = float(at[2] - at[0])
                link[k], from_m[k], to_m[k] = other, at[0], at[2]
    return link, from_m, to_m


def _widths_m(edges: gpd.GeoDataFrame, lines: npt.NDArray[np.object_], city: City) -> Floats:
    # Of ways that lie in a square: twice the way from their line to its edge, where that is more.
    width = edges["width_m"].to_numpy().astype(np.float64).copy()
    surfaces = city.layers.get("surfaces")
    if surfaces is None or not len(surfaces):
        return width
    squares = shapely.union_all(surfaces[surfaces["kind"] == "square"].geometry.to_numpy())
    buildings = city.layers["buildings"]
    if len(buildings):
        squares = shapely.difference(squares, shapely.union_all(buildings.geometry.to_numpy()))
    shapely.prepare(squares)
    inside = np.flatnonzero(shapely.contains(squares, lines))
    edge = shapely.boundary(squares)
    width[inside] = np.maximum(width[inside], 2.0 * shapely.distance(lines[inside], edge))
    return width


def nearest_place(
    x: float, y: float, ways: EmergencyWays, place_x: Floats, place_y: Floats, least_m: float
) -> int:
    """Return the place nearest to a point at which a way begins that is wide enough."""
    used = np.unique(ways.start[ways.width_m >= least_m])
    return int(used[np.argmin(np.hypot(place_x[used] - x, place_y[used] - y))])
