"""The queue of work of one room, and who takes it up."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.kernels.philox import draw_normals, draw_uniforms
from impetus_sim.response.control_room.work import PRIORITY, Work, jobs_table, operators_table
from impetus_sim.response.kernels.operator import OperatorLaw
from impetus_sim.response.kernels.queue import serve_queue
from impetus_sim.scenario.control_rooms import ControlRoom
from impetus_sim.scenario.distributions import sample

_US: Final = 1e6
_SKILL: Final = rng.stable_hash("skill")


class Room:
    """Work and operators of one organisation.

    Parameters
    ----------
    name
        Of the organisation.
    spec
        Its section, drawn.
    key
        Key of its random stream.
    """

    def __init__(self, name: str, spec: ControlRoom, key: npt.NDArray[np.uint32]) -> None:
        self.name, self.spec = name, spec
        self._key = key
        self.jobs = jobs_table(name)
        self.operators = operators_table(name, int(spec.operators))
        for k in range(len(self.operators)):
            normal, _ = draw_normals(key, np.uint64(_SKILL), k, 0)
            self.operators.skill[k] = np.exp(float(spec.skill_spread) * normal)
        times = spec.service_times
        self._times = {
            Work.COLLECT: times.collect,
            Work.ANALYSE: times.analyse,
            Work.RESPOND: times.respond,
            Work.STEP: times.step,
            Work.EVALUATE: times.evaluate,
        }
        self._law = OperatorLaw(
            tires=float(spec.fatigue),
            dulls=float(spec.vigilance),
            awake_us=round(float(spec.awake) * _US),
            overload=float(spec.overload),
            slowest=float(spec.slowest),
        )
        self._head = 0

    @property
    def tables(self) -> list[Table]:
        """All state."""
        return [self.jobs, self.operators]

    def restored(self) -> None:
        """Rebuild what follows from the tables."""
        self._head = 0

    def put(
        self,
        work: Work,
        *,
        about: str,
        at_us: int,
        incident: int,
        cause: int,
        alert: int = -1,
        is_true: bool = False,
        step: int = -1,
        priority: int | None = None,
    ) -> None:
        """Add a piece of work that comes at a time, us; times do not decrease.

        Parameters
        ----------
        about
            What tells its draws apart from those of other work of the same moment.
        """
        stream = rng.stable_hash(f"{work.name}:{about}")
        nth, row = 0, len(self.jobs) - 1
        while row >= 0 and self.jobs.arrived_us[row] == at_us:
            nth += int(self.jobs.stream[row] == stream)
            row -= 1
        individual = np.uint64(stream) + (np.uint64(nth) << np.uint64(32))
        takes, luck, _, _ = draw_uniforms(self._key, individual, at_us & 0xFFFFFFFF, at_us >> 32)
        base_s = float(sample(self._times[work], np.array([takes]))[0])
        values: dict[str, Any] = {
            "work": work,
            "arrived_us": at_us,
            "base_us": round(base_s * _US),
            "priority": PRIORITY[work] if priority is None else priority,
            "started_us": -1,
            "done_us": -1,
            "operator": -1,
            "keenness": 0.0,
            "luck": luck,
            "alert": alert,
            "is_true": is_true,
            "incident": incident,
            "step": step,
            "is_finished": 0,
            "cause": cause,
            "stream": stream,
        }
        self.jobs.append(values)

    def serve(self, until_us: int) -> None:
        """Let operators take up work until a time, us."""
        jobs, operators = self.jobs, self.operators
        if self._head < len(jobs):
            self._head = serve_queue(
                until_us, self._head, self._law, jobs.arrived_us, jobs.priority, jobs.base_us,
                operators.skill, operators.free_us, jobs.started_us, jobs.done_us, jobs.operator,
                jobs.keenness,
            )  # fmt: skip

    def done_by(self, operator: int, now_us: int) -> list[int]:
        """Return the work that an operator has done by now and that nothing has followed from yet, by time."""
        jobs = self.jobs
        is_done = (jobs.operator == operator) & (jobs.is_finished == 0) & (jobs.started_us >= 0)
        rows = np.flatnonzero(is_done & (jobs.done_us <= now_us))
        return [int(row) for row in rows[np.argsort(jobs.done_us[rows], kind="stable")]]
