"""All control rooms of a run: alerts come in, messages arrive, work is taken up, steps fall due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.response.control_room.desk import Desk, Operator
from impetus_sim.response.control_room.picture import Picture, phases_table, watch_table
from impetus_sim.response.control_room.post import Post
from impetus_sim.response.control_room.room import Room
from impetus_sim.world.phases import Phase
from impetus_sim.world.system import System

if TYPE_CHECKING:
    from impetus_sim.response.playbooks.runner import Playbooks
    from impetus_sim.scenario.control_rooms import ControlRoom
    from impetus_sim.world.world import World


class ControlRoomSystem(System):
    """Rooms by name, in that order wherever several are due at once.

    Parameters
    ----------
    specs
        The scenario's section, drawn.
    world
        Alerts, incidents, events.
    stream_key
        From a purpose to the key of a random stream.
    step_ticks
        Time between two decisions.
    line_down
        From a room's name to None while its line is up, else to the events by which it is down.
    is_real
        From an alert's row to whether what it says is so.
    """

    name = "control_rooms"
    phase = Phase.DECISIONS

    def __init__(
        self,
        specs: Mapping[str, ControlRoom],
        world: World,
        *,
        stream_key: Callable[[str], npt.NDArray[np.uint32]],
        step_ticks: int,
        line_down: Callable[[str], tuple[int, ...] | None],
        is_real: Callable[[int], bool],
    ) -> None:
        self._world, self.step_ticks = world, step_ticks
        self._watch, self._phases = watch_table(), phases_table()
        self._progress = Table("control_progress", 1, {"n_alerts": "i8"})
        rooms = {name: Room(name, specs[name], stream_key(f"control_room.{name}")) for name in sorted(specs)}
        self.post = Post(
            rooms, world, stream_key("control_room.messages"), line_down=line_down, receive=self._receive
        )
        self.desks = {
            name: Desk(room, self._picture(room), self.post, world, is_real=is_real)
            for name, room in rooms.items()
        }
        self.operators = [
            Operator(k, desk) for desk in self.desks.values() for k in range(len(desk.room.operators))
        ]
        self.playbooks: Playbooks | None = None
        self.callers: Table | None = None
        """Who calls the rooms, kept with them."""

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads; incidents and requests are the world's."""
        rooms = [table for desk in self.desks.values() for table in desk.room.tables]
        plans = [] if self.playbooks is None else self.playbooks.tables
        callers = [] if self.callers is None else [self.callers]
        return [*rooms, self._watch, self._phases, self._progress, self.post.table, *plans, *callers]

    @property
    def optional_state(self) -> list[Table]:
        """Return the tables of rooms, which a branch may add."""
        return self.state

    def follow(self, playbooks: Playbooks) -> None:
        """Let decisions start playbooks."""
        self.playbooks = playbooks
        for desk in self.desks.values():
            desk.plan = playbooks

    def advance(self, tick: int) -> None:
        """Take in alerts and messages, and let operators take up work; they decide after that."""
        progress, alerts = self._progress, self._world.need_alarms().alerts
        for alert in range(int(progress.n_alerts[0]), len(alerts)):
            for desk in self.desks.values():
                if alerts.kind[alert].decode() in desk.room.spec.handles:
                    desk.take_alert(alert)
        progress.n_alerts[0] = len(alerts)
        self.post.deliver(tick)
        if self.playbooks is not None:
            self.playbooks.advance(tick)
        for desk in self.desks.values():
            desk.look_again(tick)
            desk.room.serve(tick * self._world.resolution_us)

    def restored(self, tick: int) -> None:
        """Rebuild what follows from the tables."""
        for desk in self.desks.values():
            desk.room.restored()

    def _picture(self, room: Room) -> Picture:
        return Picture(
            room.name,
            self._world,
            self._watch,
            self._phases,
            join_radius_m=float(room.spec.join_radius),
            join_ticks=self._world.ticks(room.spec.join_time),
        )

    def _receive(self, incident: int, receiver: str, event: int) -> None:
        sender = self._world.need_alarms().incidents.organisation[incident].decode()
        self.desks[receiver].take_message(incident, sender, event)
