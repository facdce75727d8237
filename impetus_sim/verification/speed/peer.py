"""The peer's side of the bench: JuPedSim's CollisionFreeSpeedModelV2 with the same people and parameters."""

from __future__ import annotations

import importlib.metadata
import time
from typing import TYPE_CHECKING

import numpy as np
import shapely

from impetus_sim.crowd.models.collision_free_speed import CollisionFreeSpeedSpec
from impetus_sim.verification.speed.measure import STEP_S, Speed, time_windows
from impetus_sim.verification.speed.ours import FIRST_STEPS

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely import Polygon

    from impetus_sim.verification.speed.ours import Start

BAY_M = 1.0
"""The peer's people leave on reaching an area, so each door gets a bay of this depth outside: they are gone
when they cross the door, as ours are."""


def peer_version() -> str:
    """Return the peer's version, or "" when it is not installed."""
    try:
        return importlib.metadata.version("jupedsim")
    except importlib.metadata.PackageNotFoundError:
        return ""


def run_peer(start: Start, *, horizon_s: float) -> Speed:
    """Run the same people on the same ground."""
    import jupedsim

    began = time.perf_counter()
    bays = [shapely.union_all([_bay(segment) for segment in door]) for door in start.doors]
    spec = CollisionFreeSpeedSpec()
    simulation = jupedsim.Simulation(
        model=jupedsim.CollisionFreeSpeedModelV2(),
        geometry=shapely.union_all([start.polygon, *bays], grid_size=1e-6),
        dt=STEP_S,
    )
    stages = [simulation.add_exit_stage(bay) for bay in bays]
    journeys = [simulation.add_journey(jupedsim.JourneyDescription([stage])) for stage in stages]
    for k in range(len(start.x)):
        simulation.add_agent(
            jupedsim.CollisionFreeSpeedModelV2AgentParameters(
                position=(start.x[k], start.y[k]),
                time_gap=start.time_gap[k],
                desired_speed=start.desired_speed[k],
                radius=start.radius[k],
                journey_id=journeys[start.exit[k]],
                stage_id=stages[start.exit[k]],
                strength_neighbor_repulsion=spec.strength,
                range_neighbor_repulsion=spec.range,
                strength_geometry_repulsion=spec.wall_strength,
                range_geometry_repulsion=spec.wall_range,
            )
        )
    simulation.iterate(FIRST_STEPS)
    setup_s = time.perf_counter() - began
    track: dict[int, tuple[float, float]] = {}
    clock = [0.0]

    def advance(steps: int) -> int:
        track.clear()
        track.update({agent.id: agent.position for agent in simulation.agents()})
        clock[0] = simulation.elapsed_time()
        done = 0
        for _ in range(steps):
            inside = simulation.agent_count()
            if not inside:
                break
            done += inside
            simulation.iterate()
        return done

    rate, cpu = time_windows(advance, n_steps=round(horizon_s / STEP_S) - FIRST_STEPS)
    spent = max(simulation.elapsed_time() - clock[0], STEP_S)
    moved = [np.hypot(*np.subtract(agent.position, track[agent.id])) / spent for agent in simulation.agents()]
    return Speed(
        rate=rate,
        cpu_per_wall=cpu,
        out=len(start.x) - simulation.agent_count(),
        mean_speed=float(np.mean(moved)) if moved else 0.0,
        end_s=simulation.elapsed_time(),
        setup_s=setup_s,
    )


def _bay(segment: npt.NDArray[np.float64]) -> Polygon:
    # The interior lies on the left of a door's segment: outside is to the right.
    ax, ay, bx, by = segment
    length = float(np.hypot(bx - ax, by - ay))
    ox, oy = BAY_M * (by - ay) / length, -BAY_M * (bx - ax) / length
    return shapely.Polygon([(ax, ay), (bx, by), (bx + ox, by + oy), (ax + ox, ay + oy)])
