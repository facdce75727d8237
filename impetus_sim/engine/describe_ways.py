"""Gates and queues as recordings hold them, for pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from impetus_sim.crowd.journeys.behaviour import Journeys
from impetus_sim.crowd.journeys.plan import QueuePlan
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.world.world import World


def describe_ways(world: World, crowd: CrowdSystem) -> dict[str, dict[str, Any]]:
    """Return the static groups ``gates`` and ``queues``, each where there are any.

    gates: name; segments float64 (n, 5), x0, y0, x1, y1 in m and the gate's number; open_at_start. queues: name;
    lines and desks float64 (n, 3), x, y in m and the queue's number, lines from head to tail.
    """
    groups: dict[str, dict[str, Any]] = {}
    ground = world.ground
    if ground.gate_names:
        is_gate = ground.wall_gate >= 0
        groups["gates"] = {
            "name": np.array(ground.gate_names, dtype=object),
            "segments": np.column_stack([ground.walls[is_gate], ground.wall_gate[is_gate].astype(float)]),
            "open_at_start": world.gates.is_open.copy(),
        }
    plans = [stage for b in crowd.behaviours if isinstance(b, Journeys) for stage in b.stages]
    queues = [plan for plan in plans if isinstance(plan, QueuePlan)]
    if queues:
        groups["queues"] = {
            "name": np.array([plan.name for plan in queues], dtype=object),
            "lines": _numbered([plan.points for plan in queues]),
            "desks": _numbered([plan.desks for plan in queues]),
        }
    return groups


def _numbered(points: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.column_stack([p, np.full(len(p), float(k))]) for k, p in enumerate(points)])
