"""Every Mesa call of the project, in one file.

`CityModel` is the object that researchers hold: deciding agents are Mesa agents, the crowd is a table beside
them. Mesa supplies Model, Agent and AgentSet; time, order and randomness are ours, so the loop never calls
Mesa's scheduling, and Mesa's own random generators are never drawn from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import mesa

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.engine.simulation import Simulation


class Decider(Protocol):
    """Somebody who decides at each decision tick."""

    name: str

    def decide(self, tick: int) -> None:
        """Decide on what is known at `tick`."""


class DecidingAgent(mesa.Agent):
    """The body of a decider in the city model."""

    def __init__(self, model: CityModel, decider: Decider) -> None:
        super().__init__(model)
        self.name = decider.name
        self.decider = decider

    def decide(self, tick: int) -> None:
        """Decide on what is known at `tick`."""
        self.decider.decide(tick)


class CityModel(mesa.Model):
    """The city of one run as a Mesa model.

    Parameters
    ----------
    simulation
        The run; it owns time and state.
    deciders
        Who decides; each becomes an agent.
    """

    def __init__(self, simulation: Simulation, deciders: list[Decider]) -> None:
        super().__init__(rng=0)
        self._simulation = simulation
        for decider in deciders:
            DecidingAgent(self, decider)
        # Mesa before 3.4.2 counts agents in a class attribute keyed by model, which keeps every model alive.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    @property
    def tick(self) -> int:
        """The present tick."""
        return self._simulation.tick

    @property
    def time_s(self) -> float:
        """Simulated seconds."""
        return self._simulation.time_s

    @property
    def crowd(self) -> Table:
        """The people, as a table of arrays (one row per person)."""
        return self._simulation.crowd.people

    def decide(self, tick: int) -> None:
        """Let every agent decide, in the order of creation."""
        self.agents.do("decide", tick)

    def step(self, *_: Any) -> None:
        """Advance one decision interval through the engine."""
        self._simulation.run_until(self.time_s + self._simulation.decision_interval_s)
