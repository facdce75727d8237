"""Levels of detail: which of a recording's frames each chunk of each level holds."""

from __future__ import annotations

from dataclasses import dataclass

from impetus_sim.replay.wire import CHUNK_FRAMES


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
