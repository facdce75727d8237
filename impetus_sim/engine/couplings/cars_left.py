"""Drivers who are stuck leave their cars: the cars block their lanes, the people walk on as part of the crowd."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.crowd.population import PENDING
from impetus_sim.crowd.step_out import step_out
from impetus_sim.engine.couplings.danger import within_danger
from impetus_sim.traffic.positions import offsets_m

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.world.world import World


def drivers_leave_cars(world: World, systems: Systems, seconds: float) -> None:
    """Let drivers leave cars that have been delayed on one link for long, or for less near a threat.

    Where a car stands on the ground its people step out beside it; where there is no room for all of them, they
    stay in the car and try again at the next step. Elsewhere, and when nobody is left of their population, they are
    counted.
    """
    del seconds
    traffic = systems.traffic
    assert traffic is not None and traffic.abandoned is not None
    rows, regardless = traffic.abandoned.stuck()
    if not regardless.all() and not world.threats.is_active.any():
        rows, regardless = rows[regardless], regardless[regardless]
    if not len(rows):
        return
    flow = traffic.flow
    link = flow.road.queues["link"][flow.vehicles["queue"][rows]].astype(np.int64)
    offset = offsets_m(flow)[rows]
    x, y = traffic.streets.at(link, offset / flow.links.length_m[link])
    leaves = regardless | within_danger(world, x, y)
    n_left, first = 0, -1
    for k in np.flatnonzero(leaves):
        people = _people_of_a_car(systems)
        on_ground = len(people) > 0 and world.ground.holds(float(x[k]), float(y[k]))
        if on_ground and not step_out(systems.crowd, people, float(x[k]), float(y[k])):
            continue
        n_on_foot = len(people) if on_ground else 0
        traffic.abandoned.leave_car(
            int(rows[k]),
            offset_m=float(offset[k]),
            n_on_foot=n_on_foot,
            n_elsewhere=systems.people_per_car - n_on_foot,
        )
        n_left, first = n_left + 1, int(k) if first < 0 else first
    if n_left:
        causes = [int(c) for c in world.threats.cause[world.threats.is_active == 1] if not regardless[first]]
        world.log(
            "cars_left",
            str(traffic.streets.names[link[first]]),
            x=x[first],
            y=y[first],
            causes=causes,
            n=n_left,
        )


def _people_of_a_car(systems: Systems) -> np.ndarray:
    # The next people who sit in cars, as many as one holds.
    rows = systems.people_in_cars
    return rows[systems.crowd.people.state[rows] == PENDING][: systems.people_per_car]
