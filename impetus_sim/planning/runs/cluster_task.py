"""What happens on a worker of a cluster: one run, written to the study folder where the worker shares it.

On a machine that does not share the folder the run is computed in a temporary folder, and its files go back as
bytes, to be written by the process that asked for it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from impetus_sim.planning.runs.store import StudyFolder
from impetus_sim.planning.runs.worker import RunFunction, RunRequest, limit_threads, run_and_store
from impetus_sim.version import __version__


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What a worker hands back.

    Parameters
    ----------
    unfit
        Why this worker can compute no run of the study; empty when it can.
    trouble
        Why results could not be written; empty when they were.
    files
        Path inside the study folder to content, in the order in which they are to be written; None when the
        worker has written them itself.
    """

    unfit: str = ""
    trouble: str = ""
    files: Mapping[str, bytes] | None = field(default=None, repr=False)


def compute_on_cluster(
    request: RunRequest,
    run: RunFunction,
    find_kernel_hash: Callable[[], str],
    folder: Path,
    session: str,
) -> Delivery:
    """Compute one run on this worker."""
    limit_threads()
    unfit = _explain_unfit(request, find_kernel_hash)
    if unfit:
        return Delivery(unfit=unfit)
    if StudyFolder(folder).is_held_by(session):
        return Delivery(trouble=run_and_store(request, run, folder, session))
    with tempfile.TemporaryDirectory(prefix="impetus-run-") as own:
        store = StudyFolder(Path(own))
        store.begin_session()
        trouble = run_and_store(request, run, store.path, store.session)
        store.close()
        return Delivery(trouble=trouble, files=_read_files(store))


def _explain_unfit(request: RunRequest, find_kernel_hash: Callable[[], str]) -> str:
    from distributed import get_worker

    worker = get_worker()
    if worker.state.nthreads != 1:
        return (
            f"worker {worker.address} computes {worker.state.nthreads} tasks at a time in one process: "
            "start it with --nthreads 1, and --nworkers for more at a time"
        )
    if __version__ != request.engine_version:
        return f"worker {worker.address} has version {__version__}, not {request.engine_version}"
    kernel_hash = find_kernel_hash()
    if kernel_hash != request.kernel_hash:
        return (
            f"worker {worker.address} has other kernels or another processor ({kernel_hash}, not "
            f"{request.kernel_hash}), so its results could differ: install the same versions everywhere, and "
            "set one NUMBA_CPU_NAME on unlike processors"
        )
    return ""


def _read_files(store: StudyFolder) -> dict[str, bytes]:
    # results last: a result says that its recording is there
    files = [path for folder in (store.recordings, store.runs) for path in sorted(folder.rglob("*"))]
    return {str(path.relative_to(store.path)): path.read_bytes() for path in files if path.is_file()}
