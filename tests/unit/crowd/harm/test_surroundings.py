"""Density and crowd pressure: the grid against sums over all pairs, and known crowds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from impetus_sim.arrays import Table
from impetus_sim.crowd.harm.surroundings import RADIUS_M, Surroundings
from impetus_sim.crowd.kernels.local_field import smooth


def build_people(x: Any, y: Any, vx: Any, vy: Any) -> Table:
    people = Table("crowd", len(x), {"x": "f8", "y": "f8", "vx": "f8", "vy": "f8"})
    people.load({"x": np.asarray(x, float), "y": np.asarray(y, float), "vx": vx, "vy": vy})
    return people


def look(world: Any, people: Table, rows: Any = None) -> tuple[Any, Any]:
    density, pressure = np.full(len(people), -1.0), np.full(len(people), -1.0)
    rows = np.arange(len(people), dtype=np.int32) if rows is None else np.asarray(rows, np.int32)
    Surroundings(world.ground).compute(people, rows, density, pressure)
    return density, pressure


@pytest.fixture
def square(build_world: Callable[..., Any]) -> Any:
    return build_world(shapely.box(0, 0, 30, 24), {"out": shapely.LineString([(30, 10), (30, 14)])})


def test_an_even_crowd_has_its_density_also_at_the_walls(square: Any) -> None:
    x, y = np.meshgrid(np.arange(0.25, 30, 0.5), np.arange(0.25, 24, 0.5))
    n = x.size
    density, pressure = look(square, build_people(x.ravel(), y.ravel(), np.full(n, 1.2), np.zeros(n)))
    assert density == pytest.approx(4.0, rel=0.02)
    assert pressure == pytest.approx(0.0, abs=1e-9)


def test_pressure_is_density_times_velocity_variance(square: Any) -> None:
    rng = np.random.default_rng(3)
    x, y = np.meshgrid(np.arange(0.25, 30, 0.5), np.arange(0.25, 24, 0.5))
    n = x.size
    people = build_people(x.ravel(), y.ravel(), 1.0 + 0.3 * rng.choice([-1.0, 1.0], n), np.zeros(n))
    density, pressure = look(square, people)
    # variance 0.09 less what the mean of the people near takes up
    assert np.mean(pressure / density) == pytest.approx(0.09, rel=0.12)


def test_the_grid_agrees_with_sums_over_all_pairs(square: Any) -> None:
    rng = np.random.default_rng(5)
    n = 600
    x, y = rng.uniform(8, 22, n), rng.uniform(8, 16, n)
    vx, vy = rng.normal(0.5, 0.3, n), rng.normal(0, 0.3, n)
    density, pressure = look(square, build_people(x, y, vx, vy))
    apart = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    weight = np.exp(-apart / RADIUS_M**2)
    exact = weight.sum(1) / (np.pi * RADIUS_M**2)
    mean_x, mean_y = weight @ vx / weight.sum(1), weight @ vy / weight.sum(1)
    variance = weight @ (vx**2 + vy**2) / weight.sum(1) - mean_x**2 - mean_y**2
    # a grid of half a radius blurs a person by a few percent of the kernel's height
    assert np.corrcoef(density, exact)[0, 1] > 0.99
    assert np.mean(np.abs(density / exact - 1)) < 0.08
    assert np.corrcoef(pressure, exact * variance)[0, 1] > 0.97


def test_only_the_rows_asked_for_count_and_are_written(square: Any) -> None:
    people = build_people([5.0, 5.2, 20.0], [5.0, 5.0, 5.0], np.zeros(3), np.zeros(3))
    density, _ = look(square, people, rows=[0, 2])
    assert density[1] == -1.0
    assert density[0] == pytest.approx(density[2], rel=0.1)


def test_smoothing_equals_its_plain_twin() -> None:
    rng = np.random.default_rng(1)
    fields, weights = rng.random((2, 7, 9)), np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    out, scratch = np.empty_like(fields), np.empty_like(fields)
    smooth(fields, weights, scratch, out)
    for f in range(2):
        for r in range(7):
            for c in range(9):
                total = sum(
                    weights[i + 2] * weights[j + 2] * fields[f, r + i, c + j]
                    for i in range(-2, 3)
                    for j in range(-2, 3)
                    if 0 <= r + i < 7 and 0 <= c + j < 9
                )
                assert out[f, r, c] == pytest.approx(total)
