"""A recording of ours measured by our functions and, from its exported text, by PedPy: the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.measures.archive_text import save_trajectories
from impetus_sim.analysis.measures.areas import compute_voronoi_density, compute_voronoi_speed
from impetus_sim.analysis.measures.lines import compute_mean_flow, compute_n_t, find_crossings
from impetus_sim.analysis.measures.speed import compute_individual_speed
from impetus_sim.analysis.measures.trajectories import read_trajectories
from impetus_sim.analysis.measures.voronoi import CutOff, compute_voronoi_cells
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
