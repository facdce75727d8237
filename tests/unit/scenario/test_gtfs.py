"""GTFS feeds: which buses run within a window of hours, and what is refused with file and line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.load import load_scenario
from impetus_sim.scenario.model import Scenario

SCENARIO = """\
title: Town
map: {synthetic: {kind: room, width: 30 m, depth: 20 m}}
time: {duration: 10 min}
crowd: {}
traffic:
  lines:
    city: {kind: gtfs, feed: FEED, begin: "BEGIN", end: 2 h}
"""
FEED = {
    "stops": """\
stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
S,Station,60.17,24.94,1,
A,"Market, north",60.171,24.941,0,S
B,Harbour,60.172,24.942,,
C,Hill,60.173,24.943,,
""",
    "routes": """\
route_id,route_short_name,route_long_name,route_type
R1,14,To the hill,3
R2,T,Tram,0
R3,,Night bus,700
""",
    "trips": """\
route_id,service_id,trip_id,block_id
R1,weekday,early,7
R1,weekday,late,7
R1,weekday,often,
R2,weekday,tram,
R3,weekday,night,
""",
    "stop_times": """\
trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type,timepoint
early,16:50:00,16:50:00,A,1,,,1
early,,,B,5,,,
early,17:10:00,17:11:00,C,9,1,,0
late,17:30:00,17:30:00,C,1,,,
late,17:40:00,17:40:30,B,2,,1,
late,17:50:00,17:50:00,A,3,,,
often,0:00:00,0:00:00,A,1,,,
often,0:05:00,0:05:00,B,2,,,
tram,17:00:00,17:00:00,A,1,,,
tram,17:05:00,17:05:00,B,2,,,
night,25:10:00,25:10:00,A,1,,,
night,25:20:00,25:20:00,C,2,,,
""",
    "calendar": """\
service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
weekday,1,1,1,1,1,0,0,20260601,20260630
""",
    "calendar_dates": """\
service_id,date,exception_type
weekday,20260605,2
weekday,20260606,1
""",
    "frequencies": """\
trip_id,start_time,end_time,headway_secs
often,17:00:00,18:00:00,900
often,24:00:00,24:20:00,600
""",
}
WEDNESDAY = "2026-06-03 17:00"


def load(
    folder: Path, tables: dict[str, str | None] | None = None, *, begin: str = WEDNESDAY, more: str = ""
) -> Scenario:
    """Write a changed feed as a folder, and load a scenario with it."""
    (folder / "feed").mkdir(exist_ok=True)
    for name, text in (FEED | (tables or {})).items():
        if text is not None:
            (folder / "feed" / f"{name}.txt").write_text(text)
    return read(folder, "feed", begin=begin, more=more)


def read(folder: Path, feed: str, *, begin: str = WEDNESDAY, more: str = "") -> Scenario:
    text = SCENARIO.replace("FEED", feed).replace("BEGIN", begin).replace("end: 2 h", f"end: 2 h{more}")
    (folder / "town.yaml").write_text(text)
    return load_scenario(folder / "town.yaml")


def runs(scenario: Scenario) -> dict[str, list[tuple[str, float, float]]]:
    window = scenario.traffic.lines["city"].window
    return {run.id: [(call.stop, call.arrive_s, call.depart_s) for call in run.calls] for run in window.runs}


def test_the_runs_of_a_window_have_their_times_from_its_start(tmp_path):
    scenario = load(tmp_path)
    found = runs(scenario)
    # `early` has begun: it is met at its next stop, which has no time of its own and lies halfway in time
    assert found["early 20260603"] == [("B", 0.0, 0.0), ("C", 600.0, 660.0)]
    assert found["late 20260603"] == [("C", 1800.0, 1800.0), ("B", 2400.0, 2430.0), ("A", 3000.0, 3000.0)]
    assert [found[f"often 1.{k} 20260603"][0][2] for k in (1, 2, 3, 4)] == [0.0, 900.0, 1800.0, 2700.0]
    window = scenario.traffic.lines["city"].window
    assert window.left_out == {
        "runs of lines that are no buses": 1, "runs that have begun before the start, from their next stop on": 1,
    }  # fmt: skip
    early, late = (next(run for run in window.runs if run.id.startswith(name)) for name in ("early", "late"))
    assert early.block == late.block == "7 20260603" and early.line == "14"
    assert [call.may_board for call in early.calls] == [True, False] and not early.calls[1].is_held
    assert not early.calls[0].is_held  # its time was not given
    assert [call.may_alight for call in late.calls] == [True, False, True] and late.calls[0].is_held
    assert {stop.id: stop.name for stop in window.stops}["A"] == "Market, north"


def test_times_above_24_h_belong_to_the_night_after_and_the_window_may_pass_midnight(tmp_path):
    found = runs(load(tmp_path, begin="2026-06-03 01:00"))
    assert found["night 20260602"] == [("A", 600.0, 600.0), ("C", 1200.0, 1200.0)]
    found = runs(load(tmp_path, begin="2026-06-03 23:30"))
    assert [found[f"often 2.{k} 20260603"][0][2] for k in (1, 2)] == [1800.0, 2400.0]
    # it begins within the two hours, at 01:10
    assert found["night 20260603"][0] == ("A", 6000.0, 6000.0)


@pytest.mark.parametrize(
    ("begin", "is_on"),
    [
        ("2026-06-04 17:00", True),
        ("2026-06-05 17:00", False),
        ("2026-06-06 17:00", True),
        ("2026-06-07 17:00", False),
        ("2026-07-01 17:00", False),
    ],
)
def test_services_run_on_their_weekdays_but_for_exceptions(tmp_path, begin, is_on):
    if is_on:
        assert any(name.startswith("late") for name in runs(load(tmp_path, begin=begin)))
    else:
        with pytest.raises(InvalidInputError, match="no bus that runs") as told:
            load(tmp_path, begin=begin)
        assert "2026-06-01 to 2026-06-30" in str(told.value)


def test_a_calendar_of_dates_alone_will_do(tmp_path):
    dates = "service_id,date,exception_type\nweekday,20260603,1\n"
    assert "late 20260603" in runs(load(tmp_path, {"calendar": None, "calendar_dates": dates}))


def test_a_zip_in_a_folder_of_its_own_and_with_a_byte_order_mark_reads_the_same(tmp_path):
    scenario = load(tmp_path)
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as file:
        for name, text in FEED.items():
            file.writestr(f"town/{name}.txt", "\ufeff" + text.replace("\n", "\r\n"))
    assert runs(read(tmp_path, "feed.zip")) == runs(scenario)


def test_the_resolved_scenario_needs_no_feed_and_keeps_its_hours(tmp_path):
    scenario = load(tmp_path)
    for file in (tmp_path / "feed").iterdir():
        file.unlink()
    (tmp_path / "again.yaml").write_text(scenario.to_text())
    assert load_scenario(tmp_path / "again.yaml").digest == scenario.digest
    later = scenario.to_text().replace('"begin": "2026-06-03T17', '"begin": "2026-06-03T18')
    (tmp_path / "again.yaml").write_text(later)
    with pytest.raises(InvalidInputError, match="other hours"):
        load_scenario(tmp_path / "again.yaml")


def test_lines_are_chosen_by_any_of_their_names(tmp_path):
    assert not any("night" in name for name in runs(load(tmp_path, more=', routes: ["14"]')))
    found = runs(load(tmp_path, begin="2026-06-03 23:30", more=", routes: [Night bus]"))
    assert [*found] == ["night 20260603"]
    with pytest.raises(InvalidInputError, match="no line 15") as told:
        load(tmp_path, more=', routes: ["15"]')
    assert "14, Night bus" in str(told.value)


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("stop_times", "17:40:30,B", "17:40:30,X", "stop_times.txt, line 6: unknown stop 'X'"),
        ("stop_times", "late,17:30:00", "gone,17:30:00", "stop_times.txt, line 5: unknown trip 'gone'"),
        ("stop_times", "17:40:00,17:40:30", "17:20:00,17:40:30", "line 6: the times of trip 'late' go backwards"),
        ("stop_times", "17:40:00,17:40:30", "17:40:00,17:39:00", "line 6: the times of trip 'late' go backwards"),
        ("stop_times", "17:40:00,17:40:30", "17:60:00,17:40:30", "line 6: '17:60:00' is no time"),
        ("stop_times", "early,16:50:00,16:50:00", "early,,", "line 2: trip 'early' has no time at its first"),
        ("stop_times", "B,2,,1", "B,1,,1", "line 6: trip 'late' has stop_sequence 1 twice"),
        ("stop_times", "night,25:20:00,25:20:00,C,2,,,\n", "", "trips.txt, line 6: trip 'night' has 1 stops"),
        ("trips", "R1,weekday,late", "R9,weekday,late", "trips.txt, line 3: trip 'late' is on an unknown route"),
        ("stops", "B,Harbour,60.172", "B,Harbour,160.172", "stops.txt, line 4: stop 'B' has no stop_lat"),
        ("stops", "C,Hill", "B,Hill", "stops.txt, line 5: stop_id 'B' is there twice"),
        ("routes", "Tram,0", "Tram,tram", "routes.txt, line 3: route_type 'tram' is no number"),
        ("calendar", "20260601", "2026-06-01", "calendar.txt, line 2: '2026-06-01' is no date"),
        ("calendar_dates", "20260605,2", "20260605,3", "calendar_dates.txt, line 2: exception_type '3'"),
        ("frequencies", "900", "0", "frequencies.txt, line 2: needs start_time before end_time"),
        ("frequencies", "often,24", "none,24", "frequencies.txt, line 3: unknown trip 'none'"),
        ("stop_times", "stop_sequence", "order", "stop_times.txt, line 1: has no column stop_sequence"),
    ],
)  # fmt: skip
def test_faults_name_the_file_and_the_line(tmp_path, table, old, new, said):
    assert old in FEED[table]
    with pytest.raises(InvalidInputError) as told:
        load(tmp_path, {table: FEED[table].replace(old, new, 1)})
    assert said in str(told.value) and "town.yaml:7" in str(told.value)


def test_all_faults_of_a_table_are_told_at_once(tmp_path):
    text = FEED["stop_times"].replace(",B,", ",X,")
    with pytest.raises(InvalidInputError) as told:
        load(tmp_path, {"stop_times": text})
    assert str(told.value).count("unknown stop 'X'") == 4


def test_what_is_no_feed_is_refused(tmp_path):
    (tmp_path / "bad.zip").write_bytes(b"PK no zip")
    for feed, said in (
        ("bad.zip", "cannot read 'bad.zip': File is not a zip file"),
        ("none.zip", "cannot read 'none.zip': No such file"),
    ):
        with pytest.raises(InvalidInputError, match=said):
            read(tmp_path, feed)
    with pytest.raises(InvalidInputError, match=r"routes.txt is missing; trips.txt is missing"):
        load(tmp_path, dict.fromkeys(["routes", "trips"]))
    (tmp_path / "feed" / "calendar.txt").unlink()
    (tmp_path / "feed" / "calendar_dates.txt").unlink()
    with pytest.raises(InvalidInputError, match=r"calendar.txt is missing, and so is"):
        load(tmp_path, dict.fromkeys(["calendar", "calendar_dates"]))
    with zipfile.ZipFile(tmp_path / "cut.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in FEED.items():
            file.writestr(f"{name}.txt", text * 50 if name == "stops" else text)
    held = bytearray((tmp_path / "cut.zip").read_bytes())
    held[60:90] = bytes(30)
    (tmp_path / "cut.zip").write_bytes(held)
    with pytest.raises(InvalidInputError, match=r"cannot read stops\.txt"):
        read(tmp_path, "cut.zip")


def test_passengers_name_stops_that_are_there(tmp_path):
    text = SCENARIO.replace("FEED", "feed").replace("BEGIN", WEDNESDAY)
    load(tmp_path)
    (tmp_path / "town.yaml").write_text(
        text + "  passengers:\n    some: {origin: A, destination: Q, people: 5}\n"
    )
    with pytest.raises(InvalidInputError, match="no stop 'Q'") as told:
        load_scenario(tmp_path / "town.yaml")
    assert "town.yaml:9" in str(told.value) and "passengers.some.destination" in str(told.value)
