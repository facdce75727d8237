"""Tables of journeys: where each person is on theirs, who stands at each server, and what stages have seen.

SimPy holds nothing here: queues live in these tables alone, so that a run can be saved in the middle of one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.crowd.journeys.plan import QueuePlan, StagePlan

NONE, BEFORE, ON_WAY, IN_LINE, CALLED, AT_SERVER, WAITING, REACTING, OVER = range(9)
"""Phases: no journey; not begun (not there yet); walking to a stage; in a queue's line or in the crowd at its
tail; walking to a server; being served; waiting in an area; about to go on; at the end of the journey, or broken
off."""


def journeys_table(n_people: int) -> Table:
    """Make the table of people's journeys.

    leg: index in the journey. stage: number of the stage, -1 for none. phase: see above. ticket: order of joining
    the queue; joined_tick: when. server: row in the servers' table, -1 for none. along_m: distance from the head of
    the line.
    until_tick: end of service, waiting or reacting. home_x, home_y: where they stand at last, m.
    """
    table = Table(
        "journeys",
        n_people,
        {
            "leg": "i2",
            "stage": "i2",
            "phase": "u1",
            "ticket": "i8",
            "joined_tick": "i8",
            "server": "i4",
            "along_m": "f8",
            "until_tick": "i8",
            "home_x": "f8",
            "home_y": "f8",
        },
    )
    for column in ("leg", "stage", "ticket", "joined_tick", "server", "until_tick"):
        table.columns[column][:] = -1
    return table


def stages_table(n_stages: int) -> Table:
    """Make the table of stages: people who have joined the line, and who have gone through the stage."""
    return Table("stages", n_stages, {"n_joined": "i8", "n_done": "i8"})


def servers_table(stages: Sequence[StagePlan]) -> Table:
    """Make the table of servers, those of each queue side by side: stage, person (row, -1 for free), n_served."""
    of_stage = [k for k, stage in enumerate(stages) if isinstance(stage, QueuePlan) for _ in stage.desks]
    table = Table("servers", len(of_stage), {"stage": "i2", "person": "i8", "n_served": "i8"})
    table.stage[:] = np.array(of_stage, np.int16)
    table.person[:] = -1
    return table
