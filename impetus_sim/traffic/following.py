"""Car following on some links of a network: who is where, and its steps.

Everything else about a vehicle is as on other links: the junctions' events say who crosses and when. What a link
with car following adds is when its vehicles reach the line and when there is room at its start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import RecordTable, Table
from impetus_sim.errors import RunFailedError
from impetus_sim.traffic.kernels.car_following import Law
from impetus_sim.traffic.kernels.follow_step import follow_step
from impetus_sim.traffic.kernels.following import FOLLOWER, Following
from impetus_sim.traffic.kernels.records import NONE
from impetus_sim.traffic.road import CAR_M, SHORTEST_VEHICLE_M, Links

if TYPE_CHECKING:
    from impetus_sim.traffic.kernels.road import Road

Ints = npt.NDArray[np.int64]
EVERY_LANE = 0xFFFFFFFF
NO_LANE = 255
HARDEST_M_S2 = 9.0
"""Braking on a dry road, all that tyres give."""


@dataclass(frozen=True, kw_only=True)
class FollowedLinks:
    """Which links have car following, and how drivers follow.

    links: numbers. step_s: length of a step. acceleration, braking: m/s2, comfortable; gap_m: at a standstill.
    exponent: of free acceleration. catch_up: how much faster than that a driver follows one who speeds up, set so
    that queues discharge at the lane's capacity (`verification.traffic.focus`). politeness: weight of others in a
    lane change; threshold: m/s2 it must gain; safe_braking: m/s2, of a new follower at most; turn_gain: m/s2 for a
    lane nearer to the next turn's. turn_lanes: per link and lane from the kerb, a bit per outgoing link (by its
    number at the junction) that the lane leads to; links left out lead everywhere from every lane.
    """

    links: Ints
    step_s: float = 0.2
    acceleration: float = 2.6
    braking: float = 2.6
    gap_m: float = 2.0
    exponent: float = 4.0
    catch_up: float = 2.0
    politeness: float = 0.2
    threshold: float = 0.2
    safe_braking: float = 4.0
    turn_gain: float = 4.0
    turn_lanes: Mapping[int, npt.NDArray[np.uint32]] = field(default_factory=dict)


class CarFollowing:
    """Vehicles on followed links.

    Parameters
    ----------
    wanted
        Which links, and how.
    links, road
        The network; lanes are marked as followed.
    vehicles
        VEHICLE records.

    Raises
    ------
    ValueError
        When a step is longer than the least time between two vehicles on a lane.
    """

    def __init__(
        self, wanted: FollowedLinks, links: Links, road: Road, vehicles: npt.NDArray[np.void]
    ) -> None:
        self._road = road
        numbers = np.unique(np.asarray(wanted.links, np.int64))
        is_followed = np.zeros(links.n_links, np.uint8)
        is_followed[numbers] = 1
        lanes = np.flatnonzero(is_followed[road.queues["link"]] & (road.queues["is_source"] == 0))
        road.queues["is_followed"][lanes] = 1
        self.step_us = round(wanted.step_s * 1e6)
        least_us = (
            float(road.queues["pace"][lanes].min()) * SHORTEST_VEHICLE_M * 1000.0 if len(lanes) else 1e9
        )
        if not 0 < self.step_us < least_us:
            raise ValueError(
                f"step {wanted.step_s:g} s: between 0 and the least headway, {least_us * 1e-6:g} s"
            )
        turn_lanes = np.full(len(road.queues), EVERY_LANE, np.uint32)
        for link, bits in wanted.turn_lanes.items():
            first = int(road.first_lane[link])
            turn_lanes[first : first + len(bits)] = bits
        self.followers = RecordTable("traffic_followers", _new_followers(len(vehicles)))
        self.clock = Table("traffic_following", 1, {"next_us": np.int64, "counts": (np.int64, 2)})
        self.stops = Table("traffic_stops", links.n_links, {"stop_m": np.float64})
        self.stops.stop_m[:] = np.inf
        self._static = Following(
            links=numbers.astype(np.int32),
            is_followed=is_followed,
            law=Law(
                acceleration=wanted.acceleration,
                braking=wanted.braking,
                gap_m=wanted.gap_m,
                exponent=wanted.exponent,
                hardest=HARDEST_M_S2,
                catch_up=wanted.catch_up,
                politeness=wanted.politeness,
                threshold=wanted.threshold,
                safe_braking=wanted.safe_braking,
                turn_gain=wanted.turn_gain,
            ),
            step_us=self.step_us,
            time_gap_s=1.0 / links.lane_capacity - links.car_m / links.speed_m_s,
            length_m=links.length_m,
            per_size=links.car_m / (CAR_M * 1000.0),
            turn_lanes=turn_lanes,
            stop_m=self.stops.stop_m,
            launch_m_s=float(np.sqrt(2.0 * wanted.acceleration * CAR_M)),
            followers=self.followers.records,
        )

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads; `stops`: place on each link before which drivers stop, m; inf: none."""
        return [self.followers, self.clock, self.stops]

    @property
    def next_us(self) -> int:
        """Time of the next step, microseconds."""
        return int(self.clock.next_us[0])

    @property
    def n_touched(self) -> int:
        """Steps in which a vehicle had to be kept off the one ahead, of all so far: braking did not do."""
        return int(self.clock.counts[0, 1])

    def step(
        self,
        road: Road,
        signals: npt.NDArray[np.void],
        phases: npt.NDArray[np.void],
        vehicles: npt.NDArray[np.void],
    ) -> None:
        """Move everybody from the time of the step to the next one; all events up to it have been processed."""
        follow_step(
            self.next_us,
            road,
            signals,
            phases,
            vehicles,
            self._static._replace(followers=self.followers.records),
            self.clock.counts[0],
        )
        self.clock.next_us[0] += self.step_us

    def place_m(self, now_us: int, vehicles: npt.NDArray[np.void], out_m: npt.NDArray[np.float64]) -> None:
        """Overwrite how far along its link each vehicle is on followed links."""
        rows, link = self._on_links(vehicles)
        f = self.followers.records[rows]
        is_new = (f["link"] != link) | (f["at_us"] < now_us)  # came in since the last step
        moving = np.where(is_new, now_us - vehicles["entered_us"][rows], now_us - f["at_us"]) * 1e-6
        place = np.where(is_new, 0.0, f["place_m"]) + f["speed_m_s"] * moving
        out_m[rows] = np.clip(place, 0.0, self._static.length_m[link])

    def lanes(self, vehicles: npt.NDArray[np.void]) -> npt.NDArray[np.uint8]:
        """Return the lane of each vehicle on followed links, from the right; `NO_LANE` for all others."""
        out = np.full(len(vehicles), NO_LANE, np.uint8)
        rows, link = self._on_links(vehicles)
        out[rows] = vehicles["queue"][rows] - self._road.first_lane[link]
        return out

    def _on_links(self, vehicles: npt.NDArray[np.void]) -> tuple[Ints, Ints]:
        queues = self._road.queues
        rows = np.flatnonzero(vehicles["queue"] != NONE)
        rows = rows[queues["is_followed"][vehicles["queue"][rows]] == 1]
        return rows, queues["link"][vehicles["queue"][rows]].astype(np.int64)

    def gaps_m(self, vehicles: npt.NDArray[np.void]) -> npt.NDArray[np.float64]:
        """Return the gap from each vehicle to the one ahead on its lane, m, at the end of the present step.

        nan where there is nobody, or one of the two came in since the last step.
        """
        out = np.full(len(vehicles), np.nan)
        rows, link = self._on_links(vehicles)
        f, behind = self.followers.records, vehicles["behind"][rows]
        has = behind != NONE
        rows, link, behind = rows[has], link[has], behind[has]
        known = (f["at_us"][rows] == self.next_us) & (f["at_us"][behind] == self.next_us)
        known &= (f["link"][rows] == link) & (f["link"][behind] == link)
        rows, link, behind = rows[known], link[known], behind[known]
        length = np.maximum(
            vehicles["size_mm"][rows] * self._static.per_size[link] - self._static.law.gap_m, 0.5
        )
        out[behind] = f["place_m"][rows] - length - f["place_m"][behind]
        return out

    def require_apart(self, vehicles: npt.NDArray[np.void]) -> None:
        """Check that nobody overlaps the vehicle ahead.

        Raises
        ------
        RunFailedError
            With the vehicle for which it does not hold.
        """
        gap = self.gaps_m(vehicles)
        wrong = np.flatnonzero(gap < -1e-6)
        if len(wrong):
            raise RunFailedError(
                f"vehicle {wrong[0]} overlaps the one ahead by {-gap[wrong[0]]:g} m at {self.next_us / 1e6:g} s"
            )


def _new_followers(n: int) -> npt.NDArray[np.void]:
    followers = np.zeros(n, FOLLOWER)
    for column in ("link", "lane", "came_from", "wish"):
        followers[column] = NONE
    return followers
