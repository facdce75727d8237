"""Attack graphs as arrays: AND and OR steps with times, chances and notices; joined once, then only kernels run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from impetus_sim.cyber.kernels.draw import CONSTANT, EXPONENTIAL, GAMMA, LOGNORMAL, UNIFORM
from impetus_sim.cyber.kernels.episodes import Steps
from impetus_sim.errors import InvalidInputError

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Duration:
    """Distribution of a time.

    Parameters
    ----------
    kind
        `CONSTANT` and others of `kernels.draw`.
    a, b
        Its parameters, s (sigma and shape are plain numbers).
    """

    kind: int = CONSTANT
    a: float = 0.0
    b: float = 0.0

    def __post_init__(self) -> None:
        is_sound = self.a >= 0.0 and self.b >= 0.0
        if self.kind == UNIFORM:
            is_sound &= self.b >= self.a
        elif self.kind == GAMMA:
            is_sound &= self.a > 0.0
        if not is_sound or self.kind not in (CONSTANT, EXPONENTIAL, LOGNORMAL, GAMMA, UNIFORM):
            raise InvalidInputError(
                f"no distribution of kind {self.kind} has parameters {self.a:g} and {self.b:g}"
            )

    def times(self, factor: float) -> Duration:
        """Return the distribution of a time that is so many times as long."""
        if self.kind in (CONSTANT, EXPONENTIAL, LOGNORMAL):
            return replace(self, a=self.a * factor)
        if self.kind == GAMMA:
            return replace(self, b=self.b * factor)
        return replace(self, a=self.a * factor, b=self.b * factor)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Chance that an attempt at a step is noticed, and how long after its beginning."""

    chance: float = 0.0
    after: Duration = field(default_factory=Duration)


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What is left of an asset: an order (`world.assets.Order`) and its value; whether its service is lost, and
    whether it goes on from its own buffer before."""

    name: str
    order: int
    value: float
    loses: bool
    after_buffer: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of an attack, or a loss that follows from one.

    Parameters
    ----------
    id
        Unique; its draws are keyed by it.
    needs_all
        Whether all parents must be done (AND); one is enough otherwise (OR).
    takes
        Time from its beginning, s.
    exists
        Chance that it can be done at all, drawn once an episode.
    notice
        How it is noticed.
    technique
        Identifier of ATT&CK for ICS; empty for none.
    owner
        Row of the node that it is done on; -1 for none.
    zone
        The zone that it is done in or leads into; empty for none.
    target
        Row of the asset that it changes or that is lost; -1 for none.
    effect
        What becomes of that asset; None where nothing does yet.
    is_attack
        Whether the attacker does it; a loss of service follows by itself.
    """

    id: str
    needs_all: bool = False
    takes: Duration = field(default_factory=Duration)
    exists: float = 1.0
    notice: Notice = field(default_factory=Notice)
    technique: str = ""
    owner: int = -1
    zone: str = ""
    target: int = -1
    effect: Effect | None = None
    is_attack: bool = True


@dataclass(frozen=True, kw_only=True)
class AttackGraph:
    """Steps, and which lead to which.

    Parameters
    ----------
    steps
        All steps.
    parent, child
        Rows of steps, int64 (edges,), sorted by parent, then child, no pair twice.
    """

    steps: tuple[Step, ...]
    parent: Rows
    child: Rows

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def first_child(self) -> Rows:
        """Where the children of each step begin, int64 (steps + 1,)."""
        return np.searchsorted(self.parent, np.arange(len(self) + 1)).astype(np.int64)

    @property
    def owner(self) -> Rows:
        """Row of the node that each step is done on, -1 for none, int64 (steps,)."""
        return np.array([step.owner for step in self.steps], np.int64)

    def rows(self) -> dict[str, int]:
        """Return the row of each step by its id."""
        return {step.id: row for row, step in enumerate(self.steps)}

    def needs(self) -> npt.NDArray[np.int32]:
        """Return how many parents must be done before each step begins, int32 (steps,)."""
        n_parents = np.bincount(self.child, minlength=len(self))
        needs_all = np.array([step.needs_all for step in self.steps], bool)
        return np.where(needs_all, np.maximum(n_parents, 1), 1).astype(np.int32)

    def to_goals(self, goals: Rows) -> npt.NDArray[np.bool_]:
        """Return which steps lead to one of the goals, goals included, bool (steps,)."""
        leads = np.zeros(len(self), bool)
        leads[goals] = True
        by_child = np.argsort(self.child, kind="stable")
        first = np.searchsorted(self.child[by_child], np.arange(len(self) + 1))
        todo = list(map(int, goals))
        while todo:
            step = todo.pop()
            for parent in self.parent[by_child[first[step] : first[step + 1]]]:
                if not leads[parent]:
                    leads[parent] = True
                    todo.append(int(parent))
        return leads

    def arrays(
        self,
        *,
        time_factor: float = 1.0,
        wanted: npt.NDArray[np.bool_] | None = None,
        not_before_us: npt.NDArray[np.int64] | None = None,
    ) -> Steps:
        """Return the arrays that kernels take.

        Parameters
        ----------
        time_factor
            What the attacker's times are multiplied by; losses of service keep theirs.
        wanted
            Attack steps that are tried at all; the others are impossible and never noticed. All when left out.
        not_before_us
            The earliest time at which each step may begin; 0 when left out.
        """
        n = len(self)
        is_attack = np.array([step.is_attack for step in self.steps], np.uint8)
        takes = [step.takes.times(time_factor if step.is_attack else 1.0) for step in self.steps]
        tried = np.ones(n, bool) if wanted is None else wanted | (is_attack == 0)
        return Steps(
            who=np.array([stable_id(step.id) for step in self.steps], np.uint64),
            needs=self.needs(),
            is_attack=is_attack,
            kind=np.array([d.kind for d in takes], np.uint8),
            a=np.array([d.a for d in takes], float),
            b=np.array([d.b for d in takes], float),
            exists=np.where(tried, [step.exists for step in self.steps], 0.0).astype(float),
            is_seen=np.where(tried, [step.notice.chance for step in self.steps], 0.0).astype(float),
            seen_kind=np.array([step.notice.after.kind for step in self.steps], np.uint8),
            seen_a=np.array([step.notice.after.a for step in self.steps], float),
            seen_b=np.array([step.notice.after.b for step in self.steps], float),
            not_before=np.zeros(n, np.int64) if not_before_us is None else not_before_us,
            first_child=self.first_child,
            child=self.child,
        )


def join(steps: Sequence[Step], edges: Sequence[tuple[str, str]]) -> AttackGraph:
    """Join steps by pairs of ids, from parent to child.

    Raises
    ------
    InvalidInputError
        When two steps have one id, a pair names a step that is not there, or a step leads to itself.
    """
    row = {step.id: k for k, step in enumerate(steps)}
    if len(row) < len(steps):
        twice = next(step.id for k, step in enumerate(steps) if row[step.id] != k)
        raise InvalidInputError(f"two attack steps are called '{twice}'")
    for pair in edges:
        for name in pair:
            if name not in row:
                raise InvalidInputError(f"an edge names the attack step '{name}', which is not there")
        if pair[0] == pair[1]:
            raise InvalidInputError(f"the attack step '{pair[0]}' leads to itself")
    pairs = sorted({(row[parent], row[child]) for parent, child in edges})
    table = np.array(pairs, np.int64).reshape(-1, 2)
    return AttackGraph(
        steps=tuple(steps),
        parent=np.ascontiguousarray(table[:, 0]),
        child=np.ascontiguousarray(table[:, 1]),
    )


def stable_id(name: str) -> int:
    """Return the 64-bit id by which a step's draws are keyed, the same on every machine; even."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") & ~1
