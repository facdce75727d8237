"""Runs over the workers of a Dask cluster, which the user has started (extra `cluster`).

Dask hands a run whose worker is lost to another worker by itself, a few times; what it gives up is tried once more
alone. Workers that share the study's folder write results themselves; from others they come over the wire.
"""

from __future__ import annotations

import itertools
import queue
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.files import write_durably
from impetus_sim.planning.runs.cluster_task import Delivery, compute_on_cluster
from impetus_sim.planning.runs.execute import Executor, ProgressFunction, fail_to_write
from impetus_sim.planning.runs.reuse import Source
from impetus_sim.planning.runs.runner import Runner
from impetus_sim.planning.runs.store import StudyFolder
from impetus_sim.planning.runs.worker import RunRequest

CONNECT_WITHIN_S = 10.0
LOOK_EVERY_S = 2.0
"""While no run ends, the cluster is asked this often whether it still has workers."""

MOST_UNDER_WAY = 2000
"""Runs that the scheduler holds at a time: enough to keep many workers busy, and to fit its memory."""

SEEN_WITHIN_S = 60.0
"""A shared folder may show what another machine wrote only after some time."""


class ClusterExecutor(Executor):
    """Hands runs to a Dask scheduler.

    Parameters
    ----------
    scheduler
        Its address, such as ``tcp://host:8786``.
    store, runner, sources, report
        As for `Executor`.

    Raises
    ------
    InvalidInputError
        When Dask is not installed or the address is none.
    RunFailedError
        When no scheduler answers.
    """

    attempts_alone = 1

    def __init__(
        self,
        store: StudyFolder,
        runner: Runner,
        *,
        scheduler: str,
        sources: Sequence[Source] = (),
        report: ProgressFunction | None = None,
    ) -> None:
        super().__init__(store, runner, sources=sources, report=report)
        self._scheduler = scheduler
        self._client = connect(scheduler)
        self._is_over_wire = False

    def close(self) -> None:
        """Let go of the scheduler; its workers stay."""
        with suppress(OSError, CancelledError):
            self._client.close(timeout=LOOK_EVERY_S)

    def _hand_out(self, requests: Sequence[RunRequest]) -> list[RunRequest]:
        from distributed import Future

        ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        under_way: dict[Future, RunRequest] = {}
        lost: list[RunRequest] = []
        waiting = iter(requests)
        try:
            self._look_for_workers()
            while True:
                for request in itertools.islice(waiting, MOST_UNDER_WAY - len(under_way)):
                    future = self._submit(request)
                    under_way[future] = request
                    future.add_done_callback(ended.put)
                if not under_way:
                    return lost
                try:
                    future = ended.get(timeout=LOOK_EVERY_S)
                except queue.Empty:
                    self._look_for_workers()
                    continue
                request = under_way.pop(future)
                if self._take_in(future, request):
                    self._count(request)
                else:
                    lost.append(request)
        finally:
            if under_way:
                with suppress(OSError, CancelledError):
                    self._client.cancel(list(under_way))

    def _submit(self, request: RunRequest) -> Any:
        return self._client.submit(
            compute_on_cluster,
            request,
            self._runner.run,
            self._runner.find_kernel_hash,
            self._store.path,
            self._store.session,
            pure=False,
        )

    def _take_in(self, future: Any, request: RunRequest) -> bool:
        """Write what came over the wire; return whether the run has ended, rather than lost its workers."""
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        try:
            delivery: Delivery = future.result()
        except KilledWorker:
            return False
        except (CancelledError, CommClosedError) as error:
            raise self._lost_scheduler() from error
        except Exception as error:
            raise RunFailedError(
                f"a worker could not start a run: {type(error).__name__}: {error}",
                hint="every worker needs the same installation of impetus_sim",
            ) from error
        if delivery.unfit:
            raise RunFailedError(delivery.unfit)
        if delivery.trouble:
            raise fail_to_write(delivery.trouble)
        if delivery.files is None:
            self._wait_to_see(request)
        else:
            self._write(delivery)
        return True

    def _write(self, delivery: Delivery) -> None:
        assert delivery.files is not None
        try:
            for name, content in delivery.files.items():
                path = self._store.path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_durably(path, content)
        except OSError as error:
            raise fail_to_write(f"{error.strerror}: {error.filename}") from error
        if not self._is_over_wire:
            self._is_over_wire = True
            self._tell(note="workers do not share the folder: results come over the network")

    def _wait_to_see(self, request: RunRequest) -> None:
        deadline = time.monotonic() + SEEN_WITHIN_S
        paths = (self._store.result_path(request.key), self._store.failure_path(request.key))
        while not any(path.exists() for path in paths):
            if time.monotonic() > deadline:
                raise RunFailedError(
                    f"a worker has written {paths[0]}, but it is not to be seen here",
                    hint="give a folder to -o that all machines share, or that no worker has",
                )
            time.sleep(0.1)

    def _look_for_workers(self) -> None:
        try:
            if self._client.nthreads():
                return
            self._tell(note=f"waiting for workers at {self._scheduler}")
        except (CancelledError, OSError, RuntimeError) as error:
            raise self._lost_scheduler() from error

    def _lost_scheduler(self) -> RunFailedError:
        return RunFailedError(
            f"the scheduler at {self._scheduler} was lost; finished runs are kept in {self._store.path}",
            hint="start it again; the same command goes on where this one stopped",
        )


def require_address(scheduler: str) -> None:
    """Refuse what is no address of a scheduler.

    Raises
    ------
    InvalidInputError
        Says what an address looks like.
    """
    try:
        parts = urlsplit(scheduler)
        is_address = bool(parts.scheme in ("tcp", "tls") and parts.hostname and parts.port)
    except ValueError:
        is_address = False
    if not is_address:
        raise InvalidInputError(
            f"scheduler is '{scheduler}'; allowed: an address such as tcp://host:8786",
            hint="'dask scheduler' prints it when it starts",
        )


def connect(scheduler: str) -> Any:
    """Return a client of a scheduler.

    Raises
    ------
    InvalidInputError
        When Dask is not installed, the address is none, or it needs certificates that are not configured.
    RunFailedError
        When no scheduler answers.
    """
    try:
        from distributed import Client, Security
    except ModuleNotFoundError as error:
        raise InvalidInputError(
            f"--scheduler needs Dask, and there is no {error.name}",
            hint="pip install 'impetus_sim[cluster]'",
        ) from error
    require_address(scheduler)
    security = Security()
    if scheduler.startswith("tls:") and security.get_connection_args("client")["ssl_context"] is None:
        raise InvalidInputError(
            f"scheduler is '{scheduler}', and Dask's configuration names no certificates",
            hint="set distributed.comm.tls, as on the scheduler, or use tcp://",
        )
    try:
        return Client(scheduler, timeout=CONNECT_WITHIN_S, set_as_default=False, security=security)
    except (OSError, TimeoutError) as error:
        raise RunFailedError(
            f"no scheduler answers at {scheduler}",
            hint="start one with 'dask scheduler', and workers with 'dask worker ADDRESS --nthreads 1'",
        ) from error
