"""What the experiment layer costs: an experiment against a plain loop over the same runs in as many processes.

    python benchmarks/study_overhead.py                        # 1 000 runs of 50 ms, then 40 of 5 s
    python benchmarks/study_overhead.py --runs 200 --seconds 1

A run burns processor time and hands back an outcome as large as a market day's: 100 metrics, 12 groups, curves.
The plain loop keeps nothing and starts its processes once. Overhead is measured in processor time of all
processes, which a busy machine does not blow up, and in wall time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from impetus_sim.planning.experiments.experiment import Experiment
from impetus_sim.planning.experiments.points import BASE
from impetus_sim.planning.experiments.spec import ExperimentSpec
from impetus_sim.planning.runs.outcome import Measure, Outcome
from impetus_sim.planning.runs.run_table import RunTable
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.worker import RunRequest, prepare_worker

N_POINTS = 10
LARGEST_MS = 20.0
LARGEST_SHARE = 0.03


@dataclass(frozen=True, kw_only=True)
class Task:
    """What an experiment needs of a scenario: a number, and how long a run takes."""

    seconds: float
    title: str = "Task"
    values: dict[str, Any] = field(default_factory=dict)
    variants: dict[str, Any] = field(default_factory=dict)
    source: Path | None = None

    def with_(self, **changes: Any) -> Task:
        """Return a copy with other values."""
        return Task(seconds=self.seconds, values={**self.values, **changes})

    def draws(self) -> dict[str, Any]:
        """No value is a range."""
        return {}

    def to_text(self) -> str:
        """Return the canonical text, as long as that of a scenario."""
        return json.dumps({"values": self.values, "seconds": self.seconds, "rest": "x" * 20_000})

    @property
    def digest(self) -> str:
        """Digest of the text."""
        return hashlib.sha256(self.to_text().encode()).hexdigest()


def burn(request: RunRequest, recording_path: Path) -> Outcome:
    """Use processor time, then describe it at length."""
    del recording_path
    end = time.thread_time() + request.scenario.seconds
    while time.thread_time() < end:
        pass
    value = float(request.scenario.values["x"]) + request.replicate
    metrics = {
        f"metric_{k}": Measure(value=value + k, unit="s", label=f"metric {k}", better="lower")
        for k in range(100)
    }
    groups = {f"profile={k}": dict(list(metrics.items())[:10]) for k in range(12)}
    curves = {
        f"curve_{k}": {"label": "people out", "end_s": 720.0, "of": 1e4, "values": [value] * 121}
        for k in range(3)
    }
    return Outcome(metrics=metrics, groups=groups, curves=curves, digest=request.key)


RUNNER = Runner(
    run=burn,
    find_map_digest=lambda scenario: "none",
    find_kernel_hash=lambda: "none",
    is_warm=lambda: True,
)


def loop(requests: Sequence[RunRequest]) -> None:
    """Compute runs one after another."""
    prepare_worker()
    for request in requests:
        RUNNER.run(request, Path("none"))


def run_plainly(scenarios: dict[str, Task], *, replicates: int, workers: int) -> None:
    """Compute all runs in processes that only loop."""
    requests = RunTable(scenarios, seed=1, keep="none", runner=RUNNER).list_requests(replicates)
    processes = [
        get_context("spawn").Process(target=loop, args=(requests[k::workers],)) for k in range(workers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def read_cpu() -> float:
    """Return the processor time of this process and of those that it has waited for, s."""
    return sum(os.times()[:4])


def measure(work: Any, **settings: Any) -> dict[str, float]:
    """Return wall and processor time of a call, s."""
    wall, cpu = time.perf_counter(), read_cpu()
    work(**settings)
    return {"wall": time.perf_counter() - wall, "cpu": read_cpu() - cpu}


def compare_with_loop(*, n_runs: int, seconds: float, workers: int) -> dict[str, Any]:
    """Return one row of the table."""
    replicates = max(1, n_runs // N_POINTS)
    spec = ExperimentSpec.model_validate(
        {
            "title": "Overhead",
            "scenario": "none",
            "factors": {"x": {"key": "x", "values": list(range(N_POINTS))}},
            "design": {"kind": "factorial"},
            "replicates": replicates,
            "metrics": ["metric_0", "metric_1"],
            "seed": 1,
        }
    )
    experiment = Experiment(spec=spec, variants={BASE: Task(seconds=seconds, values={"x": 0})})
    scenarios = {point.name: point.scenario for point in experiment.plan().points}
    plain = measure(run_plainly, scenarios=scenarios, replicates=replicates, workers=workers)
    with tempfile.TemporaryDirectory() as folder:
        study = measure(experiment.run, folder=folder, workers=workers, runner=RUNNER)
    n = replicates * N_POINTS
    summed = n * seconds
    return {
        "runs": n,
        "seconds": seconds,
        "workers": workers,
        "plain_wall_s": plain["wall"],
        "plain_cpu_s": plain["cpu"],
        "study_wall_s": study["wall"],
        "study_cpu_s": study["cpu"],
        "overhead_ms_per_run": 1e3 * (study["cpu"] - plain["cpu"]) / n,
        "overhead_share": (study["cpu"] - plain["cpu"]) / summed,
        "wall_ratio": study["wall"] / plain["wall"],
        "cpu_per_wall": study["cpu"] / study["wall"],
    }


def main() -> None:
    """Run and print one JSON document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    cases = [(1000, 0.05), (40, 5.0)]
    if options.runs or options.seconds:
        cases = [(options.runs or 100, options.seconds or 0.05)]
    rows = [
        compare_with_loop(n_runs=n_runs, seconds=seconds, workers=options.workers)
        for n_runs, seconds in cases
    ]
    for row in rows:
        is_tiny = row["seconds"] < 1.0
        row["allowed"] = f"{LARGEST_MS:g} ms" if is_tiny else f"{100 * LARGEST_SHARE:g} %"
        row["holds"] = (
            row["overhead_ms_per_run"] < LARGEST_MS if is_tiny else row["overhead_share"] < LARGEST_SHARE
        )
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
