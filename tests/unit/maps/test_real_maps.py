"""Cities from real extracts: the shares that the product promises, or a report that says what is cut off."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

from impetus_sim.maps.build import build_city
from impetus_sim.maps.bundle import load_city, save_city
from impetus_sim.maps.check import FATAL, check_city
from impetus_sim.maps.city import City

PROMISED_SHARE = 0.95
SMALL = ("oslo_skoyen_station", "padova_centre_2021_roads", "helsinki_centre")
LARGE = ("monaco_2023", "bad_hersfeld_town", "monaco_nice_2016", "oslo_centre_east_2019_streets")


@pytest.mark.parametrize("name", SMALL)
def test_small_extract(name: str, data_folder: Path, tmp_path: Path) -> None:
    _check(name, data_folder, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_large_extract(name: str, data_folder: Path, tmp_path: Path) -> None:
    _check(name, data_folder, tmp_path)


def _check(name: str, data_folder: Path, tmp_path: Path) -> None:
    city = build_city(data_folder / "maps" / f"{name}.osm.pbf")
    assert load_city(save_city(city, tmp_path / "city.gpkg")).digest == city.digest
    assert [fault for fault in check_city(city) if fault.severity == FATAL] == []
    assert _drive_share(city) >= PROMISED_SHARE
    cut = city.layers["drive_cut_off"]
    listed = sum(row.length_m for row in city.report if row.kind == "cut_off_drive")
    assert listed == pytest.approx(cut["length_m"].sum(), abs=1.0)
    assert (cut["reason"] != "").all()
    areas = city.layers["walkable"]["area_m2"]
    islands = sum(row.count for row in city.report if row.kind == "kept_walkable_islands")
    assert areas.iloc[0] / areas.sum() >= PROMISED_SHARE or islands == len(areas) - 1
    assert (city.layers["walkable_cut_off"]["reason"] != "").all()


def _drive_share(city: City) -> float:
    """Return the share of drive length, service ways apart, in the largest strongly connected part."""
    graph = nx.MultiDiGraph()
    edges = city.layers["drive_edges"].query("highway != 'service'")
    every = city.layers["drive_edges"]
    graph.add_edges_from(zip(every["u"], every["v"], strict=True))
    heart = max(nx.strongly_connected_components(graph), key=len)
    inside = edges["u"].isin(heart) & edges["v"].isin(heart)
    return float(edges.loc[inside, "length_m"].sum() / edges["length_m"].sum())


def test_helsinki_has_the_senate_square_by_name_and_id(data_folder: Path) -> None:
    city = build_city(data_folder / "maps" / "helsinki_centre.osm.pbf")
    places = city.layers["places"].set_index("osm_id")
    assert places.loc["relation/2919121", "name"] == "Senaatintori"
    assert "Senatstorget" in places.loc["relation/2919121", "alt_names"].split(";")
    assert places.loc["relation/2919121"].geometry.area > 5_000
    assert city.report.find("dropped_missing_nodes").count > 900
    assert (city.layers["assets"]["kind"] == "camera").sum() == 221
    assert (city.layers["assets"]["kind"] == "traffic_signals").sum() == 135
