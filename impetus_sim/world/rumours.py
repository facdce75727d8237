"""Rumours that go round by word of mouth: who has heard which, and who passes it on."""

from __future__ import annotations

from enum import IntEnum

from impetus_sim.arrays import Table


class Hearer(IntEnum):
    """What somebody who has heard a rumour does with it."""

    SPREADS = 1
    SILENT = 2
    """Does not believe it, or has met somebody who knew."""


class Rumours:
    """The rumours of one run and who has heard them."""

    def __init__(self) -> None:
        self.rumours = rumours_table()
        self.heard = heard_table()

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.rumours, self.heard]


def rumours_table() -> Table:
    """Rumours (appended by hazards). is_begun: 1 once the first have heard it (written by the coupling)."""
    columns = {"tick": "i8", "key": "S64", "x": "f8", "y": "f8", "event": "i8", "is_begun": "u1"}
    return Table("rumours", 0, columns)


def heard_table() -> Table:
    """Who has heard a rumour (written by the coupling). rumour: row. person, told_by: rows of the crowd, -1 for no
    person. state: `Hearer`."""
    columns = {"tick": "i8", "rumour": "i8", "person": "i8", "told_by": "i8", "state": "u1"}
    return Table("rumours_heard", 0, columns)
