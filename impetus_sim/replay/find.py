"""Finding things by name or number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from impetus_sim.analysis.ground import read_ground, read_static, read_texts
from impetus_sim.analysis.moving.window import NOT_THERE
from impetus_sim.analysis.traffic.recorded import has_traffic, read_network
from impetus_sim.replay.opened import OpenedRecording
from impetus_sim.replay.panels.base import frame_before

MOST: Final = 20
Found = dict[str, Any]


def find_things(opened: OpenedRecording, query: str, t_s: float | None = None) -> list[Found]:
    """Return at most `MOST` things: kind, id, label, x, y; the best matches first.

    Parameters
    ----------
    opened
        Where to look.
    query
        Part of a name, or a number such as ``17`` or ``person 17``; case does not matter.
    t_s
        Moment at which moving things are located; without it they have no place.
    """
    wanted = " ".join(query.casefold().replace("_", " ").split())
    if not wanted:
        return []
    named = [one for one in _named(opened) if wanted in one["label"].casefold()]
    named.sort(key=lambda one: (not one["label"].casefold().startswith(wanted), len(one["label"])))
    return [*_by_number(opened, wanted, t_s), *named][:MOST]


def _by_number(opened: OpenedRecording, wanted: str, t_s: float | None) -> Iterator[Found]:
    word, _, digits = wanted.rpartition(" ")
    if not digits.isdecimal():
        return
    row = int(digits)
    for key, name in (("people", "person"), ("vehicles", "vehicle")):
        if key in opened.moving and row < opened.moving[key].n and name.startswith(word):
            x, y = _locate(opened, key, row, t_s)
            yield {"kind": key, "id": str(row), "label": f"{name} {row}", "x": x, "y": y}


def _locate(
    opened: OpenedRecording, key: str, row: int, t_s: float | None
) -> tuple[float | None, float | None]:
    if t_s is None:
        return None, None
    kind = opened.moving[key]
    window = kind.window([frame_before(kind.times_s, t_s)])
    at = window.ids.searchsorted(row)
    if at == len(window.ids) or window.ids[at] != row or window.state[0, at] == NOT_THERE:
        return None, None
    return float(window.x[0, at]), float(window.y[0, at])


def _named(opened: OpenedRecording) -> Iterator[Found]:
    recording = opened.recording
    for number, way_out in enumerate(read_ground(recording).exits):
        x, y = way_out.centre
        yield {"kind": "exit", "id": str(number), "label": f"exit {_words(way_out.name)}", "x": x, "y": y}
    if "units" in opened.moving:
        for row, name in enumerate(read_texts(recording.static("units")["name"])):
            yield {"kind": "units", "id": str(row), "label": f"unit {_words(name)}", "x": None, "y": None}
    hospitals = read_static(recording, "hospitals")
    for row, name in enumerate(read_texts(hospitals.get("name"))):
        place = {"x": float(hospitals["x"][row]), "y": float(hospitals["y"][row])}
        yield {"kind": "asset", "id": f"hospital:{name}", "label": f"hospital {_words(name)}"} | place
    for track in opened.tracks.values():
        for thing in track.things:
            yield {"kind": "asset", "id": thing.id, "label": _words(thing.label), "x": thing.x, "y": thing.y}
    if has_traffic(recording):
        network, seen = read_network(recording), set()
        for link, name in enumerate(network.name.tolist()):
            if name and name not in seen:
                seen.add(name)
                x, y = network.line(link).mean(axis=0).tolist()
                yield {"kind": "street", "id": name, "label": f"street {name}", "x": x, "y": y}


def _words(name: str) -> str:
    return name.replace("_", " ")
