"""From the tables of a GTFS feed to the runs of a window of hours, with every fault told by file and line.

Source: General Transit Feed Specification, Schedule Reference (gtfs.org).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from impetus_sim.scenario.gtfs_calendar import Calendar
from impetus_sim.scenario.gtfs_tables import Feed, Row
from impetus_sim.scenario.gtfs_window import GtfsCall, GtfsRun, GtfsStop, GtfsWindow
from impetus_sim.scenario.spec import refuse

DAY_S = 86_400
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")
_NOT_A_BUS = "runs of lines that are no buses"
_NOT_WANTED = "runs of other lines"
_CUT = "runs that have begun before the start, from their next stop on"


@dataclass(frozen=True)
class _Trip:
    line: int
    route: str
    service: str
    block: str


@dataclass
class _Call:
    line: int
    sequence: int
    stop: str
    arrive: float
    depart: float
    row: Row


class Reader:
    """Reads the tables in the order in which they refer to each other."""

    def __init__(self, feed: Feed, *, begin: str, end_s: float, routes: tuple[str, ...]) -> None:
        self._feed = feed
        self._left_out: Counter[str] = Counter()
        start = datetime.fromisoformat(begin)
        self._date = start.date()
        self._begin_s = start.hour * 3600 + start.minute * 60 + start.second
        self._end_s = end_s
        stops = self._stops()
        lines = self._lines(routes)
        trips = self._trips(lines)
        feed.require_sound()
        on_day = Calendar(feed)
        calls = self._calls(trips, stops)
        often = self._frequencies(trips)
        feed.require_sound()
        runs = self._runs(trips, calls, often, on_day, lines)
        if not runs:
            refuse(
                f"'{feed.name}' has no bus that runs within {end_s:g} s from {begin}"
                + (f" on {', '.join(routes)}" if routes else ""),
                key="begin",
                allowed=on_day.described(),
            )
        used = {call.stop for run in runs for call in run.calls}
        self.window = GtfsWindow(
            begin, end_s, routes, tuple(stops[k] for k in sorted(used)), tuple(runs), dict(self._left_out)
        )

    def _stops(self) -> dict[str, GtfsStop]:
        stops: dict[str, GtfsStop] = {}
        for line, row in self._feed.rows("stops"):
            if row.get("location_type", "") not in ("", "0"):
                continue
            if row["stop_id"] in stops:
                self._feed.fault("stops", line, f"stop_id '{row['stop_id']}' is there twice")
            try:
                lon, lat = float(row.get("stop_lon", "")), float(row.get("stop_lat", ""))
            except ValueError:
                lon = lat = math.nan
            if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
                self._feed.fault(
                    "stops", line, f"stop '{row['stop_id']}' has no stop_lat and stop_lon in degrees"
                )
            stops[row["stop_id"]] = GtfsStop(row["stop_id"], row.get("stop_name", ""), lon, lat)
        return stops

    def _lines(self, wanted: tuple[str, ...]) -> dict[str, tuple[str, str]]:
        # By id: the name of the line, and why its runs are left out, if they are.
        lines: dict[str, tuple[str, str]] = {}
        found: set[str] = set()
        for line, row in self._feed.rows("routes"):
            names = {row["route_id"], row.get("route_short_name", ""), row.get("route_long_name", "")}
            if not row["route_type"].isdecimal():
                self._feed.fault("routes", line, f"route_type '{row['route_type']}' is no number")
                continue
            kind = int(row["route_type"])
            found |= names & set(wanted)
            reason = "" if kind in (3, 11, 800) or 700 <= kind < 800 else _NOT_A_BUS
            if not reason and wanted and not names & set(wanted):
                reason = _NOT_WANTED
            name = row.get("route_short_name") or row.get("route_long_name") or row["route_id"]
            lines[row["route_id"]] = (name, reason)
        unknown = sorted(set(wanted) - found)
        if unknown:
            known = sorted({name for name, _ in lines.values()})
            refuse(
                f"'{self._feed.name}' has no line {', '.join(unknown[:5])}",
                key="routes",
                allowed=", ".join(known[:20]),
            )
        return lines

    def _trips(self, lines: dict[str, tuple[str, str]]) -> dict[str, _Trip]:
        trips: dict[str, _Trip] = {}
        for line, row in self._feed.rows("trips"):
            if row["route_id"] not in lines:
                self._feed.fault(
                    "trips", line, f"trip '{row['trip_id']}' is on an unknown route '{row['route_id']}'"
                )
            if row["trip_id"] in trips:
                self._feed.fault("trips", line, f"trip_id '{row['trip_id']}' is there twice")
            trips[row["trip_id"]] = _Trip(line, row["route_id"], row["service_id"], row.get("block_id", ""))
        return trips

    def _calls(self, trips: dict[str, _Trip], stops: dict[str, GtfsStop]) -> dict[str, list[_Call]]:
        calls: dict[str, list[_Call]] = defaultdict(list)
        for line, row in self._feed.rows("stop_times"):
            if row["trip_id"] not in trips:
                self._feed.fault("stop_times", line, f"unknown trip '{row['trip_id']}'")
            if row["stop_id"] not in stops:
                self._feed.fault("stop_times", line, f"unknown stop '{row['stop_id']}'")
            if not row["stop_sequence"].isdecimal():
                self._feed.fault("stop_times", line, f"stop_sequence '{row['stop_sequence']}' is no number")
                continue
            arrive = self._time("stop_times", line, row.get("arrival_time", ""))
            depart = self._time("stop_times", line, row.get("departure_time", ""))
            arrive, depart = (
                (depart if math.isnan(arrive) else arrive),
                (arrive if math.isnan(depart) else depart),
            )
            calls[row["trip_id"]].append(
                _Call(line, int(row["stop_sequence"]), row["stop_id"], arrive, depart, row)
            )
        for id_, trip in trips.items():
            if len(calls[id_]) < 2:
                self._feed.fault(
                    "trips", trip.line, f"trip '{id_}' has {len(calls[id_])} stops in stop_times.txt"
                )
            else:
                calls[id_] = self._in_order(id_, calls[id_])
        return calls

    def _in_order(self, id_: str, calls: list[_Call]) -> list[_Call]:
        # Calls by their sequence, with the times that are not given spread evenly between those that are.
        calls.sort(key=lambda call: call.sequence)
        for before, call in pairwise(calls):
            if call.sequence == before.sequence:
                self._feed.fault(
                    "stop_times", call.line, f"trip '{id_}' has stop_sequence {call.sequence} twice"
                )
        for call in (calls[0], calls[-1]):
            if math.isnan(call.depart):
                self._feed.fault(
                    "stop_times", call.line, f"trip '{id_}' has no time at its first or last stop"
                )
                return calls
        timed = [k for k, call in enumerate(calls) if not math.isnan(call.depart)]
        for a, b in pairwise(timed):
            for k in range(a + 1, b):
                share = (k - a) / (b - a)
                calls[k].arrive = calls[k].depart = calls[a].depart + share * (
                    calls[b].arrive - calls[a].depart
                )
                calls[k].row = calls[k].row | {"timepoint": "0"}
        last = -math.inf
        for call in calls:
            if call.arrive < last or call.depart < call.arrive:
                self._feed.fault("stop_times", call.line, f"the times of trip '{id_}' go backwards")
                break
            last = call.depart
        return calls

    def _frequencies(self, trips: dict[str, _Trip]) -> dict[str, list[tuple[float, float, float]]]:
        often: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
        for line, row in self._feed.rows("frequencies"):
            start = self._time("frequencies", line, row["start_time"])
            end = self._time("frequencies", line, row["end_time"])
            every = row["headway_secs"]
            if row["trip_id"] not in trips:
                self._feed.fault("frequencies", line, f"unknown trip '{row['trip_id']}'")
            elif not every.isdecimal() or int(every) == 0 or not start < end:
                self._feed.fault(
                    "frequencies", line, "needs start_time before end_time, and headway_secs above 0"
                )
            else:
                often[row["trip_id"]].append((start, end, float(every)))
        return often

    def _time(self, table: str, line: int, text: str) -> float:
        if not text:
            return math.nan
        match = _CLOCK.fullmatch(text)
        if match is None:
            self._feed.fault(table, line, f"'{text[:20]}' is no time HH:MM:SS")
            return math.nan
        hours, minutes, seconds = map(int, match.groups())
        return float((hours * 60 + minutes) * 60 + seconds)

    def _runs(
        self,
        trips: dict[str, _Trip],
        calls: dict[str, list[_Call]],
        often: dict[str, list[tuple[float, float, float]]],
        on_day: Calendar,
        lines: dict[str, tuple[str, str]],
    ) -> list[GtfsRun]:
        # A trip of a day before goes on after midnight, by times above 24:00; one of the day after begins after it.
        latest = max((held[-1].depart for held in calls.values() if held), default=0.0)
        latest = max(
            [latest, *(end + held[-1].depart for id_, held in calls.items() for _, end, _ in often[id_])]
        )
        runs = []
        for back in range(-math.ceil((self._begin_s + self._end_s) / DAY_S), int(latest // DAY_S) + 1):
            shift = -float(back * DAY_S + self._begin_s)
            day = self._date - timedelta(days=back)
            for id_ in sorted(trips):
                if not on_day.runs(trips[id_].service, day):
                    continue
                first = calls[id_][0].depart
                repeats = [
                    (f"{id_} {k + 1}.{n + 1}", start + n * every - first)
                    for k, (start, end, every) in enumerate(often[id_])
                    for n in range(math.ceil((end - start) / every))
                ]
                for name, later in repeats or [(id_, 0.0)]:
                    run = self._run(
                        f"{name} {day:%Y%m%d}", trips[id_], calls[id_], shift + later, day, bool(repeats)
                    )
                    if run is None:
                        continue
                    line, reason = lines[trips[id_].route]
                    if reason:
                        self._left_out[reason] += 1
                    else:
                        runs.append(GtfsRun(run.id, line, run.block, run.calls))
        return sorted(runs, key=lambda run: (run.calls[0].depart_s, run.id))

    def _run(
        self, name: str, trip: _Trip, calls: list[_Call], shift: float, day: date, is_repeated: bool
    ) -> GtfsRun | None:
        if calls[0].depart + shift >= self._end_s:
            return None
        kept = [call for call in calls if call.depart + shift >= 0.0]
        if len(kept) < 2:
            return None
        if len(kept) < len(calls):
            self._left_out[_CUT] += 1
        block = f"{trip.block} {day:%Y%m%d}" if trip.block and not is_repeated else ""
        return GtfsRun(
            name,
            "",
            block,
            tuple(
                GtfsCall(
                    call.stop,
                    max(0.0, call.arrive + shift),
                    call.depart + shift,
                    call.row.get("pickup_type", "") != "1",
                    call.row.get("drop_off_type", "") != "1",
                    call.row.get("timepoint", "") != "0",
                )
                for call in kept
            ),
        )
