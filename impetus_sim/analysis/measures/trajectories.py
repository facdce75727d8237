"""Trajectories: who was where in which frame, from a recording or from a file of laboratory trajectories."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from impetus_sim.errors import InvalidInputError
from impetus_sim.recording.reader import Recording

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Trajectories:
    """Positions, one row per person and frame, sorted by person, then by frame.

    Parameters
    ----------
    person, frame
        Shape (n,).
    x, y
        Metres, shape (n,).
    frame_rate
        Frames per second.
    """

    person: Ints
    frame: Ints
    x: Floats
    y: Floats
    frame_rate: float

    def __len__(self) -> int:
        return len(self.person)

    @property
    def n_people(self) -> int:
        """Number of people."""
        return len(np.unique(self.person))

    @cached_property
    def frames(self) -> Ints:
        """Every frame from the first to the last one, also those in which nobody is there."""
        if not len(self):
            return np.empty(0, np.int64)
        return np.arange(self.frame.min(), self.frame.max() + 1)

    @cached_property
    def row_order(self) -> Ints:
        """Rows sorted by frame, then by person."""
        return np.lexsort((self.person, self.frame)).astype(np.int64)

    @cached_property
    def frame_starts(self) -> Ints:
        """Where each of `frames` starts in `row_order`, with the end appended, shape (frames + 1,)."""
        last = self.frames[-1:] + 1
        return np.searchsorted(self.frame[self.row_order], np.append(self.frames, last)).astype(np.int64)

    @cached_property
    def stretch_starts(self) -> Ints:
        """First row of each person, with the end appended, shape (people + 1,)."""
        changes = np.flatnonzero(np.diff(self.person)) + 1
        return np.concatenate([[0], changes, [len(self)]]).astype(np.int64)

    def rows_in(self, index: int) -> Ints:
        """Return the rows of the `index`-th of `frames`, by person."""
        return self.row_order[self.frame_starts[index] : self.frame_starts[index + 1]]

    def keep(self, rows: Mask) -> Trajectories:
        """Return the rows where a mask of shape (n,) is true."""
        return Trajectories(
            person=self.person[rows],
            frame=self.frame[rows],
            x=self.x[rows],
            y=self.y[rows],
            frame_rate=self.frame_rate,
        )

    def between(self, first: int, last: int) -> Trajectories:
        """Return the rows whose frame is in first..last, both included."""
        return self.keep((self.frame >= first) & (self.frame <= last))

    def inside(self, polygon: BaseGeometry) -> Mask:
        """Tell which rows lie inside a polygon (not on its edge), shape (n,)."""
        shapely.prepare(polygon)
        return np.asarray(shapely.contains_xy(polygon, self.x, self.y), bool)

    def move_inside(self, polygon: BaseGeometry, *, within_m: float) -> Trajectories:
        """Return a copy in which rows up to a distance outside a polygon lie just inside; drops the others.

        Heads sway over walls and recordings round positions to a millimetre: neither should cost a person
        the place in the tessellation.
        """
        is_inside = self.inside(polygon)
        x, y, keep = self.x.copy(), self.y.copy(), is_inside.copy()
        core = polygon.buffer(-1e-6)
        for row in np.flatnonzero(~is_inside):
            nearest = shapely.shortest_line(core, shapely.Point(x[row], y[row]))
            if nearest is not None and nearest.length <= within_m:
                x[row], y[row] = nearest.coords[0]
                keep[row] = True
        moved = Trajectories(person=self.person, frame=self.frame, x=x, y=y, frame_rate=self.frame_rate)
        return moved.keep(keep)


def build_trajectories(
    person: npt.ArrayLike, frame: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, *, frame_rate: float
) -> Trajectories:
    """Return sorted trajectories from columns in any order.

    Parameters
    ----------
    person, frame
        Whole numbers, shape (n,).
    x, y
        Metres, shape (n,).
    frame_rate
        Frames per second, above 0.

    Raises
    ------
    InvalidInputError
        When columns differ in length, a position is not finite, or somebody is twice in one frame.
    """
    who, when = np.asarray(person, np.int64), np.asarray(frame, np.int64)
    east, north = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if not len(who) == len(when) == len(east) == len(north):
        raise InvalidInputError(
            f"columns of different length: {len(who)} person, {len(when)} frame, {len(east)} x, {len(north)} y"
        )
    if not np.isfinite(frame_rate) or frame_rate <= 0:
        raise InvalidInputError(f"a frame rate of {frame_rate:g} per second", hint="it must be above 0")
    order = np.lexsort((when, who))
    who, when, east, north = who[order], when[order], east[order], north[order]
    bad = np.flatnonzero(~(np.isfinite(east) & np.isfinite(north)))
    if len(bad):
        raise InvalidInputError(f"person {who[bad[0]]} has no finite position in frame {when[bad[0]]}")
    twice = np.flatnonzero((np.diff(who) == 0) & (np.diff(when) == 0))
    if len(twice):
        raise InvalidInputError(f"person {who[twice[0]]} is twice in frame {when[twice[0]]}")
    return Trajectories(person=who, frame=when, x=east, y=north, frame_rate=float(frame_rate))


def read_trajectories(recording: Recording, *, every: int = 1) -> Trajectories:
    """Return the trajectories of the people inside in a recording; `person` is the row of the people's table.

    Parameters
    ----------
    recording
        With positions.
    every
        Take every n-th recorded frame.

    Notes
    -----
    Frames count the recorded ones from 0; a last one off the beat (the end of a run) is left out.
    """
    step = int(recording.attributes["frame_every_ticks"]) * every
    held = [f for f in recording.frames() if f.tick % step == 0]
    columns = [
        np.concatenate([getattr(f, c) for f in held]) if held else np.empty(0) for c in ("rows", "x", "y")
    ]
    frame = np.concatenate([np.full(len(f.rows), f.tick // step) for f in held]) if held else np.empty(0)
    return build_trajectories(
        columns[0], frame, columns[1], columns[2], frame_rate=1e6 / (step * recording.resolution_us)
    )
