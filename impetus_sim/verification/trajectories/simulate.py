"""Simulating an experiment: each person comes in where and when they did, as soon as there is room."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from impetus_sim.analysis.measures.trajectories import build_trajectories
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.population import INSIDE, PENDING
from impetus_sim.engine.simulation import Simulation
from impetus_sim.scenario.load import read_scenario_text

if TYPE_CHECKING:
    from impetus_sim.analysis.measures.trajectories import Trajectories
    from impetus_sim.arrays import Table
    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.verification.trajectories.experiments import Experiment

EDGE_M = 0.05
"""People are set at least this far inside the ground."""
TOUCHING = 0.9
"""Somebody waits as long as the place is nearer than this share of both radii to another."""


class Inflow(Behaviour):
    """Lets people in where and when they entered in the experiment, or as soon after as there is room.

    Parameters
    ----------
    due_tick
        int64 (people,).
    x, y
        float64 (people,), m.
    """

    name = "inflow"

    def __init__(
        self,
        people: Table,
        due_tick: npt.NDArray[np.int64],
        x: npt.NDArray[np.float64],
        y: npt.NDArray[np.float64],
    ) -> None:
        self._due, self._x, self._y = due_tick, x, y
        self._order = np.argsort(due_tick, kind="stable")
        people.state[:] = PENDING

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Let in who is due and has room."""
        people = crowd.people
        waiting = self._order[(people.state[self._order] == PENDING) & (self._due[self._order] <= tick)]
        if not len(waiting):
            return
        came = False
        for i in waiting:
            here = np.flatnonzero(people.state == INSIDE)
            gap = np.hypot(people.x[here] - self._x[i], people.y[here] - self._y[i])
            if np.any(gap < TOUCHING * (people.radius[here] + people.radius[i])):
                continue
            people.x[i], people.y[i] = self._x[i], self._y[i]
            people.state[i] = INSIDE
            people.enter_tick[i] = tick
            people.is_leaving[i] = people.is_walking[i] = 1
            came = True
        if came:
            crowd.refresh()


def simulate_experiment(
    experiment: Experiment,
    tracks: Trajectories,
    *,
    seed: int,
    crowd: Mapping[str, Any] | None = None,
    profile: Mapping[str, Any] | None = None,
    more_s: float = 60.0,
) -> Trajectories:
    """Simulate one experiment and return everybody's positions after each step.

    Parameters
    ----------
    experiment
        Ground and exits.
    tracks
        As measured: where and when people come in, and, where there are several exits, which one is theirs.
    crowd, profile
        Other keys of the crowd section and of the adults' profile than the `laboratory` set has.
    more_s
        How long after the last measured frame the run may go on.
    """
    first, last = tracks.stretch_starts[:-1], tracks.stretch_starts[1:] - 1
    names = sorted(experiment.exits)
    exit_of = _exits(experiment, names, tracks, last)
    counts = np.bincount(exit_of, minlength=len(names))
    duration_s = float(tracks.frame.max()) / tracks.frame_rate + more_s
    document = {
        "title": experiment.name,
        "map": {"synthetic": {"kind": "room"}},
        "time": {"duration": round(duration_s)},
        "crowd": {
            "parameters": "laboratory",
            "profiles": {"adult": dict(profile or {})},
            "populations": {
                f"to_{name}": {
                    "count": int(n),
                    "at": "ground",
                    "exits": [name],
                    "activity": "leave",
                }
                for name, n in zip(names, counts, strict=True)
                if n
            },
            **dict(crowd or {}),
        },
    }
    scenario = read_scenario_text(json.dumps(document))
    simulation = Simulation(scenario, seed=seed, threads=1, city=experiment.build_city())
    people, roster, world = simulation.crowd.people, simulation.crowd.roster, simulation.world
    rows = np.empty(len(first), np.intp)
    for k, name in enumerate(names):
        if counts[k]:
            rows[exit_of == k] = np.flatnonzero(people.population == roster.populations.index(f"to_{name}"))
    due = np.empty(len(people), np.int64)
    x, y = np.empty(len(people)), np.empty(len(people))
    due[rows] = [world.ticks(round(float(f) / tracks.frame_rate, 2)) for f in tracks.frame[first]]
    x[rows], y[rows] = _on_ground(experiment, tracks.x[first], tracks.y[first])
    crowd_system = simulation.crowd
    crowd_system.behaviours = (*crowd_system.behaviours, Inflow(people, due, x, y))
    crowd_system.refresh()
    kept: list[tuple[int, npt.NDArray[np.int32], npt.NDArray[np.float64]]] = []

    def note(running: Simulation) -> None:
        if running.tick % crowd_system.step_ticks == 0:
            frame = running.tick // crowd_system.step_ticks
            kept.append((frame, crowd_system.inside.copy(), crowd_system.positions))

    simulation.run_until(duration_s, after_tick=note)
    frames = np.concatenate([np.full(len(inside), frame) for frame, inside, _ in kept])
    at = np.concatenate([position for _, _, position in kept])
    who = np.concatenate([inside for _, inside, _ in kept])
    return build_trajectories(who, frames, at[:, 0], at[:, 1], frame_rate=1.0 / crowd_system.step_s)


def _exits(
    experiment: Experiment, names: list[str], tracks: Trajectories, last: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    # Each person goes to the exit nearest to where they were last seen.
    if len(names) == 1:
        return np.zeros(len(last), np.int64)
    middles = np.array([np.mean(experiment.exits[name], axis=0) for name in names])
    away = np.hypot(tracks.x[last, None] - middles[None, :, 0], tracks.y[last, None] - middles[None, :, 1])
    return np.argmin(away, axis=1)


def _on_ground(
    experiment: Experiment, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    import shapely

    inner = experiment.ground.buffer(-EDGE_M)
    points = shapely.points(x, y)
    nearest = shapely.get_point(shapely.shortest_line(inner, points), 0)
    return shapely.get_x(nearest), shapely.get_y(nearest)
