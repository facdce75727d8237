"""Traffic as GeoParquet: written, and read back by geopandas with the numbers that went in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.analysis.export.geoparquet import export_geoparquet
from impetus_sim.analysis.export.traffic import LINKS_FILE, VEHICLES_FILE
from impetus_sim.cli.export import export_command
from impetus_sim.errors import InvalidInputError

EAST, NORTH = 373_000.0, 4_844_000.0  # UTM 32 N, by Monaco


@pytest.fixture
def corner(write_traffic):
    """A street that turns: one vehicle goes round the corner, another is seen once."""
    links = [
        {"ends": (0, 1), "places": ((EAST, NORTH), (EAST + 100, NORTH)), "name": "Long Road"},
        {"ends": (1, 2), "places": ((EAST + 100, NORTH), (EAST + 100, NORTH + 300))},
    ]
    states = {
        tick: {
            "n_entered": entered,
            "n_left": left,
            "link": np.array(link, np.int32),
            "offset_dm": (10 * np.array(offset_m)).astype(np.uint16),
        }
        for tick, entered, left, link, offset_m in (
            (0, [1, 0], [0, 0], [0, -1], [50.0, 0.0]),
            (10, [1, 1], [1, 0], [1, -1], [150.0, 0.0]),
            (20, [2, 1], [1, 0], [1, 0], [300.0, 100.0]),
        )
    }
    trips = {
        "depart_us": np.array([0, 15_000_000]),
        "state": np.array([3, 2], np.int8),
        "left_us": np.array([21_000_000, 0]),
        "goal_node": np.array([2, 2]),
    }
    return write_traffic(links, states, trips, attributes={"map_crs": "EPSG:32632"})


def test_links_by_intervals_are_read_back(corner, tmp_path):
    assert export_geoparquet(corner, tmp_path, every_s=10.0) == {LINKS_FILE: 4, VEHICLES_FILE: 2}
    links = gpd.read_parquet(tmp_path / LINKS_FILE)
    assert links.crs.to_epsg() == 4326
    assert links["start_s"].tolist() == [0, 0, 10, 10]
    assert links["link"].tolist() == [0, 1, 0, 1]
    assert links["entered"].tolist() == [0, 1, 1, 0]
    assert links["left"].tolist() == [1, 0, 0, 0]
    west, south, east, north = links.total_bounds
    assert 7.4 < west < east < 7.5
    assert 43.7 < south < north < 43.8
    lengths = links.to_crs("EPSG:32632").length
    np.testing.assert_allclose(lengths, [100, 300, 100, 300], atol=1e-3)


def test_ways_of_vehicles_are_lines_through_recorded_places(corner, tmp_path):
    export_geoparquet(corner, tmp_path)
    vehicles = gpd.read_parquet(tmp_path / VEHICLES_FILE)
    local = vehicles.to_crs("EPSG:32632").geometry
    np.testing.assert_allclose(
        np.array(local[0].coords) - (EAST, NORTH), [(50, 0), (100, 150), (100, 300)], atol=1e-3
    )
    assert local[1].geom_type == "Point"
    np.testing.assert_allclose(np.array(local[1].coords) - (EAST, NORTH), [(100, 0)], atol=1e-3)
    assert [list(times) for times in vehicles["t_s"]] == [[0.0, 10.0, 20.0], [20.0]]
    assert vehicles["state"].tolist() == ["arrived", "on_links"]
    assert vehicles["arrive_s"].tolist()[0] == 21.0
    assert vehicles["free_s"].tolist() == [20.0, 20.0]


def test_a_plan_without_a_place_on_earth_is_refused_and_leaves_no_folder(bottleneck, tmp_path):
    outcome = CliRunner().invoke(
        export_command, [str(bottleneck.path), "--to", "geoparquet", "-o", str(tmp_path / "out")]
    )
    assert isinstance(outcome.exception, InvalidInputError)
    assert "no place on Earth" in str(outcome.exception)
    assert not (tmp_path / "out").exists()


def test_the_command_makes_the_folder_and_names_the_files(corner, tmp_path):
    folder = tmp_path / "out"
    outcome = CliRunner().invoke(
        export_command, [str(corner.path), "--to", "geoparquet", "--every", "10", "-o", str(folder)]
    )
    assert outcome.exit_code == 0, outcome.output
    assert f"{folder / LINKS_FILE} (4 rows)" in outcome.output
    assert len(gpd.read_parquet(folder / VEHICLES_FILE)) == 2
