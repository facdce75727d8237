"""Many runs over local worker processes; lost workers, Ctrl-C and kills cost at most the runs under way.

One future is one run, and the worker itself writes the result, so the folder is the only truth about
what is done. After a lost worker the pool is rebuilt and what has no result is handed out again; runs that
were under way are then tried alone, so that one that kills its worker is found and marked failed without
taking its neighbours with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

from impetus_sim.errors import RunFailedError
from impetus_sim.planning.store import StudyFolder
from impetus_sim.planning.worker import (
    RunFunction,
    RunRequest,
    prepare_worker,
    run_and_store,
    write_failure,
)

MAX_ATTEMPTS = 3
"""Attempts of a run whose worker is lost each time, before it is marked failed."""

RUNS_PER_WORKER = 50
"""Workers are replaced after this many runs, so that a library that leaks cannot fill the memory."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a study is.

    Parameters
    ----------
    n_done, n_total
        Runs with a result or an error, and runs wanted so far; the total grows with every batch.
    n_failed
        Of those done, how many failed.
    seconds_left
        Estimated from the runs made since the start; None before the first one has ended.
    note
        What is going on, in a few words.
    """

    n_done: int
    n_total: int
    n_failed: int
    seconds_left: float | None
    note: str = ""


ProgressFunction = Callable[[Progress], None]


class Executor:
    """Hands runs to worker processes until each has a result or an error; a context manager.

    Parameters
    ----------
    store
        An open study folder.
    run
        Module-level function that computes a run; worker processes import it by name.
    n_workers
        Processes at a time.
    is_warm
        Whether compiled kernels are on disk; if not, the first run goes alone and compiles them for all.
    report
        Called after every run.
    """

    def __init__(
        self,
        store: StudyFolder,
        run: RunFunction,
        *,
        n_workers: int,
        is_warm: Callable[[], bool] = lambda: True,
        report: ProgressFunction | None = None,
    ) -> None:
        self._store = store
        self._run = run
        self._n_workers = n_workers
        self._is_warm = is_warm
        self._report = report
        self._started = time.monotonic()
        self._n_here = self._n_done = self._n_total = self._n_failed = 0
        self._pool: ProcessPoolExecutor | None = None
        self._n_handed = 0

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop_pool()

    def execute(self, requests: Sequence[RunRequest]) -> None:
        """Compute every run that has neither result nor error yet.

        Raises
        ------
        RunFailedError
            When workers cannot be started or the disk is full; failed runs do not raise.
        KeyboardInterrupt
            On Ctrl-C; finished runs are kept.
        """
        pending = self._unfinished(requests)
        self._n_total = len(requests)
        self._n_done = len(requests) - len(pending)
        self._n_failed = sum(self._store.failure_path(each.key).exists() for each in requests)
        self._tell()
        if pending and not self._is_warm():
            self._tell(note="first run alone: compiling kernels once")
            self._hand_out(pending[:1])
            pending = self._unfinished(pending)
        n_barren = 0
        while pending:
            chunk = pending[: self._n_workers * RUNS_PER_WORKER]
            if self._hand_out(chunk):
                for suspect in [each for each in chunk if self._store.marker_path(each.key).exists()]:
                    self._try_alone(suspect)
            before, pending = len(pending), self._unfinished(pending)
            n_barren = n_barren + 1 if len(pending) == before else 0
            if n_barren == MAX_ATTEMPTS:
                raise RunFailedError(
                    "worker processes end before they start a run",
                    hint="call compare from a file or a notebook, in a file under: if __name__ == '__main__'",
                )

    def _try_alone(self, request: RunRequest) -> None:
        for _ in range(MAX_ATTEMPTS - 1):  # the first attempt was the one in company
            if not self._unfinished([request]):
                return
            self._hand_out([request])
        if self._unfinished([request]):
            write_failure(
                self._store,
                request,
                error="WorkerLost",
                message=f"the worker process ended without a result in {MAX_ATTEMPTS} attempts",
                hint="it may have been killed or run out of memory: try fewer workers",
                is_transient=True,
            )
            self._store.marker_path(request.key).unlink(missing_ok=True)
            self._count(request)

    def _hand_out(self, chunk: Sequence[RunRequest]) -> bool:
        """Run a chunk through the pool; return whether a worker was lost (the pool is then gone)."""
        for request in chunk:
            self._store.marker_path(request.key).unlink(missing_ok=True)
        requests: dict[Future[str], RunRequest] = {}
        try:
            pool = self._require_pool(len(chunk))
            for request in chunk:
                requests[pool.submit(run_and_store, request, self._run, self._store.path)] = request
            for future in as_completed(requests):
                trouble = future.result()
                if trouble:
                    raise RunFailedError(
                        f"results cannot be written: {trouble}",
                        hint="free some space; the same command goes on where this one stopped",
                    )
                self._count(requests[future])
        except BrokenProcessPool:
            self._drop_pool()
            return True
        except BaseException:
            self._drop_pool(at_once=True)
            raise
        return False

    def _require_pool(self, n_runs: int) -> ProcessPoolExecutor:
        """Return the pool for the next runs: a new one when the workers have done their share."""
        self._n_handed += n_runs
        if self._n_handed > self._n_workers * RUNS_PER_WORKER:
            self._drop_pool()
        if self._pool is None:
            self._n_handed = n_runs
            self._pool = ProcessPoolExecutor(
                self._n_workers, mp_context=get_context("spawn"), initializer=prepare_worker
            )
        return self._pool

    def _drop_pool(self, *, at_once: bool = False) -> None:
        if self._pool is None:
            return
        if at_once:  # what the workers were computing will be computed again
            for process in list((getattr(self._pool, "_processes", None) or {}).values()):
                process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None

    def _unfinished(self, requests: Sequence[RunRequest]) -> list[RunRequest]:
        return [each for each in requests if not self._is_done(each)]

    def _is_done(self, request: RunRequest) -> bool:
        if self._store.failure_path(request.key).exists():
            return True
        result = self._store.read_result(request.key)
        if result is None:
            return False
        has_all = self._store.has_recording(request.key) or not result.get("has_recorded", False)
        return has_all or not request.keep_recording

    def _count(self, request: RunRequest) -> None:
        self._n_here += 1
        self._n_done += 1
        self._n_failed += self._store.failure_path(request.key).exists()
        self._tell()

    def _tell(self, *, note: str = "") -> None:
        if self._report is None:
            return
        seconds_left = None
        if self._n_here:
            per_run = (time.monotonic() - self._started) / self._n_here
            seconds_left = per_run * (self._n_total - self._n_done)
        self._report(
            Progress(
                n_done=self._n_done,
                n_total=self._n_total,
                n_failed=self._n_failed,
                seconds_left=seconds_left,
                note=note,
            )
        )
