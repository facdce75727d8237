"""GTFS feeds: what runs on the streets within the hours of a scenario, held in it as text once read.

Read are stops, routes (buses and trolleybuses: types 3, 11, 700 to 799 and 800), trips with blocks, stop_times,
calendar, calendar_dates and frequencies. Shapes, transfers, fares, levels and pathways are not. A service day
begins at midnight of local time: on the two days a year on which the clocks change, GTFS means an hour earlier or
later.
Source: General Transit Feed Specification, Schedule Reference (gtfs.org).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from impetus_sim.scenario.gtfs_reader import Reader
from impetus_sim.scenario.gtfs_tables import FORMS, Feed
from impetus_sim.scenario.gtfs_window import text_of, window_of
from impetus_sim.scenario.held_file import path_beside
from impetus_sim.scenario.spec import refuse


def _named(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        refuse(f"{str(raw)[:60]!r} is not a feed", allowed=FORMS)
    return raw


FeedText = Annotated[str, PlainValidator(_named), WithJsonSchema({"type": "string", "description": FORMS})]
"""A feed by its file or folder; in a scenario that has been read, the window of it as text (`read_window`)."""


def read_window(raw: str, *, begin: str, end_s: float, routes: tuple[str, ...]) -> str:
    """Read a feed, or text that holds a window of one, and return the window as text (used inside validators).

    Parameters
    ----------
    raw
        File or folder, beside the scenario where it is `Located`.
    begin, end_s
        Local date and time at which the window begins, ISO 8601, and its length.
    routes
        Short names, long names or ids of the lines that are wanted; all when empty.
    """
    if raw.startswith("{"):
        held = window_of(raw)
        if (held.begin, held.end_s, held.routes) != (begin, end_s, routes):
            refuse(
                "the feed was read for other hours or lines",
                key="feed",
                allowed="the feed itself: zip or folder",
            )
        return raw
    reader = Reader(Feed(path_beside(raw), str(raw)), begin=begin, end_s=end_s, routes=routes)
    return text_of(reader.window)
