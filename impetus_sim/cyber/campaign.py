"""One attacker on the clock: steps under way, done and lost again, at the times that an episode would give them.

Without defenders every step is done exactly when it is in episode 0 of `ensemble.sample_episodes`: the draws are
the same. An attacker acts through what he holds: a step stays done while a chain of done steps leads to it from
where he came in. Where defenders cut the chain, what lies behind it is lost to him; what was done to assets stands
until they undo it. A later attempt at a step draws anew once its node was restored, and takes the same time
otherwise.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.cyber.attack_graph import AttackGraph
from impetus_sim.cyber.ensemble import Attack
from impetus_sim.cyber.kernels.draw import NEVER
from impetus_sim.cyber.kernels.episodes import draw_attempt
from impetus_sim.cyber.kernels.reachable import fill_reachable

IDLE, UNDER_WAY, DONE = 0, 1, 2
"""State of a step."""
_NEVER = int(NEVER)


class Campaign:
    """The steps of one attacker.

    Parameters
    ----------
    attack
        Who, from where, to what.
    graph
        All steps.
    key
        Of the draws, uint32 (2,).
    due
        Called with a time in microseconds at which something of this campaign is due.
    """

    def __init__(
        self, attack: Attack, graph: AttackGraph, key: npt.NDArray[np.uint32], *, due: Callable[[int], None]
    ) -> None:
        wanted = attack.wanted(graph)
        self.attack = attack
        self.steps = graph.arrays(
            time_factor=attack.time_factor, wanted=wanted, not_before_us=attack.not_before_us
        )
        self._graph, self._key, self._due = graph, key, due
        self._is_wanted = np.ones(len(graph), bool) if wanted is None else wanted
        self._is_entry = np.zeros(len(graph), bool)
        self._is_entry[attack.entries] = True
        columns = {
            "state": "u1",
            "attempts": "u2",
            "due_us": "i8",
            "seen_us": "i8",
            "cause": "i8",
        }
        self.table = Table(f"cyber_steps_{attack.name}", len(graph), columns)
        self.table.due_us[:] = self.table.seen_us[:] = _NEVER
        self.table.cause[:] = -1
        self.status = Table(
            f"cyber_attacker_{attack.name}", 1, dict.fromkeys(("began", "first_hold_us", "noticed_us"), "i8")
        )
        """Event with which it began, when a node was first held, and when it was first noticed; -1 for not yet."""
        for column in self.status.columns.values():
            column[:] = -1

    @property
    def has_begun(self) -> bool:
        """Whether the attacker has begun."""
        return bool(self.status.began[0] >= 0)

    def begin(self, at_us: int, event: int, is_barred: npt.NDArray[np.bool_]) -> None:
        """Try the steps at which the attacker comes in; `event` is that of the beginning."""
        self.status.began[0] = event
        for step in self.attack.entries:
            if not is_barred[step]:
                self._try(int(step), at_us, event)

    def times(self) -> list[int]:
        """Return every time at which something is due, for what was loaded from a checkpoint."""
        if not self.has_begun:
            return [self.attack.start_us]
        due = self.table.due_us[self.table.state == UNDER_WAY]
        return [int(t) for times in (due, self.table.seen_us) for t in np.unique(times) if t < NEVER]

    def noticed_by(self, at_us: int) -> list[int]:
        """Return the steps whose notice is due by a time, in their order; each once."""
        found = np.flatnonzero(self.table.seen_us <= at_us)
        self.table.seen_us[found] = _NEVER
        return [int(step) for step in found]

    def next_done(self, at_us: int) -> int | None:
        """Return the first step that is done by a time, or None."""
        due = self.table.due_us
        found = np.flatnonzero((self.table.state == UNDER_WAY) & (due <= at_us))
        return int(found[np.argmin(due[found])]) if len(found) else None

    def finish(self, step: int, event: int, is_barred: npt.NDArray[np.bool_]) -> None:
        """Note that a step was done, by an event, and try what it leads to."""
        table, at_us = self.table, int(self.table.due_us[step])
        table.state[step], table.due_us[step], table.cause[step] = DONE, _NEVER, event
        for child in self.steps.child[self.steps.first_child[step] : self.steps.first_child[step + 1]]:
            if table.state[child] == IDLE and not is_barred[child] and self._is_wanted[child]:
                if self.steps.needs[child] > 1 and self._n_done()[child] < self.steps.needs[child]:
                    continue
                self._try(int(child), at_us, event)

    def restore(self, steps: npt.NDArray[np.int64]) -> None:
        """Forget steps of a node that was restored: they have to be done again, with draws of their own."""
        table = self.table
        table.attempts[steps] += 1
        table.state[steps], table.due_us[steps] = IDLE, _NEVER

    def settle(self, at_us: int, is_barred: npt.NDArray[np.bool_]) -> None:
        """Take back what the attacker has lost the way to, and try what is open to him again."""
        table, steps = self.table, self.steps
        n = len(table)
        is_done = table.state == DONE
        held = np.zeros(n, np.uint8)
        fill_reachable(
            steps.needs,
            steps.first_child,
            steps.child,
            self.attack.entries,
            (~is_done | is_barred).astype(np.uint8),
            np.empty(n, np.int32),
            np.empty(n, np.int64),
            held,
        )
        table.state[is_done & (held == 0)] = IDLE
        is_open = (self._is_entry | (self._n_done() >= steps.needs)) & ~is_barred & self._is_wanted
        stopped = (table.state == UNDER_WAY) & ~is_open
        table.state[stopped], table.due_us[stopped] = IDLE, _NEVER
        for step in np.flatnonzero((table.state == IDLE) & is_open):
            self._try(int(step), at_us, self._latest_cause(int(step)))

    def _n_done(self) -> npt.NDArray[np.int64]:
        is_done = self.table.state == DONE
        graph = self._graph
        return np.bincount(graph.child[is_done[graph.parent]], minlength=len(graph))

    def _latest_cause(self, step: int) -> int:
        graph = self._graph
        parents = graph.parent[graph.child == step]
        done = parents[self.table.state[parents] == DONE]
        return int(self.table.cause[done].max(initial=self.table.cause[step]))

    def _try(self, step: int, at_us: int, cause: int) -> None:
        table = self.table
        begins = max(at_us, int(self.steps.not_before[step]))
        takes, seen = draw_attempt(self.steps, self._key, 0, step, int(table.attempts[step]))
        table.state[step], table.cause[step] = UNDER_WAY, cause
        table.due_us[step] = begins + takes if takes < NEVER else _NEVER
        table.seen_us[step] = begins + seen if seen < NEVER else _NEVER
        for time_us in (table.due_us[step], table.seen_us[step]):
            if time_us < NEVER:
                self._due(int(time_us))
