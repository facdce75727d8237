"""Rumours go round: who tells whom, who believes it and leaves, who falls silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.hazards.rumour import TALK_EVERY_S, Rumour, find_talks
from impetus_sim.kernels.philox import fill_uniforms
from impetus_sim.world.rumours import Hearer

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.world.world import World

Rows = npt.NDArray[np.intp]
_BEGINS, _BELIEVES = 0, 1
"""Columns of a person's uniforms about one rumour."""


def rumours_spread(world: World, systems: Systems, seconds: float) -> None:
    """Let rumours begin, and go round once a second among the people on the ground."""
    del seconds
    rumours = world.rumours
    assert rumours is not None
    every = max(1, world.ticks(TALK_EVERY_S))
    is_time = world.tick // every > (world.tick - systems.crowd.step_ticks) // every
    for row in range(len(rumours.rumours)):
        hazard = systems.hazards.parts[rumours.rumours.key[row].decode()]
        assert isinstance(hazard, Rumour)
        if rumours.rumours.is_begun[row] == 0:
            _begin(world, systems, row, hazard)
        elif is_time:
            _talk(world, systems, row, hazard, world.tick // every)


def _begin(world: World, systems: Systems, row: int, hazard: Rumour) -> None:
    assert world.rumours is not None
    table, people = world.rumours.rumours, systems.crowd.people
    rows = systems.crowd.inside.astype(np.intp)
    apart = world.sheets.distance(people.x[rows], people.y[rows], float(table.x[row]), float(table.y[row]))
    rows = rows[apart <= hazard.spec.begins_within]
    rows = rows[_draw(hazard, people.uid[rows])[:, _BEGINS] < hazard.spec.begins_share]
    table.is_begun[row] = 1
    _hear(world, systems, row, hazard, rows, np.full(len(rows), -1, np.int64))


def _talk(world: World, systems: Systems, row: int, hazard: Rumour, second: int) -> None:
    assert world.rumours is not None
    heard, crowd = world.rumours.heard, systems.crowd
    mine = np.flatnonzero(heard.rumour == row)
    is_spreading = mine[heard.state[mine] == Hearer.SPREADS]
    if not len(is_spreading):
        return
    people, inside = crowd.people, crowd.inside.astype(np.intp)
    spreaders = np.flatnonzero(np.isin(inside, heard.person[is_spreading]))
    talkers, told, draws = find_talks(
        people.x[inside],
        people.y[inside],
        people.uid[inside],
        spreaders,
        key=hazard.key,
        second=second,
        rate=float(hazard.spec.rate),
        talk_within_m=float(hazard.spec.talk_within),
    )
    knows = np.isin(inside[told], heard.person[mine])
    silent = inside[talkers[knows & (draws < hazard.spec.silent_share)]]
    heard.state[mine[np.isin(heard.person[mine], silent)]] = Hearer.SILENT
    fresh, first = np.unique(told[~knows], return_index=True)
    _hear(world, systems, row, hazard, inside[fresh], inside[talkers[~knows][first]])


def _hear(
    world: World, systems: Systems, row: int, hazard: Rumour, rows: Rows, told_by: npt.NDArray[np.int64]
) -> None:
    """Let people hear a rumour for the first time; who believes it leaves and spreads it."""
    assert world.rumours is not None
    if not len(rows):
        return
    crowd, people = systems.crowd, systems.crowd.people
    perception = crowd.perception
    if perception.belief is None:
        believing = rows[_draw(hazard, people.uid[rows])[:, _BELIEVES] < hazard.spec.believed_share]
    else:
        believing = perception.believing(rows, "rumour")
    believes = np.isin(rows, believing)
    for k, person in enumerate(rows.tolist()):
        state = Hearer.SPREADS if believes[k] else Hearer.SILENT
        world.rumours.heard.append(
            {"tick": world.tick, "rumour": row, "person": person, "told_by": told_by[k], "state": state}
        )
    event = world.log(
        "rumour_heard",
        hazard.name,
        x=float(people.x[rows].mean()),
        y=float(people.y[rows].mean()),
        causes=[int(world.rumours.rumours.event[row])],
        people=len(rows),
        believe=len(believing),
    )
    perception.alarm(believing, cause=event, delay_factor=float(hazard.spec.delay_factor))


def _draw(hazard: Rumour, ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    draws = np.empty((len(ids), 4))
    fill_uniforms(hazard.key, np.ascontiguousarray(ids), 0, 1, draws)
    return draws
