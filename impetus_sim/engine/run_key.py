"""The name of a result: equal keys mean equal results, bit for bit, on this kind of machine."""

from __future__ import annotations

import hashlib
import json

KEY_LENGTH = 24
"""Hex digits kept: 96 bits, so that a clash among a billion runs stays below 1e-11."""


def compute_branch_key(*, run_key: str, parent_run_key: str, tick: int) -> str:
    """Return the key of a branch with a change: what came before is the parent's, so it is no plain run.

    Parameters
    ----------
    run_key
        Key of a plain run of the changed scenario.
    parent_run_key, tick
        Of the recording it branches from, and the moment.
    """
    text = json.dumps({"run": run_key, "parent": parent_run_key, "tick": tick}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]


def compute_run_key(
    *, scenario_text: str, map_digest: str, seed: int, replicate: int, engine_version: str, kernel_hash: str
) -> str:
    """Return the key of one run.

    Parameters
    ----------
    scenario_text
        Canonical text of the resolved scenario, distributions not yet drawn.
    map_digest
        Digest of the city's content.
    seed, replicate
        Root of all randomness.
    engine_version, kernel_hash
        What computes the run; a changed kernel changes the key.
    """
    parts = {
        "scenario": hashlib.sha256(scenario_text.encode()).hexdigest(),
        "map": map_digest,
        "seed": seed,
        "replicate": replicate,
        "engine": engine_version,
        "kernels": kernel_hash,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:KEY_LENGTH]
