"""Many episodes of one attacker: when each step is done, and when the attacker is first noticed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.cyber.attack_graph import AttackGraph
from impetus_sim.cyber.kernels.draw import NEVER
from impetus_sim.cyber.kernels.episodes import run_episodes
from impetus_sim.rng import stream_key

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Attack:
    """Who attacks what, from where.

    Parameters
    ----------
    name
        The draws are keyed by it.
    entries
        Rows of the steps that are tried first.
    goals
        Rows of the steps that are wanted: only what leads to them is tried. Everything when empty.
    start_us
        When it begins.
    time_factor
        What times are multiplied by: below 1 for the skilled.
    not_before_us
        The earliest time at which each step may begin, int64 (steps,); 0 when left out.
    """

    name: str
    entries: Rows
    goals: Rows
    start_us: int = 0
    time_factor: float = 1.0
    not_before_us: Rows | None = None

    def wanted(self, graph: AttackGraph) -> npt.NDArray[np.bool_] | None:
        """Return which steps are tried, bool (steps,); None for all."""
        return graph.to_goals(self.goals) if len(self.goals) else None

    def key(self, seed: int, replicate: int) -> npt.NDArray[np.uint32]:
        """Return the stream key of its draws."""
        return stream_key(seed, replicate, f"cyber.attack.{self.name}")


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """Times of sampled episodes, microseconds; `NEVER` for never.

    Parameters
    ----------
    watched
        Rows of the steps whose times were kept.
    times_us
        int64 (episodes, watched).
    noticed_us
        When the attacker is first noticed, int64 (episodes,).
    """

    watched: Rows
    times_us: npt.NDArray[np.int64]
    noticed_us: npt.NDArray[np.int64]


def sample_episodes(
    graph: AttackGraph,
    attack: Attack,
    *,
    n: int,
    first: int = 0,
    seed: int,
    replicate: int = 0,
    watched: Rows | None = None,
    respond_us: int = int(NEVER),
    until_us: int = int(NEVER) - 1,
) -> Sampled:
    """Sample `n` episodes from number `first` on.

    Parameters
    ----------
    seed, replicate
        Root of the draws; options that share them share the times of every step that they have in common.
    watched
        Steps whose times are kept; all when left out.
    respond_us
        Time from the first notice until the attacker is shut out; never when left out.
    until_us
        What comes later counts as never.

    Returns
    -------
    The same for any number of threads. Episode 0 is the one that happens on the clock when nobody responds.
    """
    kept = np.arange(len(graph), dtype=np.int64) if watched is None else watched
    times, noticed = np.empty((n, len(kept)), np.int64), np.empty(n, np.int64)
    steps = graph.arrays(
        time_factor=attack.time_factor, wanted=attack.wanted(graph), not_before_us=attack.not_before_us
    )
    run_episodes(
        steps,
        attack.key(seed, replicate),
        first,
        attack.entries,
        attack.start_us,
        respond_us,
        until_us,
        kept,
        times,
        noticed,
    )
    return Sampled(watched=kept, times_us=times, noticed_us=noticed)
