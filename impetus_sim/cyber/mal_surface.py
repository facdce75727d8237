"""The attack surface of a MAL model: which steps are reached, when, and what each of its defences is worth.

A MAL model is a network of its own, without a city's assets behind it: what counts is the steps that are done, not
services lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.cyber.attack_graph import AttackGraph
from impetus_sim.cyber.ensemble import Attack, sample_episodes
from impetus_sim.cyber.kernels.draw import NEVER
from impetus_sim.cyber.mal import MalGraph
from impetus_sim.cyber.surface import Mean, mean_of
from impetus_sim.errors import InvalidInputError

_HOUR_US = 3.6e9


@dataclass(frozen=True, kw_only=True)
class ReachedStep:
    """One step: chance that it is done within the horizon, and the median time over all episodes, h, None when less
    than half of them do it."""

    step: str
    chance: Mean
    median_h: float | None


@dataclass(frozen=True, kw_only=True)
class DefenceWorth:
    """One defence of the model: the chance that it is on as modelled, and how many wanted steps fewer are done when
    it is surely on instead of surely off, on the same draws."""

    defence: str
    chance_on: float
    steps_barred: Mean


@dataclass(frozen=True, kw_only=True)
class MalSurface:
    """What attackers reach, steps most likely first; defences that bar most first."""

    horizon_h: float
    n_episodes: int
    steps: tuple[ReachedStep, ...]
    defences: tuple[DefenceWorth, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "horizon_h": self.horizon_h,
            "episodes": self.n_episodes,
            "steps": [
                {
                    "step": found.step,
                    "chance": found.chance.value,
                    "half_width": found.chance.half_width,
                    "median_h": found.median_h,
                }
                for found in self.steps
            ],
            "defences": [
                {
                    "defence": found.defence,
                    "chance_on": found.chance_on,
                    "steps_barred": found.steps_barred.value,
                    "half_width": found.steps_barred.half_width,
                }
                for found in self.defences
            ],
        }


def compute_mal_surface(
    mal: MalGraph,
    *,
    entries: Sequence[str],
    wanted: Sequence[str] = ("*",),
    horizon_h: float,
    n: int,
    seed: int,
) -> MalSurface:
    """Sample attacks on a MAL model.

    Parameters
    ----------
    mal
        From `mal.read_mal`.
    entries
        Full names of the steps at which the attacker begins.
    wanted
        Patterns of the full names of steps that count, with ``*`` and ``?``.
    horizon_h
        What is counted, from the start, h.
    n
        Episodes, at least 2.
    seed
        Root of the draws.

    Raises
    ------
    InvalidInputError
        When there is no such entry, or no step fits a pattern.
    """
    graph = mal.graph
    attack = mal.attack("attacker", entries=entries)
    rows = _wanted_rows(graph, mal, entries, wanted)
    hours = _times_h(graph, attack, rows, horizon_h=horizon_h, n=n, seed=seed)
    steps = [_reached(graph.steps[row].id, hours[:, k]) for k, row in enumerate(rows.tolist())]
    defences = []
    for row in mal.defences.tolist():
        done = []
        for exists in (1.0, 0.0):  # a defence that is off is a condition that holds
            changed = replace(
                graph,
                steps=tuple(
                    replace(step, exists=exists) if k == row else step for k, step in enumerate(graph.steps)
                ),
            )
            times = _times_h(changed, attack, rows, horizon_h=horizon_h, n=n, seed=seed)
            done.append(np.isfinite(times).sum(axis=1).astype(np.float64))
        step = graph.steps[row]
        defences.append(
            DefenceWorth(
                defence=step.id, chance_on=1.0 - step.exists, steps_barred=mean_of(done[0] - done[1])
            )
        )
    return MalSurface(
        horizon_h=horizon_h,
        n_episodes=n,
        steps=tuple(sorted(steps, key=lambda s: (-s.chance.value, s.median_h or np.inf, s.step))),
        defences=tuple(sorted(defences, key=lambda d: (-d.steps_barred.value, d.defence))),
    )


def _wanted_rows(
    graph: AttackGraph, mal: MalGraph, entries: Sequence[str], wanted: Sequence[str]
) -> npt.NDArray[np.int64]:
    """Return the attack steps that fit a pattern, without the entries themselves."""
    known = {row: step.id for row, step in enumerate(graph.steps) if step.is_attack and step.exists > 0.0}
    known = {row: name for row, name in known.items() if name not in entries and row not in mal.conditions}
    rows: set[int] = set()
    for pattern in wanted:
        hit = {row for row, name in known.items() if fnmatchcase(name, pattern)}
        if not hit:
            raise InvalidInputError(
                f"no step of the model fits '{pattern}'",
                hint=f"such as {', '.join(sorted(known.values())[:5])}",
            )
        rows |= hit
    return np.array(sorted(rows), np.int64)


def _times_h(
    graph: AttackGraph, attack: Attack, rows: npt.NDArray[np.int64], *, horizon_h: float, n: int, seed: int
) -> npt.NDArray[np.float64]:
    """Return when each step is done, h, float64 (episodes, rows); inf for not within the horizon."""
    sampled = sample_episodes(
        graph, attack, n=n, seed=seed, watched=rows, until_us=round(horizon_h * _HOUR_US)
    )
    return np.where(sampled.times_us < NEVER, sampled.times_us / _HOUR_US, np.inf)


def _reached(name: str, hours: npt.NDArray[np.float64]) -> ReachedStep:
    median = float(np.quantile(hours, 0.5, method="inverted_cdf"))
    return ReachedStep(
        step=name,
        chance=mean_of(np.isfinite(hours).astype(np.float64)),
        median_h=median if np.isfinite(median) else None,
    )
