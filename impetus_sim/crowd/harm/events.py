"""Events of harm, with their causes: people incapacitated by gases, places where a law's threshold was passed.

An event stands for everybody of one moment and cause, so that their number stays small; who they were is in
the table.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.harm.law import HarmLaw
from impetus_sim.world.world import World

SQUARE_M = 10.0
"""A threshold passed is logged once for each law, estimate and square of this side."""
MOST_CAUSES = 3
ESTIMATES = ("low", "central", "high")


class HarmLog:
    """Writes events of harm to the world.

    Its table ``harm_log`` has one row per square, law and estimate that has been logged, and one with the
    tick up to which incapacitated people have been.
    """

    def __init__(self, world: World, laws: Mapping[str, HarmLaw]) -> None:
        self._world = world
        self._laws = tuple(laws)
        self._is_of_gases = tuple(law.is_of_gases for law in laws.values())
        self.table = Table(
            "harm_log", 0, {"law": "i2", "estimate": "i2", "row": "i4", "column": "i4", "tick": "i8"}
        )

    def write(self, people: Table, harm: Table, chances: Table) -> None:
        """Log what has happened since the last time."""
        self._write_incapacitated(people, harm)
        for number, name in enumerate(self._laws):
            certain = chances.columns[name] >= 1.0
            for estimate in (2, 1, 0):  # the high estimate is passed first
                rows = np.flatnonzero(certain[:, estimate])
                if not len(rows):
                    break
                self._write_thresholds(people, rows, number, name, estimate)

    def _write_incapacitated(self, people: Table, harm: Table) -> None:
        known = self.table.law < 0
        since = int(self.table.tick[known].max(initial=-1))
        fresh = np.flatnonzero(harm.incapacitated_tick > since)
        if not len(fresh):
            return
        for cause in np.unique(harm.incapacitated_cause[fresh]).tolist():
            rows = fresh[harm.incapacitated_cause[fresh] == cause]
            self._world.log(
                "people_incapacitated",
                "gas",
                x=float(people.x[rows].mean()),
                y=float(people.y[rows].mean()),
                causes=[cause] if cause >= 0 else [],
                people=len(rows),
            )
        self.table.append({"law": -1, "estimate": -1, "row": 0, "column": 0, "tick": self._world.tick})

    def _write_thresholds(
        self, people: Table, rows: npt.NDArray[np.intp], number: int, name: str, estimate: int
    ) -> None:
        ground = self._world.ground
        square_row = ((people.y[rows] - ground.y0) / SQUARE_M).astype(np.int32)
        square_column = ((people.x[rows] - ground.x0) / SQUARE_M).astype(np.int32)
        held = self.table
        mine = (held.law == number) & (held.estimate == estimate)
        logged = set(zip(held.row[mine].tolist(), held.column[mine].tolist(), strict=True))
        squares = sorted(set(zip(square_row.tolist(), square_column.tolist(), strict=True)) - logged)
        for row, column in squares:
            inside = rows[(square_row == row) & (square_column == column)]
            self._world.log(
                "harm_threshold",
                name,
                x=float(people.x[inside].mean()),
                y=float(people.y[inside].mean()),
                causes=self._find_causes(people, inside, number),
                estimate=ESTIMATES[estimate],
                people=len(inside),
            )
            held.append(
                {"law": number, "estimate": estimate, "row": row, "column": column, "tick": self._world.tick}
            )

    def _find_causes(self, people: Table, rows: npt.NDArray[np.intp], number: int) -> list[int]:
        """Return what brought these people harm: the nearest source of gas, or what made most of them set out."""
        air = self._world.air
        if self._is_of_gases[number] and air is not None:
            return _most_common(air.nearest_source(people.x[rows], people.y[rows]))
        return _most_common(people.aware_cause[rows])


def _most_common(causes: npt.NDArray[np.int64]) -> list[int]:
    """Return the most frequent events, most frequent first; -1 is none."""
    ids, counts = np.unique(causes[causes >= 0], return_counts=True)
    most: list[int] = ids[np.lexsort((ids, -counts))][:MOST_CAUSES].tolist()
    return most
