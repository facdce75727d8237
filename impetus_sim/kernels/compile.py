"""How kernels are compiled, and where the compiled code is kept.

numba's own cache does not see a change in a callee of another file, so a stale caller could run. Here the
folder of compiled code is named by a hash of every source it may call, of numba, llvmlite and the processor.
The kernels of one package (people, vehicles) call their own and those of `impetus_sim.kernels`, so an edit
compiles that package anew and no other. The hash of all of them stands in run keys and recordings.

Every kernel module takes its decorator from here, never from numba, so that the folder is set before
numba looks for it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

# Idle threads must sleep, not spin: on a shared machine a spinning barrier makes two threads slower than one.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import llvmlite
import numba
import platformdirs
from llvmlite import binding

BLOCK = 1024
"""Items per parallel block. Fixed, so that vector and remainder lanes do not move with the thread count."""

_PACKAGE = Path(__file__).resolve().parent.parent


def kernel_sources(package: str = "*") -> list[Path]:
    """Return the source files that can hold compiled code of a package ("crowd") or of all, sorted by path."""
    folders = [
        _PACKAGE / "kernels",
        *_PACKAGE.glob(f"{package}/kernels"),
        *_PACKAGE.glob(f"{package}/models"),
    ]
    return sorted(path for folder in folders for path in folder.glob("*.py"))


@cache
def kernel_hash(package: str = "*") -> str:
    """Return the hash of kernel sources of a package or of all, compiler and processor (16 hex digits)."""
    digest = hashlib.sha256()
    for path in kernel_sources(package):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    for part in (numba.__version__, llvmlite.__version__, *processor()):
        digest.update(part.encode())
    return digest.hexdigest()[:16]


@cache
def processor() -> tuple[str, str]:
    """Return the processor's name and feature list as the compiler sees them (NUMBA_CPU_NAME wins)."""
    name = numba.config.CPU_NAME or binding.get_host_cpu_name()
    features = numba.config.CPU_FEATURES
    if features is None:
        features = binding.get_host_cpu_features().flatten()
    return name, features


def _kernels_root() -> Path:
    root = os.environ.get("IMPETUS_CACHE") or platformdirs.user_cache_dir("impetus_sim")
    return Path(root) / "kernels"


def cache_folder() -> Path:
    """Return the folder of what was made by exactly these kernels on this machine, compiled code apart."""
    return _kernels_root() / kernel_hash()


def marker(about: str) -> Path:
    """Return the file whose presence says that something has been compiled by exactly these kernels here.

    numba keeps compiled code apart by Python version, and so do markers.
    """
    return cache_folder() / f"{about}-python{sys.version_info.major}.{sys.version_info.minor}"


def leave_marker(about: str) -> None:
    """Make a marker; in a cache folder that cannot be written there is none, and it is compiled again next time."""
    path = marker(about)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@cache
def _make_code_folder(package: str) -> Path | None:
    """Make the folder of a package's compiled code; None where that cannot be written."""
    folder = _kernels_root() / f"{package}-{kernel_hash(package)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _compile(function: Callable[..., Any], **options: Any) -> Any:
    """Compile with strict IEEE arithmetic and keep the code in the folder of the function's package."""
    parts = function.__module__.split(".")
    folder = _make_code_folder(parts[1] if parts[0] == _PACKAGE.name and len(parts) > 2 else "kernels")
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)  # numba reads it while it decorates
    # Without a folder of our own every process compiles: numba's other places would serve stale callers.
    return numba.njit(function, cache=folder is not None, error_model="numpy", **options)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel for one thread (decorator); strict IEEE arithmetic, cached on disk."""
    return _compile(function)


def event_kernel(function: Callable[..., Any]) -> Any:
    """Compile a small kernel of a hot loop (decorator): merged into its caller, and it may not allocate.

    numba otherwise counts a reference to each array of a tuple, up and down, in every call that hands it on: with
    twenty arrays several microseconds per event, or a third of the step of a walking model.
    """
    return _compile(function, _nrt=False, forceinline=True)


def parallel_kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel whose ``prange`` runs over blocks of `BLOCK` items (decorator), cached on disk."""
    return _compile(function, parallel=True)


prange = numba.prange

_threads = 1


def set_threads(threads: int) -> int:
    """Set the most threads that kernels use, at most what the machine offers; return that number."""
    global _threads  # noqa: PLW0603 - numba's own thread count is global too
    _threads = max(1, min(threads, numba.config.NUMBA_NUM_THREADS))
    numba.set_num_threads(_threads)
    return _threads


def fit_threads(n_items: int) -> None:
    """Use no more threads for the next parallel kernels than there are blocks of work."""
    numba.set_num_threads(max(1, min(_threads, -(-n_items // BLOCK))))
