"""Lines of a scenario and of timetables: their stops on streets, their runs, and their buses."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.engine.build_pickups import exit_number
from impetus_sim.engine.naming import about
from impetus_sim.engine.place_stops import NearLinks, StopPlacer
from impetus_sim.engine.transit_draft import Call, StopPoint, TransitDraft, uids_of
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.lines import GtfsLines, Line, LineStop, Service
from impetus_sim.scenario.places import locate
from impetus_sim.traffic.kernels.records import NEVER
from impetus_sim.traffic.transit.plan import Pool
from impetus_sim.world.drive_network import REACH_M

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.gtfs_window import GtfsCall, GtfsRun, GtfsStop
    from impetus_sim.world.drive_network import DriveNetwork
    from impetus_sim.world.world import World

OFF_MAP = "calls at stops outside the map"
FAR = "calls at stops far from every street for vehicles"
NO_WAY = "calls at stops to which no street leads from the one before"
SHORT = "runs with fewer than two stops left on the map"


class LineBuilder:
    """Adds lines to a draft. left_out: by entry, calls and runs of feeds that are not served, by reason."""

    def __init__(
        self, draft: TransitDraft, city: City, network: DriveNetwork, world: World, *, duration_s: float
    ) -> None:
        self._draft, self._city, self._network, self._world = draft, city, network, world
        self._duration_s = duration_s
        self._placer = StopPlacer(network)
        self.left_out: dict[str, dict[str, int]] = {}

    def add(self, name: str, entry: Service) -> None:
        """Add one entry of `traffic.lines`.

        Raises
        ------
        InvalidInputError
            When a stop is not on a street, no way leads from one to the next, or too many calls are left out.
        """
        with about(f"traffic.lines.{name}"):
            if isinstance(entry, Line):
                self._add_line(name, entry)
            else:
                assert isinstance(entry, GtfsLines)
                self._add_feed(name, entry)

    def _add_line(self, name: str, entry: Line) -> None:
        points = []
        for stop in entry.stops:
            centre = locate(stop.place, self._city).centroid
            points.append((float(centre.x), float(centre.y)))
        near = [self._placer.near(x, y, reach_m=REACH_M, side=entry.side) for x, y in points]
        for stop, found in zip(entry.stops, near, strict=True):
            if found is None:
                raise InvalidInputError(
                    f"stop '{stop.label}' is farther than {REACH_M:g} m from every street"
                )
        links = self._placer.choose([found for found in near if found is not None])
        for (before, after), link in zip(pairwise(entry.stops), links[1:], strict=True):
            if link is None:
                raise InvalidInputError(f"no street leads from stop '{before.label}' to '{after.label}'")
        calls = []
        for stop, point, link in zip(entry.stops, points, links, strict=True):
            assert link is not None
            calls.append(Call(stop=self._line_stop(name, entry, stop, point, link), place=self._end_of(link)))
        departures_us = self._departures_us(entry)
        pool = self._draft.add_pool(_pool(name, entry, leaves_full=entry.leaves_full), "bus")
        for k, due_us in enumerate(departures_us):
            first = Call(stop=calls[0].stop, place=calls[0].place, due_us=due_us)
            self._draft.add_run(pool, f"{name} {k + 1}", [first, *calls[1:]])
        n = int(entry.vehicles)
        place = calls[0].place if entry.depot is None else self._depot(entry)
        self._draft.add_carriers(
            pool,
            np.full(n, int(entry.seats)),
            place,
            uids_of(f"line {name}", n),
            free_us=0 if entry.depot is None else round(float(entry.sent) * 1e6),
        )

    def _line_stop(
        self, name: str, entry: Line, stop: LineStop, point: tuple[float, float], link: int
    ) -> int:
        number = -1
        if stop.exit is not None:
            number = exit_number(stop.exit, f"traffic.lines.{name}.stops", self._world)
        walks_us = int(NEVER) if entry.walk_after is None else round(float(entry.walk_after) * 1e6)
        return self._draft.add_stop(
            stop.label,
            stop.place,
            self._point(*point, link),
            exit_number=number,
            exit_name=stop.exit or "",
            walks_us=walks_us,
        )

    def _departures_us(self, entry: Line) -> list[int]:
        last_s = self._duration_s if entry.last is None else min(float(entry.last), self._duration_s)
        if entry.every is None:
            times = np.array([float(time) for time in entry.departures])
        else:
            times = np.arange(float(entry.first), last_s + 1e-6, float(entry.every))
        times = times[times <= last_s]
        if not entry.returns:
            times = times[: int(entry.vehicles)]
        if not len(times):
            raise InvalidInputError(
                "no bus leaves before the end of the run", hint="set `first` or `departures`"
            )
        return [round(time * 1e6) for time in times.tolist()]

    def _depot(self, entry: Line) -> int:
        assert entry.depot is not None
        centre = locate(entry.depot, self._city).centroid
        return int(self._network.nearest_node(np.array([centre.x]), np.array([centre.y]))[0])

    def _add_feed(self, name: str, entry: GtfsLines) -> None:
        window = entry.window
        left_out = Counter(window.left_out)
        stops = {stop.id: stop for stop in window.stops}
        local = {stop.id: self._city.to_local(stop.lon, stop.lat) for stop in window.stops}
        near = {
            id_: self._placer.near(x, y, reach_m=float(entry.reach), side=entry.side)
            for id_, (x, y) in local.items()
        }
        chosen: dict[tuple[str, ...], list[int | None]] = {}
        pools: dict[str, int] = {}
        n_on_map = 0
        for run in window.runs:
            on_map = [call for call in run.calls if self._is_on_map(*local[call.stop])]
            left_out[OFF_MAP] += len(run.calls) - len(on_map)
            n_on_map += len(on_map)
            found = [(call, links) for call in on_map if (links := near[call.stop]) is not None]
            left_out[FAR] += len(on_map) - len(found)
            ways = self._links_of(found, chosen)
            left_out[NO_WAY] += sum(link is None for link in ways)
            served = [(call, link) for (call, _), link in zip(found, ways, strict=True) if link is not None]
            if len(served) < 2:
                left_out[SHORT] += 1
                continue
            self._add_run(name, entry, run, served, stops, local, pools)
        self.left_out[f"lines.{name}"] = {reason: n for reason, n in left_out.items() if n}
        far = [id_ for id_, links in near.items() if links is None and self._is_on_map(*local[id_])]
        self._require_most(entry, left_out[FAR] + left_out[NO_WAY], n_on_map, far)
        if not pools:
            raise InvalidInputError("no bus of the feed serves two stops on the map")

    def _links_of(
        self, found: list[tuple[GtfsCall, NearLinks]], chosen: dict[tuple[str, ...], list[int | None]]
    ) -> list[int | None]:
        # Runs over the same stops take the same streets.
        pattern = tuple(call.stop for call, _ in found)
        if pattern and pattern not in chosen:
            chosen[pattern] = self._placer.choose([links for _, links in found])
        return chosen.get(pattern, [])

    def _add_run(
        self,
        name: str,
        entry: GtfsLines,
        run: GtfsRun,
        served: list[tuple[GtfsCall, int]],
        stops: dict[str, GtfsStop],
        local: dict[str, tuple[float, float]],
        pools: dict[str, int],
    ) -> None:
        calls = []
        for k, (call, link) in enumerate(served):
            stop = self._draft.add_stop(call.stop, stops[call.stop], self._point(*local[call.stop], link))
            calls.append(
                Call(
                    stop=stop,
                    place=self._end_of(link),
                    due_us=round(call.depart_s * 1e6) if call.is_held or k == 0 else 0,
                    may_board=call.may_board,
                    may_alight=call.may_alight,
                )
            )
        key = f"block {run.block}" if run.block else f"run {run.id}"
        if key not in pools:
            pools[key] = self._draft.add_pool(_pool(run.line, entry), "bus")
            self._draft.add_carriers(
                pools[key],
                np.array([int(entry.seats)]),
                calls[0].place,
                uids_of(f"lines {name} {key}", 1),
            )
        opens_us = max(0, calls[0].due_us - round(float(entry.ahead) * 1e6))
        self._draft.add_run(pools[key], f"{run.line}: {run.id}", calls, opens_us=opens_us)

    def _require_most(self, entry: GtfsLines, n_lost: int, n_on_map: int, far: list[str]) -> None:
        if n_lost <= float(entry.unmatched) * n_on_map:
            return
        reach, names = float(entry.reach), ", ".join(far[:5])
        where = f"; farther than {reach:g} m from every street: {names}" if far else ""
        raise InvalidInputError(
            f"{n_lost} of {n_on_map} calls on the map cannot be served, more than `unmatched` allows{where}",
            hint="raise `reach` or `unmatched`, or use a map that has their streets",
        )

    def _is_on_map(self, x: float, y: float) -> bool:
        x0, y0, x1, y1 = self._city.bounds
        return x0 <= x <= x1 and y0 <= y <= y1

    def _end_of(self, link: int) -> int:
        return self._network.n_nodes + link

    def _point(self, x: float, y: float, link: int) -> StopPoint:
        node = self._network.to_node[link]
        moved = float(np.hypot(self._network.node_x[node] - x, self._network.node_y[node] - y))
        return StopPoint(x=x, y=y, moved_m=moved)


def _pool(name: str, entry: Service, *, leaves_full: bool = False) -> Pool:
    return Pool(
        name=name,
        board_us=round(float(entry.boarding) * 1e6),
        alight_us=round(float(entry.alighting) * 1e6),
        doors_us=round(float(entry.doors) * 1e6),
        leaves_full=leaves_full,
    )
