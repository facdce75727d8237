"""Playbooks that have been started, and what became of each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.arrays import Table
from impetus_sim.response.control_room.picture import BELIEVED
from impetus_sim.world.alarms import IncidentPhase

if TYPE_CHECKING:
    from impetus_sim.response.control_room.desk import Desk
    from impetus_sim.response.control_room.post import Post
    from impetus_sim.scenario.playbooks import Playbook, Step
    from impetus_sim.world.world import World

NEVER = -1


class StepState(IntEnum):
    """What has become of a step."""

    PLANNED = 0
    """Not due, or its owner does not know yet."""
    ASKED = 1
    """In the queue of its owner."""
    DONE = 2
    OMITTED = 3
    """Forgotten by the operator."""
    LACKING = 4
    """It orders kinds of interventions of which the scenario has none."""
    CANCELLED = 5
    """Given up: the incident was found to be a false alarm."""


def starts_table() -> Table:
    """Playbooks that were started. incident: row of the incident by which; event: of the start."""
    return Table("playbook_starts", 0, {"tick": "i8", "playbook": "S64", "incident": "i8", "event": "i8"})


def steps_table() -> Table:
    """Steps of started playbooks.

    start: row of the start. owner: the room. planned_tick: when it should be done if every step before it is in
    time. state: `StepState`. settled_tick: when it was done, omitted, found lacking or cancelled; -1 for not yet.
    event: of that, -1 for none.
    """
    return Table(
        "playbook_steps",
        0,
        {
            "start": "i8",
            "step": "S64",
            "owner": "S64",
            "planned_tick": "i8",
            "state": "u1",
            "settled_tick": "i8",
            "event": "i8",
        },
    )


class Playbooks:
    """The playbooks of a run.

    Parameters
    ----------
    playbooks
        By name, drawn.
    world
        Incidents, requests, events.
    desks
        Of the rooms, by name.
    post
        Messages between them.
    room_of
        From an organisation to the room that acts for it.
    interventions_of
        From a step to the interventions that it orders, by name.
    order
        Orders one for the events that made it necessary; nothing happens where it has been ordered before.
    """

    def __init__(
        self,
        playbooks: Mapping[str, Playbook],
        world: World,
        *,
        desks: Mapping[str, Desk],
        post: Post,
        room_of: Mapping[str, str],
        interventions_of: Callable[[Step], list[str]],
        order: Callable[[str, tuple[int, ...]], None],
    ) -> None:
        self._playbooks = dict(sorted(playbooks.items()))
        self._world, self._desks, self._post = world, desks, post
        self._room_of, self._interventions_of, self._order = room_of, interventions_of, order
        self.starts, self.steps = starts_table(), steps_table()
        self._alarms = world.need_alarms()

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.starts, self.steps]

    def opened(self, incident: int, event: int) -> None:
        """Start the playbooks that need no confirmation."""
        self._start(incident, event, is_confirmed=False)

    def decided(self, incident: int, event: int) -> None:
        """Start the playbooks that fit a confirmed incident."""
        self._start(incident, event, is_confirmed=True)

    def advance(self, tick: int) -> None:
        """Ask for the steps that are due, of owners who know of the incident."""
        steps = self.steps
        for row in np.flatnonzero(steps.state == StepState.PLANNED).tolist():
            if not self._is_still_there(row):
                continue
            spec, due = self._spec(row), self._due_tick(row)
            incident = None if due is None or tick < due else self._known_to(row)
            if incident is None:
                continue
            if not (spec.request or spec.tell or spec.note or self._interventions_of(spec)):
                self._settle(row, StepState.LACKING, "step_lacking", kinds=",".join(spec.order))
                continue
            steps.state[row] = StepState.ASKED
            about = f"{self._name(row)}:{steps.step[row].decode()}"
            self._desks[steps.owner[row].decode()].ask_step(row, about, incident, self._causes(row)[-1])

    def carry_out(self, step: int, luck: float, omission: float) -> None:
        """Carry out a step, or forget it where the draw says so."""
        if self.steps.state[step] != StepState.ASKED or not self._is_still_there(step):
            return
        if luck < omission:
            self._settle(step, StepState.OMITTED, "step_omitted")
            return
        spec, event = self._spec(step), self._settle(step, StepState.DONE, "step_done")
        for name in self._interventions_of(spec):
            self._order(name, (event,))
        incident = self._known_to(step)
        at = int(self.starts.incident[self.steps.start[step]]) if incident is None else incident
        for key, request in spec.request.items():
            self._alarms.ask_units(
                f"{self._name(step)}:{key}",
                request.unit,
                int(request.n),
                tick=self._world.tick,
                x=float(self._alarms.incidents.x[at]),
                y=float(self._alarms.incidents.y[at]),
                priority=int(request.priority),
                incident=at,
                cause=event,
            )
        owner = self.steps.owner[step].decode()
        for organisation in spec.tell:
            if (room := self._room_of[organisation]) != owner:
                self._post.send(owner, room, at, (event,))

    def cancel(self, organisation: str, incident: int, event: int) -> None:
        """Give up the steps of an organisation about an incident that it no longer believes."""
        steps = self.steps
        is_open = (steps.state == StepState.PLANNED) | (steps.state == StepState.ASKED)
        for row in np.flatnonzero(is_open & (steps.owner == organisation.encode())).tolist():
            if self._is_about(int(self.starts.incident[steps.start[row]]), incident):
                self._settle(row, StepState.CANCELLED, "step_cancelled", causes=(event,))

    def _start(self, incident: int, event: int, *, is_confirmed: bool) -> None:
        incidents, tick = self._alarms.incidents, self._world.tick
        kind, organisation = incidents.kind[incident].decode(), incidents.organisation[incident].decode()
        score = float(self._desks[organisation].picture.watch.score[incident])
        for name, playbook in self._playbooks.items():
            trigger = playbook.trigger
            fits = kind in trigger.incident and score >= trigger.score and trigger.confirmed == is_confirmed
            if not fits or self._is_started(name, incident):
                continue
            started = self._log("playbook_started", name, incident, (event,), title=playbook.title)
            start = self.starts.append(
                {"tick": tick, "playbook": name.encode(), "incident": incident, "event": started}
            )
            for key in playbook.steps:
                self.steps.append(
                    {
                        "start": start,
                        "step": key.encode(),
                        "owner": self._room_of[playbook.owner_of(key)].encode(),
                        "planned_tick": tick + self._world.ticks(planned_after(playbook, key)),
                        "state": StepState.PLANNED,
                        "settled_tick": NEVER,
                        "event": NEVER,
                    }
                )

    def _is_started(self, name: str, incident: int) -> bool:
        rows = np.flatnonzero(self.starts.playbook == name.encode())
        return any(self._is_about(int(self.starts.incident[row]), incident) for row in rows)

    def _is_about(self, one: int, other: int) -> bool:
        # The same incident in the pictures of two organisations, or of one.
        incidents = self._alarms.incidents
        if one == other:
            return True
        radius = float(self._desks[incidents.organisation[other].decode()].room.spec.join_radius)
        apart = np.hypot(incidents.x[one] - incidents.x[other], incidents.y[one] - incidents.y[other])
        return bool(incidents.kind[one] == incidents.kind[other] and not apart > radius)

    def _known_to(self, row: int) -> int | None:
        """Return the incident in the picture of a step's owner, where it knows enough to act; else None."""
        incidents = self._alarms.incidents
        root = int(self.starts.incident[self.steps.start[row]])
        picture = self._desks[self.steps.owner[row].decode()].picture
        found = picture.find(
            incidents.kind[root].decode(), float(incidents.x[root]), float(incidents.y[root])
        )
        if found is None or incidents.phase[found] == IncidentPhase.CLOSED:
            return None
        if not self._playbooks[self._name(row)].trigger.confirmed:
            return found
        is_ready = incidents.phase[found] >= IncidentPhase.RESPOND
        return found if is_ready and incidents.is_confirmed[found] == BELIEVED else None

    def _due_tick(self, row: int) -> int | None:
        spec, start = self._spec(row), int(self.steps.start[row])
        after = self._world.ticks(spec.after)
        if spec.follows is None:
            return int(self.starts.tick[start]) + after
        before = self._row_of(start, spec.follows)
        settled = int(self.steps.settled_tick[before])
        return None if settled == NEVER else settled + after

    def _is_still_there(self, row: int) -> bool:
        # a branch may have taken a playbook, a step or a room out of the scenario
        playbook = self._playbooks.get(self._name(row))
        has_step = playbook is not None and self.steps.step[row].decode() in playbook.steps
        return has_step and self.steps.owner[row].decode() in self._desks

    def _row_of(self, start: int, step: str) -> int:
        rows = np.flatnonzero((self.steps.start == start) & (self.steps.step == step.encode()))
        return int(rows[0])

    def _name(self, row: int) -> str:
        return str(self.starts.playbook[self.steps.start[row]].decode())

    def _spec(self, row: int) -> Step:
        return self._playbooks[self._name(row)].steps[self.steps.step[row].decode()]

    def _causes(self, row: int) -> tuple[int, ...]:
        """Return the start, what the owner decided, and the step that this one follows."""
        start, spec, known = int(self.steps.start[row]), self._spec(row), self._known_to(row)
        decision = NEVER if known is None else int(self._alarms.incidents.decision[known])
        before = NEVER if spec.follows is None else int(self.steps.event[self._row_of(start, spec.follows)])
        found = {int(self.starts.event[start]), decision, before} - {NEVER}
        return tuple(sorted(found))

    def _settle(
        self, row: int, state: StepState, kind: str, *, causes: tuple[int, ...] = (), **data: str
    ) -> int:
        tick, steps = self._world.tick, self.steps
        late_s = self._world.seconds(tick - int(steps.planned_tick[row]))
        incident = int(self.starts.incident[steps.start[row]])
        about = f"{self._name(row)}: {steps.step[row].decode()}"
        event = self._log(
            kind,
            about,
            incident,
            causes or self._causes(row),
            owner=steps.owner[row].decode(),
            late_s=late_s,
            **data,
        )
        steps.state[row], steps.settled_tick[row], steps.event[row] = state, tick, event
        return event

    def _log(self, kind: str, about: str, incident: int, causes: tuple[int, ...], **data: object) -> int:
        incidents = self._alarms.incidents
        x, y = float(incidents.x[incident]), float(incidents.y[incident])
        return self._world.log(kind, about, x=x, y=y, causes=causes, **data)


def planned_after(playbook: Playbook, step: str) -> float:
    """Return when a step should be done, s from the start of the playbook."""
    spec = playbook.steps[step]
    return spec.after + (0.0 if spec.follows is None else planned_after(playbook, spec.follows))
