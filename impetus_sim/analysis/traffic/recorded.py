"""The traffic of a recording as arrays: the network, and what passed each link up to each recorded time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording

CHANNEL = "traffic"
DM_PER_M = 10.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Network:
    """Directed links; static.

    from_node, to_node, n_lanes: int64 (links,). length_m, speed_m_s, car_m: float64 (links,), the last is road
    that a car takes in a jam. lane_capacity: float64 (links,), vehicles/s. name: text (links,), of the street.
    first: int64 (links + 1,) into points: float64 (points, 2), m, in the direction of travel.
    """

    from_node: Ints
    to_node: Ints
    length_m: Floats
    speed_m_s: Floats
    n_lanes: Ints
    lane_capacity: Floats
    car_m: Floats
    name: npt.NDArray[np.str_]
    first: Ints
    points: Floats

    def __len__(self) -> int:
        return len(self.from_node)

    @cached_property
    def free_s(self) -> Floats:
        """Time to travel each link at its speed limit, s."""
        return self.length_m / self.speed_m_s

    def line(self, link: int) -> Floats:
        """Return the points of one link, float64 (n, 2), m."""
        return self.points[self.first[link] : self.first[link + 1]]

    def node_place(self, nodes: Ints) -> Floats:
        """Return where junctions are, float64 (n, 2), m."""
        place = np.full((int(max(self.from_node.max(), self.to_node.max())) + 1, 2), np.nan)
        place[self.from_node] = self.points[self.first[:-1]]
        place[self.to_node] = self.points[self.first[1:] - 1]
        return place[nodes]


@dataclass(frozen=True, kw_only=True)
class TrafficCounts:
    """Cumulative counts of each link at the recorded times.

    times_s: float64 (times,). entered, left: int32 (times, links), vehicles so far.
    """

    network: Network
    times_s: Floats
    entered: npt.NDArray[np.int32]
    left: npt.NDArray[np.int32]

    @property
    def inside(self) -> npt.NDArray[np.int32]:
        """Vehicles on each link at each time, int32 (times, links)."""
        return self.entered - self.left


def has_traffic(recording: Recording) -> bool:
    """Return whether vehicles drove in a run."""
    return "drive_links" in recording.static_names


def require_traffic(recording: Recording) -> None:
    """Refuse a recording without vehicles.

    Raises
    ------
    InvalidInputError
        When the run had no section `traffic`.
    """
    if not has_traffic(recording):
        raise InvalidInputError(
            f"'{recording.path}' has no vehicles", hint="run a scenario with a section traffic"
        )


def read_network(recording: Recording) -> Network:
    """Return the drive network of a run."""
    require_traffic(recording)
    static = recording.static("drive_links")
    return Network(
        from_node=np.asarray(static["from_node"], np.int64),
        to_node=np.asarray(static["to_node"], np.int64),
        length_m=np.asarray(static["length_m"], np.float64),
        speed_m_s=np.asarray(static["speed_m_s"], np.float64),
        n_lanes=np.asarray(static["n_lanes"], np.int64),
        lane_capacity=np.asarray(static["lane_capacity"], np.float64),
        car_m=np.asarray(static["car_m"], np.float64),
        name=np.asarray(static["name"], np.str_),
        first=np.asarray(static["first"], np.int64),
        points=np.column_stack([static["x"], static["y"]]),
    )


def read_counts(recording: Recording) -> TrafficCounts:
    """Return the cumulative counts of a run.

    Raises
    ------
    InvalidInputError
        When the run had no traffic, or nothing of it was recorded yet.
    """
    network = read_network(recording)
    rows = [(tick, state["n_entered"], state["n_left"]) for tick, state in recording.series(CHANNEL)]
    if not rows:
        raise InvalidInputError(f"'{recording.path}' holds no state of traffic yet", hint="let it run on")
    return TrafficCounts(
        network=network,
        times_s=np.array([recording.seconds(tick) for tick, _, _ in rows], np.float64),
        entered=np.stack([entered for _, entered, _ in rows]).astype(np.int32),
        left=np.stack([left for _, _, left in rows]).astype(np.int32),
    )


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where vehicles were, one row per vehicle on a link and recorded time, in the order of vehicle, then time.

    vehicle: int64 (rows,), row of the static group ``vehicles``. t_s, offset_m: float64 (rows,), m from the start
    of the link. link: int64 (rows,).
    """

    vehicle: Ints
    t_s: Floats
    link: Ints
    offset_m: Floats


def read_places(recording: Recording, links: Ints | None = None) -> Places:
    """Return the recorded places of all vehicles, or of those on some links.

    Raises
    ------
    InvalidInputError
        When the run recorded counts only.
    """
    require_traffic(recording)
    found: list[tuple[npt.NDArray[Any], ...]] = []
    is_wanted = None
    if links is not None:
        is_wanted = np.zeros(len(recording.static("drive_links")["from_node"]), bool)
        is_wanted[links] = True
    for tick, state in recording.series(CHANNEL):
        if "link" not in state:
            raise InvalidInputError(
                f"'{recording.path}' holds counts of streets, not places of vehicles",
                hint="run with traffic.record_vehicles: true",
            )
        link = np.asarray(state["link"], np.int64)
        rows = np.flatnonzero((link >= 0) & (is_wanted[link] if is_wanted is not None else True))
        t_s = np.full(len(rows), recording.seconds(tick), np.float64)
        found.append((rows, t_s, link[rows], state["offset_dm"][rows] / DM_PER_M))
    vehicle, t_s, link, offset = (
        np.concatenate([np.zeros(0), *(part[k] for part in found)]) for k in range(4)
    )
    order = np.argsort(vehicle, kind="stable")
    return Places(
        vehicle=vehicle[order].astype(np.int64),
        t_s=t_s[order],
        link=link[order].astype(np.int64),
        offset_m=offset[order],
    )
