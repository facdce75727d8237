"""What the engine asks of a system: people, hazards, staff, and whatever else acts in a run.

A system owns its tables, is advanced by the clock, and meets the others in the world's tables and in
`engine.couple`. The loop, the digest, checkpoints and the recorder know no more of a system than this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from impetus_sim.world.phases import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from impetus_sim.arrays import Table


class Channels(Protocol):
    """Where a system records what it does; `recording.writer.RecordingWriter` is one."""

    def add_frame(
        self,
        tick: int,
        rows: npt.NDArray[np.integer[Any]],
        x: npt.NDArray[np.float64],
        y: npt.NDArray[np.float64],
        state: npt.NDArray[np.uint8],
    ) -> None:
        """Record where everybody inside is."""

    def add_series(self, channel: str, tick: int, values: Mapping[str, npt.ArrayLike]) -> None:
        """Record arrays at the system's own times."""

    def add_field(self, tick: int, name: str, values: npt.NDArray[Any]) -> None:
        """Record a raster field, (rows, columns)."""


class System:
    """Something that acts in a run.

    A system must have `name`, `phase`, `state` and `advance`; every other method may be left as it is.
    `step_ticks` is 0 for one that is asked at each tick that is processed, and then says with `next_tick` when
    it needs one; otherwise it is the length of its step, and it is advanced from the tick before it.
    """

    name: ClassVar[str]
    """Its part of the digest."""
    phase: ClassVar[Phase]
    """When within a tick it is advanced."""
    step_ticks: int = 0
    digest_every_s: ClassVar[float] = 1.0
    """Its part of the digest is chained at multiples of this, in whole seconds, and at the end of the run. Longer
    for a large state of which a later one tells as much: counters, and times that have been."""

    @property
    def state(self) -> list[Table]:
        """Every table that a later step reads: all of it goes into the digest and into checkpoints."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its state is")

    @property
    def optional_state(self) -> list[Table]:
        """Tables of `state` that a branch's scenario may add: where a checkpoint lacks them they stay as built."""
        return []

    def advance(self, tick: int) -> None:
        """Advance to `tick`: from ``tick - step_ticks``, or act on what is due by then."""
        raise NotImplementedError(f"{type(self).__name__} cannot be advanced")

    def is_due(self, tick: int) -> bool:
        """Whether it is to be advanced at a tick that is processed."""
        return self.step_ticks == 0 or (tick > 0 and tick % self.step_ticks == 0)

    def next_tick(self, after: int) -> int | None:
        """Return the next tick after `after` at which something is due; None for never."""
        return (after // self.step_ticks + 1) * self.step_ticks if self.step_ticks else None

    @property
    def is_over(self) -> bool:
        """Whether the run may end as far as it is concerned; a run ends when all systems say so."""
        return True

    def begin(self) -> None:
        """Act once, when all systems are built, before tick 0."""

    def restored(self, tick: int) -> None:
        """Rebuild what is derived from tables, after they were loaded from a checkpoint at `tick`."""

    def check_finite(self) -> None:
        """Raise RunFailedError when a number is not finite; asked before each link of the digest."""

    def require_laws(self) -> None:
        """Raise RunFailedError when a conservation law is broken (`impetus run --check`)."""

    def describe(self) -> dict[str, dict[str, Any]]:
        """Return groups of arrays for the header of a recording: what does not change in the run."""
        return {}

    def counts(self) -> dict[str, Any]:
        """Return numbers to be recorded at each frame: the same names and shapes every time."""
        return {}

    def record(self, channels: Channels, tick: int, *, is_frame: bool) -> None:
        """Record what is due at `tick`; `is_frame` at the times of `record.frame_every` and at the end."""
