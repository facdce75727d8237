"""Messages from one organisation to another: they take time, and some are lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.kernels.philox import draw_uniforms
from impetus_sim.response.control_room.room import Room
from impetus_sim.scenario.distributions import sample
from impetus_sim.world.world import World

UNDER_WAY: Final = 0
RECEIVED: Final = 1
LOST: Final = 2


def messages_table() -> Table:
    """Messages in the order of sending.

    incident: row in the sender's picture. attempt: from 1. due_tick: when it is understood, or known to be lost.
    state: under way, received, lost. event: of its sending; of its loss once that is known.
    """
    return Table(
        "control_messages",
        0,
        {
            "sent_tick": "i8",
            "sender": "S64",
            "receiver": "S64",
            "incident": "i8",
            "attempt": "i8",
            "due_tick": "i8",
            "state": "u1",
            "event": "i8",
        },
    )


class Post:
    """All messages of a run.

    Parameters
    ----------
    rooms
        By name.
    world
        Events and time.
    key
        Key of the random stream.
    line_down
        From a room's name to None while its line is up, else to the events by which it is down.
    receive
        Called with sender's incident, receiver and event of each message that arrives.
    """

    def __init__(
        self,
        rooms: Mapping[str, Room],
        world: World,
        key: npt.NDArray[np.uint32],
        *,
        line_down: Callable[[str], tuple[int, ...] | None],
        receive: Callable[[int, str, int], None],
    ) -> None:
        self._rooms, self._world, self._key = rooms, world, key
        self._line_down, self._receive = line_down, receive
        self.table = messages_table()

    def send(
        self, sender: str, receiver: str, incident: int, causes: tuple[int, ...], *, attempt: int = 1
    ) -> None:
        """Send word of an incident."""
        world = self._world
        takes, _ = self._draws(sender, receiver, world.tick, incident)
        delay_s = float(sample(self._rooms[sender].spec.messages.takes, np.array([takes]))[0])
        event = self._log("message_sent", sender, receiver, incident, causes, attempt=attempt)
        self.table.append(
            {
                "sent_tick": world.tick,
                "sender": sender.encode(),
                "receiver": receiver.encode(),
                "incident": incident,
                "attempt": attempt,
                "due_tick": world.tick + world.ticks(delay_s),
                "state": UNDER_WAY,
                "event": event,
            }
        )

    def deliver(self, tick: int) -> None:
        """Let messages arrive that are due, or find out that they did not; try again what may be tried again."""
        table = self.table
        for row in np.flatnonzero((table.state == UNDER_WAY) & (table.due_tick <= tick)).tolist():
            sender, receiver = table.sender[row].decode(), table.receiver[row].decode()
            incident, spec = int(table.incident[row]), self._rooms[sender].spec.messages
            sent = int(table.event[row])
            down = [why for name in (sender, receiver) if (why := self._line_down(name)) is not None]
            _, luck = self._draws(sender, receiver, int(table.sent_tick[row]), incident)
            if not down and luck >= spec.loss:
                table.state[row] = RECEIVED
                event = self._log("message_received", sender, receiver, incident, (sent,))
                self._receive(incident, receiver, event)
                continue
            table.state[row] = LOST
            causes = (sent, *sorted({event for events in down for event in events}))
            table.event[row] = self._log(
                "message_lost", sender, receiver, incident, causes, line_down=bool(down)
            )
        self._try_again(tick)

    def _try_again(self, tick: int) -> None:
        table, again = self.table, self._world.ticks
        for row in np.flatnonzero(table.state == LOST).tolist():
            sender, receiver = table.sender[row].decode(), table.receiver[row].decode()
            spec, attempt = self._rooms[sender].spec.messages, int(table.attempt[row])
            is_due = tick >= table.due_tick[row] + again(spec.again_after)
            if attempt < int(spec.attempts) and is_due and not self._has_later(row):
                causes = (int(table.event[row]),)
                self.send(sender, receiver, int(table.incident[row]), causes, attempt=attempt + 1)

    def _has_later(self, row: int) -> bool:
        table = self.table
        same = (table.sender == table.sender[row]) & (table.receiver == table.receiver[row])
        return bool(
            (same & (table.incident == table.incident[row]) & (table.attempt > table.attempt[row])).any()
        )

    def _draws(self, sender: str, receiver: str, tick: int, incident: int) -> tuple[float, float]:
        kind = self._world.need_alarms().incidents.kind[incident].decode()
        who = np.uint64(rng.stable_hash(f"{sender}>{receiver}:{kind}"))
        takes, luck, _, _ = draw_uniforms(self._key, who, tick & 0xFFFFFFFF, tick >> 32)
        return takes, luck

    def _log(
        self, kind: str, sender: str, receiver: str, incident: int, causes: tuple[int, ...], **data: object
    ) -> int:
        incidents = self._world.need_alarms().incidents
        about = incidents.kind[incident].decode()
        return self._world.log(
            kind,
            f"{sender} to {receiver}: {about}",
            x=float(incidents.x[incident]),
            y=float(incidents.y[incident]),
            causes=causes,
            **data,
        )
