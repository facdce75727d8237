"""What must hold before people walk: exits that exist, a way out and in for all, a step that is short enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.crowd.kernels.choose import cost_at
from impetus_sim.crowd.kernels.move import CLEARANCE
from impetus_sim.crowd.population import ON_LINK, Roster
from impetus_sim.errors import InvalidInputError
from impetus_sim.world.ground import NEAR_WALL_M
from impetus_sim.world.passages import STEP_FREE
from impetus_sim.world.world import World

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.scenario.crowd import Crowd
    from impetus_sim.scenario.model import Scenario


def require_short_step(people: Table, spec: Crowd) -> None:
    """Raise unless nobody can step over a wall: walls are looked up within `NEAR_WALL_M` of where a step begins."""
    step_s, runs = spec.step, spec.threat_perception
    fastest = float(people.desired_speed.max(initial=0.0)) * (1.0 if runs is None else runs.run_factor)
    longest = (NEAR_WALL_M - CLEARANCE) / max(fastest, 1e-9)
    if step_s > longest:
        raise InvalidInputError(
            f"crowd.step: {step_s:g} s is too long for people who walk {fastest:.2f} m/s: they could step "
            "over a wall",
            hint=f"at most {longest:.2f} s; 0.05 s is usual",
        )


def allowed_exits(scenario: Scenario, roster: Roster, world: World) -> npt.NDArray[np.uint8]:
    """Return which exits each population may use, uint8 (populations, exits); raise where one is not there."""
    names = world.ground.exit_names
    allowed = np.ones((len(roster.populations), len(names)), np.uint8)
    for k, name in enumerate(roster.populations):
        wanted = scenario.crowd.populations[name].exits
        for missing in sorted(set(wanted) - set(names)):
            raise no_such_exit(f"crowd.populations.{name}.exits", missing, names)
        if wanted:
            allowed[k] = [exit_name in wanted for exit_name in names]
    for name, spec in scenario.interventions.items():
        for key, family, target in spec.references():
            if family == "exits" and target not in names:
                raise no_such_exit(f"interventions.{name}.{key}", target, names)
    return allowed


def no_such_exit(key: str, given: str, names: tuple[str, ...]) -> InvalidInputError:
    """Return the error for the name of an exit that is not there."""
    return InvalidInputError(
        f"{key}: there is no exit '{given}'", hint=f"one of {', '.join(names) or 'none'}"
    )


def require_way_out(
    people: Table,
    roster: Roster,
    world: World,
    allowed: npt.NDArray[np.uint8],
    mobility: npt.NDArray[np.int16] | None,
) -> None:
    """Raise unless everybody on the ground can reach an exit they may use, on the ways they can take."""
    n_exits = world.goals.n_exits
    if n_exits == 0:
        return
    people_here = np.flatnonzero(people.state != ON_LINK)  # the others' way is looked for on the network
    rows = ((people.spot_y[people_here] - world.ground.y0) / world.ground.cell).astype(np.intp)
    columns = ((people.spot_x[people_here] - world.ground.x0) / world.ground.cell).astype(np.intp)
    reached = np.isfinite(world.goals.costs[:n_exits, rows, columns])
    if mobility is not None:
        step_free = np.isfinite(world.goals.of_class(STEP_FREE)[:n_exits, rows, columns])
        reached = np.where(mobility[people_here] == STEP_FREE, step_free, reached)
    stuck = ~(reached & (allowed[people.population[people_here]].T == 1)).any(axis=0)
    if stuck.any():
        names = sorted({roster.populations[k] for k in people.population[people_here][stuck]})
        raise InvalidInputError(
            f"{int(stuck.sum())} people of {', '.join(names)} cannot reach any exit they may use: "
            "their ground is cut off from it",
            hint="check the place, the exits, and narrow passages (under about 0.75 m they count as closed); "
            "people who cannot use steps need a ramp or a lift",
        )


def require_way_in(world: World, name: str, exit_index: int, goal: int) -> None:
    """Raise unless a population that arrives through an exit can walk to its place."""
    ground = world.ground
    x, y = ground.exit_segments(exit_index).reshape(-1, 2).mean(axis=0)
    if not np.isfinite(cost_at(world.goals.costs[goal], x, y, ground.x0, ground.y0, ground.cell)):
        raise InvalidInputError(
            f"crowd.populations.{name}.arrive: there is no way on foot from exit "
            f"'{ground.exit_names[exit_index]}' to the population's place",
            hint="check the place, the exit, and narrow passages (under about 0.75 m they count as closed)",
        )
