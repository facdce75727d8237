"""The response of one run: the commander's orders, the crew's work, and the acts of interventions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.response.base import Intervention
from impetus_sim.response.commander import Commander
from impetus_sim.response.crew import DONE, TASK_COLUMNS, WAITING, Crew
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import System
from impetus_sim.world.world import World

DECIDE_EVERY_S = 1.0


class ResponseSystem(System):
    """Interventions by name, in that order wherever several are due at once.

    Parameters
    ----------
    began_at
        From a hazard's name to (tick, event) of its beginning, or None.
    n_staff
        Stewards.
    """

    name = "response"
    phase = Phase.INTERVENTIONS

    def __init__(
        self,
        interventions: Mapping[str, Intervention],
        world: World,
        *,
        n_staff: int,
        began_at: Callable[[str], tuple[int, int] | None],
    ) -> None:
        self._interventions = dict(sorted(interventions.items()))
        self._world = world
        _require_staff(self._interventions, n_staff)
        self._offsets = {
            name: [world.ticks(t) for t in part.offsets_s()] for name, part in self._interventions.items()
        }
        self.tasks = Table("tasks", 0, TASK_COLUMNS)
        self.crew = Crew(self.tasks, n_staff, on_started=self._started, on_done=self._done)
        self.decide_ticks = max(1, world.ticks(DECIDE_EVERY_S))
        self.commander = Commander(
            self._interventions,
            ticks_of=world.ticks,
            began_at=began_at,
            is_ordered=lambda name: self._row(name) is not None,
            order=self._order,
        )

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.tasks]

    def next_tick(self, after: int) -> int | None:
        """Return the next tick after `after` at which something is due; None for never."""
        due = [t for row in range(len(self.tasks)) if (t := self._due(row)) is not None]
        if any(self._row(name) is None for name in self._interventions):
            due.append((after // self.decide_ticks + 1) * self.decide_ticks)
        queued = self.crew.next_tick()
        if queued is not None:
            due.append(queued)
        return max(after + 1, min(due)) if due else None

    def advance(self, tick: int) -> None:
        """Let every intervention act that is in place and due."""
        for row in sorted(range(len(self.tasks)), key=lambda k: self.tasks.key[k]):
            while (due := self._due(row)) is not None and due <= tick:
                part = self._interventions[self.tasks.key[row].decode()]
                n = int(self.tasks.n_acts[row])
                self.tasks.last_event[row] = part.act(n, (int(self.tasks.last_event[row]),))
                self.tasks.n_acts[row] = n + 1

    def order(self, name: str, causes: tuple[int, ...]) -> None:
        """Order an intervention, for the events that made it necessary; once, whoever asks."""
        if self._row(name) is None:
            self._order(name, causes)

    def acts_of(self, name: str) -> int:
        """Return how often an intervention has acted so far."""
        row = self._row(name)
        return 0 if row is None else int(self.tasks.n_acts[row])

    def restored(self, tick: int) -> None:
        """Rebuild the crew's processes from the rows of its tasks."""
        self.crew.rebuild(tick)

    def _row(self, name: str) -> int | None:
        rows = (self.tasks.key == name.encode()).nonzero()[0]
        return int(rows[0]) if len(rows) else None

    def _due(self, row: int) -> int | None:
        tasks = self.tasks
        name = tasks.key[row].decode()
        if tasks.stage[row] != DONE or name not in self._offsets:
            return None
        n, offsets = int(tasks.n_acts[row]), self._offsets[name]
        return int(tasks.done_tick[row]) + offsets[n] if n < len(offsets) else None

    def _order(self, name: str, causes: tuple[int, ...]) -> None:
        spec, world = self._interventions[name].spec, self._world
        event = world.log(
            "ordered", name, causes=causes, staff=int(spec.staff), lead_time_s=float(spec.lead_time)
        )
        row = self.tasks.append(
            {
                "key": name.encode(),
                "stage": WAITING,
                "staff": int(spec.staff),
                "lead_ticks": world.ticks(spec.lead_time),
                "ordered_tick": world.tick,
                "started_tick": -1,
                "done_tick": -1,
                "n_acts": 0,
                "order_event": event,
                "last_event": event,
            }
        )
        self.crew.order(row, world.tick)

    def _started(self, row: int, tick: int) -> None:
        del tick
        if self.tasks.lead_ticks[row] > 0:
            name = self.tasks.key[row].decode()
            self.tasks.last_event[row] = self._world.log(
                "staff_started", name, causes=(int(self.tasks.order_event[row]),)
            )

    def _done(self, row: int, tick: int) -> None:
        del row, tick  # `advance` follows in the same tick


def _require_staff(interventions: Mapping[str, Intervention], n_staff: int) -> None:
    for name, part in interventions.items():
        if part.spec.staff > n_staff:
            raise InvalidInputError(
                f"interventions.{name}.staff: {int(part.spec.staff)} stewards are needed, but there are {n_staff}",
                hint="raise response.stewards or lower staff",
            )
