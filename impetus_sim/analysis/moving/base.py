"""What every kind of moving things offers to viewers and films."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from impetus_sim.analysis.moving.window import Box, Floats, Window


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
