"""Surges of a crowd: sudden rushes towards a place, written by hazards and served by the crowd."""

from __future__ import annotations

from impetus_sim.arrays import Table


def surges_table() -> Table:
    """Surges (appended by hazards).

    key: the hazard. x, y, reach_m: whom it takes hold of, within how far. share: of them. to_x, to_y: where they
    rush. hurry: their speed over their desired one. until_tick: its end. event: of the surge.
    """
    return Table(
        "surges",
        0,
        {
            "tick": "i8",
            "key": "S64",
            "x": "f8",
            "y": "f8",
            "reach_m": "f8",
            "share": "f8",
            "to_x": "f8",
            "to_y": "f8",
            "hurry": "f8",
            "until_tick": "i8",
            "event": "i8",
        },
    )
