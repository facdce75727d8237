"""Time each part of the crowd's step: ``python benchmarks/profile_step.py [people] [ground] [threads]``.

Prints milliseconds per step, median of several windows, and processor time per wall time.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from impetus_sim.crowd import system
from impetus_sim.verification.crowd.setup import WALKER, build
from impetus_sim.verification.speed.grounds import build_plan
from impetus_sim.verification.speed.measure import STEP_S

STEPS, WINDOWS = 40, 5


def main() -> None:
    """Run the profile with the arguments of the command line."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    ground = sys.argv[2] if len(sys.argv) > 2 else "room"
    threads = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    spent: dict[str, float] = {}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                spent[name] = spent.get(name, 0.0) + time.perf_counter() - began

        return call

    simulation = build(
        build_plan(ground, n),
        {WALKER: {"count": n, "at": "room"}},
        model="collision_free_speed",
        duration_s=600.0,
        step_s=STEP_S,
        threads=threads,
    )
    crowd: Any = simulation.crowd
    crowd.model.propose = timed("propose velocities", crowd.model.propose)
    crowd._cells.update = timed("sort by cell", crowd._cells.update)
    crowd.choice.choose = timed("choose exits", crowd.choice.choose)
    crowd.advance = timed("whole crowd step", crowd.advance)
    system.desire_directions = timed("desired directions", system.desire_directions)
    system.move_people = timed("move", system.move_people)
    simulation.run_until(0.5)
    windows: list[dict[str, float]] = []
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(WINDOWS):
        spent.clear()
        began = time.perf_counter()
        simulation.run_until(simulation.time_s + STEPS * STEP_S)
        spent["whole engine step"] = time.perf_counter() - began
        windows.append(dict(spent))
    cpu_per_wall = (time.process_time() - cpu) / (time.perf_counter() - wall)
    print(f"{ground}, {n} people, {threads} threads, cpu/wall {cpu_per_wall:.2f}; ms per step:")
    for name in windows[0]:
        print(f"  {name:20s} {1e3 * statistics.median(w[name] for w in windows) / STEPS:8.3f}")


if __name__ == "__main__":
    main()
