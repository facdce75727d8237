"""People get alerts on their phones when their cell has got so far, and read them after a while, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.population import INSIDE, ON_LINK
from impetus_sim.scenario.distributions import sample

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.world.coverage import Coverage
    from impetus_sim.world.phone_alerts import PhoneAlerts
    from impetus_sim.world.world import World

EVERY_S: Final = 1.0
"""Phones are looked at on whole multiples of this."""
WITHOUT, IGNORED, READ = -1, -2, -3
"""Codes of `read_tick`: no phone has it, its owner pays no heed, read."""

Rows = npt.NDArray[np.intp]


class AlertsOnPhones(Behaviour):
    """Who has which alert.

    A person's phone has an alert once the share of phones at their cell that have it exceeds a number drawn for
    that person and alert; so at each cell as many have it as the network says, and nobody loses it by walking on.

    Parameters
    ----------
    people
        The crowd.
    world
        With its coverage.
    areas
        Names of the alerts that are shown in their area only.
    seed, replicate
        Root of the draws.
    """

    def __init__(
        self, people: Table, world: World, *, areas: frozenset[str], seed: int, replicate: int
    ) -> None:
        self._people, self._world, self._areas = people, world, areas
        self._seed, self._replicate = seed, replicate
        self.table = Table("crowd_phone_alerts", 0, {"read_tick": "i8"})
        self._ended = Table("crowd_phone_alerts_ended", 0, {"is_told": "u1"})
        self._every = max(1, world.ticks(EVERY_S))

    @property
    def state(self) -> list[Table]:
        """When each person reads each alert, alert after alert; which alerts are over and told of."""
        return [self.table, self._ended]

    def couplings(self, crowd: CrowdSystem) -> list[str]:
        """Return the coupling with the phone network."""
        del crowd
        return ["alerts_reach_phones"]

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Let phones receive, and people read, what is due."""
        coverage = self._world.coverage
        alerts = None if coverage is None else coverage.alerts
        if coverage is None or alerts is None or not len(alerts):
            return
        if tick // self._every == (tick - crowd.step_ticks) // self._every:
            return
        n = len(self._people)
        while len(self._ended) < len(alerts):
            self._ended.append({"is_told": 0})
            self.table.load({"read_tick": np.append(self.table.read_tick, np.full(n, WITHOUT))})
        for alert in range(len(alerts)):
            mine = self.table.read_tick[alert * n : (alert + 1) * n]
            if not self._ended.is_told[alert]:
                self._receive(crowd, coverage, alerts, alert, mine)
            self._read(crowd, alerts, alert, mine)

    def _receive(
        self,
        crowd: CrowdSystem,
        coverage: Coverage,
        alerts: PhoneAlerts,
        alert: int,
        mine: npt.NDArray[np.int64],
    ) -> None:
        people, name, tick = self._people, alerts.name_of(alert), self._world.tick
        here = self._in_area(crowd, name)
        rows = here[mine[here] == WITHOUT]
        cell = coverage.cell_at(people.x[rows], people.y[rows])
        share = np.where(cell < 0, 0.0, alerts.share_of(alert)[cell])
        rows = rows[self._draw(rows, f"crowd.phone_alert.{name}") < share]
        mine[rows] = IGNORED
        reads = rows[self._draw(rows, f"crowd.notice.{name}") < alerts.table.read_share[alert]]
        delay = crowd.perception.message_of(name).delay
        assert delay is not None
        wait_s = sample(delay, self._draw(reads, f"crowd.delay.{name}"))
        mine[reads] = tick + np.ceil(wait_s * 1e6 / self._world.resolution_us).astype(np.int64)
        if alerts.table.is_over[alert]:
            self._ended.is_told[alert] = 1
            left = here[mine[here] == WITHOUT]
            no_cell = coverage.cell_at(people.x[left], people.y[left]) < 0
            self._world.log(
                "phone_alert_over",
                name,
                causes=[int(alerts.table.cause[alert])],
                received=int(np.count_nonzero(mine != WITHOUT)),
                not_reached=len(left),
                no_cell=int(no_cell.sum()),
            )

    def _read(self, crowd: CrowdSystem, alerts: PhoneAlerts, alert: int, mine: npt.NDArray[np.int64]) -> None:
        tick = self._world.tick
        rows = np.flatnonzero((mine >= 0) & (mine <= tick))
        mine[rows] = READ
        state = self._people.state[rows]
        rows = rows[(state == INSIDE) | (state == ON_LINK)]
        if len(rows):
            crowd.perception.take_in(
                rows,
                alerts.name_of(alert),
                cause=int(alerts.table.cause[alert]),
                delay_factor=float(alerts.table.delay_factor[alert]),
            )

    def _in_area(self, crowd: CrowdSystem, name: str) -> Rows:
        state = self._people.state
        if name not in self._areas:
            return np.flatnonzero((state == INSIDE) | (state == ON_LINK))
        rows = np.flatnonzero(state == INSIDE)
        return rows[crowd.perception.is_in_area(name, rows)]

    def _draw(self, rows: Rows, stream: str) -> npt.NDArray[np.float64]:
        return rng.draw_uniforms(self._seed, self._replicate, stream, self._people.uid[rows])[:, 0]
