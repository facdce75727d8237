"""Philox 4x32-10 against the known answers of Random123 (kat_vectors), and what draws promise."""

import numpy as np
import pytest

from impetus_sim import rng
from impetus_sim.kernels import philox

ONES = 0xFFFFFFFF
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_known_answers(warm, counter, key, expected):
    assert tuple(map(int, philox.philox4x32(*counter, *key))) == expected


def test_a_draw_uses_every_bit_of_individual_step_and_decision(warm):
    key = np.array([1, 2], np.uint32)
    words = [
        philox.philox4x32(who & ONES, who >> 32, step, decision, 1, 2)[0]
        for who, step, decision in [(5, 0, 0), (5 + (1 << 32), 0, 0), (5, 1, 0), (5, 0, 1)]
    ]
    drawn = [
        philox.draw_uniforms(key, np.uint64(who), step, decision)[0]
        for who, step, decision in [(5, 0, 0), (5 + (1 << 32), 0, 0), (5, 1, 0), (5, 0, 1)]
    ]
    assert drawn == [(int(word) + 0.5) / 2**32 for word in words]
    assert len(set(drawn)) == 4


def test_uniforms_are_uniform_and_inside_the_open_interval(warm):
    drawn = rng.draw_uniforms(7, 0, "test", np.arange(20_000, dtype=np.uint64))
    assert drawn.min() > 0.0 and drawn.max() < 1.0
    counts = np.array([np.histogram(column, 20, (0, 1))[0] for column in drawn.T])
    chi2 = ((counts - 1000) ** 2 / 1000).sum(axis=1)
    assert (chi2 < 43.8).all()  # 99.9 % point of chi-square with 19 degrees of freedom
    assert np.abs(np.corrcoef(drawn.T) - np.eye(4)).max() < 0.03


def test_normals_have_mean_zero_and_variance_one(warm):
    key = rng.stream_key(7, 0, "test")
    drawn = np.array([philox.draw_normals(key, np.uint64(i), 0, 0) for i in range(4000)])
    assert np.abs(drawn.mean(axis=0)).max() < 0.06
    assert np.abs(drawn.var(axis=0) - 1.0).max() < 0.08


def test_somebody_elses_presence_changes_no_draw(warm):
    alone = rng.draw_uniforms(7, 0, "test", np.array([9], np.uint64))
    among = rng.draw_uniforms(7, 0, "test", np.array([3, 9, 4], np.uint64))
    assert (alone[0] == among[1]).all()


def test_streams_replicates_and_seeds_differ():
    keys = [rng.stream_key(*root) for root in [(1, 0, "a"), (1, 0, "b"), (1, 1, "a"), (2, 0, "a")]]
    assert len({tuple(key) for key in keys}) == 4
    assert (rng.stream_key(1, 0, "a") == keys[0]).all()
