"""A run key names everything that decides a result, and nothing else."""

from __future__ import annotations

import pytest

from impetus_sim.engine.run_key import compute_run_key

PARTS = {
    "scenario_text": "title: Square\n",
    "map_digest": "m",
    "seed": 1,
    "replicate": 0,
    "engine_version": "0.1.0",
    "kernel_hash": "k",
}


def test_key_is_stable() -> None:
    assert compute_run_key(**PARTS) == compute_run_key(**PARTS)
    assert len(compute_run_key(**PARTS)) == 24


@pytest.mark.parametrize("part", PARTS)
def test_every_part_counts(part: str) -> None:
    value = PARTS[part]
    changed = {**PARTS, part: value + 1 if isinstance(value, int) else value + "x"}
    assert compute_run_key(**changed) != compute_run_key(**PARTS)


def test_seed_and_replicate_do_not_run_together() -> None:
    assert compute_run_key(**{**PARTS, "seed": 1, "replicate": 11}) != compute_run_key(
        **{**PARTS, "seed": 11, "replicate": 1}
    )
