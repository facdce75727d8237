"""Files that are no map: one clear error, nothing written, no traceback, bounded work."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.bundle import load_city, require_replaceable, require_writable, save_city
from impetus_sim.maps.read_osm import read_osm
from impetus_sim.maps.synthetic import build_synthetic

WAY = '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>'
TEXTS = {
    "empty": "",
    "text": "hello, this is no map",
    "html": "<html><body>404</body></html>",
    "other_xml": '<?xml version="1.0"?><gpx><trk/></gpx>',
    "truncated": '<osm version="0.6"><node id="1" lat="1" lon="1"/><way id="1"><nd ref="1"/>',
    "bad_number": '<osm version="0.6"><node id="x" lat="a" lon="1"/></osm>',
    "not_finite": f'<osm version="0.6"><node id="1" lat="nan" lon="inf"/>{WAY}</osm>',
    "geojson": '{"type": "FeatureCollection", "features": []}',
    "bomb": '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<osm version="0.6"><node id="1" lat="1" lon="1"><tag k="name" v="&b;"/></node></osm>',
    "external": '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    '<osm version="0.6"><node id="1" lat="1" lon="1"><tag k="name" v="&x;"/></node></osm>',
    "deep": '<osm version="0.6">' + "<a>" * 50_000 + "</a>" * 50_000 + "</osm>",
    "long_tag": '<osm version="0.6"><node id="1" lat="1" lon="1"><tag k="n" v="'
    + "x" * 100_000
    + '"/></node></osm>',
    "many_tags": '<osm version="0.6"><node id="1" lat="1" lon="1">'
    + "".join(f'<tag k="k{i}" v="v"/>' for i in range(20_000))
    + "</node></osm>",
    "many_nodes": '<osm version="0.6"><node id="1" lat="1" lon="1"/><way id="1">'
    + '<nd ref="1"/>' * 60_000
    + "</way></osm>",
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_that_is_no_map_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.osm"
    path.write_text(TEXTS[name], encoding="utf-8")
    with pytest.raises(InvalidInputError) as error:
        read_osm(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_pictures_archives_folders_and_noise_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.osm.pbf").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    (tmp_path / "b.osm.pbf").write_bytes(b"%PDF-1.7 nothing")
    (tmp_path / "d.osm.pbf").write_bytes(os.urandom(5_000))
    with zipfile.ZipFile(tmp_path / "c.osm.pbf", "w") as archive:
        archive.writestr("a", "b")
    for name, kind in (("a", "PNG"), ("b", "PDF"), ("c", "ZIP"), ("d", "not OpenStreetMap")):
        with pytest.raises(InvalidInputError, match=kind):
            read_osm(tmp_path / f"{name}.osm.pbf")
    with pytest.raises(InvalidInputError, match="folder"):
        read_osm(tmp_path)
    with pytest.raises(InvalidInputError, match="does not exist"):
        read_osm(tmp_path / "none.osm")


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_truncated_pbf_is_refused(share: float, tmp_path: Path, data_folder: Path) -> None:
    content = (data_folder / "maps" / "oslo_skoyen_station.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InvalidInputError):
        read_osm(path)


def test_ways_before_nodes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "overpass.osm"
    nodes = '<node id="1" lat="1" lon="1"/><node id="2" lat="1.001" lon="1"/>'
    path.write_text(f'<osm version="0.6">{WAY}{nodes}</osm>', encoding="utf-8")
    data = read_osm(path)
    assert [len(way.refs) for way in data.ways] == [2]
    assert data.missing_nodes == 0


def test_files_that_are_no_city_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.gpkg").write_text("hello", encoding="utf-8")
    (tmp_path / "half.gpkg").write_bytes(b"SQLite format 3\x00" + bytes(3_000))
    for name in ("text", "half", "none"):
        with pytest.raises(InvalidInputError):
            load_city(tmp_path / f"{name}.gpkg")


def test_only_cities_are_replaced(tmp_path: Path) -> None:
    notes, half, city = (tmp_path / name for name in ("notes.txt", "half.gpkg", "city.gpkg"))
    notes.write_text("mine", encoding="utf-8")
    half.write_bytes(b"SQLite format 3\x00" + bytes(3_000))
    for path in (notes, half):
        with pytest.raises(InvalidInputError, match="is not a city file"):
            require_replaceable(path)
    require_replaceable(tmp_path / "none.gpkg")
    require_replaceable(save_city(build_synthetic("room"), city))


def test_output_that_cannot_be_written_is_refused_before_work(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="does not exist"):
        require_writable(tmp_path / "nowhere" / "city.gpkg")
    with pytest.raises(InvalidInputError, match="is a folder"):
        require_writable(tmp_path)
