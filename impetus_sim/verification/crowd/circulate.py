"""People who walk round a ring for ever: the closed corridor of tests that need a steady density."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.maps.plan import NamedShape, build_plan
from impetus_sim.verification.crowd.setup import WALKER, build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.engine.simulation import Simulation
    from impetus_sim.maps.city import City

CENTRE_M = 30.0
"""Both coordinates of the ring's centre."""
EDGE_M = 0.2
"""Nobody is set out nearer to a wall."""


class Circulate(Behaviour):
    """Everybody wants to walk anticlockwise round the centre, at their own desired speed."""

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Wish along the ring."""
        del tick
        people, rows = crowd.people, crowd.inside
        dx, dy = people.x[rows] - CENTRE_M, people.y[rows] - CENTRE_M
        away = np.hypot(dx, dy)
        desired_x[rows], desired_y[rows] = -dy / away, dx / away
        speed[rows] = people.desired_speed[rows]


def build_ring(
    inner_m: float,
    outer_m: float,
    count: int,
    *,
    model: str,
    duration_s: float,
    profile: Mapping[str, Any] | None = None,
    seed: int = 1,
) -> Simulation:
    """Build a ring of people who walk round it, spread evenly at the start.

    Parameters
    ----------
    inner_m, outer_m
        Radii of the walls.
    count
        How many people; at most 7 per m2.
    """
    simulation = build(
        {"kind": "room"},
        {WALKER: {"count": count, "at": "yard", "activity": "stay"}},
        model=model,
        duration_s=duration_s,
        profile=profile,
        seed=seed,
        city=_plan(inner_m, outer_m, count),
    )
    people, crowd = simulation.crowd.people, simulation.crowd
    people.x[:], people.y[:] = _spread(inner_m + EDGE_M, outer_m - EDGE_M, count)
    crowd.behaviours = (*crowd.behaviours, Circulate())
    return simulation


def _plan(inner_m: float, outer_m: float, count: int) -> City:
    # The yard is where people are drawn before they are set out: the ring may be denser than drawing allows.
    centre = shapely.Point(CENTRE_M, CENTRE_M)
    circle = centre.buffer(outer_m, quad_segs=32).difference(centre.buffer(inner_m, quad_segs=32))
    yard = shapely.box(0.0, -10.0 - max(4.0, 0.02 * count), 50.0, -10.0)
    places = [NamedShape(name="yard", kind="area", shape=yard)]
    return build_plan(name="ring", ground=shapely.MultiPolygon([circle, yard]), places=places)


def _spread(
    inner_m: float, outer_m: float, count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    # Lanes of equal spacing, each with its share of the people, every second one set off by half a gap.
    area = np.pi * (outer_m**2 - inner_m**2)
    n_lanes = max(1, round((outer_m - inner_m) / np.sqrt(area / count)) if count > 1 else 1)
    width = (outer_m - inner_m) / n_lanes
    radii = inner_m + (np.arange(n_lanes) + 0.5) * width
    ends = np.round(count * np.cumsum(radii) / radii.sum()).astype(int)
    x, y = np.empty(count), np.empty(count)
    first = 0
    for lane, last in enumerate(ends):
        n = last - first
        turn = 2.0 * np.pi * (np.arange(n) + 0.5 * (lane % 2)) / max(1, n)
        x[first:last] = CENTRE_M + radii[lane] * np.cos(turn)
        y[first:last] = CENTRE_M + radii[lane] * np.sin(turn)
        first = last
    return x, y
