"""Vehicles that come to places on links: which of them move, how fast, when they reach a place and pass it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.kernels.records import NEVER, ON_LINK
from impetus_sim.traffic.kernels.signals import ALL_RED, STUCK, WORKS
from impetus_sim.traffic.positions import offsets_m

if TYPE_CHECKING:
    from impetus_sim.traffic.system import TrafficSystem

MOST_AHEAD = 8
"""So many vehicles that come to a place are told apart: in a second far fewer pass on all lanes of a direction."""
HELD_UP_M = 0.5
"""A vehicle farther than this behind its free path has been held up."""
STANDS_M_S = 0.5
"""Followed vehicles slower than this stand."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class MovingVehicles:
    """Vehicles that nothing holds up; one entry each.

    row: in the fleet. link: int64. at_m: front along the link. speed_m_s: that it drives at, or would.
    stands: bool, is stopped before a place for the moment.
    """

    row: Ints
    link: Ints
    at_m: Floats
    speed_m_s: Floats
    stands: npt.NDArray[np.bool_]


def moving_vehicles(flow: TrafficSystem, links: Ints) -> MovingVehicles:
    """Return the vehicles on links that drive freely; those that something has held up there stand.

    Followed vehicles count at their own speed, all others at the free one.
    """
    vehicles, road = flow.vehicles, flow.road
    rows = np.flatnonzero(vehicles["state"] == ON_LINK)
    link = road.queues["link"][vehicles["queue"][rows]].astype(np.int64)
    is_wanted = np.isin(link, links)
    rows, link = rows[is_wanted], link[is_wanted]
    at_m = offsets_m(flow)[rows]
    speed = np.minimum(road.speed_mm_s[link], vehicles["speed_mm_s"][rows]) / 1000.0
    driven_m = speed * (flow.now_us - vehicles["entered_us"][rows]) * 1e-6
    free_m = np.minimum(driven_m, flow.links.length_m[link])
    is_moving = (at_m > free_m - HELD_UP_M) & (vehicles["ready_us"][rows] > flow.now_us)
    if flow.following is not None:
        is_followed = road.queues["is_followed"][vehicles["queue"][rows]] == 1
        own = flow.following.followers.records["speed_m_s"][rows]
        speed = np.where(is_followed, own, speed)
        is_moving = np.where(is_followed, own > STANDS_M_S, is_moving)
    return MovingVehicles(
        row=rows[is_moving],
        link=link[is_moving],
        at_m=at_m[is_moving],
        speed_m_s=speed[is_moving],
        stands=vehicles["stands"][rows[is_moving]] == 1,
    )


@dataclass(frozen=True, kw_only=True)
class Comers:
    """Vehicles that come to places on links; one entry for each vehicle and place, by place and then by time.

    row: in the fleet. place: int64. arrives_us, leaves_us: int64, at the place and past it. way_m: to the place,
    negative on it. speed_m_s: that it drives at. is_on_link: bool, on the link of the place already.
    """

    row: Ints
    place: Ints
    arrives_us: Ints
    leaves_us: Ints
    way_m: Floats
    speed_m_s: Floats
    is_on_link: npt.NDArray[np.bool_]


def find_comers(flow: TrafficSystem, link: Ints, start_m: Floats, end_m: Floats) -> Comers:
    """Return the vehicles that are on places or come to them undisturbed.

    Those on the link itself count, and those that are about to come on to it from the links before: who has the
    light there, or meets none.

    Parameters
    ----------
    link, start_m, end_m
        (places,); m along the link.
    """
    links = np.unique(link)
    before = np.flatnonzero(np.isin(flow.links.to_node, flow.links.from_node[links]))
    moving = moving_vehicles(flow, np.union1d(links, before))
    here = np.flatnonzero(np.isin(moving.link, links))
    want = flow.vehicles["want"][moving.row].astype(np.int64)
    comes = np.flatnonzero(np.isin(want, links) & ~_meets_red(flow, moving.row, moving.link))
    row = np.concatenate([moving.row[here], moving.row[comes]])
    on = np.concatenate([moving.link[here], want[comes]])
    at_m = np.concatenate([moving.at_m[here], (moving.at_m - flow.links.length_m[moving.link])[comes]])
    speed = np.concatenate([moving.speed_m_s[here], moving.speed_m_s[comes]])
    place, k = np.nonzero((link[:, None] == on[None, :]) & (at_m[None, :] <= end_m[:, None]))
    way_m, gone_m = start_m[place] - at_m[k], end_m[place] - at_m[k]
    arrives = flow.now_us + np.rint(1e6 * np.maximum(way_m, 0.0) / speed[k]).astype(np.int64)
    leaves = flow.now_us + np.rint(1e6 * gone_m / speed[k]).astype(np.int64)
    order = np.lexsort((row[k], arrives, place))
    return Comers(
        row=row[k][order],
        place=place[order],
        arrives_us=arrives[order],
        leaves_us=leaves[order],
        way_m=way_m[order],
        speed_m_s=speed[k][order],
        is_on_link=(k < len(here))[order],
    )


def next_passages_us(comers: Comers, n_places: int, *, held_from_us: Ints) -> tuple[Ints, Ints]:
    """Return when the next vehicles reach places and have passed them.

    Parameters
    ----------
    held_from_us
        int64 (places,): vehicles that would come from then on stop before the place.

    Returns
    -------
    Arrivals and departures, int64 (places, `MOST_AHEAD`), by arrival; NEVER where there are fewer.
    """
    arrives = np.full((n_places, MOST_AHEAD), NEVER, np.int64)
    leaves = arrives.copy()
    kept = np.flatnonzero(comers.arrives_us < held_from_us[comers.place])
    place = comers.place[kept]
    nth = np.arange(len(kept)) - np.searchsorted(place, place)
    kept, place, nth = (values[nth < MOST_AHEAD] for values in (kept, place, nth))
    arrives[place, nth], leaves[place, nth] = comers.arrives_us[kept], comers.leaves_us[kept]
    return arrives, leaves


def _meets_red(flow: TrafficSystem, rows: Ints, link: Ints) -> npt.NDArray[np.bool_]:
    signal = flow.road.signal_of[flow.links.to_node[link]]
    group = flow.road.queues["group"][flow.vehicles["queue"][rows]].astype(np.int64)
    obeys = (signal >= 0) & (group >= 0)
    if not obeys.any():
        return np.zeros(len(rows), bool)
    records = flow.signals_now()
    shows = np.isin(records["fault"][signal], (WORKS, ALL_RED, STUCK))
    is_green = (records["green"][signal].astype(np.int64) >> np.maximum(group, 0)) & 1 == 1
    return np.asarray(obeys & shows & ~is_green)
