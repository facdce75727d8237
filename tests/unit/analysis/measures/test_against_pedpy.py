"""The measures equal PedPy's to 1e-9 on a measured trajectory set; the few differences are named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import shapely

from impetus_sim.analysis.measures.areas import (
    compute_classic_density,
    compute_mean_speed,
    compute_voronoi_density,
    compute_voronoi_speed,
)
from impetus_sim.analysis.measures.lines import (
    compute_flow,
    compute_line_flow,
    compute_n_t,
    compute_time_to_line,
    find_crossings,
)
from impetus_sim.analysis.measures.pairs import compute_pair_distribution
from impetus_sim.analysis.measures.passing import (
    compute_passing_density,
    compute_passing_speed,
    find_passages,
)
from impetus_sim.analysis.measures.profiles import (
    build_profile_grid,
    compute_classic_density_profile,
    compute_gaussian_density_profile,
    compute_gaussian_speed_profile,
    compute_voronoi_density_profile,
    compute_voronoi_speed_profile,
)
from impetus_sim.analysis.measures.speed import Speeds, compute_individual_speed
from impetus_sim.analysis.measures.trajectories import Trajectories
from impetus_sim.analysis.measures.voronoi import CutOff, VoronoiCells, compute_voronoi_cells

CORRIDOR = shapely.box(0.0, -6.0, 1.8, 8.5)
LINE = shapely.LineString([(0.0, 0.0), (1.8, 0.0)])
AREA = shapely.box(0.0, -1.0, 1.8, 1.0)
STEP = 5


class Pair(NamedTuple):
    """The same data in both forms."""

    ours: Trajectories
    speeds: Speeds
    cells: VoronoiCells
    theirs: Any
    their_speeds: Any
    their_cells: Any


def agree(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=1e-9, atol=1e-9)


@pytest.fixture(scope="module")
def pair(experiment: Trajectories, pedpy: Any, as_pedpy: Callable[..., Any]) -> Pair:
    theirs = as_pedpy(experiment)
    return Pair(
        ours=experiment,
        speeds=compute_individual_speed(experiment, frame_step=STEP, border="single_sided"),
        cells=compute_voronoi_cells(experiment, CORRIDOR, cut_off=CutOff(radius_m=1.0)),
        theirs=theirs,
        their_speeds=pedpy.compute_individual_speed(
            traj_data=theirs,
            frame_step=STEP,
            compute_velocity=True,
            speed_calculation=pedpy.SpeedCalculation.BORDER_SINGLE_SIDED,
        ),
        their_cells=pedpy.compute_individual_voronoi_polygons(
            traj_data=theirs, walkable_area=pedpy.WalkableArea(CORRIDOR), cut_off=pedpy.Cutoff(radius=1.0)
        ),
    )


@pytest.mark.parametrize("border", ["exclude", "adaptive", "single_sided"])
@pytest.mark.parametrize("direction", [None, (0.6, -0.8)])
def test_speed(pair: Pair, pedpy: Any, border: Any, direction: tuple[float, float] | None) -> None:
    ours = compute_individual_speed(pair.ours, frame_step=STEP, border=border, direction=direction)
    theirs = pedpy.compute_individual_speed(
        traj_data=pair.theirs,
        frame_step=STEP,
        compute_velocity=True,
        movement_direction=None if direction is None else np.array(direction),
        speed_calculation=getattr(pedpy.SpeedCalculation, f"BORDER_{border.upper()}"),
    ).sort_values(["id", "frame"])
    agree(ours.speed[ours.is_defined], theirs.speed)
    agree(ours.vx[ours.is_defined], theirs.v_x)
    agree(ours.vy[ours.is_defined], theirs.v_y)


@pytest.mark.parametrize("radius_m", [None, 1.0])
def test_voronoi_cells(pair: Pair, pedpy: Any, radius_m: float | None) -> None:
    part, their_part = pair.ours.between(600, 640), pair.theirs[600:641]
    cells = compute_voronoi_cells(part, CORRIDOR, cut_off=radius_m and CutOff(radius_m=radius_m))  # type: ignore[arg-type]
    theirs = pedpy.compute_individual_voronoi_polygons(
        traj_data=their_part,
        walkable_area=pedpy.WalkableArea(CORRIDOR),
        cut_off=radius_m and pedpy.Cutoff(radius=radius_m),
    )
    agree(cells.density, theirs.density)


def test_voronoi_cells_of_an_area_with_arms(pair: Pair, pedpy: Any) -> None:
    # the cell of somebody at the mouth of the neck reaches around its corners
    area = shapely.Polygon([(-1, 1), (0.5, 1), (0.5, 0), (1.3, 0), (1.3, 1), (2.8, 1), (2.8, 8.5), (-1, 8.5)])
    part = pair.ours.between(700, 740)
    part = part.keep(part.inside(area))
    import pandas as pd

    theirs = pedpy.TrajectoryData(
        pd.DataFrame({"id": part.person, "frame": part.frame, "x": part.x, "y": part.y}), frame_rate=16.0
    )
    cells = pedpy.compute_individual_voronoi_polygons(
        traj_data=theirs, walkable_area=pedpy.WalkableArea(area)
    )
    agree(compute_voronoi_cells(part, area).density, cells.density)


def test_densities_and_speeds_in_an_area(pair: Pair, pedpy: Any) -> None:
    area = pedpy.MeasurementArea(AREA)
    density, overlap = pedpy.compute_voronoi_density(
        individual_voronoi_data=pair.their_cells, measurement_area=area
    )
    agree(compute_voronoi_density(pair.cells, AREA).values, density.density)
    classic = pedpy.compute_classic_density(traj_data=pair.theirs, measurement_area=area)
    ours = compute_classic_density(pair.ours, AREA)
    agree(ours.values, classic.density)
    agree(ours.frames, classic.frame)
    mean = pedpy.compute_mean_speed_per_frame(
        traj_data=pair.theirs, individual_speed=pair.their_speeds, measurement_area=area
    )
    agree(np.nan_to_num(compute_mean_speed(pair.ours, pair.speeds, AREA).values), mean.speed)
    voronoi = pedpy.compute_voronoi_speed(
        traj_data=pair.theirs,
        individual_speed=pair.their_speeds,
        individual_voronoi_intersection=overlap,
        measurement_area=area,
    )
    agree(compute_voronoi_speed(pair.cells, pair.speeds, AREA).values, voronoi.speed)


def test_people_through_a_line_and_mean_flow(pair: Pair, pedpy: Any) -> None:
    # PedPy leaves out a crossing in the last frame of somebody's trajectory; here it counts
    last = pair.ours.stretch_starts[1:] - 1
    crossings = find_crossings(pair.ours, LINE)
    n_t, crossed = pedpy.compute_n_t(traj_data=pair.theirs, measurement_line=pedpy.MeasurementLine(LINE))
    first = crossings.first_of_each()
    known = ~np.isin(first.row, last)
    assert sorted(zip(first.person[known], first.frame[known], strict=True)) == sorted(
        zip(crossed.id, crossed.frame, strict=True)
    )
    ends = np.bincount(first.frame[~known] - pair.ours.frames[0], minlength=len(pair.ours.frames))
    agree(compute_n_t(pair.ours, crossings).values - np.cumsum(ends), n_t.cumulative_pedestrians)
    earlier = pair.ours.between(600, 880)  # nobody's last frame is a crossing here
    cut = find_crossings(earlier, LINE)
    n_t, crossed = pedpy.compute_n_t(
        traj_data=pair.theirs[600:881], measurement_line=pedpy.MeasurementLine(LINE)
    )
    theirs = pedpy.compute_flow(
        nt=n_t, crossing_frames=crossed, individual_speed=pair.their_speeds, delta_frame=40, frame_rate=16.0
    )
    speeds = compute_individual_speed(pair.ours, frame_step=STEP, border="single_sided")
    of_part = (pair.ours.frame >= 600) & (pair.ours.frame <= 880)
    part = Speeds(
        speed=speeds.speed[of_part],
        vx=speeds.vx[of_part],
        vy=speeds.vy[of_part],
        is_defined=speeds.is_defined[of_part],
    )
    ours = compute_flow(earlier, cut, part, frame_step=40)
    agree(ours.flow, theirs.flow)
    agree(ours.mean_speed, theirs.mean_speed)


@pytest.mark.filterwarnings("ignore:The copy keyword is deprecated")  # in PedPy, with pandas 3
def test_flow_from_cells_at_a_line(pair: Pair, pedpy: Any) -> None:
    line = pedpy.MeasurementLine(LINE)
    species = pedpy.compute_species(
        trajectory_data=pair.theirs,
        individual_voronoi_polygons=pair.their_cells,
        measurement_line=line,
        frame_step=STEP,
    )
    more = {"individual_voronoi_polygons": pair.their_cells, "measurement_line": line, "species": species}
    flow = pedpy.compute_line_flow(individual_speed=pair.their_speeds, **more).sort_values("frame")
    speed = pedpy.compute_line_speed(individual_speed=pair.their_speeds, **more).sort_values("frame")
    density = pedpy.compute_line_density(**more).sort_values("frame")
    ours = compute_line_flow(pair.cells, pair.speeds, LINE)
    at = np.searchsorted(ours.frames, flow.frame)
    agree(ours.flow[at], flow.flow)
    agree(ours.speed[at], speed.speed)
    agree(ours.density[at], density.density)
    agree(ours.flow_forward[at], flow["j_sp+1"].fillna(0.0).astype(float))


def test_time_and_distance_to_a_line(pair: Pair, pedpy: Any) -> None:
    # PedPy gives a row for each crossing of somebody who crosses several times; here the first one counts
    ours = compute_time_to_line(pair.ours, LINE)
    theirs = pedpy.compute_time_distance_line(
        traj_data=pair.theirs, measurement_line=pedpy.MeasurementLine(LINE)
    )
    theirs = theirs.groupby(["id", "frame"]).min().reset_index()
    last = pair.ours.stretch_starts[1:] - 1
    first = find_crossings(pair.ours, LINE).first_of_each()
    unknown = first.person[np.isin(first.row, last)]
    kept = ~np.isin(pair.ours.person[ours.row], unknown)
    person, frame = pair.ours.person[ours.row][kept], pair.ours.frame[ours.row][kept]
    until = dict(zip(first.person, first.frame, strict=True))
    theirs = theirs[
        [f <= until[i] and i not in unknown for i, f in zip(theirs.id, theirs.frame, strict=True)]
    ]
    agree(person, theirs.id)
    agree(frame, theirs.frame)
    agree(ours.distance_m[kept], theirs.distance)
    agree(ours.time_s[kept], theirs.time)


def test_passing_density_and_speed(pair: Pair, pedpy: Any) -> None:
    line = shapely.LineString([(0.0, -1.0), (1.8, -1.0)])
    ours = find_passages(pair.ours, line, distance_m=2.0)
    theirs, area = pedpy.compute_frame_range_in_area(
        traj_data=pair.theirs, measurement_line=pedpy.MeasurementLine(line), width=2.0
    )
    # PedPy takes a passage for ended in somebody's last frame, too
    last = dict(zip(pair.ours.person, pair.ours.frame, strict=True))
    theirs = theirs[[f <= last[i] for i, f in zip(theirs.id, theirs.leaving_frame, strict=True)]]
    theirs = theirs.sort_values(["id", "entering_frame"])
    assert len(ours.person) > 10
    agree(ours.person, theirs.id)
    agree(ours.entering_frame, theirs.entering_frame)
    agree(ours.leaving_frame, theirs.leaving_frame)
    agree(ours.area.area, area.area)
    density = pedpy.compute_classic_density(traj_data=pair.theirs, measurement_area=area)
    passing = pedpy.compute_passing_density(density_per_frame=density, frames=theirs)
    agree(compute_passing_density(ours, compute_classic_density(pair.ours, ours.area)), passing.density)
    speed = pedpy.compute_passing_speed(frames_in_area=theirs, frame_rate=16.0, distance=2.0)
    agree(compute_passing_speed(ours, frame_rate=16.0), speed.speed)


def test_profiles(pair: Pair, pedpy: Any) -> None:
    area = pedpy.AxisAlignedMeasurementArea(-0.2, -2.0, 2.0, 2.0)
    grid = build_profile_grid((-0.2, -2.0, 2.0, 2.0), cell_m=0.4)
    part = (pair.ours.frame >= 700) & (pair.ours.frame <= 730)
    ours = pair.ours.keep(part)
    speeds = Speeds(
        speed=pair.speeds.speed[part],
        vx=pair.speeds.vx[part],
        vy=pair.speeds.vy[part],
        is_defined=pair.speeds.is_defined[part],
    )
    cells = compute_voronoi_cells(ours, CORRIDOR, cut_off=CutOff(radius_m=1.0))
    data = pair.their_cells.merge(pair.their_speeds, on=["id", "frame"])
    data = data.merge(pair.theirs.data, on=["id", "frame"])
    data = data[data.frame.between(700, 730)].reset_index(drop=True)

    def mean(profiles: Any) -> Any:
        return np.mean(profiles, axis=0)[::-1]  # PedPy's first row is in the north

    def density(method: str, **more: Any) -> Any:
        return mean(
            pedpy.compute_density_profile(
                data=data,
                axis_aligned_measurement_area=area,
                grid_size=0.4,
                density_method=getattr(pedpy.DensityMethod, method),
                **more,
            )
        )

    def speed(method: str, **more: Any) -> Any:
        profiles = pedpy.compute_speed_profile(
            data=data,
            axis_aligned_measurement_area=area,
            grid_size=0.4,
            speed_method=getattr(pedpy.SpeedMethod, method),
            **more,
        )
        return np.asarray(profiles)[:, ::-1]

    agree(compute_voronoi_density_profile(cells, grid).values, density("VORONOI"))
    agree(compute_classic_density_profile(ours, grid).values, density("CLASSIC"))
    np.testing.assert_allclose(
        compute_gaussian_density_profile(ours, grid, fwhm_m=0.5).values,
        density("GAUSSIAN", gaussian_width=0.5),
        rtol=1e-4,  # PedPy rounds 2 sqrt(2 log 2) and sqrt(2 pi) to six digits
    )
    agree(
        compute_gaussian_speed_profile(ours, speeds, grid, fwhm_m=0.5).values,
        speed("GAUSSIAN", gaussian_width=0.5).mean(axis=0),
    )
    agree(compute_voronoi_speed_profile(cells, speeds, grid).values, speed("VORONOI").mean(axis=0))


def test_pair_distribution(pair: Pair, pedpy: Any) -> None:
    part, their_part = pair.ours.between(600, 700), pair.theirs[600:701]
    ours = compute_pair_distribution(part, bin_m=0.2)
    edges, g = pedpy.compute_pair_distribution_function(traj_data=their_part, radius_bin_size=0.2)
    agree(ours.distance_m, edges)
    # the shuffles differ, the shape does not: nobody closer than a body, and 1 farther away
    known = np.isfinite(g) & np.isfinite(ours.g) & (edges < 6.0)
    assert np.abs(ours.g[known] - g[known]).max() < 0.15
    assert ours.g[0] < 0.2
