"""The attack surface of a city's control network: what is most exposed, what all ways pass, what defences save.

Episodes are sampled for each attacker; options share their draws, so that a defence is judged on the same attackers
with and without it. Hours count within a horizon, and end when the defenders have undone what was done: they shut
an attacker out after the first notice and the times of assessing and isolating, and undo it by hand or by
restoring, whichever is sooner. That staff may be short shows only on the clock (`system`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.cyber.attack_graph import AttackGraph
from impetus_sim.cyber.defence import Responders, Work
from impetus_sim.cyber.ensemble import Attack, sample_episodes
from impetus_sim.cyber.kernels.draw import NEVER
from impetus_sim.cyber.plan import ControlPlan
from impetus_sim.cyber.template import HELD_DEVICE, HELD_HOST
from impetus_sim.cyber.weak_points import WeakPoint, find_cut_of_all, find_weak_points

Floats = npt.NDArray[np.float64]

_AT_ONCE = 256
"""Episodes whose times are held at one time."""
_NORMAL_95 = 1.959964
_HOUR_US = 3.6e9


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A mean over episodes, and half the width of its 95 % interval (normal)."""

    value: float
    half_width: float


@dataclass(frozen=True, kw_only=True)
class Exposed:
    """How exposed an asset is to what attackers want.

    Parameters
    ----------
    row
        Of the asset.
    chance
        That it is attacked within the horizon.
    median_h
        Median time until then over all episodes, h; None when less than half of them get there.
    """

    row: int
    chance: Mean
    median_h: float | None


@dataclass(frozen=True, kw_only=True)
class Saving:
    """What a defence saves within the horizon, against the same without it.

    Parameters
    ----------
    is_in_place
        Whether the scenario has it; its worth is then what would be lost without it.
    asset_hours
        Hours of assets in an attacker's state.
    person_hours
        Hours of people without a service.
    """

    defence: str
    title: str
    is_in_place: bool
    asset_hours: Mean
    person_hours: Mean


@dataclass(frozen=True, kw_only=True)
class Surface:
    """The attack surface of a scenario.

    Parameters
    ----------
    exposed
        Assets that attackers want, most exposed first.
    held
        Chance that each node is in an attacker's hand within the horizon, float64 (nodes,).
    weak_points
        What ways must pass, most goals first.
    cut
        Rows of a smallest set of nodes found that shuts all ways; None where there is none.
    savings
        Defences, those that save most person-hours first.
    asset_hours, person_hours
        As the scenario stands.
    noticed_before
        Share of episodes in which an attacker is noticed before anything is done to an asset, of those in which
        something is, or would be without defenders; nan when it never is.
    """

    plan: ControlPlan
    graph: AttackGraph
    attacks: tuple[Attack, ...]
    horizon_h: float
    n_episodes: int
    exposed: tuple[Exposed, ...]
    held: Floats
    weak_points: tuple[WeakPoint, ...]
    cut: tuple[int, ...] | None
    savings: tuple[Saving, ...]
    asset_hours: Mean
    person_hours: Mean
    noticed_before: float


def compute_surface(plan: ControlPlan, *, horizon_h: float, n: int, seed: int) -> Surface:
    """Compute the attack surface.

    Parameters
    ----------
    plan
        Of a scenario with at least one attacker.
    horizon_h
        What is counted, from the start, h.
    n
        Episodes, at least 2.
    seed
        Root of the draws.

    Raises
    ------
    InvalidInputError
        When an entry or a goal fits nothing.
    """
    in_place = frozenset(plan.spec.defences)
    base = _Option(plan, in_place, horizon_h)
    found = base.sample(n, seed)
    savings = []
    for name, defence in plan.template.defences.items():
        other = _Option(plan, in_place ^ {name}, horizon_h).sample(n, seed)
        sign = 1.0 if name in in_place else -1.0
        savings.append(
            Saving(
                defence=name,
                title=defence.title,
                is_in_place=name in in_place,
                asset_hours=mean_of(sign * (other.asset_hours - found.asset_hours)),
                person_hours=mean_of(sign * (other.person_hours - found.person_hours)),
            )
        )
    graph, attacks = base.graph, base.attacks
    goals = np.unique(np.concatenate([attack.goals for attack in attacks]))
    is_hit = found.first_h <= horizon_h
    return Surface(
        plan=plan,
        graph=graph,
        attacks=tuple(attacks),
        horizon_h=horizon_h,
        n_episodes=n,
        exposed=_exposed(base.targets, found.first_h, horizon_h),
        held=found.is_held.mean(axis=0),
        weak_points=find_weak_points(plan.network, graph, attacks),
        cut=find_cut_of_all(graph, attacks, goals),
        savings=tuple(
            sorted(savings, key=lambda s: (-s.person_hours.value, -s.asset_hours.value, s.defence))
        ),
        asset_hours=mean_of(found.asset_hours),
        person_hours=mean_of(found.person_hours),
        noticed_before=_noticed_before(found, is_hit),
    )


@dataclass(frozen=True, kw_only=True)
class _Sampled:
    """Per episode: hours of assets and of people; when each target was first attacked, h (inf: never); when anybody
    was first noticed, h; which nodes were held."""

    asset_hours: Floats
    person_hours: Floats
    first_h: Floats
    noticed_h: Floats
    is_held: npt.NDArray[np.bool_]


class _Option:
    """The graph with some defences, and what its episodes cost."""

    def __init__(self, plan: ControlPlan, defences: Collection[str], horizon_h: float) -> None:
        self.graph = plan.graph(defences, with_losses=True)
        self.attacks = plan.attacks(self.graph)
        self._responders = plan.responders(defences)
        self._horizon_h = horizon_h
        steps = self.graph.steps
        self._goals = np.unique(np.concatenate([attack.goals for attack in self.attacks]))
        self.targets = np.unique([steps[row].target for row in self._goals])
        self._lost = np.array(
            [row for row, s in enumerate(steps) if not s.is_attack and s.target >= 0], np.int64
        )
        self._people = np.array([plan.assets.people[steps[row].target] for row in self._lost], float)
        rows = self.graph.rows()
        self._held = np.array(
            [rows[f"{node.id}.{HELD_HOST if node.is_host else HELD_DEVICE}"] for node in plan.network.nodes],
            np.int64,
        )
        order = np.argsort([steps[row].target for row in self._goals], kind="stable")
        self._goals = self._goals[order]
        self._first_goal = np.searchsorted([steps[row].target for row in self._goals], self.targets)

    def sample(self, n: int, seed: int) -> _Sampled:
        parts = [self._sample_some(first, min(_AT_ONCE, n - first), seed) for first in range(0, n, _AT_ONCE)]
        return _Sampled(
            asset_hours=np.concatenate([p.asset_hours for p in parts]),
            person_hours=np.concatenate([p.person_hours for p in parts]),
            first_h=np.concatenate([p.first_h for p in parts]),
            noticed_h=np.concatenate([p.noticed_h for p in parts]),
            is_held=np.concatenate([p.is_held for p in parts]),
        )

    def _sample_some(self, first: int, n: int, seed: int) -> _Sampled:
        respond_us, undo_us = _times_of(self._responders)
        hit = np.full((n, len(self.targets)), np.inf)
        hit_end = np.full((n, len(self.targets)), -np.inf)
        lost = np.full((n, len(self._lost)), np.inf)
        lost_end = np.full((n, len(self._lost)), -np.inf)
        noticed = np.full(n, np.inf)
        is_held = np.zeros((n, len(self._held)), bool)
        for attack in self.attacks:
            sampled = sample_episodes(
                self.graph,
                attack,
                n=n,
                first=first,
                seed=seed,
                watched=np.concatenate([self._goals, self._lost, self._held]),
                respond_us=respond_us,
                until_us=round(self._horizon_h * _HOUR_US),
            )
            times = np.where(sampled.times_us < NEVER, sampled.times_us / _HOUR_US, np.inf)
            seen = np.where(sampled.noticed_us < NEVER, sampled.noticed_us / _HOUR_US, np.inf)
            ends = np.minimum(self._horizon_h, seen + undo_us / _HOUR_US)[:, np.newaxis]
            mine = np.minimum.reduceat(times[:, : len(self._goals)], self._first_goal, axis=1)
            gone, held = np.split(times[:, len(self._goals) :], [len(self._lost)], axis=1)
            is_held |= np.isfinite(held)
            hit_end = np.maximum(hit_end, np.where(mine < ends, ends, -np.inf))
            lost_end = np.maximum(lost_end, np.where(gone < ends, ends, -np.inf))
            hit, lost = np.minimum(hit, mine), np.minimum(lost, gone)
            noticed = np.minimum(noticed, seen)
        return _Sampled(
            asset_hours=_hours(hit, hit_end).sum(axis=1),
            person_hours=_hours(lost, lost_end) @ self._people,
            first_h=hit,
            noticed_h=noticed,
            is_held=is_held,
        )


def _hours(begins: Floats, ends: Floats) -> Floats:
    return np.where(ends > begins, ends - np.where(np.isfinite(begins), begins, 0.0), 0.0)


def _times_of(responders: Responders) -> tuple[int, float]:
    """Return the times from the first notice until an attacker is shut out, and until all is undone, us."""
    efforts = responders.efforts if responders.staff else {}
    if Work.ASSESS not in efforts:
        return int(NEVER), np.inf
    assess = efforts[Work.ASSESS].takes_us
    isolate = efforts[Work.ISOLATE].takes_us if Work.ISOLATE in efforts else None
    restore = (isolate or 0) + efforts[Work.RESTORE].takes_us if Work.RESTORE in efforts else np.inf
    by_hand = efforts[Work.BY_HAND].takes_us if Work.BY_HAND in efforts else np.inf
    shut_out = int(NEVER) if isolate is None else assess + isolate
    return shut_out, assess + max(min(restore, by_hand), isolate or 0)


def mean_of(values: Floats) -> Mean:
    """Return the mean of values over episodes, float64 (episodes,), with its interval."""
    return Mean(
        value=float(values.mean()),
        half_width=float(_NORMAL_95 * values.std(ddof=1) / np.sqrt(len(values))),
    )


def _exposed(targets: npt.NDArray[np.int64], first_h: Floats, horizon_h: float) -> tuple[Exposed, ...]:
    found = []
    for k, row in enumerate(targets):
        times = first_h[:, k]
        median = float(np.quantile(times, 0.5, method="inverted_cdf"))
        found.append(
            Exposed(
                row=int(row),
                chance=mean_of((times <= horizon_h).astype(float)),
                median_h=median if np.isfinite(median) else None,
            )
        )
    never = float("inf")
    return tuple(
        sorted(found, key=lambda e: (-e.chance.value, never if e.median_h is None else e.median_h, e.row))
    )


def _noticed_before(found: _Sampled, is_hit: npt.NDArray[np.bool_]) -> float:
    some = is_hit.any(axis=1)
    if not some.any():
        return float("nan")
    return float((found.noticed_h[some] < found.first_h[some].min(axis=1)).mean())
