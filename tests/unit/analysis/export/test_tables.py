"""CSV and GeoParquet: tables read back hold what the run holds; a plan that lies nowhere is refused."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from impetus_sim.analysis.export.geoparquet import export_geoparquet
from impetus_sim.analysis.run import open_recording
from impetus_sim.cli.export import export_command
from impetus_sim.errors import InvalidInputError


@pytest.fixture(scope="module")
def folder(room_run, tmp_path_factory):
    out = tmp_path_factory.mktemp("csv") / "tables"
    shown = CliRunner().invoke(export_command, [str(room_run.path), "--to", "csv", "-o", str(out)])
    assert shown.exit_code == 0, shown.output
    return out


def test_the_folder_has_a_table_of_each_sort(folder):
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "positions.csv", "events.csv", "metrics.csv", "people.csv", "assets.csv", "asset_states.csv",
    }  # fmt: skip


def test_people_and_positions_belong_together(room_run, folder):
    people = pd.read_csv(folder / "people.csv", dtype={"uid": np.uint64})
    positions = pd.read_csv(folder / "positions.csv", dtype={"uid": np.uint64})
    table = room_run.tables("crowd")
    np.testing.assert_array_equal(people["uid"], table["uid"])
    assert set(people["population"]) == {"guests", "late"}
    left = people["state"] == "left"
    assert left.sum() == np.count_nonzero(table["state"] == 2) > 0
    np.testing.assert_allclose(people["left_s"][left], room_run.seconds(table["left_tick"][left.to_numpy()]))
    assert people["left_s"][~left].isna().all()
    assert set(people["exit"][left]) <= {"east", "west"}
    assert set(positions["uid"]) <= set(people["uid"])
    assert len(positions) == sum(len(frame.rows) for frame in room_run.frames())


def test_events_metrics_and_assets(room_run, folder):
    events = pd.read_csv(folder / "events.csv", keep_default_na=False)
    assert events["causes"].tolist() == room_run.events_frame()["causes"].tolist()
    metrics = pd.read_csv(folder / "metrics.csv").set_index("name")
    assert metrics.loc["peak_density", "value"] == pytest.approx(room_run.metrics["peak_density"].value)
    assets = pd.read_csv(folder / "assets.csv").set_index("asset")
    assert assets.loc["feeder", "below_full_s"] == pytest.approx(6.0, abs=1.0)
    states = pd.read_csv(folder / "asset_states.csv", keep_default_na=False)
    lamp = states[states["asset"] == "lamp"]
    assert lamp["lacks"].tolist() == ["", "power", ""]
    assert lamp["t_s"].is_monotonic_increasing


def test_geoparquet_has_people_ground_and_assets_in_lonlat(room_run, tmp_path):
    run = open_recording(room_run.path)
    with pytest.raises(InvalidInputError, match="no place on Earth"):
        export_geoparquet(run, tmp_path)
    run.attributes["map_crs"] = "+proj=tmerc +lat_0=45.4 +lon_0=11.87 +units=m +ellps=WGS84"
    written = export_geoparquet(run, tmp_path)
    names = ("people", "areas", "buildings", "assets", "asset_states")
    assert set(written) == {f"{name}.parquet" for name in names}
    people = gpd.read_parquet(tmp_path / "people.parquet")
    assert people.crs.to_epsg() == 4326
    np.testing.assert_allclose(people.total_bounds, [11.87, 45.4, 11.87, 45.4], atol=1e-3)
    back = people.to_crs(run.attributes["map_crs"])
    frame = run.frame(t_s=5.0)
    where = {row: (x, y) for row, x, y in zip(frame.rows, frame.x, frame.y, strict=True)}
    for row, times, way in zip(back["person"], back["t_s"], back.geometry, strict=True):
        if row in where:
            place = way.coords[list(times).index(5.0)]
            np.testing.assert_allclose(place, where[row], atol=1e-4)
    areas = gpd.read_parquet(tmp_path / "areas.parquet")
    assert {"walkable ground", "exit"} <= set(areas["kind"])
    assert {"east", "west"} <= set(areas["name"])
    assets = gpd.read_parquet(tmp_path / "assets.parquet")
    assert assets["asset"].tolist() == ["feeder", "lamp"] and (assets["lowest_level"] < 1.0).all()
