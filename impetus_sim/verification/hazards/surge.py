"""A crowd surge: the time that somebody alone takes on free ground, against wished speed."""

from __future__ import annotations

import json

import numpy as np

from impetus_sim.engine.simulation import Simulation
from impetus_sim.scenario.load import read_scenario_text
from impetus_sim.verification.case import Case, Effort, Measured

HURRY = 1.5
FROM_M, TO_M = 8.0, 28.0
STEP_S = 0.05


def time_of_the_way(effort: Effort) -> Measured:
    """Let somebody rush along a room; time over 20 m of it less what the wished speed needs."""
    del effort
    document = {
        "title": "verification",
        "map": {"synthetic": {"kind": "room", "width": 36.0, "depth": 8.0}},
        "time": {"duration": 60.0},
        "crowd": {
            "step": STEP_S,
            "populations": {"them": {"count": 1, "at": {"box": [2, 3, 4, 5]}, "activity": "stay"}},
        },
        "hazards": {
            "rush": {
                "kind": "crowd_surge",
                "at": {"xy": [3, 4]},
                "to": {"xy": [34, 4]},
                "start": 1.0,
                "share": 1.0,
                "hurry": HURRY,
                "lasts": 50.0,
            }
        },
    }
    simulation = Simulation(read_scenario_text(json.dumps(document)), seed=1)
    people, track = simulation.crowd.people, []
    simulation.run_until(60.0, after_tick=lambda s: track.append((s.time_s, float(people.x[0]))))
    times, x = np.array(track).T
    found = float(np.ptp(np.interp([FROM_M, TO_M], x, times)))
    expected = (TO_M - FROM_M) / (HURRY * float(people.desired_speed[0]))
    return Measured(value=found - expected, text=f"{found:.2f} s, by the wished speed {expected:.2f} s")


CASES = (
    Case(
        id="surge-speed", standard="law", title="Somebody alone in a surge, over 20 m",
        source="Wished speed: hurry x desired speed", low=-0.1, high=0.1, expected="within two steps (0.1 s)",
        run=time_of_the_way,
    ),
)  # fmt: skip
"""Cases of this file."""
