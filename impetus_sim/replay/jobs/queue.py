"""Jobs of one viewer: taken one after the other, each run by `jobs.worker` in a process of its own."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from impetus_sim.errors import InvalidInputError
from impetus_sim.replay.jobs.requests import BandRequest, BranchRequest, check_inject
from impetus_sim.replay.opened import OpenedRecording, Parent
from impetus_sim.replay.session import Session

MOST_WAITING: Final = 8
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
Finish = Callable[[dict[str, Any]], dict[str, Any]]


class Job:
    """One job and how far it is; written by its thread, read by any."""

    def __init__(self, name: str, task: dict[str, Any], finish: Finish) -> None:
        self.name, self.task, self.finish = name, task, finish
        self.state, self.progress, self.message = WAITING, 0.0, "waiting for the run before it"
        self.result: dict[str, Any] | None = None
        self.error, self.hint = "", ""

    def describe(self) -> dict[str, Any]:
        """Return the answer of ``/api/jobs/{job}``."""
        return {
            "state": self.state,
            "progress": self.progress,
            "message": self.message,
            "result": self.result,
            "error": self.error,
            "hint": self.hint,
        }


class Jobs:
    """The jobs of one viewer.

    Parameters
    ----------
    session
        Branches are opened there.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._numbers = itertools.count(1)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs")
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def branch(self, asked: BranchRequest) -> Job:
        """Have a recording gone on with from a moment; the result is the short id of the branch.

        Raises
        ------
        InvalidInputError
            When the moment is outside the recording, the change cannot be read, or too many jobs wait.
        """
        parent = self._session.get(asked.rid)
        until = parent.recording.recorded_until_s
        if asked.at_s > until:
            raise InvalidInputError(
                f"{asked.at_s:g} s is outside the recording (0 to {until:g} s)",
                hint="choose a moment within it",
            )
        check_inject(asked.inject)
        number = next(self._numbers)
        path = self._path_beside(parent, asked.at_s)

        def finish(done: dict[str, Any]) -> dict[str, Any]:
            came_from = Parent(rid=parent.rid, name=parent.name, at_s=asked.at_s)
            opened = self._session.add(done["path"], parent=came_from)
            return {"rid": opened.rid, "path": done["path"], "is_same": done["is_same"]}

        task = {
            "kind": "branch",
            "parent": str(parent.recording.files_path),
            "path": str(path),
            "at_s": asked.at_s,
            "set": asked.set,
            "inject": asked.inject,
        }
        return self._submit(Job(f"branch-{number}", task, finish))

    def band(self, asked: BandRequest) -> Job:
        """Have fresh replicates of a recording's scenario run; the result is a band for each curve.

        Raises
        ------
        InvalidInputError
            For a branch, whose change had a moment that a whole run has not, or when too many jobs wait.
        """
        opened = self._session.get(asked.rid)
        if opened.parent is not None:
            raise InvalidInputError(
                "a branch has no replicates: its change came in the middle of a run",
                hint=f"ask for the band of its parent, {opened.parent.name}",
            )
        task = {
            "kind": "band",
            "parent": str(opened.recording.files_path),
            "replicates": asked.replicates,
        }
        return self._submit(Job(f"band-{next(self._numbers)}", task, lambda done: done))

    def get(self, name: str) -> Job | None:
        """Return a job by its name."""
        with self._lock:
            return self._jobs.get(name)

    def close(self) -> None:
        """Stop what runs, and drop what waits."""
        with self._lock:
            self._is_closed = True
            process = self._process
        if process is not None:
            process.terminate()
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._scratch is not None:
            self._scratch.cleanup()

    def _submit(self, job: Job) -> Job:
        with self._lock:
            if sum(one.state in (WAITING, RUNNING) for one in self._jobs.values()) >= MOST_WAITING:
                raise InvalidInputError(f"{MOST_WAITING} runs are waiting already", hint="let one end first")
            self._jobs[job.name] = job
        self._thread.submit(self._run, job)
        return job

    def _path_beside(self, parent: OpenedRecording, at_s: float) -> Path:
        """Return a free name for a branch: beside its parent, or in a temporary folder where that is read-only."""
        folder = parent.recording.path.resolve().parent
        if not os.access(folder, os.W_OK):
            self._scratch = self._scratch or tempfile.TemporaryDirectory(prefix="impetus-replay-")
            folder = Path(self._scratch.name)
        planned = {job.task.get("path") for job in self._jobs.values()}
        stem = f"{parent.recording.path.stem}_from_{at_s:.0f}s"
        names = (folder / f"{stem}_{k}.h5" for k in itertools.count(1))
        return next(
            path
            for path in names
            if not path.exists() and not Path(f"{path}.parts").exists() and str(path) not in planned
        )

    def _run(self, job: Job) -> None:
        try:
            self._run_in_process(job)
        except InvalidInputError as error:
            self._fail(job, error.message, error.hint)
        except Exception as error:  # whatever happens, the page must learn of it
            self._fail(job, f"this should not have happened: {type(error).__name__}: {error}", "")

    def _fail(self, job: Job, error: str, hint: str) -> None:
        job.error, job.hint = error, hint
        job.message, job.state = error, FAILED

    def _run_in_process(self, job: Job) -> None:
        job.state, job.message = RUNNING, "starting"
        with self._lock:
            if self._is_closed:
                return
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", "impetus_sim.replay.jobs.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        with process:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(job.task) + "\n")
            process.stdin.close()
            last: dict[str, Any] = {}
            for line in process.stdout:
                last = json.loads(line)
                job.progress = float(last.get("progress", job.progress))
                job.message = str(last.get("message", job.message))
        if "done" in last:
            job.result = job.finish(last["done"])
            job.progress, job.message, job.state = 1.0, "done", DONE
        else:
            said = last.get("error") or f"the run was ended from outside (exit code {process.returncode})"
            self._fail(job, said, last.get("hint", ""))
