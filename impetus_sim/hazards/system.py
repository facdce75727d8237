"""The hazards of one run: acts each when due, lets smoke spread and puffs drift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.hazards.base import Hazard
from impetus_sim.world.phases import Phase
from impetus_sim.world.plumes import STEP_S as PLUME_STEP_S
from impetus_sim.world.system import Channels, System
from impetus_sim.world.world import World

SMOKE_STEP_S = 1.0
SMOKE_RECORDED_EVERY_S = 5.0
PLUMES_RECORDED_EVERY_S = 10.0
FLOODS_RECORDED_EVERY_S = 30.0
FLOOD_FIELD = "flood_depth_m_"
"""Begins the names of the fields of depth, one for each flood."""
MG_PER_KG = 1e6


class HazardSystem(System):
    """All hazards, in the order of their names.

    When a hazard is due follows from its spec and from how often it has acted, so nothing about the future is
    stored. A row of the table appears at a hazard's first act.
    """

    name = "hazards"
    phase = Phase.HAZARDS

    def __init__(self, hazards: Mapping[str, Hazard], world: World) -> None:
        self._hazards = dict(sorted(hazards.items()))
        self._world = world
        self._times = {name: [world.ticks(t) for t in h.times_s()] for name, h in self._hazards.items()}
        self.table = Table(
            "hazards", 0, {"key": "S64", "n_acts": "i8", "first_event": "i8", "last_event": "i8"}
        )
        self._smoke_ticks = world.ticks(SMOKE_STEP_S)
        self._plume_ticks = world.ticks(PLUME_STEP_S)

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.table, *(table for hazard in self._hazards.values() for table in hazard.state)]

    @property
    def parts(self) -> Mapping[str, Hazard]:
        """The hazards by name."""
        return self._hazards

    def first_event(self, name: str) -> int | None:
        """Return the first event of a hazard, or None before it has acted."""
        row = self._row(name)
        return None if row is None else int(self.table.first_event[row])

    def next_tick(self, after: int) -> int | None:
        """Return the next tick after `after` at which something is due; None for never."""
        due = [max(after + 1, t) for name in self._hazards if (t := self._due(name)) is not None]
        if self._spreads:
            due.append((after // self._smoke_ticks + 1) * self._smoke_ticks)
        if self._drifts:
            due.append((after // self._plume_ticks + 1) * self._plume_ticks)
        due += [(after // every + 1) * every for _, _, every in self._watching()]
        return min(due, default=None)

    def advance(self, tick: int) -> None:
        """Let smoke spread to `tick`, and everything act that is due by then."""
        if self._spreads and tick % self._smoke_ticks == 0:
            seconds = self._world.seconds(self._smoke_ticks)
            self._world.smoke.spread(seconds)
            if self._world.air is not None and self._world.air.is_present:
                self._world.air.spread(seconds)
        self._let_drift(tick)
        for name, hazard in self._hazards.items():
            while (due := self._due(name)) is not None and due <= tick:
                self._act(name, hazard)
        for name, hazard, every in self._watching():
            if tick % every == 0 and hazard.is_due():
                self._act(name, hazard)

    def record(self, channels: Channels, tick: int, *, is_frame: bool) -> None:
        """Record smoke, plumes and floods, as fields."""
        del is_frame
        world = self._world
        smoke, plumes, flood = world.smoke, world.plumes, world.flood
        if smoke.is_present and tick % world.ticks(SMOKE_RECORDED_EVERY_S) == 0:
            channels.add_field(tick, "smoke_extinction", smoke.extinction.astype(np.float32))
        if plumes is not None and plumes.is_present and tick % world.ticks(PLUMES_RECORDED_EVERY_S) == 0:
            _, held = plumes.raster(world.bounds)
            channels.add_field(tick, "plume_mg_m3", (held * MG_PER_KG).astype(np.float32))
        if flood is not None and flood.is_present and tick % world.ticks(FLOODS_RECORDED_EVERY_S) == 0:
            for name in flood.names:
                channels.add_field(tick, f"{FLOOD_FIELD}{name}", flood.raster(name)[1].astype(np.float32))

    def describe(self) -> dict[str, dict[str, Any]]:
        """Return where the cells of the rasters are: of smoke, plumes, and each flood that may come."""
        world = self._world
        smoke, plumes, flood = world.smoke, world.plumes, world.flood
        groups = {"smoke_grid": _grid(smoke.x0, smoke.y0, smoke.cell)}
        if plumes is not None:
            cell, _ = plumes.raster(world.bounds)
            groups["plume_grid"] = _grid(world.bounds[0], world.bounds[1], cell)
        if flood is not None:
            for name in flood.names:
                basin, _ = flood.raster(name)
                groups[f"{FLOOD_FIELD}{name}_grid"] = _grid(basin.x0, basin.y0, basin.cell_m)
        return groups

    def _watching(self) -> list[tuple[str, Hazard, int]]:
        # Those that wait for something other than a time, with the ticks between two looks.
        return [
            (name, hazard, self._world.ticks(hazard.watch_every_s))
            for name, hazard in self._hazards.items()
            if hazard.watch_every_s > 0.0 and self._row(name) is None
        ]

    @property
    def _spreads(self) -> bool:
        air = self._world.air
        return self._world.smoke.is_present or (air is not None and air.is_present)

    @property
    def _drifts(self) -> bool:
        plumes = self._world.plumes
        return plumes is not None and plumes.is_present

    def _let_drift(self, tick: int) -> None:
        # Puffs were where they are at the last step: the wind of then carries them here.
        plumes, world = self._world.plumes, self._world
        if plumes is not None and plumes.is_present and tick and tick % self._plume_ticks == 0:
            plumes.move(world.seconds(self._plume_ticks), time_s=world.seconds(tick - self._plume_ticks))

    def _row(self, name: str) -> int | None:
        rows = (self.table.key == name.encode()).nonzero()[0]
        return int(rows[0]) if len(rows) else None

    def _due(self, name: str) -> int | None:
        row = self._row(name)
        n = 0 if row is None else int(self.table.n_acts[row])
        times = self._times[name]
        return times[n] if n < len(times) else None

    def _act(self, name: str, hazard: Hazard) -> None:
        row = self._row(name)
        if row is None:
            event = hazard.act(0, ())
            self.table.append({"key": name.encode(), "n_acts": 1, "first_event": event, "last_event": event})
            return
        event = hazard.act(int(self.table.n_acts[row]), (int(self.table.last_event[row]),))
        self.table.n_acts[row] += 1
        self.table.last_event[row] = event


def _grid(x0: float, y0: float, cell_m: float) -> dict[str, Any]:
    return {"x0": np.array(x0), "y0": np.array(y0), "cell_m": np.array(cell_m)}
