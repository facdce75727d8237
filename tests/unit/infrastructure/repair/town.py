"""A small town in which things break, run dry and are mended: all parts driven by one loop."""

import numpy as np

from impetus_sim.infrastructure.repair.depot import CrewSpec, Stock
from impetus_sim.infrastructure.repair.repairs import Repairs
from impetus_sim.infrastructure.repair.tankers import Tankers
from impetus_sim.infrastructure.services.build import Need, assemble_assets
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.world.assets import Order, Service

H = 3_600_000_000
KEY = np.array([1, 2], np.uint32)


def drive_s(start, end, at_us):
    """36 km/h along a straight line, half as fast from the tenth hour on."""
    metres = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    return metres / 10.0 * (2.0 if at_us >= 10 * H else 1.0)


class Town:
    """Three transformers, a hospital with a generator, a depot with crews and a tanker, 7.2 km and more apart."""

    def __init__(self, *, crews=None, parts=9, rule="people_per_hour", fuel_h=24.0):
        places = {
            "depot": (0.0, 0.0),
            "east": (7200.0, 0.0),
            "north": (0.0, 36_000.0),
            "west": (-3600.0, 0.0),
        }
        assets = assemble_assets(
            {
                "depot": "depot",
                "east": "transformer",
                "north": "transformer",
                "west": "transformer",
                "hospital": "hospital",
                "generator": "generator",
            },
            [
                Need(
                    consumer="hospital",
                    providers=("east", "generator"),
                    service=Service.POWER,
                    buffer_s=600.0,
                ),
                Need(
                    consumer="generator", providers=("depot",), service=Service.FUEL, buffer_s=fuel_h * 3600.0
                ),
            ],
            people={"east": 300.0, "north": 900.0, "west": 100.0, "hospital": 80.0},
            places=places | {"hospital": (7200.0, 0.0), "generator": (7200.0, 0.0)},
        )
        crews = crews or [CrewSpec(depot="depot", skills=frozenset({"power"}))]
        self.services = Services(assets, KEY)
        self.repairs = Repairs(
            self.services,
            crews,
            draw_key=KEY,
            stocks=[Stock(depot="depot", parts=parts, reorder_h=48.0)],
            rule=rule,
            travel_s=drive_s,
        )
        self.tankers = Tankers(self.services, {"depot": 1}, travel_s=drive_s)
        self.parts = [self.services, self.repairs, self.tankers]
        self.events, self.cause_of = [], []

    def row(self, name):
        return self.services.row(name)

    def break_down(self, name, hours, at_h):
        at_us = round(at_h * H)
        self.services.set_order(self.row(name), Order.DAMAGE, hours, at_us=at_us)

    def run(self, until_h):
        while True:
            due = [at for part in self.parts if (at := part.next_event_us()) is not None]
            now = min(due, default=H * 10**6)
            if now > until_h * H:
                break
            for part in self.parts:
                self._take(part, part.advance(now))
                for other in self.parts[1:]:
                    other.heed(range(len(self.services.assets)), now)
            for part in self.parts[1:]:
                for order in part.orders():
                    self.services.set_order(
                        order.asset, order.kind, order.value, cause=order.cause, at_us=now
                    )
        for part in self.parts:
            assert part.advance(round(until_h * H)) == []
        return self

    def _take(self, part, changes):
        ids = [len(self.events) + k for k in range(len(changes))]
        self.events += changes
        self.cause_of += [ids[c.cause_in_batch] if c.cause_in_batch >= 0 else c.cause for c in changes]
        part.logged(ids)

    def seen(self, *kinds):
        return [(e.at_us / H, e.kind, e.subject) for e in self.events if e.kind in kinds]

    def causes(self, kind, subject):
        """Kinds from the last event of a kind back to what it all began with."""
        at = max(k for k, e in enumerate(self.events) if (e.kind, e.subject) == (kind, subject))
        chain = []
        while at >= 0:
            chain.append(self.events[at].kind)
            at = self.cause_of[at]
        return chain
