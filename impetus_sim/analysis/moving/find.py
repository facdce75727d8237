"""Which kinds of moving things a recording has."""

from __future__ import annotations

from impetus_sim.analysis.moving.base import Moving
from impetus_sim.analysis.moving.people import People
from impetus_sim.analysis.moving.units import Units
from impetus_sim.analysis.moving.vehicles import Vehicles
from impetus_sim.analysis.moving.walkers import Walkers
from impetus_sim.recording.reader import Recording


def find_moving(recording: Recording) -> list[Moving]:
    """Return the kinds that a run has, in the order in which they are listed."""
    kinds: list[Moving] = []
    if recording.box_m is not None:  # somebody was on the ground
        kinds.append(People(recording))
    if Walkers.are_in(recording):
        kinds.append(Walkers(recording))
    if Vehicles.are_in(recording):
        kinds.append(Vehicles(recording))
    if Units.are_in(recording):
        kinds.append(Units(recording))
    return kinds
