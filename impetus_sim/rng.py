"""Roots and stream keys of all randomness in a run.

One seed and replicate give one root; a stream is named by its purpose; inside a stream a draw is named by
who, when and which decision (`impetus_sim.kernels.philox`). Adding a stream, a person or a system never
moves another draw, so options compared on one seed differ only where the intervention acts.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt


def stable_hash(name: str) -> int:
    """Return a 32-bit hash of a name that is the same in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little")


def stream_key(seed: int, replicate: int, stream: str) -> npt.NDArray[np.uint32]:
    """Return the key of one stream.

    Parameters
    ----------
    seed
        The run's or study's seed, 0 or more.
    replicate
        Index of the replicate; 0 for a single run. All options of a comparison share it.
    stream
        Purpose, such as ``crowd.profile``.

    Returns
    -------
    uint32 array of shape (2,).
    """
    root = np.random.SeedSequence(seed, spawn_key=(replicate, stable_hash(stream)))
    key: npt.NDArray[np.uint32] = root.generate_state(2, np.uint32)  # type: ignore[assignment]
    return key


def draw_uniforms(
    seed: int, replicate: int, stream: str, individuals: npt.NDArray[np.uint64], *, decision: int = 0
) -> npt.NDArray[np.float64]:
    """Draw four uniforms in (0, 1) for each individual.

    Returns
    -------
    float64 array of shape (n, 4).
    """
    from impetus_sim.kernels.philox import fill_uniforms

    out = np.empty((len(individuals), 4))
    fill_uniforms(
        stream_key(seed, replicate, stream), np.ascontiguousarray(individuals, np.uint64), 0, decision, out
    )
    return out
