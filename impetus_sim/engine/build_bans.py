"""Which turns and ways into areas the bans of a scenario are about, and for whom each holds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from impetus_sim.engine.naming import about
from impetus_sim.errors import InvalidInputError
from impetus_sim.scenario.places import Place, locate
from impetus_sim.scenario.roads import AtTurns, IntoArea
from impetus_sim.traffic.bans import AreaBan, Bans, TurnBan
from impetus_sim.traffic.vehicles import KINDS
from impetus_sim.world.drive_network import REACH_M

if TYPE_CHECKING:
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.drive_network import DriveNetwork

STRAIGHT_ON = math.radians(35.0)
"""A turn by less than this is straight on."""
TURNS_BACK = math.radians(165.0)
"""A turn by more than this goes back; so does one to where the link came from."""

Ints = npt.NDArray[np.int64]


def groups_of_kinds(scenario: Scenario) -> Ints:
    """Return a number per vehicle class, (classes,): classes for which the same bans hold share one."""
    rules = [spec for spec in scenario.interventions.values() if isinstance(spec, IntoArea)]
    signs = [tuple(kind in rule.allowed for rule in rules) for kind in KINDS]
    return np.array([sorted(set(signs)).index(sign) for sign in signs], np.int64)


def build_bans(
    scenario: Scenario, city: City, network: DriveNetwork, goal_nodes: Ints, goal_groups: Ints
) -> Bans:
    """Return what each ban of a drawn scenario is about, and the turns that the map bans.

    Parameters
    ----------
    goal_nodes, goal_groups
        Junction of each destination, and number of the vehicles that go there as in `groups_of_kinds`, (goals,).

    Raises
    ------
    InvalidInputError
        When there is no such turn, or no way into an area.
    """
    turns, areas = {}, {}
    groups = groups_of_kinds(scenario)
    for name, spec in scenario.interventions.items():
        with about(f"interventions.{name}.at"):
            if isinstance(spec, AtTurns):
                turns[name] = TurnBan(turns=_turns(spec, city, network))
            elif isinstance(spec, IntoArea):
                area = locate(spec.at, city)
                inside = shapely.contains_xy(area, network.node_x, network.node_y)
                may = np.isin(goal_groups, groups[[KINDS.index(kind) for kind in spec.allowed]])
                passes = (may | inside[goal_nodes]) if spec.residents else may
                areas[name] = AreaBan(links=_ways_into(spec, area, inside, network), passes=passes)
    return Bans(turns=turns, areas=areas, always=network.banned_turns)


def _ways_into(
    spec: IntoArea, area: shapely.Geometry, inside: npt.NDArray[np.bool_], network: DriveNetwork
) -> Ints:
    if area.area == 0.0:
        raise InvalidInputError(
            f"'{spec.at}' is not an area", hint="give a box, or {at: PLACE, radius: 200 m}"
        )
    links = network.links_at(area)
    links = links[~inside[network.from_node[links]]]
    if not len(links):
        raise InvalidInputError(f"no street for vehicles leads into '{spec.at}'", hint="move or widen it")
    return links


def _turns(spec: AtTurns, city: City, network: DriveNetwork) -> Ints:
    nodes = _junctions(spec, city, network)
    before = np.flatnonzero(np.isin(network.to_node, nodes))
    pairs = [
        (a, b)
        for a in before[_is_at(spec.from_street, city, network, before)]
        for b in np.flatnonzero(network.from_node == network.to_node[a])
    ]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    found = found[_is_at(spec.to_street, city, network, found[:, 1])]
    if spec.turns != "all":
        found = found[kinds_of_turns(found, network) == spec.turns]
    if not len(found):
        raise InvalidInputError(
            f"there is no such turn at '{spec.at}'",
            hint="move or widen it, or check turns, from_street and to_street",
        )
    return found


def _junctions(spec: AtTurns, city: City, network: DriveNetwork) -> Ints:
    place = locate(spec.at, city)
    distance = shapely.distance(np.asarray(shapely.points(network.node_x, network.node_y)), place)
    if place.area > 0.0:
        return np.flatnonzero(distance == 0.0)
    nearest = int(np.argmin(distance))
    return np.array([nearest] if distance[nearest] <= REACH_M else [], np.int64)


def _is_at(place: Place | None, city: City, network: DriveNetwork, links: Ints) -> npt.NDArray[np.bool_]:
    if place is None:
        return np.ones(len(links), bool)
    return np.isin(links, network.links_along(locate(place, city)))


def kinds_of_turns(turns: Ints, network: DriveNetwork) -> npt.NDArray[np.str_]:
    """Return left, right, straight or u_turn for turns, int (turns, 2): from link, to link."""
    angle = network.bearing_out()[turns[:, 1]] - network.bearing_in()[turns[:, 0]]
    angle = np.asarray((angle + np.pi) % (2.0 * np.pi) - np.pi)
    goes_back = network.to_node[turns[:, 1]] == network.from_node[turns[:, 0]]
    kinds = np.where(angle > 0.0, "left", "right").astype("U8")
    kinds[np.abs(angle) <= STRAIGHT_ON] = "straight"
    kinds[goes_back | (np.abs(angle) > TURNS_BACK)] = "u_turn"
    return kinds
