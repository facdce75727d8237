"""Which of our walking models stands beside which of JuPedSim's, with JuPedSim's default parameters on both sides.

Radius 0.2 m and desired speed 1.2 m/s are the same for all of JuPedSim's models; time gaps and the models' own
parameters differ. The parameters of ours are those of JuPedSim where the names differ only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from impetus_sim import registry
from impetus_sim.errors import InvalidInputError

DESIRED_SPEED_M_S = 1.2
RADIUS_M = 0.2


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A walking model of ours and its namesake.

    Parameters
    ----------
    kind
        Of the registry family ``walking_models``.
    peer
        JuPedSim's class; its agents' class is the same with ``AgentParameters``.
    time_gap
        JuPedSim's default, s.
    ours
        Parameters of ours that differ from our defaults, so that both have the same.
    agent
        Person's radius, desired speed and time gap to the keywords of JuPedSim's agents.
    peer_model
        Keywords of JuPedSim's model.
    """

    kind: str
    peer: str
    time_gap: float = 1.0
    ours: Mapping[str, Any] = field(default_factory=dict)
    agent: Callable[[float, float, float], dict[str, Any]]
    peer_model: Mapping[str, Any] = field(default_factory=dict)


def _with_gap(radius: float, speed: float, time_gap: float) -> dict[str, Any]:
    return {"radius": radius, "desired_speed": speed, "time_gap": time_gap}


def _with_axes(radius: float, speed: float, time_gap: float) -> dict[str, Any]:
    del time_gap
    return {"a_min": radius, "b_min": radius, "b_max": 2.0 * radius, "desired_speed": speed}


PAIRS: Mapping[str, Pair] = {
    pair.kind: pair
    for pair in (
        Pair(
            kind="collision_free_speed",
            peer="CollisionFreeSpeedModelV2",
            ours={"strength": 8.0, "range": 0.1, "wall_strength": 5.0, "wall_range": 0.02},
            agent=_with_gap,
        ),
        Pair(
            kind="anticipation_velocity",
            peer="AnticipationVelocityModel",
            time_gap=1.06,
            ours={
                "strength": 8.0,
                "range": 0.1,
                "anticipation_time": 1.0,
                "reaction_time": 0.3,
                "wall_buffer": 0.1,
                "pushout": 0.3,
                # terms of ours that the published model does not have
                "close_strength": 0.0,
                "keep_side": 0.0,
                "turned": 0.0,
            },
            agent=_with_gap,
            peer_model={"rng_seed": 1},
        ),
        Pair(
            kind="generalized_centrifugal_force",
            peer="GeneralizedCentrifugalForceModel",
            ours={
                "reaction_time": 0.5,
                "strength": 0.3,
                "wall_strength": 0.2,
                "reach": 2.0,
                "wall_reach": 2.0,
                "level_gap": 0.5,
                "soften": 0.1,
                "wall_soften": 0.1,
                "most": 9.0,
                "wall_most": 3.0,
                "length_min": 0.2,
                "stretch": 1.0,
                "width_min": 0.2,
                "width_max": 0.4,
                "max_speed_factor": 3.0,
            },
            agent=_with_axes,
        ),
    )
}


def find_pair(kind: str) -> Pair | None:
    """Return the pair of a model of ours, None where we do not have the model.

    Raises
    ------
    InvalidInputError
        When the bench knows no such pair.
    """
    if kind not in PAIRS:
        raise InvalidInputError(
            f"the bench has no namesake of walking model '{kind}'", hint=f"one of {', '.join(PAIRS)}"
        )
    return PAIRS[kind] if kind in registry.catalogue("walking_models") else None
