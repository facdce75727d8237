"""Where people step on to the carriageways of the ground: what is crossed there, and what rules it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.places import locate
from impetus_sim.traffic.approaches import MOST_AHEAD
from impetus_sim.traffic.guess_signals import on_one_axis
from impetus_sim.traffic.kernels.records import NEVER, NONE
from impetus_sim.traffic.people_lights import crossing_widths_m, people_clear_s
from impetus_sim.world.drive_network import REACH_M

if TYPE_CHECKING:
    from impetus_sim.engine.couplings.carriageway import Carriageway
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.crossings import Crossings
    from impetus_sim.traffic.city_traffic import Streets
    from impetus_sim.traffic.system import TrafficSystem
    from impetus_sim.world.world import World

LIGHT_REACH_M = 20.0
"""A junction's lights rule the stretch of each arm next to it, if that begins within this distance."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Kerbs:
    """What is known of each stretch of a `Carriageway`, for who wants to cross it; static.

    rules: `scenario.crossings.Crossings`. crossing_m: float64 (stretches,), way across, both directions.
    along: float64 (stretches, 2), unit vector along the street. signal, group: int64 (stretches,), row of the
    signal that rules it and the group of its vehicles there, NONE without. clear_s: float64 (stretches,), time
    across for lights. is_marked: bool (stretches,). ignores_red: bool (people,). driver: float64 (vehicles,),
    uniform by which a driver is one who stops for people.
    """

    rules: Crossings
    crossing_m: Floats
    along: Floats
    signal: Ints
    group: Ints
    clear_s: Floats
    is_marked: npt.NDArray[np.bool_]
    ignores_red: npt.NDArray[np.bool_]
    driver: Floats

    def yields(self, rows: Ints, stretch: int) -> npt.NDArray[np.bool_]:
        """Return which vehicles have drivers who stop for people who wait at a stretch."""
        share = self.rules.yield_marked if self.is_marked[stretch] else self.rules.yield_unmarked
        return np.asarray(self.driver[rows] < float(share))


def crossings_table(n_stretches: int) -> Table:
    """Return stretches of carriageway as people at the kerb see them (written by the engine's couplings).

    light: `people_lights`. arrives_us, leaves_us: next vehicles there. n_waiting: people who wait to cross it.
    held_from_us: vehicles that would come from then on stop before it.
    """
    columns = {
        "light": "u1", "arrives_us": ("i8", MOST_AHEAD), "leaves_us": ("i8", MOST_AHEAD), "n_waiting": "i4",
        "held_from_us": "i8",
    }  # fmt: skip
    table = Table("crossings", n_stretches, columns)
    for name in ("arrives_us", "leaves_us", "held_from_us"):
        table.columns[name][:] = NEVER
    return table


def kerb_people_table(n_people: int) -> Table:
    """Return who waits at a kerb (written by the engine's couplings).

    stretch: of the carriageway before them, NONE for who is not at a kerb. since_tick: came there. may_go: has
    taken a light or a gap. waited_s: at kerbs, all together.
    """
    columns = {"stretch": "i4", "since_tick": "i8", "may_go": "u1", "waited_s": "f8"}
    table = Table("people_at_kerbs", n_people, columns)
    table.stretch[:] = NONE
    return table


def build_kerbs(
    rules: Crossings,
    city: City,
    world: World,
    carriageway: Carriageway,
    flow: TrafficSystem,
    streets: Streets,
    *,
    ignores_red: npt.NDArray[np.bool_],
    driver: Floats,
) -> Kerbs:
    """Find what rules each stretch; see `Kerbs` for the draws of people and drivers.

    Raises
    ------
    InvalidInputError
        When a marked crossing is not near a carriageway of the ground.
    """
    links, link = flow.links, carriageway.link
    length = links.length_m[link]
    ax, ay = streets.at(link, carriageway.start / length)
    bx, by = streets.at(link, carriageway.end / length)
    along = np.column_stack([bx - ax, by - ay])
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    crossing_m = crossing_widths_m(links)[link]
    signal, group = _lights(carriageway, flow, streets, along)
    return Kerbs(
        rules=rules,
        crossing_m=crossing_m,
        along=along,
        signal=signal,
        group=group,
        clear_s=np.array([people_clear_s(float(m)) for m in crossing_m], np.float64),
        is_marked=_marked(rules, city, world, carriageway) & (signal == NONE),
        ignores_red=ignores_red,
        driver=driver,
    )


def _lights(
    carriageway: Carriageway, flow: TrafficSystem, streets: Streets, along: Floats
) -> tuple[Ints, Ints]:
    # An arm's first stretch goes by the light of its vehicles that come to the junction; that of an arm on which
    # none come goes with the arm opposite.
    links = flow.links
    signal = np.full(len(carriageway.link), NONE, np.int64)
    group = signal.copy()
    for k, link in enumerate(carriageway.link.tolist()):
        own = carriageway.link == link
        for node, is_next in (
            (int(links.to_node[link]), carriageway.end[k] == carriageway.end[own].max()),
            (int(links.from_node[link]), carriageway.start[k] == carriageway.start[own].min()),
        ):
            at_end = node == links.to_node[link]
            away_m = links.length_m[link] - carriageway.end[k] if at_end else carriageway.start[k]
            row = int(flow.road.signal_of[node])
            if row == NONE or not is_next or away_m > LIGHT_REACH_M:
                continue
            bearing = float(np.arctan2(along[k, 1], along[k, 0]))
            found = _group_of_arm(flow, streets, row, link, bearing)
            if found != NONE:
                signal[k], group[k] = row, found
                break
    return signal, group


def _group_of_arm(flow: TrafficSystem, streets: Streets, row: int, link: int, bearing: float) -> int:
    plan, links = flow.plans[row], flow.links
    by_link = {
        target if isinstance(target, int) else target[0]: group
        for target, group in plan.group_of_link.items()
    }
    if link in by_link and links.to_node[link] == plan.node:
        return by_link[link]
    for other, group in by_link.items():
        if links.from_node[other] == links.to_node[link]:
            return group
    for other, group in by_link.items():
        end, before = (
            streets.points[streets.first[other + 1] - 1],
            streets.points[streets.first[other + 1] - 2],
        )
        if on_one_axis(bearing, float(np.arctan2(*(end - before)[::-1]))):
            return group
    return NONE


def _marked(rules: Crossings, city: City, world: World, carriageway: Carriageway) -> npt.NDArray[np.bool_]:
    # The stretches, of both directions, whose ground is nearest to each place.
    marked = np.zeros(len(carriageway.link), bool)
    ground = world.ground
    row, column = np.divmod(carriageway.cell, ground.shape[1])
    x = ground.x0 + (column + 0.5) * ground.cell
    y = ground.y0 + (row + 0.5) * ground.cell
    with about("traffic.crossings.marked"):
        for place in rules.marked:
            centre = locate(place, city).centroid
            away = np.hypot(x - centre.x, y - centre.y)
            if not len(away) or away.min() > REACH_M:
                raise InvalidInputError(f"no carriageway of the simulated ground near '{place}'")
            nearest = carriageway.cell[int(np.argmin(away))]
            marked[carriageway.stretch[carriageway.cell == nearest]] = True
    return marked
