"""A plan of lines, car parks and bus stops while it is written: entries add their stops, runs and vehicles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.kernels.records import NEVER, NONE
from impetus_sim.traffic.transit.plan import Carriers, Passengers, Plan, Pool, Runs, Stops
from impetus_sim.traffic.vehicles import KINDS, Trips

Ints = npt.NDArray[np.int64]
Uids = npt.NDArray[np.uint64]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a run: stop, place of the vehicle, and the rest as in `Runs`."""

    stop: int
    place: int
    due_us: int = 0
    may_board: bool = True
    may_alight: bool = True


@dataclass(frozen=True, kw_only=True)
class StopPoint:
    """Where a stop was given, local metres, and how far from there vehicles stand."""

    x: float
    y: float
    moved_m: float


@dataclass
class TransitDraft:
    """Everything so far; `plan` turns it into arrays."""

    stop_names: list[str] = field(default_factory=list)
    _points: list[StopPoint] = field(default_factory=list)
    _stop_of_name: dict[str, int] = field(default_factory=dict)
    _given: dict[str, object] = field(default_factory=dict)
    _exits: list[int] = field(default_factory=list)
    _walks_us: list[int] = field(default_factory=list)
    _pools: list[Pool] = field(default_factory=list)
    _kinds: list[int] = field(default_factory=list)
    _runs: list[tuple[str, int, int, list[Call]]] = field(default_factory=list)
    _carriers: list[tuple[int, int, int, int]] = field(default_factory=list)
    _uids: list[Uids] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._carriers)

    def add_stop(
        self,
        name: str,
        given: object,
        point: StopPoint,
        *,
        exit_number: int = NONE,
        exit_name: str = "",
        walks_us: int = int(NEVER),
    ) -> int:
        """Return the number of a stop; entries that name the same one share it.

        Parameters
        ----------
        given
            What says where it is; a name stands for one place only.

        Raises
        ------
        InvalidInputError
            When the name stands for two places, or people would come by one exit to two stops.
        """
        if self._given.setdefault(name, given) != given:
            raise InvalidInputError(f"two stops are named '{name}'", hint="give one of them another name")
        if name not in self._stop_of_name:
            self._stop_of_name[name] = len(self.stop_names)
            self.stop_names.append(name)
            self._points.append(point)
            self._exits.append(NONE)
            self._walks_us.append(int(NEVER))
        stop = self._stop_of_name[name]
        if exit_number != NONE:
            if exit_number in self._exits and self._exits[stop] != exit_number:
                raise InvalidInputError(f"two are behind exit '{exit_name}'", hint="use one exit for each")
            self._exits[stop], self._walks_us[stop] = exit_number, walks_us
        return stop

    def stop_named(self, name: str) -> int:
        """Return the number of a stop that an entry has added."""
        return self._stop_of_name[name]

    def add_pool(self, pool: Pool, kind: str) -> int:
        """Return the number of a new pool of vehicles of a class."""
        self._pools.append(pool)
        self._kinds.append(KINDS.index(kind))
        return len(self._pools) - 1

    def add_run(self, pool: int, name: str, calls: Iterable[Call], *, opens_us: int = 0) -> None:
        """Add a run to those of a pool."""
        self._runs.append((name, pool, opens_us, [*calls]))

    def add_carriers(self, pool: int, seats: Ints, place: int, uids: Uids, *, free_us: int = 0) -> None:
        """Add vehicles of some seats, (n,), and their ids, at a place from a time on."""
        self._carriers += [(pool, int(n), place, free_us) for n in seats]
        self._uids.append(uids)

    def trips(self) -> tuple[Trips, Uids]:
        """Return the vehicles as trips from where they are to the end of their pool's last run, and their ids."""
        last = {pool: calls[-1].place for _, pool, _, calls in self._runs}
        pools, _, places, _ = np.array(self._carriers, np.int64).reshape(-1, 4).T
        trips = Trips(
            depart_s=np.zeros(len(self)),
            origin=places,
            goal=np.array([last[pool] for pool in pools], np.int64),
            kind=np.array(self._kinds, np.int64)[pools] if len(pools) else np.zeros(0, np.int64),
        )
        return trips, np.concatenate([np.zeros(0, np.uint64), *self._uids])

    def goal_pairs(self) -> list[tuple[int, int]]:
        """Return every (place, vehicle class) that vehicles go to, in order."""
        return sorted({(call.place, self._kinds[pool]) for _, pool, _, calls in self._runs for call in calls})

    def can_ride(self, origin: int, destination: int | None) -> bool:
        """Return whether some run calls at a stop and later at another, or anywhere."""
        for _, _, _, calls in self._runs:
            for k, call in enumerate(calls[:-1]):
                if call.stop == origin and call.may_board:
                    later = calls[k + 1 :]
                    if destination is None or any(c.stop == destination and c.may_alight for c in later):
                        return True
        return False

    def plan(self, *, first_row: int, goal_rows: dict[tuple[int, int], int], passengers: Passengers) -> Plan:
        """Return the plan.

        Parameters
        ----------
        first_row
            Row of the fleet at which the vehicles begin.
        goal_rows
            Row of the destination of each (place, vehicle class) of `goal_pairs`.
        """
        calls = [call for run in self._runs for call in run[3]]
        pools, seats, places, free_us = np.array(self._carriers, np.int64).reshape(-1, 4).T
        return Plan(
            stops=Stops(
                names=tuple(self.stop_names),
                x=np.array([point.x for point in self._points]),
                y=np.array([point.y for point in self._points]),
                moved_m=np.array([point.moved_m for point in self._points]),
                exit=np.array(self._exits, np.int64),
                walks_after_us=np.array(self._walks_us, np.int64),
            ),
            runs=Runs(
                names=tuple(run[0] for run in self._runs),
                pool=np.array([run[1] for run in self._runs], np.int64),
                opens_us=np.array([run[2] for run in self._runs], np.int64),
                first_call=np.cumsum([0, *(len(run[3]) for run in self._runs)]),
                stop=np.array([call.stop for call in calls], np.int64),
                place=np.array([call.place for call in calls], np.int64),
                due_us=np.array([call.due_us for call in calls], np.int64),
                may_board=np.array([call.may_board for call in calls], bool),
                may_alight=np.array([call.may_alight for call in calls], bool),
            ),
            pools=tuple(self._pools),
            carriers=Carriers(
                row=first_row + np.arange(len(self)), pool=pools, seats=seats, place=places, free_us=free_us
            ),
            passengers=passengers,
            goal_of_place={
                (pool, call.place): goal_rows[call.place, self._kinds[pool]]
                for _, pool, _, run_calls in self._runs
                for call in run_calls
            },
        )


def uids_of(name: str, n: int) -> Uids:
    """Return the ids of the vehicles or people of an entry."""
    first = np.uint64(rng.stable_hash(name) & 0xFFFFFFFF) << np.uint64(32)
    return np.asarray(first + np.arange(n, dtype=np.uint64))
