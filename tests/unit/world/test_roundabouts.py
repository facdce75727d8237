"""Rings of roundabouts are told from blocks of one-way streets and from streets both ways."""

from __future__ import annotations

import numpy as np

from impetus_sim.world.roundabouts import find_roundabouts


def find(corners, arcs, *, both_ways=False):
    """Return what is found for a closed loop of one link per pair of corners, each drawn with its arc."""
    n = len(corners)
    start, end = np.arange(n), (np.arange(n) + 1) % n
    lines = [arcs(k) for k in range(n)]
    if both_ways:
        start, end = np.concatenate([start, end]), np.concatenate([end, start])
        lines += [line[::-1] for line in lines]
    first = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
    length = np.array([np.hypot(*np.diff(line, axis=0).T).sum() for line in lines])
    return find_roundabouts(start, end, length, first, np.concatenate(lines))


def circle(radius, n=4):
    def arc(k):
        angle = 2.0 * np.pi * np.linspace(k, k + 1, 6) / n
        return radius * np.column_stack([np.cos(angle), np.sin(angle)])

    return range(n), arc


def square(side):
    corners = side * np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    return corners, lambda k: corners[[k, (k + 1) % 4]]


def test_a_one_way_circle_is_a_roundabout():
    assert find(*circle(20.0)).all()


def test_blocks_large_rings_and_streets_both_ways_are_not():
    assert not find(*square(60.0)).any()
    assert not find(*circle(80.0)).any()  # 503 m around
    assert not find(*circle(20.0), both_ways=True).any()
