"""Defenders on the clock: they look into what was noticed, isolate, restore, patch, and work assets by hand.

A notice sends somebody to look into its zone. What is found there is isolated, then restored, then patched, as far
as the scenario has these; assets under an attack are visited and worked by hand. Every task takes time and staff,
first come, first served. An isolated node serves neither side; a patched one is closed to the attacker for good; an
asset worked by hand obeys nobody over the network until its device was restored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.cyber.attack_graph import AttackGraph
from impetus_sim.cyber.control_network import ControlNetwork


class Work(IntEnum):
    """What defenders do."""

    ASSESS = 0
    ISOLATE = 1
    RESTORE = 2
    PATCH = 3
    BY_HAND = 4


ON_NODES = (Work.ISOLATE, Work.RESTORE, Work.PATCH)
"""What is done to a node, in this order."""
WAITING, WORKING, FINISHED = 0, 1, 2
_NEVER = 2**62


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Time and staff that a task takes."""

    takes_us: int
    staff: int


@dataclass(frozen=True, kw_only=True)
class Responders:
    """Who responds, and with what.

    Parameters
    ----------
    staff
        People; nobody responds when 0.
    efforts
        What each kind of work takes; kinds that are left out are not done.
    """

    staff: int = 0
    efforts: Mapping[Work, Effort] = field(default_factory=dict)


class Defence:
    """Tasks of the defenders, and the state of nodes and assets that follows from them.

    Parameters
    ----------
    network, graph
        What is defended.
    n_assets
        Number of assets.
    due
        Called with a time in microseconds at which a task is finished.
    """

    def __init__(
        self,
        responders: Responders,
        network: ControlNetwork,
        graph: AttackGraph,
        n_assets: int,
        *,
        due: Callable[[int], None],
    ) -> None:
        self._responders, self._network, self._due = responders, network, due
        self._owner = graph.owner
        self._target = np.array([step.target if step.effect else -1 for step in graph.steps], np.int64)
        self.zones = sorted({zone for node in network.nodes for zone in node.zones})
        self._zone_row = {zone: row for row, zone in enumerate(self.zones)}
        self.nodes = Table("cyber_nodes", len(network.nodes), {"is_isolated": "u1", "is_patched": "u1"})
        self.assets = Table("cyber_assets", n_assets, {"by_hand": "u1"})
        self._barred: tuple[tuple[bytes, ...], npt.NDArray[np.bool_]] = ((), np.zeros(len(graph), bool))
        columns = dict.fromkeys(("subject", "takes_us", "ordered_us", "done_us", "cause"), "i8")
        self.tasks = Table("cyber_tasks", 0, {"work": "u1", "stage": "u1", "staff": "i8", **columns})

    @property
    def is_barred(self) -> npt.NDArray[np.bool_]:
        """Which steps of the graph nobody can do at present, bool (steps,); do not write to it."""
        key = tuple(
            column.tobytes()
            for column in (self.nodes.is_isolated, self.nodes.is_patched, self.assets.by_hand)
        )
        if key != self._barred[0]:
            self._barred = (key, self._find_barred())
        return self._barred[1]

    def _find_barred(self) -> npt.NDArray[np.bool_]:
        is_shut = (self.nodes.is_isolated | self.nodes.is_patched).astype(bool)
        on_node = (self._owner >= 0) & np.append(is_shut, False)[self._owner]
        by_hand = np.append(self.assets.by_hand.astype(bool), False)
        return on_node | ((self._target >= 0) & by_hand[self._target])

    @property
    def staff_us(self) -> int:
        """Time that staff has spent on finished tasks, person-microseconds."""
        done = self.tasks.stage == FINISHED
        return int((self.tasks.takes_us[done] * self.tasks.staff[done]).sum())

    def times(self) -> list[int]:
        """Return when tasks under way are finished, for what was loaded from a checkpoint."""
        return [int(t) for t in self.tasks.done_us[self.tasks.stage == WORKING]]

    def alert(self, zone: str, at_us: int, event: int) -> None:
        """Have somebody look into a zone, unless that is so already."""
        if zone in self._zone_row:
            self._order(Work.ASSESS, self._zone_row[zone], at_us, event)

    def respond(self, nodes: list[int], assets: list[int], at_us: int, event: int) -> None:
        """Begin what is to be done about nodes that the attacker holds, and assets that he has changed."""
        for asset in assets:
            self._order(Work.BY_HAND, asset, at_us, event)
        for node in nodes:
            if not any(self._is_open(work, node) for work in ON_NODES):
                self._next_on_node(node, None, at_us, event)

    def follow_up(self, task: int, at_us: int, event: int) -> None:
        """Go on to what is done to a node after a finished task."""
        self._next_on_node(int(self.tasks.subject[task]), Work(self.tasks.work[task]), at_us, event)

    def is_last(self, work: Work) -> bool:
        """Whether nothing is done to a node after such work."""
        return not [w for w in self._chain() if w > work]

    def next_finished(self, at_us: int) -> int | None:
        """Return the first task that is finished by a time, or None."""
        tasks = self.tasks
        found = np.flatnonzero((tasks.stage == WORKING) & (tasks.done_us <= at_us))
        return int(found[np.argmin(tasks.done_us[found])]) if len(found) else None

    def finish(self, task: int, at_us: int) -> None:
        """Note that a task is finished, and let its staff begin what waits."""
        self.tasks.stage[task] = FINISHED
        self._start(at_us)

    def nodes_in(self, zone: int) -> list[int]:
        """Return the rows of nodes in a zone."""
        return [row for row, node in enumerate(self._network.nodes) if self.zones[zone] in node.zones]

    def _chain(self) -> list[Work]:
        return [work for work in ON_NODES if work in self._responders.efforts]

    def _next_on_node(self, node: int, after: Work | None, at_us: int, event: int) -> None:
        left = [work for work in self._chain() if after is None or work > after]
        if left:
            self._order(left[0], node, at_us, event)

    def _is_open(self, work: Work, subject: int) -> bool:
        tasks = self.tasks
        return bool(((tasks.work == work) & (tasks.subject == subject) & (tasks.stage != FINISHED)).any())

    def _order(self, work: Work, subject: int, at_us: int, event: int) -> None:
        effort = self._responders.efforts.get(work)
        if effort is None or self._responders.staff == 0 or self._is_open(work, subject):
            return
        self.tasks.append(
            {
                "work": work,
                "stage": WAITING,
                "subject": subject,
                "staff": effort.staff,
                "takes_us": effort.takes_us,
                "ordered_us": at_us,
                "done_us": _NEVER,
                "cause": event,
            }
        )
        self._start(at_us)

    def _start(self, at_us: int) -> None:
        # First come, first served: a task that needs more than is free holds up those behind it.
        tasks = self.tasks
        free = self._responders.staff - int(tasks.staff[tasks.stage == WORKING].sum())
        for task in np.flatnonzero(tasks.stage == WAITING):
            if tasks.staff[task] > free:
                return
            free -= int(tasks.staff[task])
            tasks.stage[task] = WORKING
            tasks.done_us[task] = at_us + int(tasks.takes_us[task])
            self._due(int(tasks.done_us[task]))
