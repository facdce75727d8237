"""A timetable on a real map: buses run as it says, and what has no place on the map is counted."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from impetus_sim.analysis.export.geoparquet import export_geoparquet
from impetus_sim.analysis.export.traffic import CALLS_FILE, RIDERS_FILE
from impetus_sim.cli.info_traffic import describe_traffic
from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import InvalidInputError
from impetus_sim.maps.load import open_city
from impetus_sim.scenario.load import load_scenario
from impetus_sim.world.drive_network import build_drive_network

TEXT = """
title: A timetable
map: helsinki_centre
time: {duration: 15 min}
crowd: {focus: {at: Rautatientori, radius: 40 m}}
traffic:
  lines:
    city: {kind: gtfs, feed: feed, begin: "2026-06-03 17:00", end: 10 min, seats: 40, MORE}
  passengers:
    some: {origin: s0, destination: s2, people: 50, end: 2 min}
"""
TABLES = {
    "routes": "route_id,route_short_name,route_type\nR,14,3\n",
    "trips": "route_id,service_id,trip_id,block_id\nR,w,first,b\nR,w,second,\nR,w,third,b\n",
    "calendar_dates": "service_id,date,exception_type\nw,20260603,1\n",
}
STOP_TIMES = """trip_id,stop_sequence,stop_id,arrival_time,departure_time
first,1,s0,17:01:00,17:02:00
first,2,s1,17:04:00,17:04:00
first,3,far,17:05:00,17:05:00
first,4,s2,17:06:00,17:06:00
first,5,away,17:30:00,17:30:00
second,1,s0,17:05:00,17:05:00
second,2,s1,17:07:00,17:07:00
third,1,s2,17:09:00,17:09:00
third,2,s0,17:12:00,17:12:00
"""


@pytest.fixture(scope="module")
def points():
    """Points at three streets in a row that buses can go round, right of the way, and one far from every street."""
    city = open_city("helsinki_centre")
    network = build_drive_network(city)
    found = []
    for k in np.flatnonzero((network.length > 60.0) & (network.names != "")):
        a, b = network.points[network.first[k]], network.points[network.first[k + 1] - 1]
        along = (b - a) / np.hypot(*(b - a))
        if np.diff(network.first)[k] == 2:
            middle = (a + b) / 2.0 + 4.0 * np.array([along[1], -along[0]])
            found.append((int(k), *city.to_lonlat(*middle)))
    x0, y0, x1, y1 = city.bounds
    grid = np.array([(x, y) for x in np.arange(x0, x1, 20.0) for y in np.arange(y0, y1, 20.0)])
    distance = np.min(
        np.hypot(
            grid[:, None, 0] - network.points[None, :, 0], grid[:, None, 1] - network.points[None, :, 1]
        ),
        1,
    )
    far = grid[np.argmax(distance)]
    return city, network, found, city.to_lonlat(*far)


@pytest.fixture
def load(tmp_path, points):
    def build(more="unmatched: 0.5", **tables):
        _, _, found, far = points
        stops = [(f"s{k}", *found[i][1:]) for k, i in enumerate((0, len(found) // 2, len(found) - 1))]
        stops += [("far", *far), ("away", 25.5, 60.5)]
        folder = tmp_path / "feed"
        folder.mkdir(exist_ok=True)
        rows = "".join(f"{name},{lon:.7f},{lat:.7f}\n" for name, lon, lat in stops)
        held = TABLES | {"stops": f"stop_id,stop_lon,stop_lat\n{rows}", "stop_times": STOP_TIMES} | tables
        for name, text in held.items():
            (folder / f"{name}.txt").write_text(text)
        (tmp_path / "town.yaml").write_text(TEXT.replace("MORE", more))
        return load_scenario(tmp_path / "town.yaml")

    return build


def test_buses_run_by_the_timetable_and_what_has_no_place_is_counted(load, points):
    scenario = load()
    run = simulate(scenario, seed=1, check=True)
    calls, plan = run.tables("transit_calls"), run.static("transit_call_plan")
    left_s = np.asarray(calls["left_us"]) / 1e6
    due_s = np.asarray(plan["due_us"]) / 1e6
    assert due_s.tolist() == [120, 240, 360, 300, 420, 540, 720]
    first = np.array([0, 3, 5])
    assert left_s[first].tolist() == due_s[first].tolist()
    served = np.asarray(calls["vehicle"])
    # `first` and `third` are of one block: one bus does both
    assert served[0] == served[5] != served[3]
    counts = run.counts()
    assert counts["riders_delivered"][-1] == 40 and counts["riders_waiting"][-1] == 10
    described = describe_traffic(run)
    for reason in ("outside the map", "far from every street for vehicles"):
        assert described[f"left out of lines.city, calls at stops {reason}"] == 1
    assert described["calls served"] == described["calls"] == 7 and described["stops"] == 3


def test_calls_and_riders_are_written_as_tables(load, tmp_path):
    run = simulate(load(), seed=1, path=tmp_path / "run.h5")
    assert export_geoparquet(run, tmp_path)[CALLS_FILE] == 7
    calls, riders = gpd.read_parquet(tmp_path / CALLS_FILE), pd.read_parquet(tmp_path / RIDERS_FILE)
    assert calls.crs.to_epsg() == 4326 and calls["line"].unique().tolist() == ["14"]
    assert calls["due_s"].tolist() == [120, 240, 360, 300, 420, 540, 720]
    assert calls["late_s"].isna().tolist() == [k in (2, 4, 6) for k in range(7)]
    assert (calls["late_s"].dropna() >= 0).all() and calls["boarded"].sum() == 40
    rode = riders[riders["state"] == "delivered"]
    assert len(rode) == 40 and (rode["wait_s"] >= 0).all() and (rode["ride_s"] > 0).all()
    assert set(riders["stop"]) == {"s0"} and set(riders["goal"]) == {"s2"}


def test_a_stop_is_served_by_the_link_on_its_right(load, points):
    _, network, found, _ = points
    service = Simulation(load(), seed=1).systems.traffic.service
    link = service.plan.runs.place - network.n_nodes
    wanted = [found[i][0] for i in (0, len(found) // 2, len(found) - 1)]
    assert link[:3].tolist() == wanted


def test_too_many_calls_without_a_street_are_refused(load):
    with pytest.raises(InvalidInputError, match=r"1 of 8 calls on the map.*: far"):
        Simulation(load(more="unmatched: 0.1"), seed=1)
    with pytest.raises(InvalidInputError, match="no bus of the feed serves two stops on the map"):
        names = ("s0", "s1", "s2", "far", "away")
        stops = "stop_id,stop_lon,stop_lat\n" + "".join(f"{name},25.5,60.5\n" for name in names)
        Simulation(load(stops=stops), seed=1)
