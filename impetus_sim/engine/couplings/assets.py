"""What the city runs on reaches streets and people: lights go dark, alarms sound that nobody ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from impetus_sim.infrastructure.supplies.phones import PhoneSupply
from impetus_sim.world.assets import WORKS
from impetus_sim.world.stimuli import stimulate
from impetus_sim.world.tables import SIGNAL_FAULT, SIGNAL_FAULTS

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.world.world import World

SIREN_HEARD_M: Final = 400.0
"""How far a siren is heard over the noise of a city: a chosen value. FEMA's CPG 1-17 (Outdoor Warning Systems
Guide, 1980) plans with 10 dB above the surroundings and a loss of 10 dB each time the distance doubles."""
SIREN_SHARE: Final = 0.3
"""Share of those who hear it for whom it means to leave; as in the intervention ``siren``."""
SIGN_READ_M: Final = 60.0
"""How far a variable sign is read, a chosen value."""
SIGN_SHARE: Final = 0.3
"""Share of those who read it for whom it means to leave, a chosen value."""


def signals_follow_assets(world: World, systems: Systems, seconds: float) -> None:
    """Let signals without power, or in the hands of an attacker, show what that makes of them."""
    del seconds
    assets, states, infrastructure = world.assets, world.asset_states, systems.infrastructure
    assert assets is not None and states is not None and infrastructure is not None
    latest = {happened.row: happened.event for happened in infrastructure.happened}
    for row, cause in latest.items():
        if row in systems.signal_assets:
            is_dark = states.level[row] < WORKS
            fault = SIGNAL_FAULTS.index("dark") if is_dark else int(states.mode[row])
            _order_signal(world, row, fault, cause)


def _order_signal(world: World, row: int, fault: int, cause: int) -> None:
    assets, orders = world.assets, world.road_orders
    assert assets is not None and orders is not None
    key = assets.ids[row]
    mine = (orders.key == key.encode()) & (orders.kind == SIGNAL_FAULT)
    was = int(orders.value[mine][-1]) if mine.any() else 0
    if fault != was:
        event = _log(world, f"signal_{SIGNAL_FAULTS[fault]}", row, cause)
        world.order_roads(key, SIGNAL_FAULT, fault, cause=event)


def false_alarms_reach_people(world: World, systems: Systems, seconds: float) -> None:
    """Let people notice sirens that sound, and signs that say what nobody ordered, once each time it begins."""
    del seconds
    assets, states, infrastructure = world.assets, world.asset_states, systems.infrastructure
    assert assets is not None and states is not None and infrastructure is not None
    for happened in infrastructure.happened:
        row = happened.row
        if happened.kind == "mode_changed" and states.mode[row] and states.level[row] >= WORKS:
            if assets.kinds[row] == "siren":
                _alarm(world, row, happened.event, SIREN_HEARD_M, SIREN_SHARE)
            elif assets.kinds[row] == "sign":
                _alarm(world, row, happened.event, SIGN_READ_M, SIGN_SHARE)


def alarmed_people_call(world: World, systems: Systems, seconds: float) -> None:
    """Let everybody's phones be used as in a crisis from the moment the first person is alarmed."""
    del seconds
    people, infrastructure = systems.crowd.people, systems.infrastructure
    assert infrastructure is not None
    aware = np.flatnonzero(people.aware_tick >= 0)
    if not len(aware):
        return
    cause = int(people.aware_cause[aware[np.argmin(people.aware_tick[aware])]])
    for supply in infrastructure.supplies:
        if isinstance(supply, PhoneSupply) and not supply.is_crisis:
            supply.alarm(cause, world.tick * world.resolution_us)


def _alarm(world: World, row: int, cause: int, reach_m: float, share: float) -> None:
    assets = world.assets
    assert assets is not None
    event = _log(world, f"false_{assets.kinds[row]}", row, cause)
    name = assets.ids[row]
    n_before = sum(key.decode().rpartition(":")[0] == name for key in world.stimuli.key)
    stimulate(
        world,
        f"{name}:{n_before}",
        x=float(assets.x[row]),
        y=float(assets.y[row]),
        radius_m=reach_m,
        share=share,
        delay_factor=1.0,
        cause=event,
    )


def _log(world: World, kind: str, row: int, cause: int) -> int:
    assets = world.assets
    assert assets is not None
    return world.log(kind, assets.ids[row], x=float(assets.x[row]), y=float(assets.y[row]), causes=[cause])
