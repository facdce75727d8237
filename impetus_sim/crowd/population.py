"""The table of people: who they are is drawn once, at the start, from keyed streams.

Rows are ordered by stable id (from the population's name and the person's index), so neither the order of
populations in the scenario nor another population's size changes anybody's draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.crowd import Crowd
from impetus_sim.scenario.distributions import sample
from impetus_sim.scenario.populations import Population

PENDING, INSIDE, LEFT, REMOVED, ON_LINK, BETWEEN = 0, 1, 2, 3, 4, 5
"""Values of `state`: not yet there, inside (on the ground, in two dimensions), left through an exit, taken out (by
a hazard), walking on a link of the network, between two places (in a lift, on the way from one storey to another).

Whoever is on a link or between is still in the run, but not among the people inside."""

IN_VEHICLE = 2**62
"""Tick at which people enter who step out of a vehicle, until they do."""

COLUMNS: dict[str, Any] = {
    "uid": "u8",
    "population": "i2",
    "profile": "i2",
    "state": "u1",
    "is_leaving": "u1",
    "is_walking": "u1",
    "is_in_goal": "u1",
    "held_by": "u8",
    "x": "f8",
    "y": "f8",
    "vx": "f8",
    "vy": "f8",
    "facing_x": "f8",
    "facing_y": "f8",
    "spot_x": "f8",
    "spot_y": "f8",
    "radius": "f8",
    "desired_speed": "f8",
    "time_gap": "f8",
    "speed_factor": "f8",
    "premovement_s": "f8",
    "goal": "i2",
    "exit": "i2",
    "enter_tick": "i8",
    "aware_tick": "i8",
    "aware_cause": "i8",
    "move_tick": "i8",
    "left_tick": "i8",
    "beyond_tick": "i8",
    "nearest_m": "f8",
    "blocked_s": "f8",
    "exposure_s": "f8",
    "smoke_dose": "f8",
}
"""Columns of the table.

uid: stable id. state: see above. is_leaving: on the way out. is_walking: wants to move now. is_in_goal: inside
the gathering area they walk to. held_by: one bit for each order that holds them. x, y, vx, vy: m, m/s; facing:
unit vector. spot: where they want to stand. speed_factor: of smoke. goal: exit or area they walk to, -1 for
none; exit: the one they left by, -1 for not yet. Ticks: -1 for not yet; beyond_tick: until then somebody who
has left still stands in the way of those behind. nearest_m: least distance to their spot so far, inside its
area; blocked_s: seconds since it last shrank. exposure_s: seconds inside a threat's danger distance or in dense
smoke. smoke_dose: extinction x time, s/m.
"""


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Names behind the numbers of the table."""

    populations: tuple[str, ...]
    profiles: tuple[str, ...]


def build_people(crowd: Crowd, *, seed: int, replicate: int, ticks_of: Any) -> tuple[Table, Roster]:
    """Build the table of people of a drawn scenario; nobody has a place yet.

    Parameters
    ----------
    crowd
        The scenario's crowd section.
    seed, replicate
        Root of the draws.
    ticks_of
        Function from seconds to ticks.
    """
    names = tuple(sorted(crowd.populations, key=rng.stable_hash))
    hashes = [rng.stable_hash(name) for name in names]
    if len(set(hashes)) < len(hashes):
        raise InvalidInputError(f"two populations of {sorted(names)} have the same hash", hint="rename one")
    roster = Roster(populations=names, profiles=tuple(sorted(crowd.profiles)))
    counts = [int(crowd.populations[name].count) for name in names]
    people = Table("crowd", sum(counts), COLUMNS)
    for column in ("goal", "exit", "aware_tick", "aware_cause", "move_tick", "left_tick"):
        getattr(people, column)[:] = -1
    people.speed_factor[:] = 1.0
    people.facing_x[:] = 1.0
    people.nearest_m[:] = np.inf
    first = 0
    for k, (name, count) in enumerate(zip(names, counts, strict=True)):
        rows = slice(first, first + count)
        people.uid[rows] = (np.uint64(hashes[k]) << np.uint64(32)) + np.arange(count, dtype=np.uint64)
        people.population[rows] = k
        _draw_profiles(people, rows, crowd, crowd.populations[name], roster, seed, replicate)
        _draw_times(people, rows, crowd.populations[name], seed, replicate, ticks_of)
        first += count
    return people, roster


def _draw_profiles(
    people: Table,
    rows: slice,
    crowd: Crowd,
    population: Population,
    roster: Roster,
    seed: int,
    replicate: int,
) -> None:
    names = sorted(population.profiles)
    edges = np.cumsum([population.profiles[name] for name in names])
    u = rng.draw_uniforms(seed, replicate, "crowd.profile", people.uid[rows])
    which = np.minimum(np.searchsorted(edges, u[:, 0] * edges[-1], side="right"), len(names) - 1)
    for n, name in enumerate(names):
        _fill_profile(people, np.flatnonzero(which == n) + rows.start, name, crowd, roster, u[which == n, 1])


def set_profile(
    people: Table,
    members: npt.NDArray[np.intp],
    name: str,
    crowd: Crowd,
    roster: Roster,
    *,
    seed: int,
    replicate: int,
) -> None:
    """Give people another profile, with the values that follow from their own draws."""
    u = rng.draw_uniforms(seed, replicate, "crowd.profile", people.uid[members])
    _fill_profile(people, members, name, crowd, roster, u[:, 1])


def _fill_profile(
    people: Table,
    members: npt.NDArray[np.intp],
    name: str,
    crowd: Crowd,
    roster: Roster,
    uniforms: npt.NDArray[np.float64],
) -> None:
    profile = crowd.profiles[name]
    assert profile.desired_speed is not None and profile.radius is not None and profile.time_gap is not None
    people.profile[members] = roster.profiles.index(name)
    people.radius[members] = profile.radius
    people.time_gap[members] = profile.time_gap
    people.desired_speed[members] = profile.desired_speed.sample(uniforms)


def _draw_times(
    people: Table, rows: slice, population: Population, seed: int, replicate: int, ticks_of: Any
) -> None:
    u = rng.draw_uniforms(seed, replicate, "crowd.times", people.uid[rows])
    people.premovement_s[rows] = sample(population.premovement, u[:, 0])
    if population.network is not None:
        people.state[rows] = ON_LINK
        first = ticks_of(population.network.start)
        span = max(0, ticks_of(population.network.end) - first)
        people.enter_tick[rows] = first + np.rint(u[:, 1] * span).astype(np.int64)
    elif population.in_vehicles:
        people.enter_tick[rows] = IN_VEHICLE
        return
    elif population.arrive is None:
        people.state[rows] = INSIDE
    else:
        start, end = population.arrive.start, population.arrive.end
        people.enter_tick[rows] = [ticks_of(t) for t in start + u[:, 1] * (end - start)]
    if population.activity == "leave":
        delays, which = np.unique(people.premovement_s[rows], return_inverse=True)
        people.move_tick[rows] = people.enter_tick[rows] + np.array([ticks_of(t) for t in delays], int)[which]


def frame_state(people: Table, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    """Return what each person is doing, for recordings: see `FRAME_STATES`."""
    state = np.zeros(len(rows), np.uint8)
    walking = people.is_walking[rows] == 1
    state[walking] = 1
    state[(people.aware_tick[rows] >= 0) & ~walking] = 2
    state[walking & (people.is_leaving[rows] == 1)] = 3
    state[people.held_by[rows] > 0] = 4
    return state


FRAME_STATES = ("standing", "walking to place", "aware, not yet moving", "leaving", "held back")
"""Meaning of the numbers in a recorded frame's state."""
