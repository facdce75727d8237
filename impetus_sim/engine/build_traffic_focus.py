"""Links with car following: those of the scenario's area, and which of their lanes lead to which turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.engine.build_bans import kinds_of_turns
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.places import locate
from impetus_sim.traffic.following import FollowedLinks
from impetus_sim.traffic.kernels.records import MOST_TURNS

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.traffic_focus import TrafficFocus
    from impetus_sim.world.drive_network import DriveNetwork


def find_followed(spec: TrafficFocus | None, city: City, network: DriveNetwork) -> FollowedLinks | None:
    """Return the links of the focus and how drivers follow on them; None without one.

    Raises
    ------
    InvalidInputError
        When no street for vehicles lies there.
    """
    if spec is None:
        return None
    with about("traffic.focus"):
        links = network.links_at(locate(spec.area, city))
        if not len(links):
            raise InvalidInputError(
                f"no street for vehicles lies in '{spec.area}'", hint="choose an area that streets cross"
            )
    return FollowedLinks(
        links=links,
        step_s=float(spec.step),
        acceleration=float(spec.acceleration),
        braking=float(spec.braking),
        gap_m=float(spec.gap),
        politeness=float(spec.politeness),
        turn_lanes={int(link): turn_lanes(int(link), network) for link in links},
    )


def turn_lanes(link: int, network: DriveNetwork) -> npt.NDArray[np.uint32]:
    """Return a bit per outgoing link that each lane of a link leads to, lanes counted from the right.

    Right turns from the right half of the lanes, left turns from the left half, straight on from all. As on lanes
    without signs it is a custom, not a rule.
    """
    n = int(network.lanes[link])
    bits = np.zeros(n, np.uint32)
    out = np.flatnonzero(network.from_node == network.to_node[link])
    lane = np.arange(n)
    kinds = kinds_of_turns(np.column_stack([np.full(len(out), link), out]), network)
    for slot, kind in enumerate(kinds[:MOST_TURNS]):
        leads = np.ones(n, bool)
        if kind in ("left", "u_turn"):
            leads = 2 * lane >= n - 1
        elif kind == "right":
            leads = 2 * lane <= n - 1
        bits[leads] |= np.uint32(1 << slot)
    return bits
