"""One standing thing: an asset, a sensor, a gate, a closed street, a hospital."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from impetus_sim.analysis.causes import Trace
from impetus_sim.analysis.infrastructure.recorded import CHANNEL as ASSETS
from impetus_sim.analysis.infrastructure.recorded import STATIC, has_infrastructure
from impetus_sim.analysis.sensing.recorded import CHANNEL as READINGS
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.recording.schema import UNITS
from impetus_sim.replay.panels.base import Fact, Panel, chain_to, frame_before, last_events, words
from impetus_sim.replay.tracks.base import Thing, Track
from impetus_sim.world.assets import Service


def describe_thing(
    recording: Recording, trace: Trace, tracks: dict[str, Track], name: str, t_s: float
) -> Panel:
    """Return the panel of one standing thing at a moment.

    Parameters
    ----------
    recording, trace, tracks
        Of the run.
    name
        Its id in a layer of `tracks`, or ``hospital:NAME``.
    t_s
        The moment.

    Raises
    ------
    InvalidInputError
        When the run has no such thing.
    """
    family, _, own = name.partition(":")
    if family == "hospital":
        return _hospital(recording, own, t_s)
    thing, track = _find(tracks, name)
    subject = own if family in ("sensor", "gate", "street") else name
    facts = [Fact(label="what", value=thing.kind.replace("_", " ")), _state(thing, track, t_s)]
    told: Callable[..., list[Fact]] | None = {"sensor": _sensor}.get(family)
    if told is not None:
        facts += told(recording, own, t_s)
    elif has_infrastructure(recording):
        facts += _asset(recording, name, t_s)
    return Panel(
        id=name,
        kind=thing.kind,
        label=words(thing.label),
        facts=tuple(facts),
        chain=chain_to(trace, last_events(trace, subject, t_s)),
        x=thing.x,
        y=thing.y,
    )


def _find(tracks: dict[str, Track], name: str) -> tuple[Thing, Track]:
    for track in tracks.values():
        for thing in track.things:
            if thing.id == name:
                return thing, track
    raise InvalidInputError(
        f"this run has no '{name}'", hint="choose a thing of one of its layers, or use find"
    )


def _state(thing: Thing, track: Track, t_s: float) -> Fact:
    index = track.things.index(thing)
    changes = [(at, state) for at, k, state in track.changes if k == index and at <= t_s]
    if not changes:
        return Fact(label="state", value="not known")
    at, state = changes[-1]
    since = f", since {at:g} s" if at > 0.0 else ""
    return Fact(label="state", value=track.states[state].label + since)


def _asset(recording: Recording, name: str, t_s: float) -> list[Fact]:
    static = recording.static(STATIC)
    ids = [str(one) for one in static["id"]]
    if name not in ids:
        return []
    row = ids.index(name)
    origin = "mapped" if static["is_mapped"][row] else "synthetic"
    facts = [Fact(label="known from", value=f"{origin}: {static['basis'][row]}")]
    if static["people"][row] > 0:
        facts.append(Fact(label="people behind it", value=round(float(static["people"][row]))))
    channel = recording.channel(ASSETS)
    if not len(channel.ticks):
        return facts
    at = frame_before(np.asarray(recording.seconds(channel.ticks), np.float64), t_s)
    held = channel.read([at], ("level", "unmet"))
    level, unmet = float(held["level"][0, row]), int(held["unmet"][0, row])
    facts.append(Fact(label="gives", value=round(100.0 * level), unit="% of what it is for"))
    lacks = [service.name.lower() for service in Service if unmet & (1 << service)]
    return [*facts, Fact(label="lacks", value=", ".join(lacks))] if lacks else facts


def _sensor(recording: Recording, device: str, t_s: float) -> list[Fact]:
    """Return the last readings of each stream of a device that could be read by then."""
    static = recording.static("streams")
    channel = recording.channel(READINGS)
    times = np.asarray(recording.seconds(channel.ticks), np.float64)
    devices = static.get("device", static["sensor"])
    rows = [row for row, one in enumerate(devices) if str(one) == device]
    facts = (
        [Fact(label="says something every", value=float(static["every_s"][rows[0]]), unit="s")]
        if rows
        else []
    )
    n = int(np.searchsorted(times, t_s + 1e-6, side="right"))
    if not n:
        return facts
    values = channel.read(range(n), ("value",))["value"]
    for row in rows:
        said: Any = np.flatnonzero(~np.isnan(values[:, row]))
        if len(said):
            label = f"{words(str(static['kind'][row]))} at {times[said[-1]]:g} s"
            unit = str(static["unit"][row]).strip("{}")
            facts.append(Fact(label=label, value=round(float(values[said[-1], row]), 4), unit=unit))
    return facts


def _hospital(recording: Recording, name: str, t_s: float) -> Panel:
    static = recording.static("hospitals") if "hospitals" in recording.static_names else {"name": ()}
    names = [str(one) for one in static["name"]]
    if name not in names:
        raise InvalidInputError(
            f"this run has no hospital '{name}'", hint=f"it has: {', '.join(names) or 'none'}"
        )
    row = names.index(name)
    facts = [Fact(label="beds", value=int(static["beds"][row]))]
    channel = recording.channel(UNITS)
    if len(channel.ticks):
        at = frame_before(np.asarray(recording.seconds(channel.ticks), np.float64), t_s)
        taken = channel.read([at], ("beds_taken",))["beds_taken"]
        facts.append(Fact(label="beds taken by the injured", value=int(taken[0, row])))
    x, y = float(static["x"][row]), float(static["y"][row])
    return Panel(id=f"hospital:{name}", kind="hospital", label=words(name), facts=tuple(facts), x=x, y=y)
