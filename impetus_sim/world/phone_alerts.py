"""Alerts to phones: who orders one, to which cells it goes, and how far it has got at each."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

BROADCAST: Final = 1
"""By cell broadcast: a channel of its own."""
MESSAGES: Final = 2
"""One text message after the other: they compete with the set-up of calls."""


class PhoneAlerts:
    """Alerts of a run, numbered from 0 in the order in which they are ordered.

    Parameters
    ----------
    n_cells
        Cells of the phone network.

    `table`, one row an alert, is written by those who order one: key, its name; at_us; by: `BROADCAST` or
    `MESSAGES`; cause: its event; read_share: of those who get it; delay_factor: what it multiplies pre-movement
    times by. Of it, is_over is written by infrastructure, once nothing more arrives. `shares`, written by
    infrastructure: share of the people at each cell whose phones have it, alert after alert.
    """

    def __init__(self, n_cells: int) -> None:
        self.n_cells = n_cells
        self.table = Table(
            "phone_alerts",
            0,
            {
                "key": "S64",
                "at_us": "i8",
                "by": "u1",
                "cause": "i8",
                "read_share": "f8",
                "delay_factor": "f8",
                "is_over": "u1",
            },
        )
        self.shares = Table("phone_alert_shares", 0, {"share": "f8"})
        self.cells_of: dict[str, Bools] = {}
        """Name of an alert to the cells that send it, bool (cells,); from the scenario, no state."""

    def __len__(self) -> int:
        return len(self.table)

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.table, self.shares]

    def name_of(self, alert: int) -> str:
        """Return the name of an alert."""
        return str(self.table.key[alert].decode())

    def share_of(self, alert: int) -> Floats:
        """Return the share of people with it at each cell, float64 (cells,); none before it is sent."""
        shares = self.shares.share.reshape(-1, self.n_cells)
        return shares[alert] if alert < len(shares) else np.zeros(self.n_cells)
