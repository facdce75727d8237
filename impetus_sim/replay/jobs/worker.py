"""The process that runs one job: reads the job from standard input, tells how far it is on standard output.

Every line that it writes is one JSON object: ``progress`` and ``message``, and at the end ``done`` or ``error`` and
``hint``. A process of its own keeps the viewer answering while a run computes, and ends with it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from impetus_sim.errors import ImpetusError

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario

_SAY_EVERY_S = 0.2
Say = Callable[[float, str], None]


def main() -> None:
    """Run the job on standard input."""
    out = sys.stdout
    sys.stdout = sys.stderr  # what anybody else prints must not mix with the lines
    try:
        result = run_job(json.loads(sys.stdin.readline()), _speaker(out))
    except ImpetusError as error:
        _write(out, {"error": error.message, "hint": error.hint})
    except Exception as error:  # a fault of ours: told as one, and not as silence
        _write(out, {"error": f"this should not have happened: {type(error).__name__}: {error}", "hint": ""})
        raise
    else:
        _write(out, {"done": result})


def _write(out: TextIO, values: Mapping[str, Any]) -> None:
    out.write(json.dumps(values) + "\n")
    out.flush()


def _speaker(out: TextIO) -> Say:
    last = 0.0

    def say(progress: float, message: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > _SAY_EVERY_S:
            last = now
            _write(out, {"progress": progress, "message": message})

    return say


def run_job(job: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Run one job.

    Parameters
    ----------
    job
        ``kind`` (branch or band) and what `jobs.queue` put into it.
    say
        Called with the share done and a message.

    Returns
    -------
    ``path`` and ``is_same`` of a branch; ``series`` of a band.
    """
    say(0.0, "compiling and reading the scenario")
    return _branch(job, say) if job["kind"] == "branch" else _band(job, say)


def _branch(job: Mapping[str, Any], say: Say) -> dict[str, Any]:
    from impetus_sim.engine.branch import branch_run
    from impetus_sim.recording.reader import open_recording

    parent = open_recording(job["parent"])
    with tempfile.TemporaryDirectory(prefix="impetus-branch-") as folder:
        branched = branch_run(
            parent,
            job["path"],
            at_s=float(job["at_s"]),
            change=_change(job, Path(folder)),
            progress=_progress(say, first=0.0, share=1.0, what=""),
        )
    is_same = branched.summary["digest"] == parent.summary.get("digest")
    return {"path": str(branched.path), "is_same": is_same}


def _change(job: Mapping[str, Any], folder: Path) -> Callable[[Scenario], Scenario] | None:
    from impetus_sim.scenario.load import change_recorded

    overrides, inject = tuple(job["set"]), None
    if job["inject"].strip():
        inject = folder / "what_happens.yaml"
        inject.write_text(job["inject"], encoding="utf-8")
    if not overrides and inject is None:
        return None
    return lambda scenario: change_recorded(scenario, overrides=overrides, inject=inject)


def _progress(say: Say, *, first: float, share: float, what: str) -> Callable[[float, float, int], None]:
    def tell(now_s: float, duration_s: float, n_inside: int) -> None:
        done = now_s / duration_s if duration_s > 0.0 else 1.0
        say(first + share * done, f"{what}{now_s:.0f} of {duration_s:.0f} s, {n_inside} people inside")

    return tell


def _band(job: Mapping[str, Any], say: Say) -> dict[str, Any]:
    from impetus_sim.engine.branch import read_scenario
    from impetus_sim.engine.record import simulate
    from impetus_sim.recording.reader import open_recording
    from impetus_sim.replay.jobs.band import summarise_series
    from impetus_sim.replay.series import compute_series

    parent = open_recording(job["parent"])
    scenario = read_scenario(parent)
    seed, own = int(parent.attributes["seed"]), int(parent.attributes["replicate"])
    n, runs = int(job["replicates"]), []
    with tempfile.TemporaryDirectory(prefix="impetus-band-") as folder:
        for k in range(n):
            path = Path(folder) / "replicate.h5"
            run = simulate(
                scenario,
                seed=seed,
                replicate=own + 1 + k,
                path=path,
                progress=_progress(say, first=k / n, share=1.0 / n, what=f"replicate {k + 1} of {n}: "),
            )
            runs.append(compute_series(run))
            path.unlink()
    return {"series": summarise_series(runs, end_s=parent.followed_s)}


if __name__ == "__main__":
    main()
