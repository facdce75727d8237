"""What the city runs on: power, water, phones, signals, control, services, each as a layer of assets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from impetus_sim.analysis.causes import Trace
from impetus_sim.analysis.infrastructure.recorded import CHANNEL, STATIC, has_infrastructure
from impetus_sim.analysis.moving.palette import PURPLE
from impetus_sim.recording.reader import Recording
from impetus_sim.replay.tracks.base import (
    LEVEL_STATES,
    ON_BUFFER,
    OUT,
    REDUCED,
    WORKS,
    Thing,
    Track,
    TrackState,
    order_changes,
)
from impetus_sim.world.assets import WORKS as LEAST_THAT_WORKS


@dataclass(frozen=True, kw_only=True)
class Sector:
    """Kinds of assets that are one layer."""

    name: str
    title: str
    group: str
    kinds: tuple[str, ...]
    is_shown: bool = False


SECTORS: Final = (
    Sector(name="signals", title="traffic signals", group="Traffic", kinds=("signal",), is_shown=True),
    Sector(
        name="power",
        title="power",
        group="Infrastructure",
        kinds=(
            "power_plant", "substation", "line", "feeder", "transformer", "generator", "block", "street_lights",
        ),
    ),
    Sector(
        name="water",
        title="water",
        group="Infrastructure",
        kinds=("water_source", "pumping_station", "water_tank", "water_zone"),
    ),
    Sector(
        name="phones",
        title="phones and lines",
        group="Infrastructure",
        kinds=("telecom_core", "exchange", "cell"),
    ),
    Sector(
        name="services",
        title="hospitals, stations and other services",
        group="Infrastructure",
        kinds=("hospital", "station", "petrol_station", "depot", "police", "fire_station"),
    ),
    Sector(
        name="devices",
        title="cameras, sirens and signs",
        group="Sensors",
        kinds=("camera", "siren", "sign"),
    ),
    Sector(
        name="cyber",
        title="controllers and control rooms",
        group="Cyber",
        kinds=("controller", "control_centre"),
    ),
)  # fmt: skip
ATTACKED: Final = 4
_ATTACKED_STATE: Final = TrackState(label="in an attacker's hands", colour=PURPLE)
_TAKEN: Final = ("asset_attacked",)
_GIVEN_BACK: Final = ("asset_by_hand", "node_restored")


def build_asset_tracks(recording: Recording, trace: Trace) -> list[Track]:
    """Return one layer for each sector of which a run has assets."""
    if not has_infrastructure(recording):
        return []
    static = recording.static(STATIC)
    ids, kinds = [str(name) for name in static["id"]], np.asarray(static["kind"], np.str_)
    changes = _level_changes(recording, len(ids))
    attacks = _attack_changes(trace, ids)
    tracks = []
    for sector in SECTORS:
        rows = np.flatnonzero(np.isin(kinds, sector.kinds)).tolist()
        if not rows:
            continue
        index = {row: k for k, row in enumerate(rows)}
        own = {row: attacks[row] for row in rows if row in attacks}
        tracks.append(
            Track(
                name=sector.name,
                title=sector.title,
                group=sector.group,
                things=tuple(
                    Thing(
                        id=ids[row],
                        kind=str(kinds[row]),
                        label=f"{str(kinds[row]).replace('_', ' ')} {ids[row]}",
                        x=float(static["x"][row]),
                        y=float(static["y"][row]),
                    )
                    for row in rows
                ),
                changes=order_changes(
                    (t_s, index[row], state)
                    for row in rows
                    for t_s, state in _overlay(changes.get(row, []), own.get(row, []))
                ),
                states={**LEVEL_STATES, **({ATTACKED: _ATTACKED_STATE} if own else {})},
                is_shown=sector.is_shown,
            )
        )
    return tracks


def _level_changes(recording: Recording, n: int) -> dict[int, list[tuple[float, int]]]:
    """Return times and states of each asset, the first at 0, from the recorded levels and lacks."""
    now = np.full(n, -1, np.int64)
    changes: dict[int, list[tuple[float, int]]] = {}
    for tick, held in recording.series(CHANNEL):
        state = _states(held["level"], held["unmet"])
        t_s = float(recording.seconds(tick)) if changes else 0.0
        for row in np.flatnonzero(state != now).tolist():
            changes.setdefault(row, []).append((t_s, int(state[row])))
        now = state
    for row in range(n):
        changes.setdefault(row, [(0.0, WORKS)])
    return changes


def _states(level: np.ndarray, unmet: np.ndarray) -> np.ndarray:
    state = np.full(len(level), WORKS, np.int64)
    state[unmet > 0] = ON_BUFFER
    state[level < 1.0] = REDUCED
    state[level < LEAST_THAT_WORKS] = OUT
    return state


def _attack_changes(trace: Trace, ids: list[str]) -> dict[int, list[tuple[float, bool]]]:
    """Return when an attacker took which asset, and when it was given back."""
    row_of = {name: row for row, name in enumerate(ids)}
    found: dict[int, list[tuple[float, bool]]] = {}
    for event in trace.events.values():
        row = row_of.get(event.subject)
        if row is not None and event.kind in (*_TAKEN, *_GIVEN_BACK):
            found.setdefault(row, []).append((event.t_s, event.kind in _TAKEN))
    return found


def _overlay(levels: list[tuple[float, int]], attacks: list[tuple[float, bool]]) -> list[tuple[float, int]]:
    # While an attacker holds it, that is shown; after that what its level says.
    times = sorted({t_s for t_s, _ in levels} | {t_s for t_s, _ in attacks})
    shown = []
    for t_s in times:
        level = [state for at, state in levels if at <= t_s][-1]
        taken = [is_taken for at, is_taken in attacks if at <= t_s]
        shown.append((t_s, ATTACKED if taken and taken[-1] else level))
    return shown
