"""Our side of the bench, and the people that the peer then takes over."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.verification.crowd.setup import WALKER, build
from impetus_sim.verification.speed.grounds import build_plan
from impetus_sim.verification.speed.measure import STEP_S, Speed, time_windows

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from impetus_sim.engine.simulation import Simulation

FIRST_STEPS = 5


@dataclass(frozen=True, kw_only=True)
class Start:
    """Ground and people at the start: what the peer needs to run the same.

    x, y, radius, desired_speed, time_gap: float64 (people,). exit: int (people,), index into `doors`, float64
    (m, 4) each with the interior on the left.
    """

    polygon: BaseGeometry
    doors: tuple[npt.NDArray[np.float64], ...]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    radius: npt.NDArray[np.float64]
    desired_speed: npt.NDArray[np.float64]
    time_gap: npt.NDArray[np.float64]
    exit: npt.NDArray[np.int64]


PEER_TIME_GAP_S = 1.0


def run_ours(
    ground: str, n: int, *, threads: int, horizon_s: float, seed: int = 1, model: str = "collision_free_speed"
) -> tuple[Speed, Start]:
    """Run n people on a ground for `horizon_s` seconds, nothing recorded; everybody leaves from the start."""
    began = time.perf_counter()
    simulation = build(
        build_plan(ground, n),
        {WALKER: {"count": n, "at": "room"}},
        # the peer's time gap, and its exits: no limit of flow, and people are gone once they are through
        profile={"extends": "adult", "time_gap": PEER_TIME_GAP_S},
        crowd={"door_capacity": 100.0, "beyond_exits": 0.0},
        model=model,
        duration_s=horizon_s + 1.0,
        step_s=STEP_S,
        threads=threads,
        seed=seed,
    )
    setup_s = time.perf_counter() - began
    people = simulation.crowd.people
    x, y = people.x.copy(), people.y.copy()
    simulation.run_until(FIRST_STEPS * STEP_S)  # everybody has chosen an exit
    start = _start_of(simulation, x, y)
    track = {"x": people.x.copy(), "y": people.y.copy()}
    clock = [simulation.time_s]

    def advance(steps: int) -> int:
        track.update(x=people.x.copy(), y=people.y.copy())
        clock[0] = simulation.time_s
        before, first = simulation.tick, people.left_tick.copy()
        simulation.run_until(simulation.time_s + steps * STEP_S)
        until = np.where(people.left_tick >= 0, people.left_tick, simulation.tick)
        inside_before = first < 0
        return int(np.sum(until[inside_before] - before) // simulation.crowd.step_ticks)

    rate, cpu = time_windows(advance, n_steps=round(horizon_s / STEP_S) - FIRST_STEPS)
    rows = simulation.crowd.inside
    spent = max(simulation.time_s - clock[0], STEP_S)
    moved = np.hypot(people.x[rows] - track["x"][rows], people.y[rows] - track["y"][rows]) / spent
    speed = Speed(
        rate=rate,
        cpu_per_wall=cpu,
        out=int(np.count_nonzero(people.left_tick >= 0)),
        mean_speed=float(moved.mean()) if len(moved) else 0.0,
        end_s=simulation.time_s,
        setup_s=setup_s,
    )
    return speed, start


def _start_of(simulation: Simulation, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Start:
    people, ground = simulation.crowd.people, simulation.world.ground
    return Start(
        polygon=ground.polygon,
        doors=tuple(ground.exit_segments(k) for k in range(len(ground.exit_names))),
        x=x,
        y=y,
        radius=people.radius.copy(),
        desired_speed=people.desired_speed.copy(),
        time_gap=people.time_gap.copy(),
        exit=people.goal.astype(np.int64),
    )
