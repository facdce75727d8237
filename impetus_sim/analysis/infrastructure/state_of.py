"""How one asset is at the end of a recording, since when, and what it lacks, in words."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np

from impetus_sim.analysis.infrastructure.recorded import STATIC, has_infrastructure
from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.world.assets import Service
from impetus_sim.world.tables import SIGNAL_FAULTS

STATES = "asset_states"
NO_EVENT = -1


@dataclass(frozen=True, kw_only=True)
class AssetState:
    """One asset at the end of a recording.

    id, kind, basis: as in `world.assets.Assets`. level: 0 to 1. is_intact: whether it is not broken. unmet,
    on_buffer: services that it lacks, and that a buffer stands in for. has_view, has_control: whether telemetry and
    commands get through. mode: as `world.assets.Order.MODE`. since_s: when the level last changed, None for never.
    cause: id of the event by which, -1 for none.
    """

    id: str
    kind: str
    basis: str
    is_mapped: bool
    level: float
    is_intact: bool
    unmet: tuple[str, ...]
    on_buffer: tuple[str, ...]
    has_view: bool
    has_control: bool
    mode: int
    since_s: float | None
    cause: int

    @property
    def lines(self) -> list[str]:
        """The state in words, one fact a line."""
        origin = "mapped" if self.is_mapped else "synthetic"
        said = [f"{self.id}: {self.kind}, {origin} ({self.basis})"]
        level = "works" if self.level >= 1.0 else f"gives {100 * self.level:.0f} % of what it is for"
        since = "" if self.since_s is None else f" since {self.since_s:.2f} s"
        said.append(f"  {level}{since}" + ("" if self.is_intact else "; it is broken"))
        if self.unmet:
            said.append(f"  lacks {', '.join(self.unmet)}")
        if self.on_buffer:
            said.append(f"  lives on its buffer of {', '.join(self.on_buffer)}")
        if not self.has_view:
            said.append("  the control room does not see it")
        if not self.has_control:
            said.append("  the control room cannot command it")
        if self.mode and self.kind == "signal":
            said.append(f"  it shows {SIGNAL_FAULTS[self.mode].replace('_', ' ')}")
        elif self.mode:
            said.append("  it gives a false message")
        return said


def asset_ids(recording: Recording) -> list[str]:
    """Return the ids of all assets of a run; none without infrastructure."""
    if not has_infrastructure(recording):
        return []
    return [str(name) for name in recording.static(STATIC)["id"]]


def read_asset_state(recording: Recording, asset_id: str) -> AssetState:
    """Return the state of an asset at the end of a recording.

    Raises
    ------
    InvalidInputError
        When the run has no such asset.
    """
    ids = asset_ids(recording)
    if asset_id not in ids:
        near = difflib.get_close_matches(asset_id, ids, n=5)
        raise InvalidInputError(
            f"'{recording.path}' has no asset '{asset_id}'", hint=f"close to it: {', '.join(near)}"
        )
    row = ids.index(asset_id)
    static, states = recording.static(STATIC), recording.tables(STATES)
    cause = int(states["cause"][row])
    changed = cause != NO_EVENT or int(states["since_us"][row]) > 0
    return AssetState(
        id=asset_id,
        kind=str(np.asarray(static["kind"], np.str_)[row]),
        basis=str(np.asarray(static["basis"], np.str_)[row]),
        is_mapped=bool(static["is_mapped"][row]),
        level=float(states["level"][row]),
        is_intact=bool(states["is_intact"][row]),
        unmet=_names(int(states["unmet"][row])),
        on_buffer=_names(int(states["on_buffer"][row])),
        has_view=bool(states["has_view"][row]),
        has_control=bool(states["has_control"][row]),
        mode=int(states["mode"][row]),
        since_s=int(states["since_us"][row]) * 1e-6 if changed else None,
        cause=cause,
    )


def _names(bits: int) -> tuple[str, ...]:
    return tuple(service.name.lower() for service in Service if bits & (1 << service))
