"""Repair crews: they are sent from depots to broken assets, drive there, work, and go on to the next.

A crew takes on work during its shift and finishes what it has begun. After a job it stays where it is until it is
sent on; at the begin of its next shift it starts from its depot. A repair that needs a part takes it from the stock
of the crew's depot when the crew sets out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.change import NO_CAUSE
from impetus_sim.infrastructure.clock import HOUR_US, US_PER_S
from impetus_sim.infrastructure.parts import AssetOrder
from impetus_sim.infrastructure.repair.depot import DAY_H, CrewSpec, Stock
from impetus_sim.infrastructure.repair.plan import Hand, Job, Outlook
from impetus_sim.infrastructure.repair.road_work import Place, RoadWork, TravelTime, straight_travel_s
from impetus_sim.infrastructure.repair.rules import RULES, Choice
from impetus_sim.infrastructure.repair.times import REPAIR_TIMES, draw_repair_h
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.infrastructure.services.unserved import UnservedPeople
from impetus_sim.world.assets import Assets, Order

FREE, DRIVING, WORKING = 0, 1, 2
ASKED, WAITING, TAKEN, DONE, RETURNED = 0, 1, 2, 3, 4
_DAY_US: Final = 24 * HOUR_US
_WHOLE_SHIFT: Final = DAY_H
_CREWS: Final = {"stage": "u1", "job": "i8", "x": "f8", "y": "f8", "until_us": "i8", "shift_us": "i8"}
"""One row a crew. job: -1 for none; until_us: when its drive or work ends; shift_us: when its next shift begins."""
_JOBS: Final = {
    "asset": "i8",
    "stage": "u1",
    "nth": "i8",
    "expected_us": "i8",
    "work_us": "i8",
    "asked_us": "i8",
    "done_us": "i8",
    "code": "i8",
}
"""One row a repair asked for. expected_us, work_us: work as planners expect it, and as it will be. code: what led
to what was last done about it."""


class Repairs(RoadWork):
    """All repair crews of a run.

    Parameters
    ----------
    services
        Which assets are broken; it is read only.
    crews, stocks
        Staff, and spare parts; a depot without a stock never lacks a part.
    rule
        Of `rules.RULES`.
    draw_key
        Key of the stream of repair times, uint32 (2,).
    travel_s
        How long a drive takes.
    day_begins_h
        Hour of the day at time 0.
    report_s
        Time until somebody knows of a failure, s.
    needs_of
        Assets with the needs by which crews know who waits for what; those of the services when left out.

    Raises
    ------
    InvalidInputError
        When the rule or a depot is unknown.
    """

    def __init__(
        self,
        services: Services,
        crews: Sequence[CrewSpec],
        *,
        draw_key: npt.NDArray[np.uint32],
        stocks: Sequence[Stock] = (),
        rule: str = "people_per_hour",
        travel_s: TravelTime = straight_travel_s,
        day_begins_h: float = 0.0,
        report_s: float = 0.0,
        needs_of: Assets | None = None,
    ) -> None:
        super().__init__("repair", travel_s)
        if rule not in RULES:
            raise InvalidInputError(
                f"there is no order of repairs '{rule}'", hint=f"one of {', '.join(RULES)}"
            )
        assets = services.assets
        self._services, self._assets, self.crews = services, assets, tuple(crews)
        self._rule, self._key = RULES[rule], draw_key
        self._report_us = round(report_s * 1e6)
        self._unserved = UnservedPeople(assets if needs_of is None else needs_of)
        self._hospital: dict[int, bool] = {}
        self._day_us = round(day_begins_h * HOUR_US)
        self._depot = [assets.row(crew.depot) for crew in crews]
        self._stock_of = {assets.row(stock.depot): k for k, stock in enumerate(stocks)}
        self._stocks = tuple(stocks)
        self.crew_table = Table("repair_crews", len(crews), _CREWS)
        self.jobs = Table("repair_jobs", 0, _JOBS)
        self._parts = Table("repair_parts", len(stocks), {"parts": "i8"})
        self._parts.parts[:] = [stock.parts for stock in stocks]
        self._ordered = Table("repair_parts_ordered", 0, {"stock": "i8", "due_us": "i8"})
        self.tables += [self.crew_table, self.jobs, self._parts, self._ordered]
        table = self.crew_table
        table.job[:] = -1
        table.x[:], table.y[:] = assets.x[self._depot], assets.y[self._depot]
        table.shift_us[:] = [self._next_shift_us(k, -1) for k in range(len(crews))]
        self.restored()

    def ask(self, asset: int, *, hours: float = 0.0, cause: int = NO_CAUSE, at_us: int) -> None:
        """Ask for the repair of an asset, by its row, at a time not before that advanced to.

        Parameters
        ----------
        hours
            Of work; 0 to draw them by the kind of the asset.
        cause
            Event from which the repair follows.

        Raises
        ------
        InvalidInputError
            When the time has passed or the hours are below 0.
        """
        if at_us < self.now_us or hours < 0.0:
            raise InvalidInputError(f"repair of '{self._assets.ids[asset]}' at {at_us} us, {hours} h of work")
        nth = int((self.jobs.asset == asset).sum())
        kind = self._assets.kinds[asset]
        work_h = hours or draw_repair_h(kind, self._key, self._assets.ids[asset], nth)
        row = self.jobs.append(
            {
                "asset": asset,
                "stage": ASKED,
                "nth": nth,
                "expected_us": round((hours or REPAIR_TIMES[kind].mean_h) * HOUR_US),
                "work_us": round(work_h * HOUR_US),
                "asked_us": at_us,
                "done_us": -1,
                "code": cause,
            }
        )
        self._await(at_us, self._appear(row))

    def heed(self, rows: Iterable[int], at_us: int) -> None:
        """Ask for the repair of those of some assets that are broken and not asked for yet.

        Those that work again by themselves are called off: no crew sets out for them, and one under way turns to
        other work when it finds them working.
        """
        asked = set(self.jobs.asset[self.jobs.stage < RETURNED].tolist())
        last_job = {asset: job for job, asset in enumerate(self.jobs.asset.tolist())}
        for row in rows:
            damage = self._services.damage(row)
            if damage is None:
                job = last_job.get(row, -1)
                if job >= 0 and self.jobs.stage[job] <= WAITING:
                    self.jobs.stage[job] = RETURNED
            elif row not in asked:
                self.ask(row, hours=damage[0], cause=damage[1], at_us=at_us + self._report_us)

    def orders(self) -> list[AssetOrder]:
        """Return the repairs done since the last time it was asked."""
        jobs, done = self.jobs, np.flatnonzero(self.jobs.stage == DONE)
        jobs.stage[done] = RETURNED
        return [
            AssetOrder(asset=int(jobs.asset[row]), kind=Order.REPAIRED, value=0.0, cause=int(jobs.code[row]))
            for row in done
        ]

    def _codes(self) -> Iterable[npt.NDArray[np.int64]]:
        return (self.jobs.code,)

    def _awaited(self) -> Iterable[tuple[int, Callable[[int], None]]]:
        table = self.crew_table
        for row in np.flatnonzero(self.jobs.stage == ASKED).tolist():
            yield int(self.jobs.asked_us[row]), self._appear(row)
        for crew in range(len(self.crews)):
            if table.stage[crew] != FREE:
                act = self._arrive if table.stage[crew] == DRIVING else self._finish
                yield int(table.until_us[crew]), act(crew)
            if self.crews[crew].shift_h < _WHOLE_SHIFT:
                yield int(table.shift_us[crew]), self._begin_shift(crew)
        for row in range(len(self._ordered)):
            yield int(self._ordered.due_us[row]), self._receive

    def _appear(self, row: int) -> Callable[[int], None]:
        def act(now_us: int) -> None:
            del now_us
            if self.jobs.stage[row] == ASKED:
                self.jobs.stage[row] = WAITING

        return act

    def _begin_shift(self, crew: int) -> Callable[[int], None]:
        def act(now_us: int) -> None:
            table = self.crew_table
            if table.stage[crew] == FREE:
                home = self._depot[crew]
                table.x[crew], table.y[crew] = self._assets.x[home], self._assets.y[home]
            table.shift_us[crew] = self._next_shift_us(crew, now_us)
            self._await(int(table.shift_us[crew]), self._begin_shift(crew))

        return act

    def _receive(self, now_us: int) -> None:
        due = self._ordered.due_us <= now_us
        np.add.at(self._parts.parts, self._ordered.stock[due], 1)
        self._ordered.keep(~due)

    def _arrive(self, crew: int) -> Callable[[int], None]:
        def act(now_us: int) -> None:
            table = self.crew_table
            row = int(table.job[crew])
            asset = int(self.jobs.asset[row])
            table.x[crew], table.y[crew] = self._assets.x[asset], self._assets.y[asset]
            if self._services.damage(asset) is None:
                self.jobs.stage[row] = RETURNED
                table.stage[crew], table.job[crew] = FREE, -1
                self._tell_of(crew, row, "crew_not_needed", {})
                return
            table.stage[crew] = WORKING
            table.until_us[crew] = now_us + int(self.jobs.work_us[row])
            self._tell_of(crew, row, "crew_arrived", {})
            self._await(int(table.until_us[crew]), self._finish(crew))

        return act

    def _finish(self, crew: int) -> Callable[[int], None]:
        def act(now_us: int) -> None:
            table = self.crew_table
            row = int(table.job[crew])
            self.jobs.stage[row], self.jobs.done_us[row] = DONE, now_us
            table.stage[crew], table.job[crew] = FREE, -1
            self._tell_of(crew, row, "repair_done", {})

        return act

    def _give_out(self, now_us: int) -> None:
        waiting = np.flatnonzero(self.jobs.stage == WAITING).tolist()
        for crew in range(len(self.crews)):
            if not waiting or not self._takes_work(crew, now_us):
                continue
            able = [row for row in waiting if self._can_do(crew, row)]
            if able:
                row = self._choose(crew, able, waiting, now_us)
                waiting.remove(row)
                self._send(crew, row, now_us)

    def _choose(self, crew: int, able: Sequence[int], waiting: Sequence[int], now_us: int) -> int:
        seen = {row: self._seen(row) for row in waiting}
        choice = Choice(
            jobs=[seen[row] for row in able],
            waiting=list(seen.values()),
            place=self._place(crew),
            outlook=self._outlook(now_us),
            serves_hospital=frozenset(job.asset for job in seen.values() if self._serves_hospital(job.asset)),
        )
        chosen = self._rule(choice)
        return next(row for row in able if seen[row] is chosen)

    def _send(self, crew: int, row: int, now_us: int) -> None:
        table, asset = self.crew_table, int(self.jobs.asset[row])
        end = float(self._assets.x[asset]), float(self._assets.y[asset])
        drive_us = self._drive_us(self._place(crew), end, now_us)
        stock = self._stock_of.get(self._depot[crew], -1)
        if stock >= 0 and REPAIR_TIMES[self._assets.kinds[asset]].needs_part:
            self._parts.parts[stock] -= 1
            due_us = now_us + round(self._stocks[stock].reorder_h * HOUR_US)
            self._ordered.append({"stock": stock, "due_us": due_us})
            self._await(due_us, self._receive)
        self.jobs.stage[row] = TAKEN
        table.stage[crew], table.job[crew], table.until_us[crew] = DRIVING, row, now_us + drive_us
        self._tell_of(crew, row, "crew_sent", {"drive_s": drive_us / US_PER_S})
        self._await(int(table.until_us[crew]), self._arrive(crew))

    def _tell_of(self, crew: int, row: int, kind: str, data: Mapping[str, float]) -> None:
        def keep(code: int) -> None:
            self.jobs.code[row] = code

        facts = {"crew": crew, "depot": self.crews[crew].depot, **data}
        self._say(
            (crew, row),
            kind,
            self._assets.ids[int(self.jobs.asset[row])],
            int(self.jobs.code[row]),
            facts,
            keep,
        )

    def _takes_work(self, crew: int, now_us: int) -> bool:
        if self.crew_table.stage[crew] != FREE:
            return False
        spec = self.crews[crew]
        into = (now_us + self._day_us - round(spec.shift_begins_h * HOUR_US)) % _DAY_US
        return into < round(spec.shift_h * HOUR_US)

    def _next_shift_us(self, crew: int, after_us: int) -> int:
        begins = round(self.crews[crew].shift_begins_h * HOUR_US) - self._day_us
        return begins + ((after_us - begins) // _DAY_US + 1) * _DAY_US

    def _can_do(self, crew: int, row: int) -> bool:
        time = REPAIR_TIMES[self._assets.kinds[int(self.jobs.asset[row])]]
        stock = self._stock_of.get(self._depot[crew], -1)
        has_part = not time.needs_part or stock < 0 or self._parts.parts[stock] > 0
        return time.skill in self.crews[crew].skills and has_part

    def _place(self, crew: int) -> Place:
        return float(self.crew_table.x[crew]), float(self.crew_table.y[crew])

    def _seen(self, row: int) -> Job:
        asset = int(self.jobs.asset[row])
        return Job(
            asset=asset,
            place=(float(self._assets.x[asset]), float(self._assets.y[asset])),
            work_h=float(self.jobs.expected_us[row]) / HOUR_US,
            skill=REPAIR_TIMES[self._assets.kinds[asset]].skill,
        )

    def _outlook(self, now_us: int) -> Outlook:
        """Return how planners see the crews: work under way is expected to take the mean of its kind."""
        hands, under_way = [], []
        for crew, spec in enumerate(self.crews):
            row = int(self.crew_table.job[crew])
            place, free_h = self._place(crew), 0.0
            if row >= 0:
                job = self._seen(row)
                begun_us = int(self.crew_table.until_us[crew])
                if self.crew_table.stage[crew] == WORKING:
                    begun_us -= int(self.jobs.work_us[row])
                place, free_h = job.place, max(0.0, (begun_us - now_us) / HOUR_US + job.work_h)
                under_way.append((free_h, job.asset))
            hands.append(Hand(place=place, free_h=free_h, skills=spec.skills))
        return Outlook(
            hands=tuple(hands),
            under_way=tuple(under_way),
            travel_h=lambda start, end: self._travel_s(start, end, now_us) / 3600.0,
            unserved=self._unserved,
        )

    def _serves_hospital(self, asset: int) -> bool:
        if asset not in self._hospital:
            levels = self._unserved.levels([asset])
            self._hospital[asset] = bool((levels[self._assets.of_kind("hospital")] < 1.0).any())
        return self._hospital[asset]
