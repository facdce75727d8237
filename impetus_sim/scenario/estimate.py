"""What a run will take, before it starts: people, time, memory and disk, from simple formulas.

The rates are round numbers measured on one core of a 2020s laptop; they are for planning a coffee, not a
purchase, and hold within a factor of about three.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from impetus_sim.scenario.clock import microseconds
from impetus_sim.scenario.draw import highest
from impetus_sim.scenario.model import Scenario
from impetus_sim.scenario.traffic_demand import Flight, Gravity, OdTrips, SumoTrips, Trips

_STEP_S = 3e-5
"""Fixed time of one crowd step."""
_PERSON_STEP_S = 1.2e-6
"""Time of one person in one crowd step, one thread."""
_PARALLEL_SHARE = 0.7
"""Share of a step that threads divide."""
_BASE_BYTES = 400e6
"""Interpreter, libraries, compiled code and an ordinary city."""
_PERSON_BYTES = 2_000.0
_FRAME_PERSON_BYTES = 4.0
"""A position in a frame: two int32, delta-coded and compressed."""
_CHECKPOINT_PERSON_BYTES = 150.0
_FILE_BYTES = 2e6
_TRAFFIC_STEP_S = 2e-3
"""Time of one step of traffic on a few hundred streets, with its share of what is recorded."""
_TRIP_S = 4e-4
"""Time of one vehicle's whole trip through a few dozen junctions, some of them jammed."""
_VEHICLE_BYTES = 300.0
_RECORD_VEHICLE_BYTES = 2.5
"""A place in a recorded state: link, offset and state, compressed."""
_CHECKPOINT_VEHICLE_BYTES = 75.0


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run will take.

    Parameters
    ----------
    people, vehicles, steps, frames, checkpoints
        Counts (the most people and vehicles that can be drawn).
    has_flight
        Whether cars of people who flee come on top: how many, only the map says.
    wall_s
        Wall-clock seconds when everybody stays to the end, after set-up.
    memory_bytes, disk_bytes
        At the most.
    """

    people: int
    vehicles: int
    has_flight: bool
    steps: int
    frames: int
    checkpoints: int
    wall_s: float
    memory_bytes: float
    disk_bytes: float

    def __str__(self) -> str:
        return (
            f"{self.people} people, {self._vehicles}{self.steps} steps, about {_time(self.wall_s)},"
            f" {self.memory_bytes / 1e6:.0f} MB of memory, {max(self.disk_bytes / 1e6, 1):.0f} MB on disk"
        )

    @property
    def _vehicles(self) -> str:
        if not self.vehicles and not self.has_flight:
            return ""
        return f"{self.vehicles} vehicles{' and those who flee' if self.has_flight else ''}, "


def estimate(scenario: Scenario, *, threads: int | None = None) -> Estimate:
    """Estimate one run.

    Parameters
    ----------
    scenario
        The scenario.
    threads
        Threads used; the scenario's own when None.
    """
    n_threads = scenario.run.threads if threads is None else threads
    duration_us = microseconds(scenario.time.duration)
    steps = duration_us // microseconds(scenario.crowd.step)
    frames = duration_us // microseconds(scenario.record.frame_every) + 1
    checkpoints = duration_us // microseconds(scenario.record.checkpoint_every) + 1
    people = scenario.n_people
    slow_down = 1.0 - _PARALLEL_SHARE + _PARALLEL_SHARE / max(n_threads, 1)
    positions = frames * people * _FRAME_PERSON_BYTES if scenario.record.positions else 0.0
    vehicles, has_flight = _count_vehicles(scenario)
    traffic_s = records = 0.0
    if scenario.traffic is not None:
        traffic_s = duration_us / microseconds(scenario.traffic.step) * _TRAFFIC_STEP_S + vehicles * _TRIP_S
        if scenario.traffic.record_vehicles:
            records = duration_us / microseconds(scenario.traffic.record_every) * _RECORD_VEHICLE_BYTES
    per_vehicle = records + checkpoints * _CHECKPOINT_VEHICLE_BYTES
    return Estimate(
        people=people,
        vehicles=vehicles,
        has_flight=has_flight,
        steps=steps,
        frames=frames,
        checkpoints=checkpoints,
        wall_s=steps * (_STEP_S + people * _PERSON_STEP_S * slow_down) + traffic_s,
        memory_bytes=_BASE_BYTES + people * _PERSON_BYTES + vehicles * _VEHICLE_BYTES,
        disk_bytes=_FILE_BYTES
        + positions
        + checkpoints * people * _CHECKPOINT_PERSON_BYTES
        + vehicles * per_vehicle,
    )


def _count_vehicles(scenario: Scenario) -> tuple[int, bool]:
    """Return the most vehicles of trips whose number the scenario says, and whether others flee."""
    if scenario.traffic is None:
        return 0, False
    entries = list(scenario.traffic.demand.values())
    given = sum(int(highest(entry.trips)) for entry in entries if isinstance(entry, Gravity | Trips))
    for entry in entries:
        if isinstance(entry, OdTrips):
            given += math.ceil(highest(entry.scale) * sum(row.trips for row in entry.rows))
        elif isinstance(entry, SumoTrips):
            given += sum(row.number for row in entry.rows)
    return given, any(isinstance(entry, Flight) for entry in entries)


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
