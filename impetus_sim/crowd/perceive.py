"""What people notice: stimuli make them aware, orders hold them or let them go.

Who notices what is a keyed draw by person and by the name of the stimulus, so another event before it
changes nobody's draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.belief import Belief
from impetus_sim.crowd.guidance import Guidance
from impetus_sim.crowd.kernels.look import is_in_sight_of
from impetus_sim.crowd.population import INSIDE, ON_LINK
from impetus_sim.errors import RunFailedError
from impetus_sim.scenario.distributions import sample
from impetus_sim.scenario.messages import Message
from impetus_sim.world.tables import END_SHELTER, HOLD, RELEASE, SHELTER
from impetus_sim.world.world import World

MAX_HOLDS = 63
"""Bits of `held_by` for orders."""
AT_KERB = np.uint64(1 << MAX_HOLDS)
"""The bit of who waits at a kerb."""

Rows = npt.NDArray[np.intp]


class Listener(Protocol):
    """What wants to know who noticed a threat, and who has been alarmed (by anything)."""

    def noticed_threat(self, stimulus: int, rows: Rows) -> None:
        """Somebody noticed, and believes, that something threatens at the stimulus' place."""

    def alarmed(self, rows: Rows) -> None:
        """Somebody has been given a time at which to leave."""

    def told_to_shelter(self, rows: Rows) -> None:
        """Somebody has been told to go into a hiding place and stay there."""

    def told_to_come_out(self, rows: Rows) -> None:
        """Somebody has been told that it is over."""


class Perception:
    """Serves the world's stimuli and orders, each once, in the order in which they were written.

    Parameters
    ----------
    people
        The table of people (owned by the crowd).
    world
        Where stimuli and orders are written.
    step_ticks
        Ticks between two calls of `serve`.
    messages
        Name of a hazard or intervention to what its stimuli are.
    belief
        How far people believe; without it whoever notices acts.
    guidance
        Where exits that people are sent to are kept; needed when a message names one.
    """

    def __init__(
        self,
        people: Table,
        world: World,
        *,
        seed: int,
        replicate: int,
        step_ticks: int = 1,
        messages: Mapping[str, Message] | None = None,
        belief: Belief | None = None,
        guidance: Guidance | None = None,
    ) -> None:
        self._people = people
        self._world = world
        self._seed, self._replicate = seed, replicate
        self._step_ticks = step_ticks
        self._messages = dict(messages or {})
        self.belief, self.guidance = belief, guidance
        self.listeners: list[Listener] = []
        self._due: dict[int, npt.NDArray[np.int64]] = {}
        self.progress = Table("crowd_progress", 1, {"n_stimuli": "i8", "n_orders": "i8"})

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.progress] if self.belief is None else [self.progress, self.belief.table]

    def serve(self) -> None:
        """Serve what is new, and messages that reach people now."""
        world, progress = self._world, self.progress
        for k in range(int(progress.n_stimuli[0]), len(world.stimuli)):
            if not self._is_late(k):
                self._notice(k, np.flatnonzero(self._is_reached(k)))
        progress.n_stimuli[0] = len(world.stimuli)
        for k in range(len(world.stimuli)):
            if self._is_late(k):
                self._read(k)
        for k in range(int(progress.n_orders[0]), len(world.orders)):
            self._obey(k)
        progress.n_orders[0] = len(world.orders)

    def believing(self, rows: Rows, source: str) -> Rows:
        """Let people take in a message over a channel; return those who believe by now."""
        return rows if self.belief is None else self.belief.convince(rows, source)

    def alarm(
        self,
        rows: Rows,
        *,
        cause: int,
        delay_factor: float,
        overrides_hold: bool = False,
        tick: int | None = None,
    ) -> None:
        """Make people aware of an event, and let them leave after their pre-movement time.

        Parameters
        ----------
        tick
            When it reached them; now when left out.
        """
        people, tick = self._people, self._world.tick if tick is None else tick
        fresh = rows[people.aware_tick[rows] < 0]
        people.aware_tick[fresh] = tick
        people.aware_cause[fresh] = cause
        if overrides_hold:
            people.held_by[rows] = 0
        delay = np.ceil(people.premovement_s[rows] * delay_factor * 1e6 / self._world.resolution_us)
        starts = tick + delay.astype(np.int64)
        sooner = (people.move_tick[rows] < 0) | (starts < people.move_tick[rows])
        people.move_tick[rows[sooner]] = starts[sooner]
        for listener in self.listeners:
            listener.alarmed(rows)

    def message_of(self, name: str) -> Message:
        """Return what the stimuli of a hazard or intervention are."""
        return self._messages.get(name, Message(source="rumour"))

    def take_in(
        self,
        rows: Rows,
        name: str,
        *,
        cause: int,
        delay_factor: float,
        overrides_hold: bool = False,
        tick: int | None = None,
    ) -> Rows:
        """Let people take in a message of a hazard or intervention: those who believe it act; return them."""
        message = self.message_of(name)
        rows = self.believing(rows, message.source)
        self.alarm(rows, cause=cause, delay_factor=delay_factor, overrides_hold=overrides_hold, tick=tick)
        if message.exit is not None and self.guidance is not None:
            self.guidance.tell(rows, name)
        return rows

    def name_of(self, stimulus: int) -> str:
        """Return the name of the hazard or intervention that wrote a stimulus."""
        return str(self._world.stimuli.key[stimulus].decode().rpartition(":")[0])

    def _draw(self, rows: Rows, stream: str) -> npt.NDArray[np.float64]:
        return rng.draw_uniforms(self._seed, self._replicate, stream, self._people.uid[rows])[:, 0]

    def _is_late(self, k: int) -> bool:
        message = self._messages.get(self.name_of(k))
        return message is not None and message.delay is not None

    def _is_reached(self, k: int) -> npt.NDArray[np.bool_]:
        # Within the radius, or (where the radius is nan) in the area that goes by the name of its origin.
        people, s = self._people, self._world.stimuli
        inside = people.state == INSIDE
        if np.isnan(s.radius_m[k]):
            rows = np.flatnonzero(inside)
            inside[rows] = self.is_in_area(self.name_of(k), rows)
            return np.asarray(inside)
        inside |= people.state == ON_LINK
        if np.isfinite(s.radius_m[k]):
            apart = self._world.sheets.distance(people.x, people.y, float(s.x[k]), float(s.y[k]))
            inside = inside & (apart <= s.radius_m[k])
        message = self._messages.get(self.name_of(k))
        if message is not None and message.needs_sight:
            rows = np.flatnonzero(inside & (people.state == INSIDE))
            inside = np.zeros(len(people), bool)
            inside[rows[self._in_sight(rows, float(s.x[k]), float(s.y[k]))]] = True
        return np.asarray(inside)

    def _in_sight(self, rows: Rows, x: float, y: float) -> npt.NDArray[np.bool_]:
        people, ground, out = self._people, self._world.ground, np.zeros(len(rows), np.uint8)
        is_in_sight_of(rows, people.x, people.y, x, y, ground.inside, ground.x0, ground.y0, ground.cell, out)
        return out == 1

    def is_in_area(self, name: str, rows: Rows) -> npt.NDArray[np.bool_]:
        """Return which people are in the area that goes by a name, bool (rows,); all of them on the ground."""
        people, world, ground = self._people, self._world, self._world.ground
        in_area = np.zeros(ground.shape, bool)
        in_area.flat[world.areas[name]] = True
        row = ((people.y[rows] - ground.y0) / ground.cell).astype(np.intp)
        column = ((people.x[rows] - ground.x0) / ground.cell).astype(np.intp)
        return np.asarray(in_area[row, column])

    def _notice(self, k: int, rows: Rows) -> None:
        s = self._world.stimuli
        name = self.name_of(k)
        message = self.message_of(name)
        share = s.share[k] * self._delivered(rows, message)
        rows = rows[self._draw(rows, f"crowd.notice.{s.key[k].decode()}") < share]
        rows = self.take_in(
            rows,
            name,
            cause=int(s.cause[k]),
            delay_factor=float(s.delay_factor[k]),
            overrides_hold=bool(s.overrides_hold[k]),
            tick=None if self._is_late(k) else int(s.tick[k]),
        )
        if message.is_threat:
            for listener in self.listeners:
                listener.noticed_threat(k, rows)

    def _delivered(self, rows: Rows, message: Message) -> float | npt.NDArray[np.float64]:
        # Without a cell no message reaches a phone; where the run has no cells all are taken to work.
        coverage, people = self._world.coverage, self._people
        if coverage is None or message.source != "phone":
            return 1.0
        return coverage.delivered_at(people.x[rows], people.y[rows])

    def _read(self, k: int) -> None:
        # A message that each person notices after a delay of their own: those whose moment has come since the
        # last step. Nothing is stored, for the delay is a keyed draw.
        now = self._world.tick
        due = self._due_ticks(k)
        is_due = (due > now - self._step_ticks) & (due <= now)
        if is_due.any():
            self._notice(k, np.flatnonzero(is_due & self._is_reached(k)))

    def _due_ticks(self, k: int) -> npt.NDArray[np.int64]:
        if k not in self._due:
            name, world = self.name_of(k), self._world
            delay = self._messages[name].delay
            assert delay is not None
            wait = sample(delay, self._draw(np.arange(len(self._people)), f"crowd.delay.{name}"))
            ticks = np.ceil(wait * 1e6 / world.resolution_us).astype(np.int64)
            self._due[k] = int(world.stimuli.tick[k]) + ticks
        return self._due[k]

    def _obey(self, k: int) -> None:
        people, orders = self._people, self._world.orders
        name = orders.key[k].decode()
        if orders.kind[k] == RELEASE:
            people.held_by[:] &= ~self._bit(k)
            return
        if orders.kind[k] == END_SHELTER:
            told = self._draw(np.arange(len(people)), f"crowd.obey.{name}") < orders.share[k]
            for listener in self.listeners:
                listener.told_to_come_out(np.flatnonzero(told))
            return
        rows = np.flatnonzero(people.state == INSIDE)
        rows = rows[self.is_in_area(name, rows)]
        rows = rows[self._draw(rows, f"crowd.obey.{name}") < orders.share[k]]
        if orders.kind[k] == HOLD:
            people.held_by[rows] |= self._bit(k)
        elif orders.kind[k] == SHELTER:
            for listener in self.listeners:
                listener.told_to_shelter(rows)
        elif self.guidance is not None:
            self.guidance.tell(rows, name)

    def _bit(self, k: int) -> np.uint64:
        # Orders that hold are numbered as they come, so a later order never changes an earlier one's bit.
        orders = self._world.orders
        holds = list(dict.fromkeys(orders.key[: k + 1][orders.kind[: k + 1] == HOLD].tolist()))
        number = holds.index(orders.key[k].item()) if orders.key[k].item() in holds else MAX_HOLDS
        if number >= MAX_HOLDS:
            raise RunFailedError(
                f"'{orders.key[k].decode()}': at most {MAX_HOLDS} cordons can hold people in one run",
                hint="use fewer and larger cordons",
            )
        return np.uint64(1 << number)
