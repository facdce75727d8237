"""What the map says about assets: its rows in a fixed order, and the lights of each signalised junction as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from impetus_sim.world.drive_network import SIGNAL_REACH_M, build_drive_network

if TYPE_CHECKING:
    from impetus_sim.maps.city import City

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NO_NODE: Final = -1


@dataclass(frozen=True, kw_only=True)
class MappedPlaces:
    """Rows of the map's assets, sorted by kind, then coordinates; all arrays (n,)."""

    kind: npt.NDArray[np.object_]
    name: npt.NDArray[np.object_]
    tag: npt.NDArray[np.object_]
    x: Floats
    y: Floats

    def of(self, *kinds: str) -> Ints:
        """Return the rows of some kinds."""
        return np.flatnonzero(np.isin(self.kind.astype(str), kinds)).astype(np.int64)

    def at(self, rows: Ints) -> Floats:
        """Return the coordinates of rows, (n, 2)."""
        return np.column_stack([self.x[rows], self.y[rows]])

    def replace_nearest(self, at: Floats, rows: Ints, *, within_m: float) -> tuple[Floats, Ints]:
        """Let mapped places, row by row, stand in for the nearest synthetic one that is still free.

        Parameters
        ----------
        at
            float64 (places, 2), where the synthetic ones are.
        rows
            int64 (n,), the mapped ones.
        within_m
            A mapped one farther away than this replaces none.

        Returns
        -------
        The coordinates, and int64 (places,), the mapped row at each, or -1.
        """
        at, row_of = at.copy(), np.full(len(at), -1, np.int64)
        for row in rows.tolist():
            apart = np.hypot(at[:, 0] - self.x[row], at[:, 1] - self.y[row])
            apart[row_of >= 0] = np.inf
            nearest = int(np.argmin(apart))
            if apart[nearest] <= within_m:
                at[nearest], row_of[nearest] = (self.x[row], self.y[row]), row
        return at, row_of


@dataclass(frozen=True, kw_only=True)
class Signals:
    """Signalised junctions and crossings: x, y float64 (n,); node int64 (n,), in the drive network, or -1; tag."""

    x: Floats
    y: Floats
    node: Ints
    tag: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.x)


def read_mapped_places(city: City) -> MappedPlaces:
    """Return the assets of a city's map in a fixed order."""
    layer = city.layers["assets"]
    at = np.round(shapely.get_coordinates(layer.geometry.to_numpy()).reshape(-1, 2), 3)
    columns = {name: layer[name].to_numpy().astype(object) for name in ("kind", "name", "tag")}
    ids = layer["osm_id"].to_numpy().astype(str)
    rank = np.lexsort((ids, at[:, 1], at[:, 0], columns["kind"].astype(str)))
    return MappedPlaces(
        x=at[rank, 0], y=at[rank, 1], **{name: column[rank] for name, column in columns.items()}
    )


def find_signals(city: City, places: MappedPlaces) -> Signals:
    """Join lights to junctions of the drive network, and what is left to crossings within the same reach."""
    rows = places.of("traffic_signals", "signal_crossing")
    at = places.at(rows)
    node_at, node_of = _lights_at_junctions(city, places, rows)
    taken = node_of >= 0
    used = np.unique(node_of[taken])
    rest = rows[~taken]
    x, y, tags = list(node_at[used, 0]), list(node_at[used, 1]), ["highway=traffic_signals"] * len(used)
    nodes = used.tolist()
    if len(rest):
        others = at[~taken]
        pairs = cKDTree(others).sparse_distance_matrix(
            cKDTree(others), SIGNAL_REACH_M, output_type="coo_matrix"
        )
        n_groups, group = csgraph.connected_components(pairs, directed=False)
        for one in range(n_groups):
            members = np.flatnonzero(group == one)
            x.append(float(others[members, 0].mean()))
            y.append(float(others[members, 1].mean()))
            tags.append(str(places.tag[rest[members[0]]]))
            nodes.append(NO_NODE)
    rank = np.lexsort((np.round(y, 3), np.round(x, 3)))
    return Signals(
        x=np.array(x, np.float64)[rank],
        y=np.array(y, np.float64)[rank],
        node=np.array(nodes, np.int64)[rank],
        tag=tuple(tags[i] for i in rank),
    )


def _lights_at_junctions(city: City, places: MappedPlaces, rows: Ints) -> tuple[Floats, Ints]:
    """Return the junctions (n, 2), and for each light the signalised junction it belongs to, or -1."""
    node_of = np.full(len(rows), NO_NODE, np.int64)
    if not len(city.layers["drive_edges"]):
        return np.zeros((0, 2)), node_of
    network = build_drive_network(city)
    node_at = np.column_stack([network.node_x, network.node_y])
    signalised = np.flatnonzero(network.has_signal)
    if len(signalised) and len(rows):
        distance, nearest = cKDTree(node_at[signalised]).query(places.at(rows))
        node_of = np.where(distance <= SIGNAL_REACH_M, signalised[nearest], NO_NODE).astype(np.int64)
    return node_at, node_of
