"""How kernels are compiled, and where the compiled code is kept.

numba's own cache does not see a change in a callee of another file, so a stale caller could run. Here the
cache folder is named by a hash of every kernel source, of numba, llvmlite and the processor: an edited
kernel anywhere in the package means a new folder. The same hash stands in run keys and recordings.

Every kernel module takes its decorator from here, never from numba, so that the folder is set before
numba looks for it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
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


def kernel_sources() -> list[Path]:
    """Return every source file that can hold compiled code, sorted by path."""
    folders = [_PACKAGE / "kernels", *sorted(_PACKAGE.glob("*/kernels")), *sorted(_PACKAGE.glob("*/models"))]
    return sorted(path for folder in folders for path in folder.glob("*.py"))


@cache
def kernel_hash() -> str:
    """Return the hash of kernel sources, compiler and processor (16 hex digits)."""
    digest = hashlib.sha256()
    for path in kernel_sources():
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


def cache_folder() -> Path:
    """Return the folder of compiled code for exactly these kernels on this machine."""
    root = os.environ.get("IMPETUS_CACHE") or platformdirs.user_cache_dir("impetus_sim")
    return Path(root) / "kernels" / kernel_hash()


def _use_cache_folder() -> bool:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    numba.config.CACHE_DIR = str(folder)
    return os.access(folder, os.W_OK)


_IS_CACHED = _use_cache_folder()
# Without a folder of our own every process compiles: numba's other places would serve stale callers.


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel for one thread (decorator); strict IEEE arithmetic, cached on disk."""
    return numba.njit(function, cache=_IS_CACHED, error_model="numpy")


def event_kernel(function: Callable[..., Any]) -> Any:
    """Compile a small kernel of a hot loop (decorator): merged into its caller, and it may not allocate.

    numba otherwise counts a reference to each array of a tuple, up and down, in every call that hands it on: with
    twenty arrays several microseconds per event, or a third of the step of a walking model.
    """
    return numba.njit(function, cache=_IS_CACHED, error_model="numpy", _nrt=False, forceinline=True)


def parallel_kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel whose ``prange`` runs over blocks of `BLOCK` items (decorator), cached on disk."""
    return numba.njit(function, cache=_IS_CACHED, error_model="numpy", parallel=True)


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
