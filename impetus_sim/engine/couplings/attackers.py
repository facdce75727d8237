"""Attackers among people and police: whom they see, whom their shots hit, and who ends the attack.

The laws are those of `impetus_sim.hazards.gunfire`, the tables those of `impetus_sim.world.attackers`. Draws are
keyed by attacker, shot and the person aimed at, so that nobody's draw depends on others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.kernels.look import is_in_sight_of
from impetus_sim.hazards.attacker import STEP_S, Attacker, AttackerSpec
from impetus_sim.hazards.gunfire import draw_severity, first_in_path, hit_chance
from impetus_sim.kernels.philox import draw_uniforms
from impetus_sim.world.attackers import AttackerState
from impetus_sim.world.injuries import Severity

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.world.world import World

Rows = npt.NDArray[np.intp]
AIMED, STRAY = 1, 2
"""Values of a shot's `is_hit`."""
_HIT, _STRAY = 0, 1
"""Decisions of a shot's draws."""


def attackers_hit_people(world: World, systems: Systems, seconds: float) -> None:
    """Let shots hit people, let police end attacks, and let attackers look whom they see."""
    del seconds
    assert world.attackers is not None
    table = world.attackers.attackers
    for row in range(len(table)):
        hazard = systems.hazards.parts[table.key[row].decode()]
        assert isinstance(hazard, Attacker)
        _serve_shots(world, systems, row, hazard)
        if table.state[row] == AttackerState.ACTIVE:
            _meet_police(world, row, float(hazard.spec.met_within))
            if world.tick % max(1, world.ticks(STEP_S)) < systems.crowd.step_ticks:
                _look(world, systems, row, float(hazard.spec.range))


def _look(world: World, systems: Systems, row: int, range_m: float) -> None:
    """Write how many people an attacker sees, and where the nearest is."""
    assert world.attackers is not None
    table, people = world.attackers.attackers, systems.crowd.people
    seen, _ = _targets(world, systems, float(table.x[row]), float(table.y[row]), range_m)
    table.n_seen[row] = len(seen)
    table.aim_x[row], table.aim_y[row] = (
        (people.x[seen[0]], people.y[seen[0]]) if len(seen) else (np.nan, np.nan)
    )


def _targets(
    world: World, systems: Systems, x: float, y: float, range_m: float
) -> tuple[Rows, npt.NDArray[np.float64]]:
    """Return the rows of the people on their feet in sight and range, nearest first, and their distances."""
    crowd = systems.crowd
    assert systems.injured is not None
    rows = crowd.inside[~systems.injured.is_down[crowd.inside]].astype(np.intp)
    people = crowd.people
    apart = world.sheets.distance(people.x[rows], people.y[rows], x, y)
    near = apart <= range_m
    rows, apart = rows[near], apart[near]
    order = np.lexsort((rows, apart))
    rows, apart = rows[order], apart[order]
    out, ground = np.zeros(len(rows), np.uint8), world.ground
    is_in_sight_of(rows, people.x, people.y, x, y, ground.inside, ground.x0, ground.y0, ground.cell, out)
    return rows[out == 1], apart[out == 1]


def _serve_shots(world: World, systems: Systems, row: int, hazard: Attacker) -> None:
    """Tell each new shot of an attacker whom it hits, in their order."""
    assert world.attackers is not None
    table, shots = world.attackers.attackers, world.attackers.shots
    mine = np.flatnonzero(shots.attacker == row)
    first = int(table.n_served[row])
    if first == len(mine):
        return
    spec, people = hazard.spec, systems.crowd.people
    x, y = float(shots.x[mine[first]]), float(shots.y[mine[first]])
    seen, apart = _targets(world, systems, x, y, float(spec.range))
    is_up = np.ones(len(seen), bool)
    for shot in mine[first:].tolist():
        standing = np.flatnonzero(is_up)
        if not len(standing):
            break
        target = int(standing[0])
        person, number = int(seen[target]), int(shots.number[shot])
        shots.person[shot], shots.range_m[shot] = person, apart[target]
        uniforms = draw_uniforms(hazard.key, people.uid[person], number, _HIT)
        chance = hit_chance(
            float(apart[target]), at_muzzle=float(spec.hit_at_muzzle), falls_by_e_m=float(spec.hit_range)
        )
        victim = target if uniforms[0] < chance else -1
        shots.is_hit[shot] = AIMED if victim >= 0 else 0
        if victim < 0:
            victim = _stray(people, seen, standing, target, x, y, hazard, number)
            shots.is_hit[shot] = STRAY if victim >= 0 else 0
        if victim >= 0:
            shots.person[shot] = seen[victim]
            severity = int(draw_severity(np.array([uniforms[1]]), spec.severity_shares)[0])
            _hurt(world, people, int(seen[victim]), severity, int(shots.event[shot]))
            is_up[victim] = severity < Severity.DELAYED
    table.n_served[row] = len(mine)


def _stray(
    people: Table,
    seen: Rows,
    standing: Rows,
    target: int,
    x: float,
    y: float,
    hazard: Attacker,
    number: int,
) -> int:
    """Return whom a miss hits instead, as an index of `seen`; -1 for nobody."""
    spec: AttackerSpec = hazard.spec
    person = int(seen[target])
    angle_u, passes_u, _, _ = draw_uniforms(hazard.key, people.uid[person], number, _STRAY)
    if passes_u >= spec.stray_share:
        return -1
    others = standing[standing != target]
    rows = seen[others]
    aside = np.radians(float(spec.spread)) * (2.0 * angle_u - 1.0)
    angle = float(np.arctan2(people.y[person] - y, people.x[person] - x)) + aside
    met = first_in_path(x, y, angle, people.x[rows], people.y[rows], people.radius[rows], float(spec.range))
    return int(others[met]) if met >= 0 else -1


def _hurt(world: World, people: Table, person: int, severity: int, cause: int) -> None:
    assert world.injuries is not None
    x, y = float(people.x[person]), float(people.y[person])
    world.injuries.hurt(person, severity, tick=world.tick, x=x, y=y, cause=cause)


def _meet_police(world: World, row: int, within_m: float) -> None:
    """End an attack when police act near by and in sight."""
    assert world.attackers is not None
    if world.units is None:
        return
    units, table = world.units.units, world.attackers.attackers
    x, y = float(table.x[row]), float(table.y[row])
    near = np.flatnonzero((units.kind == b"police") & (units.is_acting == 1))
    near = near[world.sheets.distance(units.x[near], units.y[near], x, y) <= within_m]
    out, ground = np.zeros(len(near), np.uint8), world.ground
    is_in_sight_of(near, units.x, units.y, x, y, ground.inside, ground.x0, ground.y0, ground.cell, out)
    met = near[out == 1]
    if len(met):
        table.state[row] = AttackerState.MET
        table.met_by[row] = units.event[met[0]]
