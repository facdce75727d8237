"""Control rooms, playbooks and callers of a run, from the scenario's section."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from impetus_sim.engine.couplings.emergency_calls import Callers
from impetus_sim.engine.truth import Truth, is_crowded
from impetus_sim.errors import InvalidInputError
from impetus_sim.response.control_room.system import ControlRoomSystem
from impetus_sim.response.playbooks.runner import Playbooks
from impetus_sim.scenario.check_response import interventions_of, organisations
from impetus_sim.scenario.control_rooms import EmergencyCalls
from impetus_sim.scenario.on_assets import OnAssets, find_assets
from impetus_sim.world.assets import WORKS

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem
    from impetus_sim.hazards.system import HazardSystem
    from impetus_sim.response.system import ResponseSystem
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.world.context import PartContext
    from impetus_sim.world.world import World

OWN_ASSET: Final = {"police": "police", "fire": "fire_station"}
"""Kind of the asset in which a room of that name is, where the scenario names none."""
ELSE_ASSET: Final = "telecom_core"


def build_control_rooms(
    scenario: Scenario,
    context: PartContext,
    hazards: HazardSystem,
    response: ResponseSystem,
    crowd: CrowdSystem,
) -> ControlRoomSystem | None:
    """Build the control rooms of a drawn scenario and their playbooks; None where it has none.

    Raises
    ------
    InvalidInputError
        When the asset of a room does not exist.
    """
    section, world = scenario.response, context.world
    if not section.control_rooms:
        return None
    world.need_alarms()
    truth = Truth(world, hazards.parts, is_crowded=partial(is_crowded, crowd))
    lines = {name: _line(name, room.asset, context) for name, room in section.control_rooms.items()}
    rooms = ControlRoomSystem(
        section.control_rooms,
        world,
        stream_key=context.stream_key,
        step_ticks=response.decide_ticks,
        line_down=lambda name: _line_down(world, lines[name]),
        is_real=truth.is_real,
    )
    if section.playbooks:
        rooms.follow(
            Playbooks(
                section.playbooks,
                world,
                desks=rooms.desks,
                post=rooms.post,
                room_of=organisations(scenario),
                interventions_of=lambda step: interventions_of(scenario, step),
                order=response.order,
            )
        )
    return rooms


def build_callers(
    spec: EmergencyCalls | None,
    context: PartContext,
    hazards: HazardSystem,
    crowd: CrowdSystem,
    rooms: ControlRoomSystem | None,
) -> Callers | None:
    """Build who calls for help; None where nobody would take the call."""
    if rooms is None:
        return None
    truth = Truth(context.world, hazards.parts)
    key = context.stream_key("emergency_calls")
    callers = Callers(spec or EmergencyCalls(), crowd.people, key, truth)
    rooms.callers = callers.table
    return callers


def _line(name: str, asset: str | None, context: PartContext) -> int | None:
    # Row of the asset without which the room neither sends nor hears; None where nothing is modelled.
    assets = context.world.assets
    if assets is None:
        if asset is not None:
            raise InvalidInputError(
                f"response.control_rooms.{name}.asset: there is no infrastructure",
                hint="add the section infrastructure: {}",
            )
        return None
    if asset is None:
        kinds = [kind for kind in (OWN_ASSET.get(name), ELSE_ASSET) if kind and len(assets.of_kind(kind))]
        return int(assets.of_kind(kinds[0])[0]) if kinds else None
    return int(find_assets(OnAssets(assets=(asset,)), assets, context.locate)[0])


def _line_down(world: World, row: int | None) -> tuple[int, ...] | None:
    if row is None or world.asset_states is None or world.asset_states.level[row] >= WORKS:
        return None
    cause = int(world.asset_states.cause[row])
    return (cause,) if cause >= 0 else ()
