"""Blasts that have gone off: written by hazards, and by the coupling that lets them reach people."""

from __future__ import annotations

from impetus_sim.arrays import Table


def blasts_table() -> Table:
    """Blasts (appended by hazards). is_served: 1 when people have been reached (written by the coupling).

    key: the hazard. x, y: m. charge_kg: of TNT. event: of the blast.
    """
    return Table(
        "blasts",
        0,
        {
            "tick": "i8",
            "key": "S64",
            "x": "f8",
            "y": "f8",
            "charge_kg": "f8",
            "event": "i8",
            "is_served": "u1",
        },
    )
