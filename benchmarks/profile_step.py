"""Time parts of the crowd's step: ``python benchmarks/profile_step.py [people] [ground] [threads] [step] [kind]``.

`kind` is that of the walking model; people walk as in ``impetus bench crowd`` (the peer's parameters). Prints
nanoseconds of processor time per person and step, median of several windows.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from impetus_sim.crowd import system
from impetus_sim.verification.speed.measure import STEP_S
from impetus_sim.verification.speed.ours import OurRun
from impetus_sim.verification.speed.pairs import find_pair

STEPS, WINDOWS = 40, 5


def main() -> None:
    """Run the profile with the arguments of the command line."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    ground = sys.argv[2] if len(sys.argv) > 2 else "room"
    threads = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    step_s = float(sys.argv[4]) if len(sys.argv) > 4 else STEP_S
    kind = sys.argv[5] if len(sys.argv) > 5 else "collision_free_speed"
    pair = find_pair(kind)
    if pair is None:
        raise SystemExit(f"no walking model '{kind}' is installed")
    spent: dict[str, float] = {}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                spent[name] = spent.get(name, 0.0) + time.process_time() - began

        return call

    simulation = OurRun(ground, n, pair=pair, threads=threads, step_s=step_s).simulation
    crowd: Any = simulation.crowd
    crowd.model.propose = timed("propose velocities", crowd.model.propose)
    crowd._cells.update = timed("follow or sort", crowd._cells.update)
    crowd.choice.choose = timed("choose exits", crowd.choice.choose)
    crowd.advance = timed("whole crowd step", crowd.advance)
    crowd._wishes.update = timed("wishes", crowd._wishes.update)
    if hasattr(crowd.model, "_list"):
        crowd.model._list = timed("  list neighbours", crowd.model._list)
    system.move_people = timed("move", system.move_people)
    simulation.run_until(0.5)
    windows: list[dict[str, float]] = []
    for _ in range(WINDOWS):
        spent.clear()
        began = time.process_time()
        simulation.run_until(simulation.time_s + STEPS * step_s)
        spent["whole engine step"] = time.process_time() - began
        windows.append(dict(spent))
    print(
        f"{kind}, {ground}, {n} people, {threads} threads, step {step_s:g} s; "
        "ns of processor time per person and step:"
    )
    for name in sorted({name for window in windows for name in window}):
        per_step = statistics.median(w.get(name, 0.0) for w in windows) / STEPS
        print(f"  {name:20s} {1e9 * per_step / n:8.1f}")


if __name__ == "__main__":
    main()
