"""What burns in a run, and what could: heat released, fuel left, and how hard it is fought.

Model: docs/models/fire.md. Hazards own the rows; who fights a fire writes `fought_kw_s` of a row and nothing else.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table

LEAST_APART_M: Final = 1.0
"""Nearer than this the heat of a point source is not taken: it would grow without bound."""

Floats = npt.NDArray[np.float64]


class Burning(IntEnum):
    """State of what can burn."""

    UNLIT = 0
    BURNS = 1
    OUT = 2


class Fires:
    """All that burns or could be set alight by it; rows appear when a fire begins."""

    def __init__(self) -> None:
        self.table = fires_table()

    @property
    def is_burning(self) -> bool:
        """Whether something burns."""
        return bool((self.table.state == Burning.BURNS).any())

    def rows_of(self, key: str) -> npt.NDArray[np.intp]:
        """Return the rows of one hazard."""
        return np.flatnonzero(self.table.key == key.encode())

    def flux_at(self, x: Floats, y: Floats, *, key: str = "") -> Floats:
        """Return the radiant heat at points, kW/m2: of all point sources, or of one hazard's alone."""
        t, flux = self.table, np.zeros(len(x))
        burns = t.state == Burning.BURNS
        for row in np.flatnonzero(burns if not key else burns & (t.key == key.encode())).tolist():
            apart = np.maximum(np.hypot(x - t.x[row], y - t.y[row]), LEAST_APART_M)
            flux += point_flux(float(t.radiant_share[row] * t.hrr_kw[row]), apart)
        return flux


def point_flux(radiant_kw: float, apart_m: Floats) -> Floats:
    """Return the heat on a surface that faces a point source, kW/m2: Q / (4 pi d^2)."""
    return np.asarray(radiant_kw / (4.0 * np.pi * apart_m**2))


def fires_table() -> Table:
    """Things that burn or could (written by the hazard `fire`, but for fought_kw_s).

    key, item: the hazard, and which of its things: 0 is where it began. x, y: middle, m. state: `Burning`.
    ignited_tick: -1 for not yet. heated_s: for how long it has been above the heat that lights it. hrr_kw: heat
    released now; burnt_mj: so far; peak_kw, fuel_mj: most, and in all. radiant_share: of the heat. fought_kw_s:
    what whoever fights it takes off its heat each second; beaten_kw: so far. cause: event of its ignition, -1 for
    none.
    """
    numbers = ("x", "y", "heated_s", "hrr_kw", "burnt_mj", "peak_kw", "fuel_mj", "radiant_share")
    return Table(
        "fires",
        0,
        {
            "key": "S64",
            "item": "i4",
            "state": "u1",
            "ignited_tick": "i8",
            **dict.fromkeys((*numbers, "fought_kw_s", "beaten_kw"), "f8"),
            "cause": "i8",
        },
    )
