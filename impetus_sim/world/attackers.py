"""Armed attackers and the shots they fire: where hazards, people and police meet.

An attacker is moved by its hazard, which also says when a shot is fired; whom it sees and whom a shot hits is
written by a coupling (`impetus_sim.engine.couplings.attackers`), which knows where people and police are.
"""

from __future__ import annotations

from enum import IntEnum

from impetus_sim.arrays import Table


class AttackerState(IntEnum):
    """What an attacker does."""

    ACTIVE = 1
    MET = 2
    """Police stand in sight near by: the attack is over."""
    OVER = 3
    """It ended by itself."""


class Attackers:
    """The attackers of one run and their shots."""

    def __init__(self) -> None:
        self.attackers = attackers_table()
        self.shots = shots_table()

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.attackers, self.shots]


def attackers_table() -> Table:
    """Attackers (one row each from the moment at which the attack begins).

    By the hazard: key; state, `AttackerState`; x, y, m; leg: points of the path passed; rounds: until the next
    pause; ready_tick: from when on the next shot can be fired; event: of the attack. By the coupling: n_seen: those
    in sight and range at the last look; aim_x, aim_y: the nearest of them, nan for nobody; n_served: shots that
    found whom they hit; met_by: event of the police who met the attacker, -1 for none or unknown.
    """
    return Table(
        "attackers",
        0,
        {
            "key": "S64",
            "state": "u1",
            "x": "f8",
            "y": "f8",
            "leg": "i8",
            "rounds": "i8",
            "ready_tick": "i8",
            "event": "i8",
            "n_seen": "i8",
            "aim_x": "f8",
            "aim_y": "f8",
            "n_served": "i8",
            "met_by": "i8",
        },
    )


def shots_table() -> Table:
    """Shots (appended by hazards; person, range_m and is_hit written by the coupling).

    attacker: row. number: from 0, of that attacker. event: of the shot. person: row of the crowd who was aimed at,
    or who was hit instead; -1 for nobody. range_m: to whom was aimed at. is_hit: 1 when they were hit, 2 when
    somebody else was.
    """
    return Table(
        "attacker_shots",
        0,
        {
            "tick": "i8",
            "attacker": "i8",
            "number": "i8",
            "x": "f8",
            "y": "f8",
            "event": "i8",
            "person": "i8",
            "range_m": "f8",
            "is_hit": "u1",
        },
    )
