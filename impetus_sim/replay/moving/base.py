"""What every kind of moving things offers to the viewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from impetus_sim.replay.wire import CHUNK_FRAMES, Box, Floats, Window


@dataclass(frozen=True, kw_only=True)
class StateMark:
    """How a state is shown: name as recorded, label in words, colour as #rrggbb."""

    name: str
    label: str
    colour: str


class Moving(Protocol):
    """One kind of moving things of one recording.

    key: in addresses, such as ``people``. title: in words. n: rows of its table. times_s: of its frames, ascending,
    float64 (frames,). box: west, south, east, north of all its positions, metres, None where there are none.
    states: by code.
    """

    key: str
    title: str
    n: int
    times_s: Floats
    box: Box | None
    states: Mapping[int, StateMark]

    def window(self, frames: Sequence[int]) -> Window:
        """Return some frames, given by ascending index."""
        ...


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level of detail: every `stride`-th frame, `CHUNK_FRAMES` of them in a chunk."""

    level: int
    stride: int
    n_frames: int

    @property
    def n_chunks(self) -> int:
        """Chunks of this level."""
        return -(-self.n_frames // CHUNK_FRAMES)

    def frames_of(self, chunk: int, *, of: int) -> range:
        """Return the indices, among `of` frames, that a chunk holds."""
        first = chunk * CHUNK_FRAMES * self.stride
        return range(first, min(first + CHUNK_FRAMES * self.stride, of), self.stride)


def levels_of(n_frames: int) -> tuple[Level, ...]:
    """Return the levels of so many frames: all of them, then every tenth and so on until one chunk holds all."""
    levels = [Level(level=0, stride=1, n_frames=n_frames)]
    while levels[-1].n_chunks > 1:
        stride = levels[-1].stride * CHUNK_FRAMES
        levels.append(Level(level=len(levels), stride=stride, n_frames=-(-n_frames // stride)))
    return tuple(levels)
