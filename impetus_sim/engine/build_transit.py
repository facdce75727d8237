"""Everything that people board in a run: pickups, lines, timetables, and the people who come to their stops."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from impetus_sim import rng
from impetus_sim.engine.build_lines import LineBuilder
from impetus_sim.engine.build_pickups import add_pickup
from impetus_sim.engine.naming import about
from impetus_sim.engine.transit_draft import TransitDraft, uids_of
from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.demand.departures import Departures
from impetus_sim.traffic.kernels.records import NEVER
from impetus_sim.traffic.transit.plan import ANYWHERE, Passengers

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.scenario.traffic import Traffic
    from impetus_sim.world.drive_network import DriveNetwork
    from impetus_sim.world.world import World


def draft_transit(
    scenario: Scenario,
    spec: Traffic,
    city: City,
    network: DriveNetwork,
    world: World,
    *,
    seed: int,
    replicate: int,
) -> tuple[TransitDraft, dict[str, dict[str, int]]]:
    """Return what the entries of `traffic.pickups` and `traffic.lines` are to do, and what of feeds is left out.

    Raises
    ------
    InvalidInputError
        When a stop cannot be placed or reached, or an exit is missing or used twice.
    """
    draft = TransitDraft()
    for name, pickup in spec.pickups.items():
        add_pickup(name, pickup, draft, city, network, world, seed=seed, replicate=replicate)
    if not spec.lines:
        return draft, {}
    lines = LineBuilder(draft, city, network, world, duration_s=float(scenario.time.duration))
    for name, line in spec.lines.items():
        lines.add(name, line)
    return draft, lines.left_out


def build_passengers(
    scenario: Scenario, spec: Traffic, draft: TransitDraft, *, seed: int, replicate: int
) -> Passengers:
    """Return the people of `traffic.passengers` in the order in which they come.

    Raises
    ------
    InvalidInputError
        When no run goes from where they come to where they wish to go.
    """
    start = datetime.fromisoformat(scenario.time.start)
    start_of_day_s = start.hour * 3600.0 + start.minute * 60.0 + start.second
    parts = [np.zeros((0, 4), np.int64)]
    for name, entry in spec.passengers.items():
        with about(f"traffic.passengers.{name}"):
            origin = _stop(draft, entry.origin)
            goal = None if entry.destination is None else _stop(draft, entry.destination)
            if not draft.can_ride(origin, goal):
                raise InvalidInputError(
                    f"no line goes from '{entry.origin}' to '{entry.destination or 'anywhere'}'",
                    hint="nobody changes lines: name two stops of one line, in its order",
                )
        when = Departures(
            start_s=float(entry.start),
            end_s=float(entry.end),
            profile=entry.profile,
            start_of_day_s=start_of_day_s,
        )
        uids = uids_of(f"passengers {name}", int(entry.people))
        draws = rng.draw_uniforms(seed, replicate, "traffic.passengers", uids)
        came_us = np.rint(when.quantiles(draws[:, 0]) * 1e6).astype(np.int64)
        walks_us = int(NEVER) if entry.walk_after is None else round(float(entry.walk_after) * 1e6)
        goals = np.full(len(came_us), ANYWHERE if goal is None else goal)
        parts.append(
            np.column_stack([came_us, np.full(len(came_us), origin), goals, np.full(len(came_us), walks_us)])
        )
    rows = np.concatenate(parts)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    return Passengers(came_us=rows[:, 0], stop=rows[:, 1], goal=rows[:, 2], walks_after_us=rows[:, 3])


def _stop(draft: TransitDraft, name: str) -> int:
    if name not in draft.stop_names:
        raise InvalidInputError(f"no bus serves stop '{name}' on the map")
    return draft.stop_named(name)
