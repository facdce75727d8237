"""Density against closed forms: one person, an even crowd, an even crowd at a wall."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from impetus_sim.analysis.density import (
    DensityField,
    choose_ticks,
    compute_density,
    describe_density,
)
from impetus_sim.analysis.grid import build_grid, compute_walkable_share

ALONE = 1.0 / np.pi  # the kernel's height at a person, people per m2


def lattice(low: float, high: float, *, spacing_m: float) -> list[tuple[float, float]]:
    places = np.arange(low + spacing_m / 2, high, spacing_m)
    return [(x, y) for x in places for y in places]


def test_one_person_has_the_kernels_height(write_recording) -> None:
    density = compute_density(write_recording(frames={0: [(10.25, 10.25)], 10: [(10.25, 10.25)]}))
    assert density.peak == pytest.approx(ALONE, rel=2e-4)
    assert density.peak_at == (10.25, 10.25)
    assert density.mean_experienced == pytest.approx(ALONE, rel=2e-4)


def test_density_in_the_open_adds_up_to_the_people() -> None:
    moment = DensityField(shapely.box(0, 0, 40, 40))
    x = np.array([15.0, 17.2, 20.9])
    _, density, _ = moment.compute(x, x)
    assert density.sum() * 0.25 == pytest.approx(3.0)


@pytest.mark.parametrize("per_m2", [1, 4])
def test_even_crowd_has_its_density_also_at_walls_and_corners(per_m2: int) -> None:
    moment = DensityField(shapely.box(0, 0, 20, 20))
    x, y = np.array(lattice(0, 20, spacing_m=per_m2**-0.5)).T
    _, _, at_people = moment.compute(x, y)
    assert at_people == pytest.approx(per_m2, rel=0.1)


def test_time_above_levels_by_hand(write_recording) -> None:
    """5 people per m2 fill the square for 10 s, then 1 per m2 for 20 s; the last moment has no length."""
    dense, sparse = lattice(0, 20, spacing_m=20 / 45), lattice(0, 20, spacing_m=1.0)
    density = compute_density(write_recording(frames={0: dense, 10: sparse, 30: sparse}), cell_m=0.5)
    assert density.n_samples == 3
    assert density.person_s_above[4.0] == pytest.approx(10 * len(dense), rel=0.03)
    assert density.area_s_above[4.0] == pytest.approx(10 * 400, rel=0.03)
    assert density.person_s_above[6.0] == 0.0
    expected = (5 * 10 * len(dense) + 1 * 20 * len(sparse)) / (10 * len(dense) + 20 * len(sparse))
    assert density.mean_experienced == pytest.approx(expected, rel=0.03)
    assert density.maximum.shape == density.grid.shape
    assert density.maximum[density.walkable_share == 0].max() == 0.0


def test_without_positions_nothing_is_defined(write_recording) -> None:
    metrics = {metric.name: metric for metric in describe_density(compute_density(write_recording()))}
    assert all(metric.value is None for metric in metrics.values())
    assert metrics["peak_density"].text == "not defined: no positions were recorded"


def test_one_moment_has_a_peak_and_no_times(write_recording) -> None:
    recording = write_recording(frames={0: [(5.0, 5.0)]})
    metrics = {metric.name: metric for metric in describe_density(compute_density(recording))}
    assert metrics["peak_density"].is_defined
    assert metrics["time_above_4"].text == "not defined: positions of one moment only were recorded"


def test_empty_frames_are_zero_density(write_recording) -> None:
    metrics = {m.name: m for m in describe_density(compute_density(write_recording(frames={0: [], 5: []})))}
    assert metrics["peak_density"].value == 0.0
    assert metrics["time_above_4"].value == 0.0
    assert metrics["mean_density"].text == "not defined: nobody was inside"


def test_without_ground_nothing_is_defined(write_recording) -> None:
    assert compute_density(write_recording(polygon="")) is None
    assert "ground was not recorded" in describe_density(None)[0].text


def test_frames_closer_than_the_spacing_are_skipped() -> None:
    assert choose_ticks(np.array([0, 50, 100, 150, 200, 290]), every=100) == [0, 100, 200]


def test_walkable_share_is_the_area_of_each_cell() -> None:
    triangle = shapely.Polygon([(0, 0), (3, 0), (0, 3)])
    grid = build_grid(triangle.bounds, cell_m=1.0)
    share = compute_walkable_share(triangle, grid)
    assert grid.extent == (-1.0, 4.0, -1.0, 4.0)
    assert share.sum() == pytest.approx(4.5, abs=0.2)
    assert share[1, 1] == 1.0
    assert share[1, 3] == pytest.approx(0.5, abs=0.07)
    assert share[0].max() == 0.0


def test_order_of_frames_does_not_matter(write_recording) -> None:
    class Backwards:
        """The same recording, its frames streamed last to first."""

        def __init__(self, recording) -> None:
            self._recording = recording

        def __getattr__(self, name: str):
            return getattr(self._recording, name)

        def frames(self):
            return reversed(list(self._recording.frames()))

    rng = np.random.default_rng(5)
    recording = write_recording(frames={tick: rng.uniform(1, 19, (40, 2)) for tick in (0, 3, 4, 9)})
    forwards, backwards = compute_density(recording), compute_density(Backwards(recording))
    assert describe_density(forwards) == describe_density(backwards)
    assert np.array_equal(forwards.maximum, backwards.maximum)
