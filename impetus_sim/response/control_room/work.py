"""The pieces of work of a control room, and what is remembered of each."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from impetus_sim.arrays import Table


class Work(IntEnum):
    """What an operator does."""

    COLLECT = 0
    """Looks at an alert, and judges the incident that it is about."""
    ANALYSE = 1
    """Finds out what a confirmed incident needs, and decides."""
    RESPOND = 2
    """Gets the response under way."""
    STEP = 3
    """Carries out a step of a playbook."""
    EVALUATE = 4
    """Looks again at how an incident develops."""


PRIORITY: Final = {Work.STEP: 0, Work.RESPOND: 1, Work.ANALYSE: 2, Work.COLLECT: 3, Work.EVALUATE: 4}
"""What is decided comes before what is new, and that before another look: a chosen order."""
LEAST_PRIORITY: Final = 5
"""Of further alerts about what is confirmed already."""


def jobs_table(room: str) -> Table:
    """Work of a room in the order in which it came.

    arrived_us, base_us, priority, started_us, done_us, operator, keenness: as in `kernels.queue`. luck: draw in
    (0, 1) of what goes wrong. alert: row of the alert; -1 for none. is_true: whether that alert is. incident: its
    row. step: row of the playbook's step; -1 for none. is_finished: whether what follows has been done.
    cause: event that made it necessary. stream: whose draws it has.
    """
    return Table(
        f"control_jobs_{room}",
        0,
        {
            "work": "u1",
            "arrived_us": "i8",
            "base_us": "i8",
            "priority": "u1",
            "started_us": "i8",
            "done_us": "i8",
            "operator": "i8",
            "keenness": "f8",
            "luck": "f8",
            "alert": "i8",
            "is_true": "u1",
            "incident": "i8",
            "step": "i8",
            "is_finished": "u1",
            "cause": "i8",
            "stream": "u4",
        },
    )


def operators_table(room: str, n: int) -> Table:
    """Operators of a room. free_us: since or until when they have nothing to do; skill: 1 is usual."""
    return Table(f"control_operators_{room}", n, {"free_us": "i8", "skill": "f8"})
