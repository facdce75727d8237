"""Runs over local worker processes; lost workers, Ctrl-C and kills cost at most the runs under way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from impetus_sim.planning.runs.execute import Executor, ProgressFunction, fail_to_write
from impetus_sim.planning.runs.reuse import Source
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.store import StudyFolder
from impetus_sim.planning.runs.worker import RunRequest, prepare_worker, run_and_store

RUNS_PER_WORKER = 50
WORKER_LIFE_S = 300.0
"""Workers are replaced after this many runs and this time, so that a library that leaks cannot fill the memory,
and starting them takes a small share of the time also when runs are short."""

RUNS_AHEAD = 2
"""Runs handed to the pool for each worker: one to compute, one to go on with."""


class LocalExecutor(Executor):
    """Hands runs to processes of this machine.

    Parameters
    ----------
    n_workers
        Processes at a time.
    store, runner, sources, report
        As for `Executor`.
    """

    attempts_alone = 2

    def __init__(
        self,
        store: StudyFolder,
        runner: Runner,
        *,
        n_workers: int,
        sources: Sequence[Source] = (),
        report: ProgressFunction | None = None,
    ) -> None:
        super().__init__(store, runner, sources=sources, report=report)
        self._n_workers = n_workers
        self._pool: ProcessPoolExecutor | None = None
        self._n_handed = 0
        self._is_first = True

    def close(self) -> None:
        """End the worker processes."""
        self._drop_pool()

    def _hand_out(self, requests: Sequence[RunRequest]) -> list[RunRequest]:
        if self._is_first and not self._runner.is_warm():
            self._tell(note="first run alone: compiling kernels once")
            requests = requests[:1]
        self._is_first = False
        for request in requests:
            self._store.marker_path(request.key).unlink(missing_ok=True)
        try:
            self._feed(requests)
        except BrokenProcessPool:
            self._drop_pool()
            self._count_finished(requests)
            return [each for each in self._unfinished(requests) if self._store.marker_path(each.key).exists()]
        except BaseException:
            self._drop_pool(at_once=True)
            raise
        return []

    def _feed(self, requests: Sequence[RunRequest]) -> None:
        """Keep the pool busy with runs until all are done, or its workers have done their share."""
        pool = self._require_pool()
        waiting = iter(requests)
        under_way: dict[Future[str], RunRequest] = {}
        while True:
            while len(under_way) < RUNS_AHEAD * self._n_workers and not self._is_worn():
                request = next(waiting, None)
                if request is None:
                    break
                future = pool.submit(
                    run_and_store, request, self._runner.run, self._store.path, self._store.session
                )
                under_way[future] = request
                self._n_handed += 1
            if not under_way:
                return
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                request = under_way.pop(future)
                trouble = future.result()
                if trouble:
                    raise fail_to_write(trouble)
                self._count(request)

    def _is_worn(self) -> bool:
        has_done_share = self._n_handed >= self._n_workers * RUNS_PER_WORKER
        return has_done_share and time.monotonic() - self._pool_began > WORKER_LIFE_S

    def _require_pool(self) -> ProcessPoolExecutor:
        if self._pool is not None and self._is_worn():
            self._drop_pool()
        if self._pool is None:
            self._n_handed = 0
            self._pool_began = time.monotonic()
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
