"""Finding gridlock: circles of full links in which every head waits for a place on the next.

Nothing in such a circle can ever move by itself: a place would have to be freed by somebody who waits for one.
Queues that lead into a circle stand as well, but are not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from impetus_sim.traffic.kernels.queues import place_free_us
from impetus_sim.traffic.kernels.records import CLOSED, NEVER, NONE

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem


@dataclass(frozen=True, kw_only=True)
class Gridlock:
    """A circle of links that wait for each other.

    links: int (links,), ascending. vehicles: rows of the vehicles on them. n_behind: vehicles on other links whose
    heads wait, over any number of links, for this or another circle.
    """

    links: npt.NDArray[np.int64]
    vehicles: npt.NDArray[np.int64]
    n_behind: int


def find_gridlocks(traffic: TrafficSystem) -> list[Gridlock]:
    """Return every circle of links that is locked now.

    Drivers' patience, where it is on, may still open one; with none it stays for good. A lane whose head could
    go but for a blocked exit, a red light or a closed link is not locked by others.

    Returns
    -------
    One entry per circle (strongly connected links), in the order of their lowest link.
    """
    wants = _stuck_lanes(traffic)
    if not wants:
        return []
    queues = traffic.road.queues
    lanes = np.array(list(wants))
    start, end = queues["link"][lanes].astype(np.int64), np.array(list(wants.values()))
    n = traffic.links.n_links
    _, circle_of = connected_components(
        coo_matrix((np.ones(len(start)), (start, end)), shape=(n, n)), connection="strong"
    )
    inside = circle_of[start] == circle_of[end]  # a wish that stays in its circle; alone links have none
    circles = np.unique(circle_of[start[inside]])
    member = np.isin(circle_of, circles)
    n_behind = int(queues["n_inside"][lanes[~member[start]]].sum())
    found = [np.flatnonzero(circle_of == circle) for circle in circles]
    return [
        Gridlock(links=links, vehicles=_vehicles_on(traffic, links), n_behind=n_behind)
        for links in sorted(found, key=lambda links: int(links[0]))
    ]


def _stuck_lanes(traffic: TrafficSystem) -> dict[int, int]:
    # Lanes whose head waits for a link that only stuck lanes could make room on, with that link: those that are
    # left when every lane that waits for one that may yet move has been struck off.
    road, vehicles = traffic.road, traffic.vehicles
    queues = road.queues
    wants: dict[int, int] = {}
    for row in np.flatnonzero((queues["is_source"] == 0) & (queues["ready_us"] <= traffic.now_us)):
        head = vehicles[queues["head"][row]]
        want = int(head["want"])
        if want >= 0 and road.is_closed[want] != CLOSED and _is_full(want, int(head["size_mm"]), traffic):
            wants[int(row)] = want
    while True:
        free = [k for k, want in wants.items() if any(lane not in wants for lane in _lanes(want, traffic))]
        if not free:
            return wants
        for k in free:
            del wants[k]


def _lanes(link: int, traffic: TrafficSystem) -> range:
    first = int(traffic.road.first_lane[link])
    return range(first, first + int(traffic.road.n_lanes[link]))


def _is_full(link: int, size_mm: int, traffic: TrafficSystem) -> bool:
    # Whether no lane will have room unless somebody leaves it.
    return all(
        place_free_us(size_mm, traffic.now_us, lane, traffic.road) == NEVER for lane in _lanes(link, traffic)
    )


def _vehicles_on(traffic: TrafficSystem, links: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    queues, vehicles = traffic.road.queues, traffic.vehicles
    is_there = (vehicles["queue"] != NONE) & np.isin(queues["link"][vehicles["queue"]], links)
    is_there &= queues["is_source"][vehicles["queue"]] == 0
    return np.flatnonzero(is_there)
