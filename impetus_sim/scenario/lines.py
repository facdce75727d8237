"""Lines of buses: given in the scenario or imported from GTFS, and people who ride on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, model_validator

from impetus_sim.scenario.draw import highest, lowest
from impetus_sim.scenario.gtfs import FeedText, read_window
from impetus_sim.scenario.gtfs_window import GtfsWindow, window_of
from impetus_sim.scenario.kinds import OneOf
from impetus_sim.scenario.places import Place
from impetus_sim.scenario.quantities import Count, FixedSeconds, Number, Seconds, Share, limits
from impetus_sim.scenario.spec import Spec, refuse
from impetus_sim.scenario.time_profile import TimeProfile, check_profile


class Service(Spec):
    """What buses of a line have in common.

    Parameters
    ----------
    seats
        People that a bus takes, standing ones included.
    boarding, alighting, doors
        Time that one person takes to board and to get off, and that each stop takes beside that, s.
    walk_after
        People who came to a stop on foot walk on when they have waited so long, s; never when left out.
    side
        Side of the street on which stops lie, in the direction of travel.
    """

    kind: ClassVar[str]

    seats: Annotated[Count, limits(low=1, high=300)] = 60
    boarding: Annotated[Number, limits(low=0.0)] = 2.5
    alighting: Annotated[Number, limits(low=0.0)] = 1.5
    doors: Annotated[Number, limits(low=0.0)] = 4.0
    walk_after: Annotated[Seconds, limits(above=0.0)] | None = None
    side: Literal["right", "left"] = "right"


class LineStop(Spec):
    """A stop of a line.

    Parameters
    ----------
    place
        Where it is; buses stop on the street nearest to it.
    name
        By which passengers name it; the place as written when left out.
    exit
        The exit of the ground by which people come here on foot; they ride to the line's end.
    """

    place: Place
    name: str = ""
    exit: str | None = None

    def references(self) -> list[tuple[str, str, str]]:
        """Return the exit that leads here."""
        return [] if self.exit is None else [("exit", "exits", self.exit)]

    @property
    def label(self) -> str:
        """Its name."""
        return self.name or str(self.place)


def _as_stop(raw: Any) -> Any:
    is_stop = isinstance(raw, LineStop) or (isinstance(raw, Mapping) and "place" in raw)
    return raw if is_stop else {"place": raw}


class Line(Service):
    """Buses that go round on a line.

    Parameters
    ----------
    stops
        In the order in which they are served: places, or ``{place, name, exit}``.
    vehicles
        Buses; they stand at the first stop, or at the depot, at first.
    every, first, last
        Departures from the first stop: time between two, when the first and the last may be, s. `last` is the end
        of the run when left out.
    departures
        Their times instead, s.
    returns
        Whether a bus that has come to the end goes back to the first stop for another round.
    leaves_full
        Whether a full bus leaves before its time.
    depot, sent
        Where buses come from, and when they set out, s.
    """

    kind = "line"

    stops: tuple[Annotated[LineStop, BeforeValidator(_as_stop)], ...]
    vehicles: Annotated[Count, limits(low=1, high=1000)]
    every: Annotated[Seconds, limits(low=10.0)] | None = None
    first: Seconds = 0.0
    last: Seconds | None = None
    departures: tuple[Seconds, ...] = ()
    returns: bool = True
    leaves_full: bool = False
    depot: Place | None = None
    sent: Seconds = 0.0

    @model_validator(mode="after")
    def _check(self) -> Line:
        if len(self.stops) < 2:
            refuse(f"{len(self.stops)} stops", key="stops", allowed="two or more")
        if (self.every is None) == (not self.departures):
            refuse("a line needs `every` or `departures`", key="every", allowed="one of them")
        for earlier, later in zip(self.departures, self.departures[1:], strict=False):
            if highest(earlier) > lowest(later):
                refuse("departures are not in the order of time", key="departures")
        return self


def _moment(raw: Any) -> str:
    if isinstance(raw, str):
        try:
            start = datetime.fromisoformat(raw.strip())
        except ValueError:
            start = None
        if start is not None and start.tzinfo is None and start.microsecond == 0:
            return start.isoformat()
    refuse(f"'{raw}' is not a local date and time", allowed='"2026-09-12 20:30"')


class GtfsLines(Service):
    """Buses of a timetable in the form of a GTFS feed; see `impetus_sim.scenario.gtfs`.

    Parameters
    ----------
    feed
        Zip file or folder.
    begin
        Date and local time of the timetable at which the run starts.
    end
        Buses that set out until then are run, s from the start.
    routes
        Lines by their short or long name or id; all buses when left out.
    ahead
        A bus that begins a run is at its first stop so long before, s.
    reach
        A stop farther than this from every street for vehicles is left out, m.
    unmatched
        Largest share of calls on the map that may be left out for that or since no way leads there.
    """

    kind = "gtfs"

    feed: FeedText
    begin: Annotated[str, BeforeValidator(_moment)]
    end: Annotated[FixedSeconds, limits(above=0.0)] = 7200.0
    routes: tuple[str, ...] = ()
    ahead: Seconds = 120.0
    reach: Annotated[Number, limits(above=0.0, high=500.0)] = 60.0
    unmatched: Share = 0.05

    @model_validator(mode="after")
    def _read(self) -> GtfsLines:
        self.__dict__["feed"] = read_window(
            self.feed, begin=self.begin, end_s=float(self.end), routes=self.routes
        )
        return self

    @property
    def window(self) -> GtfsWindow:
        """What the feed holds of these hours."""
        return window_of(self.feed)


class Passengers(Spec):
    """People who come to a stop to ride on lines, beside those who come through exits.

    Parameters
    ----------
    origin, destination
        Names of stops: of lines, or stop ids of a feed. To the end of whatever comes when no destination is given.
    people
        How many.
    start, end, profile
        When they come to the stop, s; see `impetus_sim.scenario.time_profile`.
    walk_after
        They walk instead when they have waited so long, s; never when left out.
    """

    origin: str
    destination: str | None = None
    people: Annotated[Count, limits(low=1)]
    start: Seconds = 0.0
    end: Annotated[Seconds, limits(above=0.0)] = 3600.0
    profile: TimeProfile = "even"
    walk_after: Annotated[Seconds, limits(above=0.0)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Passengers:
        if highest(self.start) >= lowest(self.end):
            refuse(f"end is not after start ({highest(self.start):g} s)", key="end")
        check_profile(self.profile, self.start, self.end, daily=False)
        return self


LINE_KINDS: tuple[type[Service], ...] = (Line, GtfsLines)
LineKind = Annotated[Service, OneOf("traffic_line", LINE_KINDS)]
