"""What happens inside a worker process: one run, measured, written to the study folder by the worker.

This module is the first thing a worker imports, before numba may see any setting, so it imports nothing
heavy.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impetus_sim.errors import ImpetusError
from impetus_sim.planning.runs.outcome import Outcome
from impetus_sim.planning.runs.store import StudyFolder, parts_path, write_json

RunFunction = Callable[["RunRequest", Path], Outcome]
"""Computes one run, recording it at the path given (the file may be left out), and measures it."""

_DEATH_SIGNAL_OPTION = 1  # PR_SET_PDEATHSIG in <sys/prctl.h>
_PERMANENT_OS_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """One run to be computed.

    Parameters
    ----------
    key
        Run key; names the result.
    scenario
        Resolved scenario, distributions not yet drawn, in the form that the runner's `pack` gives it.
    scenario_digest, map_digest, engine_version, kernel_hash
        Written into the result.
    seed, replicate
        Root of all randomness.
    keep_recording
        Whether the recording stays in the study folder.
    """

    key: str
    scenario: Any
    scenario_digest: str
    map_digest: str
    seed: int
    replicate: int
    engine_version: str
    kernel_hash: str
    keep_recording: bool


def prepare_worker() -> None:
    """Set up a worker process: one thread, deaf to Ctrl-C (the parent decides), dead with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    limit_threads()


def limit_threads() -> None:
    """Compute on one thread in this process: many runs at a time are worth more than a fast one."""
    if "numba" in sys.modules:
        sys.modules["numba"].set_num_threads(1)
    else:
        os.environ["NUMBA_NUM_THREADS"] = "1"
    for library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(library, "1")


def _die_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, name="wait-for-parent", daemon=True).start()
    if sys.platform == "linux":
        import ctypes

        # Also when a kernel holds the interpreter and the thread above cannot run.
        ctypes.CDLL(None, use_errno=True).prctl(_DEATH_SIGNAL_OPTION, signal.SIGKILL)
        if not parent.is_alive():
            os._exit(1)


def run_and_store(request: RunRequest, run: RunFunction, folder: Path, session: str) -> str:
    """Compute one run and write its result, or its error, into the study folder.

    Parameters
    ----------
    request, run
        What to compute, and how.
    folder, session
        The study folder, and the session that asks; when that no longer holds the folder, nothing is written.

    Returns
    -------
    Empty text, or why nothing could be written (the study cannot go on then).
    """
    store = StudyFolder(folder)
    marker = store.marker_path(request.key)
    try:
        marker.write_bytes(b"")
        _compute(request, run, store, session)
    except OSError as error:
        if error.errno in _PERMANENT_OS_ERRORS:
            return f"{error.strerror}: {error.filename or folder}"
        _write_failure(store, request, error, session, is_transient=True)
    except Exception as error:
        _write_failure(store, request, error, session, is_transient=isinstance(error, MemoryError))
    finally:
        _remove_recording(store.scratch_path(request.key))
        marker.unlink(missing_ok=True)
    return "" if store.is_held_by(session) else f"the study in '{folder}' was ended or taken over"


def _compute(request: RunRequest, run: RunFunction, store: StudyFolder, session: str) -> None:
    scratch = store.scratch_path(request.key)
    _remove_recording(scratch)
    started = time.perf_counter()
    outcome = run(request, scratch)
    wall_seconds = time.perf_counter() - started
    if not store.is_held_by(session):
        return
    has_recorded = scratch.exists() or parts_path(scratch).exists()
    if request.keep_recording:
        _keep_recording(scratch, store.recording_path(request.key))  # before the result, which implies it
    write_json(
        store.result_path(request.key),
        {
            **describe_run(request),
            "has_recorded": has_recorded,
            **outcome.to_row(),
            "not_deterministic": {"wall_seconds": wall_seconds},
        },
        indent=None,
    )


def describe_run(request: RunRequest) -> dict[str, Any]:
    """Return what names a run, as plain values."""
    return {
        "run_key": request.key,
        "scenario_digest": request.scenario_digest,
        "map_digest": request.map_digest,
        "seed": request.seed,
        "replicate": request.replicate,
        "engine_version": request.engine_version,
        "kernel_hash": request.kernel_hash,
    }


def _write_failure(
    store: StudyFolder, request: RunRequest, error: Exception, session: str, *, is_transient: bool
) -> None:
    if not store.is_held_by(session):
        return
    message = error.message if isinstance(error, ImpetusError) else str(error)
    write_failure(
        store,
        request,
        error=type(error).__name__,
        message=message,
        hint=getattr(error, "hint", ""),
        is_transient=is_transient,
        trace="".join(traceback.format_exception(error)),
    )


def write_failure(
    store: StudyFolder,
    request: RunRequest,
    *,
    error: str,
    message: str,
    is_transient: bool,
    hint: str = "",
    trace: str = "",
) -> None:
    """Write why a run has no result; a transient failure is attempted again at the next start."""
    document = {
        **describe_run(request),
        "error": error,
        "message": message,
        "hint": hint,
        "is_transient": is_transient,
        "not_deterministic": {"traceback": trace},
    }
    write_json(store.failure_path(request.key), document)


def _keep_recording(scratch: Path, kept: Path) -> None:
    _remove_recording(kept)
    for source, target in ((parts_path(scratch), parts_path(kept)), (scratch, kept)):
        if source.exists():
            source.replace(target)


def _remove_recording(path: Path) -> None:
    path.unlink(missing_ok=True)
    shutil.rmtree(parts_path(path), ignore_errors=True)
