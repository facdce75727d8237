"""The peer's side of the bench: JuPedSim with the same ground, people and parameters."""

from __future__ import annotations

import importlib.metadata
import time
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.verification.speed.measure import STEP_S

if TYPE_CHECKING:
    import numpy.typing as npt

    from impetus_sim.verification.speed.ours import Start
    from impetus_sim.verification.speed.pairs import Pair


def peer_version() -> str:
    """Return the peer's version, or "" when it is not installed."""
    try:
        return importlib.metadata.version("jupedsim")
    except importlib.metadata.PackageNotFoundError:
        return ""


class PeerRun:
    """The people of a start, in JuPedSim.

    Parameters
    ----------
    start
        From `OurRun.start`.
    pair
        The walking model.
    """

    def __init__(self, start: Start, *, pair: Pair, step_s: float = STEP_S) -> None:
        import jupedsim

        began = time.perf_counter()
        agent_class = getattr(jupedsim, f"{pair.peer}AgentParameters")
        self._simulation = jupedsim.Simulation(
            model=getattr(jupedsim, pair.peer)(**pair.peer_model),
            geometry=start.geometry,
            dt=step_s,
        )
        stages = [self._simulation.add_exit_stage(bay) for bay in start.bays]
        journeys = [self._simulation.add_journey(jupedsim.JourneyDescription([stage])) for stage in stages]
        for k in range(len(start.x)):
            self._simulation.add_agent(
                agent_class(
                    position=(start.x[k], start.y[k]),
                    journey_id=journeys[start.exit[k]],
                    stage_id=stages[start.exit[k]],
                    **pair.agent(start.radius[k], start.desired_speed[k], start.time_gap[k]),
                )
            )
        self._n = len(start.x)
        self._simulation.iterate()
        self.setup_s = time.perf_counter() - began
        self._step_s = step_s
        self._leave_times: list[float] = []
        self._note_leaving()
        self._before: tuple[dict[int, tuple[float, float]], float] = ({}, 0.0)

    @property
    def time_s(self) -> float:
        """Simulated time so far, s."""
        return float(self._simulation.elapsed_time())

    @property
    def n_inside(self) -> int:
        """People still inside."""
        return int(self._simulation.agent_count())

    def _note_leaving(self) -> int:
        inside = self.n_inside
        self._leave_times += [self.time_s] * (self._n - inside - len(self._leave_times))
        return inside

    def advance(self, steps: int) -> int:
        """Advance by so many steps; return the agent-steps done."""
        simulation = self._simulation
        self._before = ({agent.id: agent.position for agent in simulation.agents()}, self.time_s)
        done, inside = 0, self.n_inside
        for _ in range(steps):
            if not inside:
                break
            done += inside
            simulation.iterate()
            inside = self._note_leaving()
        return done

    def leave_times(self) -> npt.NDArray[np.float64]:
        """Return when people left, s, ascending."""
        return np.array(self._leave_times)

    def outcome(self) -> dict[str, float | int]:
        """Return what must agree with ours."""
        before, at = self._before
        spent = max(self.time_s - at, self._step_s)
        moved = [
            np.hypot(*np.subtract(agent.position, before[agent.id])) / spent
            for agent in self._simulation.agents()
        ]
        return {
            "out": self._n - self.n_inside,
            "mean_speed_m_s": round(float(np.mean(moved)), 4) if moved else 0.0,
            "end_s": round(self.time_s, 2),
        }
