"""A recording of ours measured by our functions and, from its exported text, by PedPy: the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.measures.archive_text import save_trajectories
from impetus_sim.analysis.measures.areas import compute_voronoi_density, compute_voronoi_speed
from impetus_sim.analysis.measures.lines import compute_mean_flow, compute_n_t, find_crossings
from impetus_sim.analysis.measures.sample import sample_run
from impetus_sim.analysis.measures.speed import compute_individual_speed
from impetus_sim.analysis.measures.trajectories import read_trajectories
from impetus_sim.analysis.measures.voronoi import CutOff, compute_voronoi_cells
from impetus_sim.analysis.metrics import compute_metrics
from impetus_sim.cli.export import export_command
from impetus_sim.engine.record import simulate

AREA = shapely.box(8.0, 2.5, 11.0, 5.5)
LINE = shapely.LineString([(11.0, 1.0), (11.0, 7.0)])


@pytest.fixture(scope="module")
def recording(room: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    leaving = {"crowd": {"populations": {"guests": {"activity": "leave", "count": 60}}}}
    fine = {"record": {"frame_every": 0.1}, "time": {"duration": 25}}
    return simulate(room(leaving, fine), seed=2, path=tmp_path_factory.mktemp("measured") / "run.h5")


def test_a_recording_and_its_export_measure_the_same(recording: Any, pedpy: Any, tmp_path: Path) -> None:
    ground = read_ground(recording).polygon
    assert ground is not None
    ours = read_trajectories(recording).move_inside(ground, within_m=0.01)
    assert ours.frame_rate == pytest.approx(10.0)
    assert ours.n_people == 60
    save_trajectories(ours, tmp_path / "run.txt")
    theirs = pedpy.load_trajectory_from_txt(trajectory_file=tmp_path / "run.txt")
    speeds = compute_individual_speed(ours, frame_step=3, border="adaptive")
    # the first and last frame of each trajectory have no window: give them to neither
    kept = speeds.is_defined
    part = ours.keep(kept)
    cells = compute_voronoi_cells(part, ground, cut_off=CutOff(radius_m=0.8))
    their_speeds = pedpy.compute_individual_speed(
        traj_data=theirs,
        frame_step=3,
        compute_velocity=True,
        speed_calculation=pedpy.SpeedCalculation.BORDER_ADAPTIVE,
    )
    data = theirs.data.merge(their_speeds[["id", "frame"]], on=["id", "frame"])
    their_part = pedpy.TrajectoryData(data[["id", "frame", "x", "y"]], frame_rate=theirs.frame_rate)
    their_cells = pedpy.compute_individual_voronoi_polygons(
        traj_data=their_part, walkable_area=pedpy.WalkableArea(ground), cut_off=pedpy.Cutoff(radius=0.8)
    )
    area = pedpy.MeasurementArea(AREA)
    density, overlap = pedpy.compute_voronoi_density(
        individual_voronoi_data=their_cells, measurement_area=area
    )
    # positions are written to 0.1 mm, and recorded to 1 mm
    np.testing.assert_allclose(
        compute_voronoi_density(cells, AREA).values, density.density, rtol=1e-6, atol=1e-9
    )
    speed = pedpy.compute_voronoi_speed(
        traj_data=their_part,
        individual_speed=their_speeds,
        individual_voronoi_intersection=overlap,
        measurement_area=area,
    )
    of_part = type(speeds)(
        speed=speeds.speed[kept], vx=speeds.vx[kept], vy=speeds.vy[kept], is_defined=speeds.is_defined[kept]
    )
    np.testing.assert_allclose(
        compute_voronoi_speed(cells, of_part, AREA).values, speed.speed, rtol=1e-6, atol=1e-9
    )
    crossings = find_crossings(part, LINE)
    n_t, _ = pedpy.compute_n_t(traj_data=their_part, measurement_line=pedpy.MeasurementLine(LINE))
    np.testing.assert_array_equal(compute_n_t(part, crossings).values, n_t.cumulative_pedestrians)
    assert len(crossings.person) > 10
    assert compute_mean_flow(crossings, frame_rate=part.frame_rate) > 0.5


def test_the_export_command_writes_what_pedpy_reads(recording: Any, pedpy: Any, tmp_path: Path) -> None:
    out = tmp_path / "run.txt"
    result = CliRunner().invoke(export_command, [str(recording.path), "--to", "pedpy", "-o", str(out)])
    assert result.exit_code == 0, result.output
    theirs = pedpy.load_trajectory_from_txt(trajectory_file=out)
    ours = read_trajectories(recording)
    assert theirs.frame_rate == 10.0
    table = theirs.data.sort_values(["id", "frame"])
    np.testing.assert_array_equal(table.id, ours.person)
    np.testing.assert_array_equal(table.frame, ours.frame)
    np.testing.assert_allclose(table.x, ours.x, atol=1e-4)
    area = pedpy.WalkableArea(out.with_suffix(".wkt").read_text())
    assert area.area == pytest.approx(12 * 8 - 2)
    table = tmp_path / "run.csv"
    CliRunner().invoke(export_command, [str(recording.path), "--to", "csv", "-o", str(table)])
    lines = table.read_text().splitlines()
    assert lines[0] == "uid,t_s,x_m,y_m,state"
    assert len(lines) - 1 >= len(ours)


def test_a_sample_of_a_run(recording: Any) -> None:
    sample = sample_run(recording)
    assert sample is not None
    assert len(sample.density) == len(sample.speed) > 500
    assert sample.density.min() > 0.3  # the cut-off leaves everybody less than 3 m2
    assert sample.speed.min() >= 0.0 and sample.speed.max() < 2.5
    assert sample.density_profile.shape == sample.grid.shape == sample.speed_profile.shape
    metrics = compute_metrics(recording)
    peak = metrics["peak_voronoi_density"].value
    assert peak is not None and 0.5 < peak / (metrics["peak_density"].value or 1.0) < 2.0
    assert metrics["time_queue_los_ef"].value is not None
    mean, specific = metrics["mean_flow.east"].value, metrics["specific_flow.east"].value
    assert mean is not None and specific is not None and mean == pytest.approx(1.6 * specific)
