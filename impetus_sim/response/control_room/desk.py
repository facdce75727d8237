"""How one organisation works on incidents: collect, analyse, respond, evaluate and correct."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from impetus_sim.response.control_room.judgement import chance_to_confirm
from impetus_sim.response.control_room.picture import BELIEVED, NEVER, Picture
from impetus_sim.response.control_room.post import Post
from impetus_sim.response.control_room.room import Room
from impetus_sim.response.control_room.work import LEAST_PRIORITY, PRIORITY, Work
from impetus_sim.world.alarms import IncidentPhase
from impetus_sim.world.world import World


class Plan(Protocol):
    """What a desk asks of playbooks; `response.playbooks.runner.Playbooks` is one."""

    def opened(self, incident: int, event: int) -> None:
        """Start what needs no confirmation."""

    def decided(self, incident: int, event: int) -> None:
        """Start what fits a confirmed incident."""

    def carry_out(self, step: int, luck: float, omission: float) -> None:
        """Carry out a step, or forget it."""

    def cancel(self, organisation: str, incident: int, event: int) -> None:
        """Give up the steps of an organisation that are not done yet."""


class Desk:
    """The work of one room on its picture.

    Parameters
    ----------
    room, picture, post
        Its own queue, its own picture, and the messages of all.
    world
        Time, alerts and events.
    is_real
        From an alert's row to whether what it says is so.
    """

    def __init__(
        self, room: Room, picture: Picture, post: Post, world: World, *, is_real: Callable[[int], bool]
    ) -> None:
        self.room, self.picture = room, picture
        self._post, self._world, self._is_real = post, world, is_real
        self.plan: Plan | None = None
        self._acts: dict[Work, Callable[[int], None]] = {
            Work.COLLECT: self._collected,
            Work.ANALYSE: self._analysed,
            Work.RESPOND: self._responded,
            Work.STEP: self._carried_out,
            Work.EVALUATE: self._evaluated,
        }

    @property
    def name(self) -> str:
        """Name of the organisation."""
        return self.room.name

    @property
    def _now_us(self) -> int:
        return self._world.tick * self._world.resolution_us

    def take_alert(self, alert: int) -> None:
        """Put an alert into the picture and its checking into the queue."""
        alerts = self._world.need_alarms().alerts
        kind, source = alerts.kind[alert].decode(), alerts.source[alert].decode()
        x, y, score = float(alerts.x[alert]), float(alerts.y[alert]), float(alerts.score[alert])
        event, is_true = int(alerts.event[alert]), self._is_real(alert)
        row = self.picture.find(kind, x, y)
        if row is None:
            row = self.picture.open(kind, x, y, (event,), is_true=is_true, score=score)
            if self.plan is not None:
                self.plan.opened(row, int(self.picture.incidents.event[row]))
        self.picture.join(row, is_true=is_true, score=score)
        is_known = self.picture.incidents.is_confirmed[row] == BELIEVED
        self.room.put(
            Work.COLLECT,
            about=f"{source}:{kind}",
            at_us=self._now_us,
            incident=row,
            cause=event,
            alert=alert,
            is_true=is_true,
            priority=LEAST_PRIORITY if is_known else PRIORITY[Work.COLLECT],
        )

    def take_message(self, told: int, sender: str, event: int) -> None:
        """Believe what another organisation has confirmed, its row `told`."""
        incidents, watch = self.picture.incidents, self.picture.watch
        kind, x, y = incidents.kind[told].decode(), float(incidents.x[told]), float(incidents.y[told])
        is_true, score = bool(watch.is_true[told]), float(watch.score[told])
        row = self.picture.find(kind, x, y)
        if row is None:
            row = self.picture.open(kind, x, y, (event,), is_true=is_true, score=score)
        elif incidents.is_confirmed[row] == BELIEVED:
            return
        watch.is_true[row] |= is_true
        self._believe(row, (event,), but=sender)

    def ask_step(self, step: int, about: str, incident: int, cause: int) -> None:
        """Put a step of a playbook into the queue."""
        self.room.put(Work.STEP, about=about, at_us=self._now_us, incident=incident, cause=cause, step=step)

    def look_again(self, tick: int) -> None:
        """Put the evaluations that are due into the queue."""
        watch, incidents = self.picture.watch, self.picture.incidents
        for row in self.picture.rows():
            if NEVER < watch.evaluate_tick[row] <= tick:
                watch.evaluate_tick[row] = NEVER
                self._put(Work.EVALUATE, row, cause=int(incidents.decision[row]))

    def finish_by(self, operator: int, tick: int) -> None:
        """Let follow what follows from work that an operator has done by a tick."""
        for job in self.room.done_by(operator, tick * self._world.resolution_us):
            self.room.jobs.is_finished[job] = 1
            self._acts[Work(self.room.jobs.work[job])](job)

    def _collected(self, job: int) -> None:
        row = int(self.room.jobs.incident[job])
        if self.picture.incidents.phase[row] != IncidentPhase.COLLECT:
            return  # judged already, on more than this alert: noted
        causes = (int(self.room.jobs.cause[job]),)
        if self._takes_for_true(job, int(self.picture.incidents.n_alerts[row])):
            self._believe(row, causes)
        else:
            self.picture.dismiss(row, causes, is_corrected=False, operator=self._operator(job))

    def _analysed(self, job: int) -> None:
        row = int(self.room.jobs.incident[job])
        if self.picture.incidents.phase[row] != IncidentPhase.ANALYSE:
            return
        event = self.picture.decide(row, (int(self.room.jobs.cause[job]),), operator=self._operator(job))
        if self.plan is not None:
            self.plan.decided(row, event)
        self._put(Work.RESPOND, row, cause=event)

    def _responded(self, job: int) -> None:
        row = int(self.room.jobs.incident[job])
        if self.picture.incidents.phase[row] == IncidentPhase.RESPOND:
            self.picture.evaluate(row)
            self._evaluate_later(row)

    def _carried_out(self, job: int) -> None:
        assert self.plan is not None  # who else asks for steps
        jobs = self.room.jobs
        self.plan.carry_out(int(jobs.step[job]), float(jobs.luck[job]), float(self.room.spec.omission))

    def _evaluated(self, job: int) -> None:
        picture, jobs = self.picture, self.room.jobs
        row = int(jobs.incident[job])
        if picture.incidents.phase[row] != IncidentPhase.EVALUATE:
            return
        mine = (jobs.incident == row) & (jobs.work == Work.EVALUATE) & (jobs.is_finished == 1)
        causes = (int(jobs.cause[job]),)
        if not self._takes_for_true(job, int(picture.incidents.n_alerts[row]) + int(np.count_nonzero(mine))):
            event = picture.dismiss(row, causes, is_corrected=True, operator=self._operator(job))
            if self.plan is not None:
                self.plan.cancel(self.name, row, event)
        elif self._is_quiet(row):
            picture.close(row, causes)
        else:
            picture.say("incident_evaluated", row, causes, operator=self._operator(job))
            self._evaluate_later(row)

    def _is_quiet(self, row: int) -> bool:
        since = self._world.tick - int(self.picture.watch.last_alert_tick[row])
        return since >= self._world.ticks(self.room.spec.close_after)

    def _evaluate_later(self, row: int) -> None:
        after = self._world.ticks(self.room.spec.evaluate_every)
        self.picture.watch.evaluate_tick[row] = self._world.tick + after

    def _believe(self, row: int, causes: tuple[int, ...], *, but: str = "") -> None:
        event = self.picture.confirm(row, causes)
        self._put(Work.ANALYSE, row, cause=event)
        for other in self.room.spec.tells:
            if other != but:
                self._post.send(self.name, other, row, (event,))

    def _put(self, work: Work, row: int, *, cause: int) -> None:
        about = self.picture.incidents.kind[row].decode()
        self.room.put(work, about=about, at_us=self._now_us, incident=row, cause=cause)

    def _takes_for_true(self, job: int, n_alerts: int) -> bool:
        jobs, spec = self.room.jobs, self.room.spec
        chance = chance_to_confirm(
            miss=float(spec.miss),
            false=float(spec.false),
            keenness=float(jobs.keenness[job]),
            n_alerts=max(1, n_alerts),
            is_true=bool(self.picture.watch.is_true[int(jobs.incident[job])]),
        )
        return bool(jobs.luck[job] < chance)

    def _operator(self, job: int) -> int:
        return int(self.room.jobs.operator[job]) + 1


class Operator:
    """One operator; the engine gives each a body as an agent of the city model.

    Parameters
    ----------
    number
        From 0, in the room.
    desk
        Where they work.
    """

    def __init__(self, number: int, desk: Desk) -> None:
        self.name = f"{desk.name} {number + 1}"
        self._number, self._desk = number, desk

    def decide(self, tick: int) -> None:
        """Decide on what has been looked at by now."""
        self._desk.finish_by(self._number, tick)
