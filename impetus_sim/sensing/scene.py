"""What there is to be seen in a run, as sensors may ask for it.

The engine fills a scene from the people, vehicles, air and infrastructure of the run; sensors know no more of those
systems than stands here. Nothing here is state: each call looks at the present tick.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.sensing.view import Sight

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
NO_TIME_US: Final = 2**60
AtPoints = Callable[[Floats, Floats], Floats]
"""From points, x and y in local metres, to a value at each."""
CauseAtPoints = Callable[[Floats, Floats], Rows]


class FalseReadings(NamedTuple):
    """What telemetry of assets says instead of the truth, nan for the truth, and the event by which it does."""

    value: Floats
    cause: Rows


class AwareNow(NamedTuple):
    """People who have noticed something: where they are, local metres, since which tick, and by which event."""

    x: Floats
    y: Floats
    tick: Rows
    cause: Rows


class LeftNow(NamedTuple):
    """People who have left the ground: number of the exit, since which tick, and the event that made them aware, -1
    for none."""

    exit: Rows
    tick: Rows
    cause: Rows


class Measurand(NamedTuple):
    """Something to be measured at points: how much there is, and the event that it comes from, -1 for none."""

    amount: AtPoints
    cause: CauseAtPoints


@dataclass(frozen=True, kw_only=True)
class Streets:
    """Links for vehicles and who drives on them.

    Parameters
    ----------
    lines
        shapely lines, (links,), in the direction of travel.
    bearing_deg
        Compass bearing from the first to the last point of each link, (links,).
    n_left
        Returns how many vehicles have driven past the end of each link so far, int64 (links,).
    vehicles
        Stable ids of all vehicles, uint64 (vehicles,).
    link_of_vehicle
        Returns the link on which each vehicle is, int64 (vehicles,); -1 for none.
    """

    lines: npt.NDArray[np.object_]
    bearing_deg: Floats
    n_left: Callable[[], Rows]
    vehicles: npt.NDArray[np.uint64]
    link_of_vehicle: Callable[[], Rows]


@dataclass(frozen=True, kw_only=True)
class Transit:
    """Public transport: a call is one visit of one vehicle to one stop.

    Parameters
    ----------
    lines
        Names of lines.
    line_of_call, due_us
        int64 (calls,); due_us: when the timetable has it leave, µs; 0 and times beyond `NO_TIME_US` for none.
    n_boarded
        Returns how many people have boarded at each call so far, int64 (calls,).
    left_us
        Returns when each call ended, µs, int64 (calls,); -1 for not yet.
    """

    lines: tuple[str, ...]
    line_of_call: Rows
    due_us: Rows
    n_boarded: Callable[[], Rows]
    left_us: Callable[[], Rows]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What a run shows; None where it has no such thing.

    Parameters
    ----------
    sight
        People on foot, on the ground that is simulated in two dimensions, and what stands before cameras.
    n_people, people
        How many there can be, and a function that returns who is on the ground: rows below `n_people`, x and y.
    aware, left
        People who have noticed something, and people who have left, in the order of their rows.
    substances
        What air can hold, by name: concentration, mg/m3, or 1/m for ``smoke``.
    water
        Depth of water above ground, m.
    phones_reach
        Share of messages that get through at points.
    false_readings
        From rows of assets to what an attacker has their telemetry say.
    calls
        Returns the calls in progress at each asset that is a cell, by its row, Erlang.
    streets, transit
        Vehicles; public transport.
    second_of_day
        Local time at tick 0, s after midnight.
    """

    sight: Sight
    n_people: int
    people: Callable[[], tuple[npt.NDArray[np.int32], Floats, Floats]]
    aware: Callable[[], AwareNow]
    left: Callable[[], LeftNow]
    substances: Mapping[str, Measurand] = field(default_factory=dict)
    water: Measurand | None = None
    phones_reach: AtPoints | None = None
    false_readings: Callable[[Rows], FalseReadings] | None = None
    calls: Callable[[], Mapping[int, float]] | None = None
    streets: Streets | None = None
    transit: Transit | None = None
    second_of_day: float = 0.0

    def require_streets(self) -> Streets:
        """Return the streets of the run.

        Raises
        ------
        InvalidInputError
            When it has no traffic.
        """
        if self.streets is None:
            raise InvalidInputError(
                "it watches vehicles, and there is no traffic", hint="add the section traffic"
            )
        return self.streets
