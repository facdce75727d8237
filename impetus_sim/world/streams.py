"""What a city's sensors say: streams of readings that detectors and operators see.

A stream is one number that one sensor reports again and again. Sensors write the newest reading of each; who
reads them keeps what it needs of the past. What is true stands elsewhere in the world: nobody who decides reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.world.assets import WORKS

STREAM_KINDS: Final = (
    "people_in_view",
    "people_passing",
    "vehicles_passing",
    "travel_time",
    "bangs",
    "concentration",
    "asset_reading",
    "phones",
    "posts",
    "sentiment",
    "boardings",
    "late",
    "water_level",
)
"""people_in_view: counted by a camera. people_passing, vehicles_passing: counted since the last reading.
travel_time: between two Bluetooth readers, s. bangs: heard since the last reading. concentration: of an air
sampler, mg/m3. asset_reading: telemetry of an asset. phones: calls at a cell. posts, sentiment: of social media in
an area, in aggregate. boardings, late: of public transport, people and s. water_level: m above ground."""


@dataclass(frozen=True, kw_only=True)
class Streams:
    """All streams of a run, in the order of their ids.

    Parameters
    ----------
    ids
        Unique and ascending: the sensor's name and what it says, as in ``square_north.people_in_view``.
    kinds
        Of `STREAM_KINDS`.
    units
        Unit of the values, in words of UCUM such as ``s`` or ``{people}``.
    x, y
        Where the sensor stands, local metres, float64 (n,).
    every_s
        Time between two readings, s, float64 (n,); 0 for streams that speak only when something happens.
    asset
        Row of the asset that the sensor is (its camera, cell or pump), int64 (n,); -1 for none.
    reports_outage
        Whether it is heard while its asset gives nothing, bool (n,); nobody is when left out.
    """

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    every_s: npt.NDArray[np.float64]
    asset: npt.NDArray[np.int64]
    reports_outage: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def can_speak(self, states: Table | None) -> npt.NDArray[np.bool_]:
        """Return which streams can say something as assets are now, bool (n,); see `can_speak`."""
        reports = False if self.reports_outage is None else self.reports_outage
        return can_speak(states, self.asset, reports)


def can_speak(
    states: Table | None, asset: npt.NDArray[np.int64], reports_outage: npt.NDArray[np.bool_] | bool
) -> npt.NDArray[np.bool_]:
    """Return which sensors can speak as their assets are now, bool (n,).

    Parameters
    ----------
    states
        Of the assets; None in a run without.
    asset
        Row of the asset that each is, int64 (n,); -1 for none, which always speaks.
    reports_outage
        Whether it is heard while its asset gives nothing, as long as its telemetry is seen.
    """
    speaks: npt.NDArray[np.bool_] = np.ones(len(asset), bool)
    of_assets = np.flatnonzero(asset >= 0)
    if len(of_assets) and states is not None:
        rows = asset[of_assets]
        reports = np.broadcast_to(reports_outage, len(asset))[of_assets]
        speaks[of_assets] = (reports | (states.level[rows] >= WORKS)) & (states.has_view[rows] != 0)
    return speaks


class Telemetry:
    """The streams of a run and the newest reading of each.

    Parameters
    ----------
    streams
        What is said.
    """

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self.readings = readings_table(len(streams))

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.readings]


def readings_table(n: int) -> Table:
    """Newest reading of each stream (written by sensing, read by detection and by operators).

    value: nan before the first. observed_tick: the time that it is about. arrived_tick: when it could be read
    (a sampler of air needs minutes). serial: readings so far; whoever has seen a lower number has not seen this
    one. cause: event that made it what it is, where one did (a spoof, a bang); -1 for none.
    """
    table = Table(
        "readings",
        n,
        {"value": "f8", "observed_tick": "i8", "arrived_tick": "i8", "serial": "i8", "cause": "i8"},
    )
    table.value[:] = np.nan
    table.observed_tick[:] = table.arrived_tick[:] = table.cause[:] = -1
    return table
