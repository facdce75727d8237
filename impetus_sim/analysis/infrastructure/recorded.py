"""Assets of a recorded run and their states over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording
from impetus_sim.world.assets import Service

CHANNEL = "assets"
STATIC = "assets"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class RecordedAssets:
    """What the city runs on, and how it was at the recorded times.

    Parameters
    ----------
    ids, kinds, basis
        Of each asset, (assets,); as in `world.assets.Assets`.
    x, y, people
        float64 (assets,).
    is_mapped
        bool (assets,).
    times_s
        Recorded times, float64 (times,); a state holds until the next.
    level
        float32 (times, assets), 0 to 1.
    unmet
        uint8 (times, assets): bit s is set while service s is lacking.
    end_s
        Until when the run was followed, s.
    """

    ids: npt.NDArray[np.str_]
    kinds: npt.NDArray[np.str_]
    basis: npt.NDArray[np.str_]
    x: Floats
    y: Floats
    people: Floats
    is_mapped: npt.NDArray[np.bool_]
    times_s: Floats
    level: npt.NDArray[np.float32]
    unmet: npt.NDArray[np.uint8]
    end_s: float

    @property
    def spans_s(self) -> Floats:
        """How long each recorded state held, float64 (times,), s."""
        return np.diff(np.append(self.times_s, max(self.end_s, self.times_s[-1])))

    def of_kind(self, kind: str) -> npt.NDArray[np.intp]:
        """Return the rows of a kind."""
        return np.flatnonzero(self.kinds == kind)

    def lacks(self, service: Service) -> npt.NDArray[np.bool_]:
        """Return who lacks a service at each recorded time, bool (times, assets)."""
        return (self.unmet & (1 << service)) > 0


def has_infrastructure(recording: Recording) -> bool:
    """Return whether a run had infrastructure."""
    return STATIC in recording.static_names


def read_assets(recording: Recording) -> RecordedAssets:
    """Return the assets of a run and their recorded states.

    Raises
    ------
    InvalidInputError
        When the run had no infrastructure, or nothing of it was recorded yet.
    """
    if not has_infrastructure(recording):
        raise InvalidInputError(
            f"'{recording.path}' has no infrastructure", hint="run a scenario with a section infrastructure"
        )
    rows = [(tick, state["level"], state["unmet"]) for tick, state in recording.series(CHANNEL)]
    if not rows:
        raise InvalidInputError(f"'{recording.path}' holds no state of assets yet", hint="let it run on")
    static = recording.static(STATIC)
    return RecordedAssets(
        ids=np.asarray(static["id"], np.str_),
        kinds=np.asarray(static["kind"], np.str_),
        basis=np.asarray(static["basis"], np.str_),
        x=np.asarray(static["x"], np.float64),
        y=np.asarray(static["y"], np.float64),
        people=np.asarray(static["people"], np.float64),
        is_mapped=np.asarray(static["is_mapped"], bool),
        times_s=np.array([recording.seconds(tick) for tick, _, _ in rows], np.float64),
        level=np.stack([level for _, level, _ in rows]).astype(np.float32),
        unmet=np.stack([unmet for _, _, unmet in rows]).astype(np.uint8),
        end_s=recording.followed_s,
    )
