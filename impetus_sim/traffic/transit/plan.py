"""What a service of vehicles is to do: stops, runs with their calls, and the pools of vehicles that do them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

ANYWHERE = -1
"""Destination of people who ride to the end of whatever they board."""


@dataclass(frozen=True, kw_only=True)
class Stops:
    """Where people wait; one row each.

    names: text (stops,). x, y: float64 (stops,), where it was given, m. moved_m: float64 (stops,), how far from
    there vehicles stand. exit: int (stops,), number of the line that people cross to come here on foot, NONE for no
    such line. walks_after_us: int (stops,), how long people from there wait before they walk on, NEVER for as long
    as it takes.
    """

    names: tuple[str, ...]
    x: Floats
    y: Floats
    moved_m: Floats
    exit: Ints
    walks_after_us: Ints

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Runs with their calls; a run is one journey from its first stop to its last.

    names: text (runs,). pool: int (runs,), whose vehicles do it. opens_us: int (runs,), people may board from then
    on where it begins. first_call: int (runs + 1,) into the calls.
    stop: int (calls,). place: int (calls,), where vehicles stand for it: a junction, or the end of a link
    (`Links.at_end`); both sides of a street may be one stop. due_us: int (calls,), a vehicle leaves then, or when
    all have boarded if that is later; 0 for no such time, NEVER where it is for the pool's rules to say. may_board,
    may_alight: bool (calls,).
    """

    names: tuple[str, ...]
    pool: Ints
    opens_us: Ints
    first_call: Ints
    stop: Ints
    place: Ints
    due_us: Ints
    may_board: Mask
    may_alight: Mask

    def __len__(self) -> int:
        return len(self.names)

    @property
    def run_of_call(self) -> Ints:
        """Run of each call, (calls,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.first_call))

    def last_call(self, run: Ints | int) -> Ints:
        """Return the call at which runs end."""
        return np.asarray(self.first_call[np.asarray(run) + 1] - 1)


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Vehicles that do some runs, in the order of the runs: whoever is free first does the next.

    name: of the line. board_us, alight_us: time for each person, doors_us: for each call beside that.
    leaves_full: a full vehicle leaves before its time. wait_us: one with somebody aboard leaves so long after the
    first has boarded, None for no such rule.
    fetch_us: time from when a vehicle leaves the place where people board until it is on the road; headway_us: time
    between two vehicles of the pool there.
    on_call: whether it waits until called, from when the times of its runs then count; by its `name`.
    goes_by_itself: whether its vehicles are trips like others, for what is said of trips; else they are a service.
    """

    name: str
    board_us: int = 0
    alight_us: int = 0
    doors_us: int = 0
    leaves_full: bool = False
    wait_us: int | None = None
    fetch_us: int = 0
    headway_us: int = 0
    on_call: bool = False
    goes_by_itself: bool = False


@dataclass(frozen=True, kw_only=True)
class Carriers:
    """Vehicles of all pools; one row each, those of a pool in the order in which they are used at first.

    row: int (vehicles,), in the fleet. pool, seats: int (vehicles,). place: int (vehicles,), where they are at
    first. free_us: int (vehicles,), when they may set out from there.
    """

    row: Ints
    pool: Ints
    seats: Ints
    place: Ints
    free_us: Ints

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, kw_only=True)
class Passengers:
    """People who come to stops at times known beforehand, one row each, in the order of time.

    came_us, stop: int (people,). goal: int (people,), stop, or `ANYWHERE`. walks_after_us: as in `Stops`.
    """

    came_us: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    stop: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    goal: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    walks_after_us: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.came_us)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All of it. goal_of_place: destination of the trees of ways for the class of a pool's vehicles, by
    (pool, place)."""

    stops: Stops
    runs: Runs
    pools: tuple[Pool, ...]
    carriers: Carriers
    passengers: Passengers
    goal_of_place: dict[tuple[int, int], int]
