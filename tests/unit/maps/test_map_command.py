"""The `impetus map` commands: one JSON document, one line for bad input, nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from impetus_sim.cli.map import map_group
from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.bundle import load_city, save_city
from impetus_sim.maps.synthetic import build_synthetic


def _run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(map_group, list(words), catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def test_build_writes_a_city_and_prints_its_report(small_town, tmp_path: Path) -> None:
    source, target = small_town.write(tmp_path / "town.osm"), tmp_path / "town.gpkg"
    text = _run("build", str(source), "-o", str(target))
    assert "guessed storeys" in text or "absent assets" in text
    document = json.loads(_run("build", str(source), "-o", str(target), "--json"))
    assert document["digest"] == load_city(target).digest
    assert document["layers"]["buildings"] == 1
    assert {row["kind"] for row in document["report"]} >= {"area_of_map", "kept_drive_main_part"}


def test_check_prints_faults_and_exits_1_when_one_is_fatal(tmp_path: Path) -> None:
    city = build_synthetic("grid_city")
    good = save_city(city, tmp_path / "good.gpkg")
    assert json.loads(_run("check", str(good), "--json"))["fatal"] == 0
    city.layers["buildings"].geometry = city.layers["buildings"].geometry.translate(10, 0)
    bad = save_city(city, tmp_path / "bad.gpkg")
    assert "into buildings" in _run("check", str(bad), code=1)


def test_show_draws_a_picture(tmp_path: Path) -> None:
    city = save_city(build_synthetic("room"), tmp_path / "room.gpkg")
    picture = tmp_path / "room.png"
    _run("show", str(city), "-o", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_list_names_known_and_synthetic_maps() -> None:
    document = json.loads(_run("list", "--json"))
    assert "helsinki_centre" in {entry["name"] for entry in document["maps"]}
    assert "room" in document["synthetic"]
    assert "helsinki_centre" in _run("list")


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "5,1,4,2", "0,80,1,89"])
def test_bad_boxes_are_refused(box: str, small_town, tmp_path: Path) -> None:
    source = small_town.write(tmp_path / "town.osm")
    with pytest.raises(InvalidInputError, match="box"):
        _run("build", str(source), "-o", str(tmp_path / "c.gpkg"), "--bbox", box)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04zip", b"<osm version='0.6'/>"]
)
def test_other_files_give_one_line_and_write_nothing(content: bytes, tmp_path: Path) -> None:
    source, target = tmp_path / "town.osm.pbf", tmp_path / "town.gpkg"
    source.write_bytes(content)
    with pytest.raises(InvalidInputError) as error:
        _run("build", str(source), "-o", str(target))
    assert "\n" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["town.osm.pbf"]


def test_missing_source_and_folder_are_refused(small_town, tmp_path: Path) -> None:
    source = small_town.write(tmp_path / "town.osm")
    with pytest.raises(InvalidInputError, match="does not exist"):
        _run("build", str(tmp_path / "none.osm"), "-o", str(tmp_path / "c.gpkg"))
    with pytest.raises(InvalidInputError, match="does not exist"):
        _run("build", str(source), "-o", str(tmp_path / "no" / "c.gpkg"))
    with pytest.raises(InvalidInputError, match=r"does not end in \.png"):
        _run("show", str(source), "-o", str(tmp_path / "c.jpg"))
