"""Flow of a gate against its width, for the picture beside the measured gates."""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from impetus_sim.engine.simulation import Simulation
from impetus_sim.scenario.load import read_scenario_text

WIDTHS_M = (0.6, 0.8, 1.0, 1.2, 1.6, 2.0, 2.4, 3.0)
N_PEOPLE = 150
SEEDS = (1, 2)


@cache
def flow_at_width(width_m: float) -> float:
    """Return the flow in persons per s of 150 people through a gate 1 m long, `laboratory` set, middle 60 %."""
    flows = []
    for seed in SEEDS:
        document = {
            "title": "gate",
            "map": {
                "synthetic": {
                    "kind": "bottleneck",
                    "width": 10.0,
                    "depth": 8.0,
                    "neck_width": width_m,
                    "neck_length": 1.0,
                }
            },
            "time": {"duration": 400.0},
            "crowd": {
                "parameters": "laboratory",
                "populations": {"all": {"count": N_PEOPLE, "at": "room", "activity": "leave"}},
            },
        }
        simulation = Simulation(read_scenario_text(json.dumps(document)), seed=seed, threads=1)
        simulation.run_until(400.0)
        ticks = simulation.crowd.people.left_tick
        times = np.sort(ticks[ticks >= 0]) * simulation.world.seconds(1)
        first, last = int(0.2 * len(times)), int(0.8 * len(times))
        flows.append((last - first) / float(times[last] - times[first]) if len(times) == N_PEOPLE else 0.0)
    return float(np.mean(flows))
