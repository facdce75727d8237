"""Blasts reach people: how badly each is hurt follows from pressure and impulse where they are, and own draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.population import INSIDE, ON_LINK
from impetus_sim.hazards import blast_law
from impetus_sim.hazards.blast import Blast
from impetus_sim.kernels.philox import fill_uniforms
from impetus_sim.world.injuries import Severity

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.world.world import World

BESIDE_WALL_M: Final = 1.5
"""Whoever is this near to a wall is beside it, where panes fall (as far as the ground knows distances to walls)."""
_LUNGS, _EAR, _GLASS = range(3)
"""Columns of a person's uniforms."""


def blasts_hurt_people(world: World, systems: Systems, seconds: float) -> None:
    """Let each new blast hurt the people around it, on the ground and on links."""
    del seconds
    assert world.blasts is not None
    for row in np.flatnonzero(world.blasts.is_served == 0).tolist():
        hazard = systems.hazards.parts[world.blasts.key[row].decode()]
        assert isinstance(hazard, Blast)
        _reach(world, systems, row, hazard)
        world.blasts.is_served[row] = 1


def _reach(world: World, systems: Systems, row: int, hazard: Blast) -> None:
    blast, people = world.blasts, systems.crowd.people
    assert blast is not None and world.injuries is not None
    rows = np.flatnonzero((people.state == INSIDE) | (people.state == ON_LINK))
    apart = world.sheets.distance(people.x[rows], people.y[rows], float(blast.x[row]), float(blast.y[row]))
    draws = np.empty((len(rows), 4))
    fill_uniforms(hazard.key, np.ascontiguousarray(people.uid[rows]), 0, 0, draws)
    beside = _beside_wall(world, people.x[rows], people.y[rows])
    severity = find_severity(
        apart,
        float(blast.charge_kg[row]),
        draws,
        beside_wall=beside,
        panes=hazard.spec.panes,
        glass_share=float(hazard.spec.glass_share),
    )
    for k in np.flatnonzero(severity).tolist():
        world.injuries.hurt(
            rows[k],
            severity[k],
            tick=world.tick,
            x=people.x[rows[k]],
            y=people.y[rows[k]],
            cause=blast.event[row],
        )


def find_severity(
    distance_m: npt.NDArray[np.float64],
    charge_kg: float,
    uniforms: npt.NDArray[np.float64],
    *,
    beside_wall: npt.NDArray[np.bool_],
    panes: str,
    glass_share: float,
) -> npt.NDArray[np.uint8]:
    """Return how badly a blast hurts people, uint8 (n,): `Severity`, 0 for not.

    Parameters
    ----------
    distance_m
        From the charge, float64 (n,).
    uniforms
        In (0, 1), float64 (n, >= 3): of lungs, ears and glass.
    beside_wall
        Who is where panes fall, bool (n,).
    panes, glass_share
        As in `BlastSpec`.
    """
    z = blast_law.scaled_distance(distance_m, charge_kg)
    pressure, impulse = blast_law.overpressure_kpa(z), blast_law.impulse_kpa_ms(z, charge_kg)
    cut = blast_law.pane_chance(pressure, panes) * glass_share * beside_wall
    is_minor = (uniforms[:, _EAR] < blast_law.eardrum_chance(pressure)) | (uniforms[:, _GLASS] < cut)
    severity = np.where(is_minor, Severity.MINOR, 0).astype(np.uint8)
    for kind, share in (
        (Severity.DELAYED, blast_law.LUNGS_HURT),
        (Severity.IMMEDIATE, blast_law.IN_DANGER),
        (Severity.DEAD, 1.0),
    ):
        chance = blast_law.lung_chance(pressure, impulse, share_of_lethal=share)
        severity[uniforms[:, _LUNGS] < chance] = kind
    return severity


def _beside_wall(
    world: World, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    # Whoever is off the grid of the ground (on a link) is not known to be beside a wall.
    ground = world.ground
    row = np.floor((y - ground.y0) / ground.cell).astype(np.int64)
    column = np.floor((x - ground.x0) / ground.cell).astype(np.int64)
    is_on = (row >= 0) & (row < ground.shape[0]) & (column >= 0) & (column < ground.shape[1])
    beside = np.zeros(len(x), bool)
    beside[is_on] = ground.wall_distance[row[is_on], column[is_on]] < BESIDE_WALL_M
    return beside
