"""A planner's network and demand in memory, whatever file they come from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_LINK_COLUMNS = (
    "from_node",
    "to_node",
    "capacity",
    "length",
    "free_time",
    "b",
    "power",
    "toll",
    "n_lanes",
    "link_type",
)


@dataclass(frozen=True, kw_only=True)
class NetworkTable:
    """A network with volume-delay functions; units are those of its file.

    A link takes ``free_time * (1 + b * (volume / capacity) ** power)`` (Bureau of Public Roads 1964).

    node_name: (nodes,), numbers in the file. zone_name, zone_node: (zones,), numbers of zones and the row of the
    node of each. is_through: (nodes,), whether ways may cross the node; trips begin and end at any zone's node.
    from_node, to_node: (links,), rows of nodes. capacity, length, free_time, b, power, toll: (links,).
    n_lanes, link_type: (links,), 0 where the file does not say.
    """

    node_name: Ints
    zone_name: Ints
    zone_node: Ints
    is_through: Bools
    from_node: Ints
    to_node: Ints
    capacity: Floats
    length: Floats
    free_time: Floats
    b: Floats
    power: Floats
    toll: Floats
    n_lanes: Ints
    link_type: Ints

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_name)

    @property
    def n_links(self) -> int:
        """Number of links."""
        return len(self.from_node)

    @property
    def n_zones(self) -> int:
        """Number of zones."""
        return len(self.zone_name)

    def without_links(self, are_gone: Bools) -> NetworkTable:
        """Return the network without some links; are_gone: (links,)."""
        kept = {name: getattr(self, name)[~are_gone] for name in _LINK_COLUMNS}
        return replace(self, **kept)

    def link_label(self, link: int) -> str:
        """Return how a message names a link: by the numbers of its ends."""
        return f"{self.node_name[self.from_node[link]]}-{self.node_name[self.to_node[link]]}"


@dataclass(frozen=True, kw_only=True)
class DemandTable:
    """Trips between zones, one row per pair with any; pairs are unique and ordered.

    origin, destination: (pairs,), rows of zones. volume: (pairs,), greater than zero, trips.
    declared_total: sum of trips as the file states it, NaN where it does not.
    """

    origin: Ints
    destination: Ints
    volume: Floats
    declared_total: float = float("nan")

    @property
    def total(self) -> float:
        """Trips in all, those within zones included."""
        return float(self.volume.sum())


def build_demand(
    origin: Ints, destination: Ints, volume: Floats, *, n_zones: int, declared_total: float = float("nan")
) -> DemandTable:
    """Order pairs, add up those given more than once, and leave out those without trips."""
    pair, row = np.unique(origin * n_zones + destination, return_inverse=True)
    total = np.zeros(len(pair))
    np.add.at(total, row, volume)
    has_trips = total > 0.0
    return DemandTable(
        origin=pair[has_trips] // n_zones,
        destination=pair[has_trips] % n_zones,
        volume=total[has_trips],
        declared_total=declared_total,
    )
