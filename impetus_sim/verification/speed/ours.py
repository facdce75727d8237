"""Our side of the bench, and the people that the peer then takes over."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from impetus_sim.kernels.compile import set_threads
from impetus_sim.verification.crowd.setup import WALKER, build
from impetus_sim.verification.speed.aims import take_peer_ways
from impetus_sim.verification.speed.bays import add_bays
from impetus_sim.verification.speed.grounds import build_ground_plan
from impetus_sim.verification.speed.measure import STEP_S
from impetus_sim.verification.speed.pairs import DESIRED_SPEED_M_S, RADIUS_M, Pair

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from impetus_sim.engine.simulation import Simulation

LONGEST_S = 36_000.0
LIKE_THE_PEER: dict[str, Any] = {
    "door_capacity": 100.0,  # no limit of flow
    "untangle_after": 0.0,  # nobody tries another direction
    # everybody takes the nearest exit and keeps to it
    "exit_choice": {"taste": 0.0, "gain": 600.0, "reconsider_every": LONGEST_S},
}
"""Settings of ours for what the peer's models leave out."""
PEER_WAYS_CELL_M = 0.1
"""Grid on which the peer's ways are noted: fine enough that they are known wherever a body has room."""
PEER_LINGERS = 2
"""Steps from crossing the line to the step in which others no longer see somebody: JuPedSim notes in the next step
that a person is in the exit's area, and takes them out at the beginning of the one after."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """Ground and people at the start: what the peer needs to run the same.

    x, y, radius, desired_speed, time_gap: float64 (people,). exit: int (people,), index into `bays`, the areas
    outside the exits.
    """

    geometry: BaseGeometry
    bays: list[BaseGeometry]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    radius: npt.NDArray[np.float64]
    desired_speed: npt.NDArray[np.float64]
    time_gap: npt.NDArray[np.float64]
    exit: npt.NDArray[np.int64]


class OurRun:
    """n people on a ground, nothing recorded; everybody leaves from the start.

    Parameters
    ----------
    pair
        The walking model, with the parameters of its namesake.
    like_peer
        Whether people behave as the peer's do (`LIKE_THE_PEER`, JuPedSim's parameters); else by our defaults.
    peer_ways
        Whether they also take the peer's ways (`aims`); else they follow our distance fields.
    """

    def __init__(
        self,
        ground: str,
        n: int,
        *,
        pair: Pair,
        threads: int = 1,
        seed: int = 1,
        step_s: float = STEP_S,
        like_peer: bool = True,
        peer_ways: bool = False,
    ) -> None:
        began = time.perf_counter()
        profile: dict[str, Any] = {"extends": "adult"}
        if like_peer:
            profile |= {
                "desired_speed": DESIRED_SPEED_M_S,
                "radius": RADIUS_M,
                "time_gap": pair.time_gap,
            }
        crowd: dict[str, Any] = {}
        if like_peer:
            crowd = LIKE_THE_PEER | {
                "model": {"kind": pair.kind, **pair.ours},
                "beyond_exits": PEER_LINGERS * step_s,
            }
        if peer_ways:
            crowd["ground_cell"] = PEER_WAYS_CELL_M
        self._simulation = build(
            {"kind": "room"},
            {WALKER: {"count": n, "at": "room"}},
            profile=profile,
            crowd=crowd,
            model=pair.kind,
            duration_s=LONGEST_S,
            step_s=step_s,
            threads=threads,
            seed=seed,
            city=build_ground_plan(ground, n),
        )
        if peer_ways:
            world = self._simulation.world
            world.goals = take_peer_ways(world.goals, world.ground)
        self.setup_s = time.perf_counter() - began
        self._threads, self._step_s = threads, step_s
        people = self._simulation.crowd.people
        self._x, self._y = people.x.copy(), people.y.copy()
        self._simulation.run_until(step_s)  # everybody has chosen an exit; nobody has gone far
        self._exit = people.goal.astype(np.int64)
        self._before = (self._x, self._y, 0.0)

    @property
    def simulation(self) -> Simulation:
        """The simulation that runs."""
        return self._simulation

    @property
    def time_s(self) -> float:
        """Simulated time so far, s."""
        return self._simulation.time_s

    @property
    def n_inside(self) -> int:
        """People still inside."""
        return self._simulation.crowd.n_inside

    def start(self) -> Start:
        """Return what the peer needs."""
        people, ground = self._simulation.crowd.people, self._simulation.world.ground
        geometry, bays = add_bays(ground)
        return Start(
            geometry=geometry,
            bays=bays,
            x=self._x,
            y=self._y,
            radius=people.radius.copy(),
            desired_speed=people.desired_speed.copy(),
            time_gap=people.time_gap.copy(),
            exit=self._exit,
        )

    def advance(self, steps: int) -> int:
        """Advance by so many steps; return the agent-steps done."""
        simulation, people = self._simulation, self._simulation.crowd.people
        set_threads(self._threads)
        self._before = (people.x.copy(), people.y.copy(), simulation.time_s)
        before, is_inside = simulation.tick, people.left_tick < 0
        simulation.run_until(simulation.time_s + steps * self._step_s)
        until = np.where(people.left_tick >= 0, people.left_tick, simulation.tick)
        return int(np.sum(until[is_inside] - before) // simulation.crowd.step_ticks)

    def leave_times(self) -> npt.NDArray[np.float64]:
        """Return when people left, s, ascending."""
        ticks = self._simulation.crowd.people.left_tick
        return np.sort(ticks[ticks >= 0]) * self._simulation.world.seconds(1)

    def outcome(self) -> dict[str, float | int]:
        """Return what must agree with the peer."""
        people, rows = self._simulation.crowd.people, self._simulation.crowd.inside
        x, y, at = self._before
        spent = max(self.time_s - at, self._step_s)
        moved = np.hypot(people.x[rows] - x[rows], people.y[rows] - y[rows]) / spent
        return {
            "out": int(np.count_nonzero(people.left_tick >= 0)),
            "mean_speed_m_s": round(float(moved.mean()), 4) if len(moved) else 0.0,
            "end_s": round(self.time_s, 2),
        }
