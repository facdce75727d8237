"""Gates and exits, open or shut, and streets that were closed or flooded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import numpy as np

from impetus_sim.analysis.causes import Trace
from impetus_sim.analysis.moving.palette import BLUE, GREEN, VERMILION
from impetus_sim.analysis.traffic.recorded import has_traffic, read_network
from impetus_sim.analysis.ways import read_ways
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.schema import LINKS
from impetus_sim.replay.tracks.base import Thing, Track, TrackState, order_changes

OPEN, CLOSED, FLOODED = 0, 1, 2
_GATE_STATES: Mapping[int, TrackState] = {
    OPEN: TrackState(label="open", colour=GREEN),
    CLOSED: TrackState(label="shut", colour=VERMILION),
}
_STREET_STATES: Mapping[int, TrackState] = {
    OPEN: TrackState(label="open", colour=GREEN),
    CLOSED: TrackState(label="closed", colour=VERMILION),
    FLOODED: TrackState(label="flooded", colour=BLUE),
}
_LINK_IN_WATER: Final = re.compile(r"water:(\d+)")
_STREET_EVENTS: Final = {
    "street_flooded": FLOODED,
    "street_dry_enough": OPEN,
    "road_closed": CLOSED,
    "road_reopened": OPEN,
    "street_closed": CLOSED,
    "street_reopened": OPEN,
    "road_incident": CLOSED,
    "road_incident_cleared": OPEN,
}


def build_way_tracks(recording: Recording, trace: Trace) -> list[Track]:
    """Return the layers of gates and of closed streets, each where a run has any."""
    return [*_gates(recording), *_streets(recording, trace)]


def _gates(recording: Recording) -> list[Track]:
    gates = read_ways(recording).gates
    if not gates:
        return []
    return [
        Track(
            name="gates",
            title="gates and fences",
            group="Map",
            things=tuple(
                Thing(
                    id=f"gate:{gate.name}",
                    kind="gate",
                    label=f"gate {gate.name.replace('_', ' ')}",
                    x=float(gate.segments[:, [0, 2]].mean()),
                    y=float(gate.segments[:, [1, 3]].mean()),
                    shape=tuple(gate.segments[0].tolist()),
                )
                for gate in gates
            ),
            changes=order_changes(
                (t_s, index, OPEN if is_open else CLOSED)
                for index, gate in enumerate(gates)
                for t_s, is_open in gate.changes
            ),
            states=_GATE_STATES,
            is_shown=True,
        )
    ]


def _streets(recording: Recording, trace: Trace) -> list[Track]:
    things: list[Thing] = []
    changes: list[tuple[float, int, int]] = []
    _add_closed_walks(recording, things, changes)
    _add_events(recording, trace, things, changes)
    if not things:
        return []
    begin = [(0.0, index, OPEN) for index in range(len(things))]
    return [
        Track(
            name="closed_streets",
            title="closed and flooded streets",
            group="Traffic",
            things=tuple(things),
            changes=order_changes([*begin, *changes]),
            states=_STREET_STATES,
            is_shown=True,
        )
    ]


def _add_closed_walks(
    recording: Recording, things: list[Thing], changes: list[tuple[float, int, int]]
) -> None:
    """Add the links of the walk network that were ever closed."""
    if LINKS not in recording.static_names:
        return
    channel = recording.channel(LINKS)
    if not len(channel.ticks) or "is_closed" not in channel.names:
        return
    times = np.asarray(recording.seconds(channel.ticks), np.float64)
    is_closed = channel.read(range(len(times)), ("is_closed",))["is_closed"] > 0
    static = recording.static(LINKS)
    first = np.asarray(static["first_point"], np.int64)
    names = [str(name) for name in static["name"]]
    for link in np.flatnonzero(is_closed.any(axis=0)).tolist():
        line = slice(first[link], first[link + 1])
        points = np.column_stack([static["point_x"][line], static["point_y"][line]])
        things.append(_street(f"walk:{link}", f"street for walkers {names[link] or link}", points))
        changes += [
            (float(t_s), len(things) - 1, CLOSED if now else OPEN)
            for t_s, now in zip(times, is_closed[:, link], strict=True)
        ]


def _street(name: str, label: str, points: np.ndarray) -> Thing:
    middle = points[len(points) // 2]
    shape = tuple(points.ravel().tolist()) if len(points) > 1 else ()
    return Thing(id=name, kind="street", label=label, x=float(middle[0]), y=float(middle[1]), shape=shape)


def _add_events(
    recording: Recording, trace: Trace, things: list[Thing], changes: list[tuple[float, int, int]]
) -> None:
    """Add what events say was closed, flooded or opened: links of the drive network, else the place."""
    network = read_network(recording) if has_traffic(recording) else None
    index: dict[str, int] = {}
    for event in trace.events.values():
        if event.kind not in _STREET_EVENTS or not event.has_place:
            continue
        if event.subject not in index:
            index[event.subject] = len(things)
            number = _LINK_IN_WATER.fullmatch(event.subject)
            points, label = np.array([[event.x, event.y]]), event.subject.replace("_", " ")
            if number and network and int(number[1]) < len(network):
                points = network.line(int(number[1]))
                label = f"water on {network.name[int(number[1])] or f'street {number[1]}'}"
            things.append(_street(f"street:{event.subject}", label, points))
        changes.append((event.t_s, index[event.subject], _STREET_EVENTS[event.kind]))
