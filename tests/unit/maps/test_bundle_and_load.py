"""City files: the same content back, the same digest, one-step replacement, and the cache of built cities."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from pathlib import Path

import pyogrio
import pytest
import shapely

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.bundle import load_city, save_city
from impetus_sim.maps.check import FATAL, check_city
from impetus_sim.maps.city import City
from impetus_sim.maps.layers import LAYERS
from impetus_sim.maps.load import open_city
from impetus_sim.maps.synthetic import BUILDERS, build_synthetic


@pytest.mark.parametrize("kind", BUILDERS)
def test_saved_city_reads_back_with_the_same_digest(kind: str, tmp_path: Path) -> None:
    city = build_synthetic(kind)
    loaded = load_city(save_city(city, tmp_path / "city.gpkg"))
    assert loaded.digest == city.digest
    assert loaded.name == city.name
    assert dict(loaded.meta) == dict(city.meta)
    assert [path.name for path in tmp_path.iterdir()] == ["city.gpkg"]


def test_layers_and_tables_are_read_by_pyogrio(small_town, tmp_path: Path) -> None:
    city = open_city(str(small_town.write(tmp_path / "town.osm")))
    path = save_city(city, tmp_path / "town.gpkg")
    names = {str(name) for name, _ in pyogrio.list_layers(path)}
    assert names == {*LAYERS, "metadata", "repair_report"}
    report = pyogrio.read_dataframe(path, layer="repair_report", read_geometry=False)
    assert list(report["kind"]) == [row.kind for row in city.report]
    assert pyogrio.read_info(path, layer="walkable")["crs"] == city.crs


def test_digest_is_of_content_not_of_order_or_ring_start() -> None:
    city = build_synthetic("grid_city")
    layers = {name: layer.iloc[::-1].reset_index(drop=True) for name, layer in city.layers.items()}
    layers["walkable"] = layers["walkable"].set_geometry(
        shapely.normalize(layers["walkable"].geometry.to_numpy())
    )
    assert dataclasses.replace(city, layers=layers).digest == city.digest


@pytest.mark.parametrize("layer", ["walkable", "buildings", "drive_edges", "places"])
def test_digest_sees_a_move_of_two_millimetres_and_a_changed_word(layer: str) -> None:
    city = build_synthetic("grid_city")
    moved = city.layers[layer].copy()
    moved.geometry = moved.geometry.translate(0.002, 0)
    assert dataclasses.replace(city, layers=dict(city.layers) | {layer: moved}).digest != city.digest
    column = next(name for name, dtype in LAYERS[layer].items() if dtype == "str")
    renamed = city.layers[layer].copy()
    renamed.loc[0, column] = "something else"
    assert dataclasses.replace(city, layers=dict(city.layers) | {layer: renamed}).digest != city.digest


def test_built_city_is_cached_and_the_cache_heals(
    small_town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPETUS_CACHE", str(tmp_path / "cache"))
    path = small_town.write(tmp_path / "town.osm")
    said: list[str] = []
    first = open_city("town.osm", base=tmp_path, progress=said.append)
    second = open_city(str(path), progress=said.append)
    assert len(said) == 1
    assert first.digest == second.digest
    (kept,) = (tmp_path / "cache" / "maps").iterdir()
    kept.write_bytes(b"broken")
    assert open_city(str(path)).digest == first.digest


def test_unknown_names_say_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="did you mean 'helsinki_centre'"):
        open_city("helsinki_center")
    with pytest.raises(InvalidInputError, match="does not exist"):
        open_city("nothing.gpkg", base=tmp_path)


def test_check_finds_what_is_wrong() -> None:
    city = build_synthetic("grid_city")
    assert [fault for fault in check_city(city) if fault.severity == FATAL] == []
    buildings = city.layers["buildings"].copy()
    buildings.geometry = buildings.geometry.translate(10, 0)
    assert _fatal(city, buildings=buildings) == ["walkable"]
    edges = city.layers["drive_edges"].copy()
    edges.loc[0, "u"] = 10_000
    edges["speed_m_s"] = -1.0
    assert _fatal(city, drive_edges=edges) == ["drive_edges", "drive_edges"]


def _fatal(city: City, **layers: object) -> list[str]:
    changed = dataclasses.replace(city, layers=dict(city.layers) | layers)  # type: ignore[arg-type]
    return [
        fault.layer for fault in check_city(changed, stored_digest=city.digest) if fault.severity == FATAL
    ]


def test_a_file_from_before_a_layer_was_added_reads_back_with_it_empty(tmp_path: Path) -> None:
    city = build_synthetic("grid_city")
    old = tmp_path / "old.gpkg"
    save_city(city, old)
    with contextlib.closing(sqlite3.connect(old)) as base, base:
        base.execute("DROP TABLE power_lines")
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            base.execute(f"DELETE FROM {table} WHERE table_name = 'power_lines'")
    loaded = load_city(old)
    assert not len(loaded.layers["power_lines"])
    assert loaded.digest == city.digest
