"""People who come to the kerb of a carriageway wait there for a light, or for a gap between vehicles.

A person is at the kerb when they walk beside a carriageway and stand on it in half a metre. Of the streets that
meet there they cross the one that lies most across their way. Who sees a green light goes; who sees red waits, but
for the share that ignores it and those who have waited longer than people bear. These, and everybody where there is
no light (a dark or flashing signal shows none), go when they accept the gap (`crowd.gap_acceptance`). Who has begun
goes on. Who flees from a threat does not wait at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.gap_acceptance import accepts_gap, critical_gap_s
from impetus_sim.crowd.perceive import AT_KERB
from impetus_sim.engine.couplings.carriageway import cells_at
from impetus_sim.traffic.kernels.records import NONE
from impetus_sim.traffic.people_lights import GREEN, NO_LIGHT

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.world.world import World

AHEAD_M = 0.5
ACROSS = 0.1
"""Streets count as crossed alike when the sines of the angles to a person's way differ by less."""

Ints = npt.NDArray[np.int64]


def people_wait_at_kerbs(world: World, systems: Systems, seconds: float) -> None:
    """Hold people who are at a kerb and may not cross yet, and let everybody else walk."""
    table, crossings, people = world.people_at_kerbs, world.crossings, systems.crowd.people
    assert table is not None and crossings is not None
    rows, which, stretch = _at_kerbs(world, systems)
    is_there = np.zeros(len(people), bool)
    is_there[rows] = True
    gone = np.flatnonzero((table.stretch != NONE) & ~is_there)
    table.stretch[gone], table.may_go[gone] = NONE, 0
    fresh = rows[table.stretch[rows] == NONE]
    table.since_tick[fresh], table.may_go[fresh] = world.tick, 0
    first = np.zeros(len(rows), np.int64)
    first[which[::-1]] = stretch[::-1]
    table.stretch[rows] = first
    goes = (table.may_go[rows] == 1) | _flees(world, systems, rows)
    undecided = np.flatnonzero(~goes)
    if len(undecided):
        goes[undecided] = _may_cross(world, systems, rows, which, stretch)[undecided]
    table.may_go[rows] = goes
    table.waited_s[rows[~goes]] += seconds
    crossings.n_waiting[:] = np.bincount(stretch[~goes[which]], minlength=len(crossings))
    people.held_by[:] &= ~AT_KERB
    people.held_by[rows[~goes]] |= AT_KERB


def _at_kerbs(world: World, systems: Systems) -> tuple[npt.NDArray[np.int32], Ints, Ints]:
    # People at kerbs, and the stretches that each would cross: pairs of a place in that list and a stretch.
    carriageway, kerbs, crowd = systems.carriageway, systems.kerbs, systems.crowd
    assert carriageway is not None and kerbs is not None
    people, rows = crowd.people, crowd.inside
    rows = rows[(people.is_walking[rows] == 1) | ((people.held_by[rows] & AT_KERB) > 0)]
    x, y = people.x[rows], people.y[rows]
    facing = np.column_stack([people.facing_x[rows], people.facing_y[rows]])
    reach = people.radius[rows] + AHEAD_M
    ground = world.ground
    ahead_x = np.clip(x + reach * facing[:, 0], ground.x0, ground.x0 + ground.shape[1] * ground.cell - 1e-6)
    ahead_y = np.clip(y + reach * facing[:, 1], ground.y0, ground.y0 + ground.shape[0] * ground.cell - 1e-6)
    is_off = ~carriageway.holds(cells_at(world, x, y))
    steps_on = is_off & carriageway.holds(cells_at(world, ahead_x, ahead_y))
    rows, facing = rows[steps_on], facing[steps_on]
    which, stretch = carriageway.stretches_of(cells_at(world, ahead_x[steps_on], ahead_y[steps_on]))
    along = kerbs.along[stretch]
    across = np.abs(facing[which, 0] * along[:, 1] - facing[which, 1] * along[:, 0])
    most = np.zeros(len(rows))
    np.maximum.at(most, which, across)
    is_crossed = across >= most[which] - ACROSS
    return rows, which[is_crossed], stretch[is_crossed]


def _flees(world: World, systems: Systems, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    people = systems.crowd.people
    if not world.threats.is_active.any():
        return np.zeros(len(rows), bool)
    return np.asarray((people.aware_tick[rows] >= 0) & (people.is_leaving[rows] == 1))


def _may_cross(
    world: World, systems: Systems, rows: npt.NDArray[np.int32], which: Ints, stretch: Ints
) -> npt.NDArray[np.bool_]:
    # Who may step on to all the stretches that they would cross.
    crossings, table, kerbs, people = (
        world.crossings,
        world.people_at_kerbs,
        systems.kerbs,
        systems.crowd.people,
    )
    assert crossings is not None and table is not None and kerbs is not None
    person, light = rows[which], crossings.light[stretch]
    patience = world.ticks(float(kerbs.rules.patience))
    is_impatient = world.tick - table.since_tick[person] >= patience
    obeys = (light != NO_LIGHT) & ~kerbs.ignores_red[person] & ~is_impatient
    gap_s = critical_gap_s(
        kerbs.crossing_m[stretch],
        people.desired_speed[person] * people.speed_factor[person],
        start_up_s=float(kerbs.rules.start_up),
    )
    has_gap = accepts_gap(
        world.tick * world.resolution_us, gap_s, crossings.arrives_us[stretch], crossings.leaves_us[stretch]
    )
    may = np.where(obeys, light == GREEN, has_gap | (light == GREEN))
    n_against = np.bincount(which[~may], minlength=len(rows))
    return n_against == 0
