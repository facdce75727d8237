"""What people at kerbs see of lights and vehicles, and drivers who stop for people who wait.

Where there is no light a driver who can still stop before a place at which people wait does so with the share of
drivers of that kind of place; those behind stop too, until nobody waits there or is on the carriageway any more.
Whoever is nearer than the stopping distance drives on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from impetus_sim.engine.couplings.carriageway import cells_at
from impetus_sim.engine.couplings.vehicles_near import stopping_distance_m
from impetus_sim.traffic.approaches import Comers, find_comers, next_passages_us
from impetus_sim.traffic.kernels.records import NEVER, NONE
from impetus_sim.traffic.people_lights import NO_LIGHT, light_for_people
from impetus_sim.traffic.stops import drive_on, stop_before

if TYPE_CHECKING:
    from impetus_sim.engine.assemble import Systems
    from impetus_sim.engine.couplings.kerbs import Kerbs
    from impetus_sim.world.world import World

MARGIN_US = 100_000
"""Arrivals are known to less than this; the next vehicle of a lane comes later."""


def crossings_show_lights_and_vehicles(world: World, systems: Systems, seconds: float) -> None:
    """Set what light people see at each stretch, and when the next vehicles pass it."""
    del seconds
    kerbs, carriageway, crossings = systems.kerbs, systems.carriageway, world.crossings
    assert kerbs is not None and carriageway is not None and crossings is not None
    assert systems.traffic is not None
    flow = systems.traffic.flow
    has_light = np.flatnonzero(kerbs.signal != NONE)
    crossings.light[:] = NO_LIGHT
    crossings.light[has_light] = light_for_people(
        flow, kerbs.signal[has_light], kerbs.group[has_light], kerbs.clear_s[has_light]
    )
    comers = find_comers(flow, carriageway.link, carriageway.start, carriageway.end)
    crossings.arrives_us[:], crossings.leaves_us[:] = next_passages_us(
        comers, len(crossings), held_from_us=crossings.held_from_us
    )


def drivers_yield_to_people(world: World, systems: Systems, seconds: float) -> None:
    """Let drivers stop before stretches at which people wait, or are after others have stopped for them."""
    kerbs, carriageway, crossings = systems.kerbs, systems.carriageway, world.crossings
    assert kerbs is not None and carriageway is not None and crossings is not None
    assert systems.traffic is not None
    flow, people, rows = systems.traffic.flow, systems.crowd.people, systems.crowd.inside
    is_on = carriageway.density(cells_at(world, people.x[rows], people.y[rows])) > 0.0
    waits = crossings.n_waiting > 0
    is_held = crossings.held_from_us < NEVER
    crossings.held_from_us[is_held & ~waits & ~is_on] = NEVER
    asks = waits & ~is_held & (crossings.light == NO_LIGHT)
    drive_on(flow)
    places = np.flatnonzero(asks | (crossings.held_from_us < NEVER))
    comers = find_comers(flow, carriageway.link[places], carriageway.start[places], carriageway.end[places])
    for nth, k in enumerate(places.tolist()):
        if asks[k]:
            crossings.held_from_us[k] = first_to_yield_us(comers, nth, kerbs, k)
        if crossings.held_from_us[k] < NEVER:
            stop_before(
                flow,
                comers,
                nth,
                int(carriageway.link[k]),
                float(carriageway.start[k]),
                from_us=int(crossings.held_from_us[k]),
                until_us=flow.now_us + round(1e6 * seconds),
            )


def first_to_yield_us(comers: Comers, place: int, kerbs: Kerbs, stretch: int) -> int:
    """Return when the first vehicle would reach a stretch whose driver stops for people there; NEVER for none.

    Parameters
    ----------
    place
        The stretch's number among the places of `comers`.
    """
    own = np.flatnonzero(comers.place == place)
    can_stop = comers.way_m[own] >= stopping_distance_m(comers.speed_m_s[own])
    own = own[can_stop & kerbs.yields(comers.row[own], stretch)]
    return int(comers.arrives_us[own[0]]) - MARGIN_US if len(own) else int(NEVER)
