"""Who was hurt, how badly, and by what."""

from __future__ import annotations

from enum import IntEnum

from impetus_sim.arrays import Table


class Severity(IntEnum):
    """How badly somebody is hurt: the categories of START triage."""

    MINOR = 1
    """Walks."""
    DELAYED = 2
    """Cannot walk; life is not in danger soon."""
    IMMEDIATE = 3
    """Dies without treatment in time."""
    DEAD = 4


class Injuries:
    """The injured of one run, and those who were taken away."""

    def __init__(self) -> None:
        self.injured = injured_table()
        self.carried = carried_table()

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.injured, self.carried]

    def hurt(self, person: int, severity: int, *, tick: int, x: float, y: float, cause: int) -> None:
        """Hurt somebody (row of the crowd) at a place; cause: event, -1 for none."""
        self.injured.append(
            {"tick": tick, "person": person, "severity": severity, "x": x, "y": y, "cause": cause}
        )


def injured_table() -> Table:
    """Injuries (appended by couplings, where a hazard reaches people; read by the crowd, responders, analysis).

    person: row of the crowd. severity: `Severity`; a later row of the same person counts when it is worse. cause:
    event of what hurt them.
    """
    return Table(
        "injured",
        0,
        {"tick": "i8", "person": "i8", "severity": "u1", "x": "f8", "y": "f8", "cause": "i8"},
    )


def carried_table() -> Table:
    """People whom responders took away (appended by response; the crowd takes them off the ground).

    person: row of the crowd. cause: event by which.
    """
    return Table("carried", 0, {"tick": "i8", "person": "i8", "cause": "i8"})
