"""On a lattice of walkers every measure is known: 1 person/m2 at 1.25 m/s."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from impetus_sim.analysis.measures.archive_text import load_trajectories, save_trajectories
from impetus_sim.analysis.measures.areas import (
    compute_classic_density,
    compute_fundamental_diagram,
    compute_voronoi_density,
)
from impetus_sim.analysis.measures.lines import (
    compute_line_flow,
    compute_mean_flow,
    compute_time_to_line,
    find_crossings,
)
from impetus_sim.analysis.measures.speed import compute_individual_speed
from impetus_sim.analysis.measures.trajectories import Trajectories, build_trajectories
from impetus_sim.analysis.measures.voronoi import compute_voronoi_cells
from impetus_sim.errors import InvalidInputError

STREET = shapely.box(-40.0, 0.0, 40.0, 4.0)
AREA = shapely.box(-2.0, 0.0, 2.0, 4.0)
LINE = shapely.LineString([(0.01, 0.0), (0.01, 4.0)])


def test_density_speed_and_flow(lattice: Trajectories) -> None:
    speeds = compute_individual_speed(lattice, frame_step=4, border="single_sided")
    cells = compute_voronoi_cells(lattice, STREET)
    assert compute_voronoi_density(cells, AREA).values == pytest.approx(1.0)
    assert compute_classic_density(lattice, AREA).values == pytest.approx(1.0)
    diagram = compute_fundamental_diagram(lattice, speeds, AREA, cells=cells)
    assert diagram.specific_flow == pytest.approx(1.25)
    flow = compute_line_flow(cells, speeds, LINE)
    assert flow.flow == pytest.approx(1.25)
    assert flow.flow_forward == pytest.approx(1.25)  # the normal of a line to the north points east
    crossings = find_crossings(lattice, LINE)
    assert compute_mean_flow(crossings, frame_rate=10.0) == pytest.approx(4 * 1.25, rel=0.1)
    to_line = compute_time_to_line(lattice, LINE)
    # the crossing is seen in the first frame beyond the line
    assert np.all((1.25 * to_line.time_s - to_line.distance_m)[to_line.time_s > 0] < 0.125)


@pytest.mark.parametrize("beyond_m", [-4e-6, 0.0, 4e-6])
def test_a_step_that_ends_on_the_line_crosses_with_the_next_one(beyond_m: float) -> None:
    x = [-0.1, -0.05, beyond_m, 0.05, 0.1]
    walk = build_trajectories([7] * 5, np.arange(5), x, [1.0] * 5, frame_rate=20.0)
    crossings = find_crossings(walk, shapely.LineString([(0.0, 0.0), (0.0, 2.0)]))
    assert crossings.frame.tolist() == [3]


def test_text_files_are_read_back(lattice: Trajectories, tmp_path: Path) -> None:
    save_trajectories(lattice, tmp_path / "lattice.txt")
    read = load_trajectories(tmp_path / "lattice.txt")
    assert read.frame_rate == 10.0
    np.testing.assert_allclose(read.x, lattice.x, atol=1e-4)
    np.testing.assert_array_equal(read.frame, lattice.frame)


def test_a_file_must_say_its_frame_rate_and_unit(tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text("1 0 100 200 170\n1 1 110 200 170\n")
    with pytest.raises(InvalidInputError, match="unit"):
        load_trajectories(tmp_path / "bare.txt")
    with pytest.raises(InvalidInputError, match="frame rate"):
        load_trajectories(tmp_path / "bare.txt", unit="cm")
    assert load_trajectories(tmp_path / "bare.txt", unit="cm", frame_rate=16.0).x[1] == pytest.approx(1.1)
    (tmp_path / "words.txt").write_text("# framerate: 16\n# id frame x/cm y/cm\n1 0 a b\n")
    with pytest.raises(InvalidInputError, match="not numbers"):
        load_trajectories(tmp_path / "words.txt")


def test_positions_outside_the_ground_are_named(lattice: Trajectories) -> None:
    with pytest.raises(InvalidInputError, match="outside the walkable area"):
        compute_voronoi_cells(lattice, AREA)
    moved = lattice.move_inside(AREA, within_m=0.2)
    assert moved.inside(AREA).all()
    assert len(moved) > np.count_nonzero(lattice.inside(AREA))


def test_rows_that_cannot_be_trajectories_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="twice in frame 3"):
        build_trajectories([1, 1], [3, 3], [0, 1], [0, 1], frame_rate=10.0)
    with pytest.raises(InvalidInputError, match="no finite position"):
        build_trajectories([1], [3], [np.nan], [0.0], frame_rate=10.0)
    with pytest.raises(InvalidInputError, match="frame rate"):
        build_trajectories([1], [3], [0.0], [0.0], frame_rate=0.0)
