"""People who are on an escalator or in a lift: where they go, and since when they wait."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.population import BETWEEN, INSIDE

NOT_RIDING = -1


def riders_table(n_people: int) -> Table:
    """Return the table of riders, one row per person.

    connection: number of what they are on, -1 for none. target: line at which they get off. due_tick: when they are
    there, on an escalator. since_tick: when they began to wait at a lift, -1 for not waiting.
    """
    table = Table(
        "riders", n_people, {"connection": "i2", "target": "i2", "due_tick": "i8", "since_tick": "i8"}
    )
    table.connection[:] = NOT_RIDING
    table.target[:] = NOT_RIDING
    table.since_tick[:] = -1
    return table


def on_board(riders: Table, connection: int) -> npt.NDArray[np.intp]:
    """Return the rows of those on a connection, ascending."""
    return np.flatnonzero(riders.connection == connection)


def step_on(
    people: Table, riders: Table, row: int, *, connection: int, target: int, due_tick: int = 0
) -> None:
    """Take somebody from the ground on to a connection."""
    people.state[row] = BETWEEN
    people.vx[row] = people.vy[row] = 0.0
    riders.connection[row], riders.target[row], riders.due_tick[row] = connection, target, due_tick
    riders.since_tick[row] = -1


def step_off(people: Table, riders: Table, row: int, x: float, y: float, inward: tuple[float, float]) -> None:
    """Put somebody on the ground at a place, facing it."""
    people.state[row] = INSIDE
    people.x[row], people.y[row] = x, y
    people.vx[row] = people.vy[row] = 0.0
    people.facing_x[row], people.facing_y[row] = inward
    riders.connection[row] = riders.target[row] = NOT_RIDING
