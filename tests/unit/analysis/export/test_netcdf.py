"""netCDF: what is written is what was recorded, in blocks or whole, by the CF conventions, and xarray reads it."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.analysis.density import DensityField
from impetus_sim.analysis.export import libraries
from impetus_sim.analysis.export.netcdf import grids, positions, series
from impetus_sim.analysis.export.netcdf.write import write_netcdf
from impetus_sim.analysis.ground import read_ground
from impetus_sim.analysis.run import open_recording
from impetus_sim.cli.export import export_command
from impetus_sim.errors import InvalidInputError

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")


@pytest.fixture(scope="module")
def room_file(room_run, tmp_path_factory):
    path = tmp_path_factory.mktemp("nc") / "room.nc"
    shown = CliRunner().invoke(
        export_command, [str(room_run.path), "--to", "netcdf", "-o", str(path), "--every", "2"]
    )
    assert shown.exit_code == 0, shown.output
    return path


@pytest.fixture
def held(room_file):
    with xr.open_dataset(room_file, engine="h5netcdf") as dataset:
        yield dataset.load()


def test_positions_are_those_of_the_recording(room_run, held):
    began = np.datetime64("2026-09-12T18:30:00")  # 20:30 in Rome
    assert held.attrs["featureType"] == "trajectory"
    assert held.person_index.attrs["instance_dimension"] == "person"
    assert held.uid.attrs["cf_role"] == "trajectory_id"
    np.testing.assert_array_equal(held.uid, room_run.static("people")["uid"])
    np.testing.assert_allclose((held.frame_time - began) / np.timedelta64(1, "s"), room_run.times_s)
    for index, frame in enumerate(room_run.frames()):
        at = slice(int(held.first_obs[index]), int(held.first_obs[index] + held.n_obs[index]))
        np.testing.assert_array_equal(held.x[at], frame.x)
        np.testing.assert_array_equal(held.y[at], frame.y)
        np.testing.assert_array_equal(held.state[at], frame.state)
        np.testing.assert_array_equal(held.person_index[at], frame.rows)
        assert (held.time[at] == held.frame_time[index]).all()
    assert held.sizes["obs"] == int(held.n_obs.sum()) > 1000


def test_counts_fields_and_states_are_those_of_the_recording(room_run, held):
    counts = room_run.counts()
    np.testing.assert_array_equal(held.n_inside, counts["inside"])
    np.testing.assert_array_equal(held.n_exit_left, counts["exit_left"])
    assert held.exit_name.values.tolist() == [str(name) for name in room_run.static("exits")["name"]]
    smoke = list(room_run.fields("smoke_extinction"))
    np.testing.assert_array_equal(held.smoke_extinction, np.stack([values for _, values in smoke]))
    grid = room_run.static("smoke_grid")
    assert held.smoke_extinction_x[0] == pytest.approx(grid["x0"] + 0.5 * grid["cell_m"])
    levels = np.stack([state["level"] for _, state in room_run.series("assets")])
    np.testing.assert_array_equal(held.asset_level, levels)
    assert levels.min() < 1.0 and held.asset_id.values.tolist() == ["feeder", "lamp"]
    readings = np.stack([state["value"] for _, state in room_run.series("readings")])
    np.testing.assert_array_equal(held.reading, readings)
    assert "power" in held.asset_unmet.attrs["flag_meanings"]


def test_density_is_that_of_the_measures_where_people_can_walk(room_run, held):
    moments = DensityField(read_ground(room_run).polygon)
    frame = room_run.frame(t_s=4.0)
    window, density, _ = moments.compute(frame.x, frame.y)
    expected = np.zeros(moments.grid.shape)
    expected[window] = density
    expected[moments.walkable_share == 0.0] = np.nan
    seconds = (held.density_time - held.density_time[0]) / np.timedelta64(1, "s")
    shown = held.density[int(np.flatnonzero(seconds == 4.0)[0])]
    np.testing.assert_allclose(shown, expected, rtol=1e-6)
    row, column = moments.grid.locate(np.array([9.0]), np.array([2.0]))
    assert moments.grid.centre(int(row[0]), int(column[0])) == (
        held.density_x[column[0]],
        held.density_y[row[0]],
    )


def test_events_keep_their_causes_and_metrics_stand_as_attributes(room_run, held):
    events = room_run.events_frame()
    assert held.event_kind.values.tolist() == events["kind"].tolist()
    assert held.event_causes.values.tolist() == events["causes"].tolist()
    assert held.event_id.values.tolist() == events["id"].tolist()
    for name, metric in room_run.metrics.items():
        if metric.value is not None and "." not in name:
            assert held.attrs[f"metric_{name}"] == metric.value
    assert json.loads(held.attrs["metrics"])["peak_density"]["unit"] == "people/m²"
    assert held.attrs["seed"] == 3 and held.attrs["digest"] == room_run.summary["digest"]


def test_every_variable_says_what_it_is(held):
    for name, variable in held.variables.items():
        assert variable.attrs.get("long_name") or variable.attrs.get("standard_name"), name
        if variable.dtype.kind in "fiu" and not {"cf_role", "instance_dimension", "flag_values"} & set(
            variable.attrs
        ):
            assert "units" in variable.attrs or name in ("first_obs", "event_id"), name


def test_blocks_and_the_whole_are_the_same(town_run, tmp_path, monkeypatch):
    whole = town_run.to_xarray(density_every_s=5.0)
    for module in (positions, grids, series):
        monkeypatch.setattr(module, "BLOCK_VALUES", 100)
    write_netcdf(town_run, tmp_path / "town.nc", density_every_s=5.0)
    with xr.open_dataset(tmp_path / "town.nc", engine="h5netcdf") as blocks:
        xr.testing.assert_identical(blocks.load(), whole)
    entered = [state["n_entered"] for _, state in town_run.series("traffic")]
    np.testing.assert_array_equal(whole.link_entered, np.stack(entered))
    on_way = [state["n_on"] for _, state in town_run.series("links")]
    np.testing.assert_array_equal(whole.people_on_way, np.stack(on_way))
    links, offsets = zip(*((s["link"], s["offset_dm"]) for _, s in town_run.series("traffic")), strict=True)
    np.testing.assert_array_equal(whole.vehicle_link, np.stack(links))
    on_link = np.stack(links) >= 0
    np.testing.assert_allclose(whole.vehicle_offset.values[on_link], np.stack(offsets)[on_link] / 10.0)


def test_voltages_units_and_gas_are_those_of_the_recording(served_run):
    held = served_run.to_xarray(density_every_s=None)
    voltages = [state["pu"] for _, state in served_run.series("voltages")]
    np.testing.assert_array_equal(held.bus_voltage, np.stack(voltages).astype(np.float32))
    assert held.bus_id.values.tolist() == served_run.static("power_buses")["id"].astype(str).tolist()
    assert (
        np.isnan(held.bus_voltage[-1]).any() and not np.isnan(held.bus_voltage[0]).any()
    )  # the feeder fails
    units = [state for _, state in served_run.series("units")]
    np.testing.assert_array_equal(held.unit_x, np.stack([state["x"] for state in units]))
    np.testing.assert_array_equal(held.beds_taken, np.stack([state["beds_taken"] for state in units]))
    assert held.unit_kind.values.tolist() == ["fire", "fire"]
    assert held.hospital_name.values.tolist() == ["general"]
    assert "flag_meanings" in held.unit_stage.attrs
    gas = [values for _, values in served_run.fields("plume_mg_m3")]
    np.testing.assert_array_equal(held.plume_mg_m3, np.stack(gas))
    assert float(held.plume_mg_m3.max()) > 0.0 and held.plume_mg_m3.attrs["units"] == "mg m-3"


def test_places_on_earth_have_a_grid_mapping(room_run):
    run = open_recording(room_run.path)
    run.attributes["map_crs"] = "EPSG:32632"
    held = run.to_xarray(density_every_s=None)
    assert held.x.attrs["standard_name"] == "projection_x_coordinate"
    assert held.state.attrs["grid_mapping"] == "crs"
    assert held.crs.attrs["grid_mapping_name"] == "transverse_mercator"
    assert "density" not in held


def test_names_and_times_are_as_the_conventions_want_them(held):
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in (*held.attrs, *held.variables))
    assert held.attrs["Conventions"] == "CF-1.11" and held.attrs["history"]
    for name in ("time", "frame_time", "count_time", "density_time", "event_time"):
        assert held[name].attrs["standard_name"] == "time"
        assert held[name].encoding["units"] == "seconds since 2026-09-12 18:30:00"


def test_a_missing_library_is_named_with_its_extra():
    with pytest.raises(InvalidInputError) as error:
        libraries.import_library("no_such_library", extra="study", what="netCDF")
    assert "netCDF needs no_such_library" in str(error.value)
    assert "impetus_sim[study]" in error.value.hint
