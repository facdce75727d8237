"""A fence that gives way: the moment at which it does, against its rule."""

from __future__ import annotations

import json

from impetus_sim.engine.simulation import Simulation
from impetus_sim.hazards.fence_falls import WATCH_S
from impetus_sim.scenario.load import read_scenario_text
from impetus_sim.verification.case import Case, Effort, Measured

LASTING_S = 7.0
BEARS_PER_M2 = 1.5


def gives_way(effort: Effort) -> Measured:
    """Let a crowd come up to a closed fence; time from when it is too dense to its fall, less the rule."""
    simulation = _run(effort, bears=BEARS_PER_M2)
    gates, over = simulation.world.gates, []

    def note(s: Simulation) -> None:
        is_look = s.tick % s.world.ticks(WATCH_S) == 0
        if is_look and not gates.is_open[0]:
            over.append((s.time_s, float(gates.density[0]) > BEARS_PER_M2))

    simulation.run_until(90.0, after_tick=note)
    events = simulation.world.events
    fell = [simulation.world.seconds(int(t)) for t in events.tick[events.kind == b"fence_failed"]]
    if len(fell) != 1:
        return Measured(value=float("inf"), text=f"the fence fell {len(fell)} times")
    since = max((t for t, is_over in over if not is_over), default=0.0)
    return Measured(
        value=fell[0] - since - LASTING_S,
        text=f"too dense after {since:g} s, fell at {fell[0]:g} s, {LASTING_S:g} s by the rule",
    )


def stands(effort: Effort) -> Measured:
    """Let the same crowd come up to a fence that bears more than it; events of it falling."""
    simulation = _run(effort, bears=15.0)
    simulation.run_until(90.0)
    events, gates = simulation.world.events, simulation.world.gates
    n = int((events.kind == b"fence_failed").sum())
    return Measured(value=float(n), text=f"fell {n} times at {float(gates.density[0]):.1f} people/m2")


def _run(effort: Effort, *, bears: float) -> Simulation:
    del effort
    document = {
        "title": "verification",
        "map": {
            "synthetic": {
                "kind": "room",
                "width": 12.0,
                "depth": 8.0,
                "exits": [{"name": "east", "wall": "east", "width": 1.6}],
            }
        },
        "time": {"duration": 90.0},
        "crowd": {
            "gates": {"fence": {"at": {"line": [[8.0, 0.0], [8.0, 8.0]]}}},
            "populations": {"them": {"count": 30, "at": {"box": [1, 1, 5, 7]}, "activity": "leave"}},
        },
        "hazards": {"fall": {"kind": "fence_falls", "gate": "fence", "density": bears, "lasting": LASTING_S}},
    }
    return Simulation(read_scenario_text(json.dumps(document)), seed=1)


CASES = (
    Case(
        id="fence-falls", standard="law", title="A fence gives way under a crowd", source="Rule of the hazard",
        low=0.0, high=1.0, expected="7 s after it is too dense, within one look (1 s)", run=gives_way,
    ),
    Case(
        id="fence-stands", standard="law", title="A stronger fence stands", source="Rule of the hazard", low=0.0,
        high=0.0, expected="never falls", run=stands,
    ),
)  # fmt: skip
"""Cases of this file."""
