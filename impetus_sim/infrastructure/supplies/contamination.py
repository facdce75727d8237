"""Contamination of a water network: what gets in when, and which assets get it with their water."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.infrastructure.change import NO_CAUSE, Change

if TYPE_CHECKING:
    from impetus_sim.infrastructure.parts import AssetOrder
    from impetus_sim.infrastructure.water.toolkit_water import ToolkitWater
    from impetus_sim.world.assets import Assets

Rows = npt.NDArray[np.int64]

_NEVER: Final = -1


class Contamination:
    """A substance let in at a node; it says of each zone when its water exceeds a limit, and when no longer.

    Concentrations are those of the last solution of the hydraulics, so a zone is told at the next event of the
    network (a step of its file, at most an hour in most). Zones that get no water get none of it.

    Parameters
    ----------
    water
        Opened with a tracer; acts before this.
    assets
        For names and people.
    zones, places
        Rows of assets, and of the network's nodes in their order, int64.
    node
        Row of the node at which it gets in.
    kg_s, start_us, end_us
        How much, from when to when; None for the end of the run.
    limit_mg_l
        From which water counts as contaminated.
    """

    def __init__(
        self,
        water: ToolkitWater,
        assets: Assets,
        *,
        zones: Rows,
        places: Rows,
        node: int,
        kg_s: float,
        start_us: int,
        end_us: int | None,
        limit_mg_l: float,
    ) -> None:
        self._water, self._assets, self._zones, self._places = water, assets, zones, places
        self._node, self._limit_mg_l = node, limit_mg_l
        water.set_tracer(node, kg_s, at_us=start_us)
        if end_us is not None:
            water.set_tracer(node, 0.0, at_us=end_us)
        self._table = Table("water_tainted", len(zones), {"is_over": "u1"})
        self._clock = Table("water_taint_clock", 1, {"due_us": "i8", "begin_us": "i8", "began": "i8"})
        self._clock.due_us[0], self._clock.begin_us[0], self._clock.began[0] = start_us, start_us, NO_CAUSE

    @property
    def tables(self) -> list[Table]:
        """All state beside that of the network."""
        return [self._table, self._clock]

    def next_event_us(self) -> int | None:
        """Return when it begins, or when zones have to be told."""
        due = int(self._clock.due_us[0])
        return None if due == _NEVER else due

    def advance(self, until_us: int) -> list[Change]:
        """Say that it begins, or whose water exceeds the limit now and whose no longer."""
        self._clock.due_us[0] = _NEVER
        changes = []
        if self._clock.begin_us[0] != _NEVER and self._clock.begin_us[0] <= until_us:
            self._clock.begin_us[0] = _NEVER
            at = np.flatnonzero(self._places == self._node)
            name = self._water.place_ids[self._node]
            subject = self._assets.ids[int(self._zones[at[0]])] if len(at) else f"node_{name}"
            changes.append(Change(at_us=until_us, kind="contamination_began", subject=subject))
        is_over, mg_l = self._look()
        cause = int(self._clock.began[0])
        for k in np.flatnonzero(is_over != (self._table.is_over == 1)).tolist():
            row = int(self._zones[k])
            changes.append(
                Change(
                    at_us=until_us,
                    kind="water_contaminated" if is_over[k] else "water_clean",
                    subject=self._assets.ids[row],
                    cause=cause,
                    data={"mg_l": float(mg_l[k]), "people": float(self._assets.people[row])},
                )
            )
        self._table.is_over[:] = is_over
        return changes

    def _look(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
        mg_l = self._water.tracer_mg_l()[self._places]
        gets = self._water.delivered_m3_s()[self._places] > 0.0
        return np.asarray((mg_l > self._limit_mg_l) & gets), mg_l

    def logged(self, event_ids: Sequence[int]) -> None:
        """Take note of the event at which it began: what follows has it as its cause."""
        if self._clock.began[0] == NO_CAUSE and event_ids:
            self._clock.began[0] = event_ids[0]

    def restored(self) -> None:
        """Nothing is derived from the tables."""

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Assets matter to it through the network only."""

    def orders(self) -> list[AssetOrder]:
        """Look whether anybody has to be told; nothing is asked of assets."""
        if self._clock.due_us[0] == _NEVER and (self._look()[0] != (self._table.is_over == 1)).any():
            self._clock.due_us[0] = self._water.clock.done_us[0]
        return []
