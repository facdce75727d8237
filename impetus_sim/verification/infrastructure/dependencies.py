"""Dependencies solved by hand: batteries, pumps and tanks, a generator whose fuel is late, lost control, circles.

A case lists what must happen, when and to whom. Measured is how far a time is off, at most; any other order is
infinitely far off. One law: another failure never raises a level.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from impetus_sim.infrastructure.change import Change
from impetus_sim.infrastructure.repair.tankers import Tankers
from impetus_sim.infrastructure.services.build import Need, assemble_assets
from impetus_sim.infrastructure.services.services import Services
from impetus_sim.verification.case import Case, Effort, Measured
from impetus_sim.verification.infrastructure.random_needs import with_another_failure
from impetus_sim.world.assets import Order, Service

H: Final = 3600.0
_US: Final = 1_000_000
_ONE_STEP_S: Final = 1e-6
"""The step of the clock inside infrastructure."""
_KEY: Final = np.array([1, 2], np.uint32)
_SYSTEMS: Final = 200
_SYSTEMS_THOROUGH: Final = 2000
_BY_HAND = "Solved by hand: sums of the durations given"

Timeline = Sequence[tuple[float, str, str]]
"""Hours, kind, and id of the asset."""


def _off(changes: Sequence[Change], expected: Timeline) -> Measured:
    seen = [(change.at_us / _US, change.kind, change.subject) for change in changes]
    if [entry[1:] for entry in seen] != [entry[1:] for entry in expected]:
        listed = "; ".join(f"{at / H:g} h {kind} {subject}" for at, kind, subject in seen)
        return Measured(value=math.inf, text=f"another order: {listed}")
    off = max(abs(entry[0] - hand[0] * H) for entry, hand in zip(seen, expected, strict=True))
    return Measured(value=off, text=f"{len(seen)} changes in the order expected, at most {off:g} s off")


def _order(services: Services, asset: str, kind: Order, value: float, at_s: float) -> None:
    services.set_order(services.row(asset), kind, value, at_us=round(at_s * _US))


def battery_runs_out(effort: Effort) -> Measured:
    """Let a cell with a battery of 4 h lose its feeder from 1 h to 7 h, and again from 9 h for good.

    An empty battery takes 8 h to fill: after the 2 h between, it lasts 1 h.
    """
    del effort
    services = Services(
        assemble_assets(
            {"feeder": "feeder", "cell": "cell", "siren": "siren"},
            [
                Need(
                    consumer="cell",
                    providers=("feeder",),
                    service=Service.POWER,
                    buffer_s=4 * H,
                    refill_s=8 * H,
                ),
                Need(consumer="siren", providers=("cell",), service=Service.TELECOM),
            ],
        ),
        _KEY,
    )
    for at_h, supply in ((1.0, 0.0), (7.0, 1.0), (9.0, 0.0)):
        _order(services, "feeder", Order.SUPPLY, supply, at_h * H)
    off = [("level_fell", "feeder"), ("buffer_in_use", "cell")]
    out = [
        ("buffer_empty", "cell"),
        ("level_fell", "cell"),
        ("level_fell", "siren"),
        ("view_lost", "siren"),
        ("control_lost", "siren"),
    ]
    on = [
        ("level_rose", "feeder"),
        ("buffer_spared", "cell"),
        ("level_rose", "cell"),
        ("level_rose", "siren"),
        ("view_restored", "siren"),
        ("control_restored", "siren"),
    ]
    hours = [
        *((1.0, kind, asset) for kind, asset in off),
        *((5.0, kind, asset) for kind, asset in out),
        *((7.0, kind, asset) for kind, asset in on),
        *((9.0, kind, asset) for kind, asset in off),
        *((10.0, kind, asset) for kind, asset in out),
    ]
    return _off(services.advance(round(20 * H * _US)), hours)


def pump_stops_and_tank_empties(effort: Effort) -> Measured:
    """Break the feeder of a pump at 2 h: the zone lives on its tank for 6 h, a hospital on its own for 8 h more.

    The feeder is repaired at 20 h.
    """
    del effort
    services = Services(
        assemble_assets(
            {
                "feeder": "feeder",
                "pump": "pumping_station",
                "tank": "water_tank",
                "zone": "water_zone",
                "hospital": "hospital",
            },
            [
                Need(consumer="pump", providers=("feeder",), service=Service.POWER),
                Need(
                    consumer="tank",
                    providers=("pump",),
                    service=Service.WATER,
                    buffer_s=6 * H,
                    refill_s=12 * H,
                ),
                Need(consumer="zone", providers=("tank",), service=Service.WATER),
                Need(
                    consumer="hospital",
                    providers=("zone",),
                    service=Service.WATER,
                    buffer_s=8 * H,
                    level_without=0.3,
                ),
            ],
        ),
        _KEY,
    )
    _order(services, "feeder", Order.DAMAGE, 18.0, 2 * H)
    _order(services, "feeder", Order.REPAIRED, 0.0, 20 * H)
    hours = [
        (2.0, "damaged", "feeder"),
        (2.0, "level_fell", "feeder"),
        (2.0, "level_fell", "pump"),
        (2.0, "buffer_in_use", "tank"),
        (8.0, "buffer_empty", "tank"),
        (8.0, "level_fell", "tank"),
        (8.0, "level_fell", "zone"),
        (8.0, "buffer_in_use", "hospital"),
        (16.0, "buffer_empty", "hospital"),
        (16.0, "level_fell", "hospital"),
        (20.0, "repaired", "feeder"),
        (20.0, "level_rose", "feeder"),
        (20.0, "level_rose", "pump"),
        (20.0, "buffer_spared", "tank"),
        (20.0, "level_rose", "tank"),
        (20.0, "level_rose", "zone"),
        (20.0, "buffer_spared", "hospital"),
        (20.0, "level_rose", "hospital"),
    ]
    return _off(services.advance(round(30 * H * _US)), hours)


def fuel_is_late(effort: Effort) -> Measured:
    """Black out a hospital at 1 h: batteries for 10 min, a generator for 24 h, fuel asked for at half a tank.

    The only depot is down from 12 h to 25.9 h; its tanker is looked for every 10 min from 13 h on, drives 30 min
    and unloads for 30 min. The grid is back at 39.75 h.
    """
    del effort
    services = Services(
        assemble_assets(
            {"feeder": "feeder", "generator": "generator", "hospital": "hospital", "depot": "depot"},
            [
                Need(
                    consumer="hospital",
                    providers=("feeder", "generator"),
                    service=Service.POWER,
                    buffer_s=600.0,
                    refill_s=3600.0,
                    level_without=0.1,
                ),
                Need(consumer="generator", providers=("depot",), service=Service.FUEL, buffer_s=24 * H),
            ],
        ),
        _KEY,
    )
    tankers = Tankers(services, {"depot": 1}, travel_s=lambda start, end, at_us: 1800.0)
    _order(services, "feeder", Order.SUPPLY, 0.0, 1 * H)
    _order(services, "depot", Order.LEVEL, 0.0, 12 * H)
    _order(services, "depot", Order.LEVEL, 1.0, 25.9 * H)
    _order(services, "feeder", Order.SUPPLY, 1.0, 39.75 * H)
    dry = 25.0 + 1.0 / 6.0
    hours = [
        (1.0, "level_fell", "feeder"),
        (1.0, "buffer_in_use", "generator"),
        (12.0, "level_fell", "depot"),
        (13.0, "fuel_low", "generator"),
        (25.0, "buffer_empty", "generator"),
        (25.0, "level_fell", "generator"),
        (25.0, "buffer_in_use", "hospital"),
        (dry, "buffer_empty", "hospital"),
        (dry, "level_fell", "hospital"),
        (25.9, "level_rose", "depot"),
        (26.0, "tanker_sent", "generator"),
        (26.5, "tanker_arrived", "generator"),
        (27.0, "fuel_delivered", "generator"),
        (27.0, "refuelled", "generator"),
        (27.0, "level_rose", "generator"),
        (27.0, "buffer_spared", "hospital"),
        (27.0, "level_rose", "hospital"),
        (39.0, "fuel_low", "generator"),
        (39.0, "tanker_sent", "generator"),
        (39.5, "tanker_arrived", "generator"),
        (39.75, "level_rose", "feeder"),
        (39.75, "buffer_spared", "generator"),
        (40.0, "fuel_delivered", "generator"),
        (40.0, "refuelled", "generator"),
    ]
    return _off(_drive(services, tankers, 50 * H), hours)


def _drive(services: Services, tankers: Tankers, until_s: float) -> list[Change]:
    """Advance services and tankers by turns, from event to event."""
    changes: list[Change] = []
    while True:
        due = [at for at in (services.next_event_us(), tankers.next_event_us()) if at is not None]
        if not due or min(due) > until_s * _US:
            return changes
        for part in (services, tankers):
            seen = part.advance(min(due))
            part.logged(range(len(changes), len(changes) + len(seen)))
            changes += seen
            tankers.heed(range(len(services.assets)), min(due))
        for order in tankers.orders():
            services.set_order(order.asset, order.kind, order.value, cause=order.cause, at_us=min(due))


def control_is_lost(effort: Effort) -> Measured:
    """Command a pump to stop while the exchange that carries commands is dark, from 3 h to 6 h.

    The exchange has a battery of 2 h and loses its feeder at 1 h; the pump is on another feeder and runs on.
    """
    del effort
    services = Services(
        assemble_assets(
            {"feeder": "feeder", "exchange": "exchange", "pump": "pumping_station"},
            [
                Need(consumer="exchange", providers=("feeder",), service=Service.POWER, buffer_s=2 * H),
                Need(consumer="pump", providers=("exchange",), service=Service.TELECOM, level_without=1.0),
            ],
        ),
        _KEY,
    )
    _order(services, "feeder", Order.LEVEL, 0.0, 1 * H)
    _order(services, "pump", Order.LEVEL, 0.0, 4 * H)
    _order(services, "feeder", Order.LEVEL, 1.0, 6 * H)
    hours = [
        (1.0, "level_fell", "feeder"),
        (1.0, "buffer_in_use", "exchange"),
        (3.0, "buffer_empty", "exchange"),
        (3.0, "level_fell", "exchange"),
        (3.0, "view_lost", "pump"),
        (3.0, "control_lost", "pump"),
        (4.0, "command_blocked", "pump"),
        (6.0, "level_rose", "feeder"),
        (6.0, "buffer_spared", "exchange"),
        (6.0, "level_rose", "exchange"),
        (6.0, "view_restored", "pump"),
        (6.0, "control_restored", "pump"),
        (6.0, "level_fell", "pump"),
    ]
    return _off(services.advance(round(10 * H * _US)), hours)


def circle_holds_on_a_battery(effort: Effort) -> Measured:
    """Switch off, for 1 h and then for 3 h, a substation that is switched over an exchange that it feeds.

    The exchange has a battery of 2 h: after the short outage the substation obeys, in the long one it does not.
    """
    del effort
    services = Services(
        assemble_assets(
            {"exchange": "exchange", "substation": "substation"},
            [
                Need(consumer="exchange", providers=("substation",), service=Service.POWER, buffer_s=2 * H),
                Need(
                    consumer="substation",
                    providers=("exchange",),
                    service=Service.TELECOM,
                    level_without=1.0,
                ),
            ],
        ),
        _KEY,
    )
    for at_h, level in ((1.0, 0.0), (2.0, 1.0), (10.0, 0.0), (13.0, 1.0)):
        _order(services, "substation", Order.LEVEL, level, at_h * H)
    hours = [
        (1.0, "level_fell", "substation"),
        (1.0, "buffer_in_use", "exchange"),
        (2.0, "level_rose", "substation"),
        (2.0, "buffer_spared", "exchange"),
        (10.0, "level_fell", "substation"),
        (10.0, "buffer_in_use", "exchange"),
        (12.0, "buffer_empty", "exchange"),
        (12.0, "level_fell", "exchange"),
        (12.0, "view_lost", "substation"),
        (12.0, "control_lost", "substation"),
        (13.0, "command_blocked", "substation"),
    ]
    return _off(services.advance(round(30 * H * _US)), hours)


def another_failure(effort: Effort) -> Measured:
    """Add a failure to random systems of assets, and look for a level that is higher by it at any time."""
    n = _SYSTEMS_THOROUGH if effort.thorough else _SYSTEMS
    n_raised = n_lowered = 0
    for seed in range(n):
        before, after, _ = with_another_failure(seed)
        n_raised += bool((after > before).any())
        n_lowered += bool((after < before).any())
    return Measured(value=n_raised, text=f"{n_raised} of {n} systems have one; {n_lowered} have lower levels")


def _case(id: str, title: str, run: Callable[[Effort], Measured]) -> Case:
    return Case(
        id=f"dependencies-{id}",
        standard="dependencies, solved by hand",
        title=title,
        source=_BY_HAND,
        low=0.0,
        high=_ONE_STEP_S,
        expected="same order, each time within one step (1 us)",
        run=run,
        default_model="dependencies",
    )


CASES = (
    _case("battery", "A cell's battery runs out, and half filled lasts half as long", battery_runs_out),
    _case("tank", "A pump stops, its tank empties, a hospital's tank after it", pump_stops_and_tank_empties),
    _case("fuel", "A hospital lives on its generator until the fuel is late", fuel_is_late),
    _case("control", "Without control a pump keeps its state and obeys later", control_is_lost),
    _case("circle", "A substation is switched over an exchange that it feeds", circle_holds_on_a_battery),
    Case(
        id="dependencies-monotone",
        standard="dependencies, law",
        title="Another failure never raises a level at any time",
        source="levels only ever support each other",
        low=0.0,
        high=0.0,
        expected=f"none of {_SYSTEMS} random systems with circles ({_SYSTEMS_THOROUGH} with --thorough)",
        run=another_failure,
        default_model="dependencies",
    ),
)
