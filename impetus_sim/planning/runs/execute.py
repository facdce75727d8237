"""Many runs until each has a result or an error: what all executors have in common.

One task is one run, and the worker itself writes the result, so the folder is the only truth about what is
done. What was under way when its worker was lost is handed out again, alone, so that a run that kills its
worker is found and marked failed without taking its neighbours with it.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from impetus_sim.errors import RunFailedError
from impetus_sim.planning.runs.reuse import Source
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.store import StudyFolder
from impetus_sim.planning.runs.worker import RunRequest, write_failure

MOST_BARREN = 3
"""Rounds without a single result after which a study gives up."""


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


class Executor(ABC):
    """Hands out runs until each has a result or an error; a context manager.

    Parameters
    ----------
    store
        The study folder; open when runs are handed out.
    runner
        Computes a run; worker processes import its functions by name.
    sources
        Folders of other studies from which finished runs are taken.
    report
        Called after every run.
    """

    attempts_alone: ClassVar[int]
    """Attempts of a run whose worker was lost, before it is marked failed."""

    def __init__(
        self,
        store: StudyFolder,
        runner: Runner,
        *,
        sources: Sequence[Source] = (),
        report: ProgressFunction | None = None,
    ) -> None:
        self._store = store
        self._runner = runner
        self._sources = sources
        self._report = report
        self._done: set[str] = set()
        self._failed: set[str] = set()
        self._began: float | None = None
        self._n_computed = self._n_done = self._n_total = self._n_failed = 0

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of the workers."""

    @abstractmethod
    def _hand_out(self, requests: Sequence[RunRequest]) -> list[RunRequest]:
        """Compute runs, `_count` each that has a result or an error; return those that lost their worker.

        Runs may be left out when workers are lost: they are handed out again.
        """

    def execute(self, requests: Sequence[RunRequest]) -> None:
        """Compute every run that has neither result nor error yet.

        Raises
        ------
        RunFailedError
            When workers cannot be started or reached, or the disk is full; failed runs do not raise.
        KeyboardInterrupt
            On Ctrl-C; finished runs are kept.
        """
        pending = self._take_up(requests)
        if self._began is None:
            self._began = time.monotonic()
        n_barren = 0
        while pending:
            for suspect in self._hand_out(pending):
                self._try_alone(suspect)
            n_before, pending = len(pending), self._unfinished(pending)
            n_barren = n_barren + 1 if len(pending) == n_before else 0
            if n_barren == MOST_BARREN:
                raise RunFailedError(
                    "worker processes end before they start a run",
                    hint="call compare from a file or a notebook, in a file under: if __name__ == '__main__'",
                )

    def _take_up(self, requests: Sequence[RunRequest]) -> list[RunRequest]:
        """Return what is not done yet, neither here nor in the sources."""
        for request in self._unfinished(requests):
            if self._is_finished(request):
                self._note(request)
        pending = self._unfinished(requests)
        for request in pending:
            if any(source.hand_over(request, self._store) for source in self._sources):
                self._note(request)
        n_wanted, pending = len(pending), self._unfinished(pending)
        self._n_total = len(requests)
        self._n_done = len(requests) - len(pending)
        self._n_failed = sum(each.key in self._failed for each in requests)
        n_taken = n_wanted - len(pending)
        self._tell(note=f"{n_taken} runs taken from other studies" if n_taken else "")
        return pending

    def _is_finished(self, request: RunRequest) -> bool:
        if self._store.failure_path(request.key).exists():
            return True
        result = self._store.read_result(request.key)
        return result is not None and self._store.has_all(request.key, result, request.keep_recording)

    def _unfinished(self, requests: Sequence[RunRequest]) -> list[RunRequest]:
        return [each for each in requests if each.key not in self._done and each.key not in self._failed]

    def _try_alone(self, request: RunRequest) -> None:
        for _ in range(self.attempts_alone):
            if not self._hand_out([request]):
                return
        write_failure(
            self._store,
            request,
            error="WorkerLost",
            message="the worker process ended without a result in every attempt",
            hint="it may have been killed or run out of memory: try fewer workers",
            is_transient=True,
        )
        self._store.marker_path(request.key).unlink(missing_ok=True)
        self._count(request)

    def _count(self, request: RunRequest) -> None:
        """Take note of a run that has got its result or its error."""
        self._note(request)
        self._n_computed += 1
        self._n_done += 1
        self._n_failed += request.key in self._failed
        self._tell()

    def _count_finished(self, requests: Sequence[RunRequest]) -> None:
        """Count the runs whose workers were lost after they had written."""
        for request in self._unfinished(requests):
            if self._is_finished(request):
                self._count(request)

    def _note(self, request: RunRequest) -> None:
        has_failed = self._store.failure_path(request.key).exists()
        (self._failed if has_failed else self._done).add(request.key)

    def _tell(self, *, note: str = "") -> None:
        if self._report is None:
            return
        seconds_left = None
        if self._n_computed and self._began is not None:
            per_run = (time.monotonic() - self._began) / self._n_computed
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


def fail_to_write(trouble: str) -> RunFailedError:
    """Return the error for results that cannot be written."""
    return RunFailedError(
        f"results cannot be written: {trouble}",
        hint="see that there is space; the same command goes on where this one stopped",
    )
