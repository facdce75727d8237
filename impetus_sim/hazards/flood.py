"""Water that rises and falls over an area or a terrain: people wade and fall, streets close, assets break.

Model, sources and limits: docs/models/flood.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
import shapely
from pydantic import BeforeValidator, Field, model_validator
from shapely.geometry.base import BaseGeometry

from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.base import HazardSpec
from impetus_sim.hazards.fragility.breaking import Breaking
from impetus_sim.hazards.lasting import Lasting
from impetus_sim.registry import register
from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.quantities import (
    FixedSeconds,
    Metres,
    MetresPerSecond,
    Number,
    Seconds,
    Share,
    limits,
)
from impetus_sim.scenario.spec import Spec, refuse
from impetus_sim.scenario.terrain import TerrainText, raster_of
from impetus_sim.world.context import PartContext
from impetus_sim.world.flood import Basin

MOST_CELLS_A_SIDE = 1000
LEAST_CELL_M = 1.0


class WaterLevel(Spec):
    """How high water stands at one time; between two times it rises and falls evenly.

    Parameters
    ----------
    after
        Time since the start of the hazard, s.
    level
        Of its surface, m: above the ground of the area, or in the heights of the terrain.
    speed
        At which it flows, m/s; 0 for still water.
    """

    after: Seconds = 0.0
    level: Annotated[Number, limits(low=-500.0, high=9000.0)]
    speed: Annotated[MetresPerSecond, limits(high=10.0)] = 0.0


class FloodSpec(HazardSpec):
    """Water over an area, or from a place over a terrain.

    Parameters
    ----------
    levels
        How high it stands, by time; the last one stays.
    terrain
        File of heights (ESRI ASCII grid in the map's metres); `at` is then where the water comes from, and it is
        where it can flow to from there. Without one `at` is an area of flat ground.
    every
        Time between two changes of the level, s.
    drowns_after
        Who has lost footing and lies in water deeper than 0.3 m for this long is dead, s: a chosen value.
    seen_within, seen_share
        Distance in metres from the middle, and the share of people there who decide to leave when it begins.
    """

    levels: Annotated[
        tuple[WaterLevel, ...],
        BeforeValidator(lambda raw: (raw,) if isinstance(raw, dict) else raw),
        Field(min_length=1),
    ]
    terrain: TerrainText | None = None
    every: Annotated[FixedSeconds, limits(low=1.0, high=600.0)] = 10.0
    drowns_after: Annotated[Seconds, limits(low=1.0)] = 240.0
    seen_within: Annotated[Metres, limits(high=2000.0)] = 0.0
    seen_share: Share = 0.3

    @model_validator(mode="after")
    def _check_levels(self) -> FloodSpec:
        for before, after in pairwise(self.levels):
            if lowest(after.after) <= highest(before.after):
                refuse(f"{after.after} s is not later than the level before", key="levels")
        return self


@register("hazards", "flood")
class Flood(Lasting):
    """Changes its level every so often, until the last level is reached."""

    Spec = FloodSpec
    reported_as = "flood"

    def __init__(self, name: str, spec: FloodSpec, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._field = context.world.need_flood()
        self._field.add_basin(name, self._lay_basin(context))
        context.world.need_injuries()
        self._times = np.array([level.after for level in spec.levels], np.float64)
        self._levels = np.array([level.level for level in spec.levels], np.float64)
        self._speeds = np.array([level.speed for level in spec.levels], np.float64)
        assets = context.world.assets
        rows = np.arange(0 if assets is None else len(assets))
        self._breaking = None if assets is None else Breaking(self, context, rows, "flood_depth")

    def _lay_basin(self, context: PartContext) -> Basin:
        spec = self.spec
        if spec.terrain is None:
            return basin_of_area(self.area_of(context.locate(spec.at)))
        raster = raster_of(spec.terrain)
        basin = Basin(x0=raster.x0, y0=raster.y0, cell_m=raster.cell_m, elevation_m=raster.elevation_m)
        cells, inside = basin.cells(np.array([self.place.x]), np.array([self.place.y]))
        if not inside[0]:
            raise InvalidInputError(f"at: '{spec.at}' is not on the terrain", hint="name a place on it")
        return Basin(
            x0=basin.x0,
            y0=basin.y0,
            cell_m=basin.cell_m,
            elevation_m=basin.elevation_m,
            source=int(cells[0]),
        )

    def times_s(self) -> Sequence[float]:
        """Return the start and the changes of the level."""
        s = self.spec
        n = int(-(-self._times[-1] // s.every))
        return [s.start + k * s.every for k in range(n + 1)]

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Begin, or stand at another level; break what cannot bear it."""
        elapsed = min(n * float(self.spec.every), float(self._times[-1]))
        level = float(np.interp(elapsed, self._times, self._levels))
        speed = float(np.interp(elapsed, self._times, self._speeds))
        event = causes[-1] if n else self.log("flood", causes, level_m=round(level, 3))
        if n == 0:
            self._field.begin(self.name, event)
            if self.spec.seen_within > 0.0:
                self.be_seen(0, event)
        self._field.set_level(self.name, level, speed)
        if n == len(self.times_s()) - 1 and n:
            event = self.log("flood_at_last_level", [event], level_m=round(level, 3))
        self._break_assets(event)
        return event

    def _break_assets(self, cause: int) -> None:
        assets = self.world.assets
        if self._breaking is None or assets is None:
            return
        depth = self._field.depth_at(assets.x, assets.y)
        if self._breaking.is_any_due(depth):
            self._breaking.strike("assets_in_water", [cause], depth, round(float(depth.max()), 3))


def basin_of_area(area: BaseGeometry) -> Basin:
    """Return the basin of flat ground at height 0 in an area, on cells of 1 m, or a thousandth of a large one."""
    x0, y0, x1, y1 = area.bounds
    cell = max(LEAST_CELL_M, (x1 - x0) / MOST_CELLS_A_SIDE, (y1 - y0) / MOST_CELLS_A_SIDE)
    rows, columns = max(1, int(np.ceil((y1 - y0) / cell))), max(1, int(np.ceil((x1 - x0) / cell)))
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    shapely.prepare(area)
    inside: Any = shapely.contains_xy(area, x0 + cell * x, y0 + cell * y)
    return Basin(x0=x0, y0=y0, cell_m=cell, elevation_m=np.where(inside, 0.0, np.nan))
