"""Checks of the response: every organisation, step and intervention that a playbook names is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from impetus_sim import registry
from impetus_sim.scenario.faults import Fault, nearest_name

if TYPE_CHECKING:
    from impetus_sim.scenario.model import Scenario
    from impetus_sim.scenario.playbooks import Playbook, Step

Path = tuple[str | int, ...]


def check_response(scenario: Scenario) -> Iterator[Fault]:
    """Yield what is wrong with rooms, playbooks, and interventions that wait for a playbook."""
    yield from _check_rooms(scenario)
    for name, playbook in scenario.response.playbooks.items():
        yield from _check_playbook(scenario, name, playbook)
    yield from _check_waiting(scenario)
    yield from _check_needs(scenario)
    yield from _check_buses(scenario)


def organisations(scenario: Scenario) -> dict[str, str]:
    """Return the room that acts for each organisation."""
    rooms = scenario.response.control_rooms
    acting = {also: name for name, room in rooms.items() for also in room.acts_for}
    return {**acting, **{name: name for name in rooms}}


def interventions_of(scenario: Scenario, step: Step) -> list[str]:
    """Return the interventions that a step orders, by name: those it names, and those of kinds it names."""
    waiting = {
        name: spec for name, spec in scenario.interventions.items() if getattr(spec, "by_playbook", False)
    }
    return [name for name, spec in waiting.items() if name in step.order or spec.kind in step.order]


def _check_rooms(scenario: Scenario) -> Iterator[Fault]:
    rooms = scenario.response.control_rooms
    acting: dict[str, str] = {}
    for name, room in rooms.items():
        where: Path = ("response", "control_rooms", name)
        if name in room.tells:
            yield Fault((*where, "tells"), "a room does not tell itself", "other rooms")
        for also in room.acts_for:
            if also in rooms:
                yield Fault((*where, "acts_for"), f"'{also}' has a room of its own", "others")
            elif also in acting:
                yield Fault(
                    (*where, "acts_for"), f"'{also}' is acted for by '{acting[also]}' too", "one room"
                )
            acting[also] = name


def _check_playbook(scenario: Scenario, name: str, playbook: Playbook) -> Iterator[Fault]:
    where: Path = ("response", "playbooks", name)
    known = organisations(scenario)
    owners: list[tuple[Path, str]] = [((*where, "owner"), playbook.owner)]
    owners += [
        ((*where, "steps", key, "owner"), step.owner) for key, step in playbook.steps.items() if step.owner
    ]
    told = [
        ((*where, "steps", key, "tell"), also) for key, step in playbook.steps.items() for also in step.tell
    ]
    for path, owner in [*owners, *told]:
        if owner not in known:
            allowed = ", ".join(sorted(known)) or "none: response.control_rooms is empty"
            hint = f"{allowed}; another room may have acts_for: [{owner}]"
            yield Fault(path, f"no control room is or acts for '{owner}'", hint, nearest_name(owner, known))
    for key, step in playbook.steps.items():
        yield from _check_order(scenario, (*where, "steps", key, "order"), step)
        yield from _check_follows(playbook, (*where, "steps", key, "follows"), key)


def _check_order(scenario: Scenario, path: Path, step: Step) -> Iterator[Fault]:
    kinds, entries = registry.catalogue("interventions"), scenario.interventions
    for name in step.order:
        if name in entries:
            if not getattr(entries[name], "by_playbook", False):
                yield Fault(
                    path,
                    f"'{name}' has another trigger",
                    f"by_playbook: true under interventions.{name}",
                )
        elif name not in kinds:
            allowed = f"{', '.join([*entries, *kinds])}"
            near = nearest_name(name, [*entries, *kinds])
            yield Fault(path, f"'{name}' is no intervention of this scenario and no kind", allowed, near)


def _check_follows(playbook: Playbook, path: Path, key: str) -> Iterator[Fault]:
    follows = playbook.steps[key].follows
    if follows is None:
        return
    if follows not in playbook.steps:
        near = nearest_name(follows, playbook.steps)
        yield Fault(path, f"there is no step '{follows}'", ", ".join(playbook.steps), near)
        return
    seen, at = [key], follows
    while at not in seen:
        seen.append(at)
        after = playbook.steps[at].follows
        if after is None or after not in playbook.steps:
            return
        at = after
    if at == key:  # said once for each step of the circle, not for those that lead into it
        yield Fault(path, f"steps follow each other: {' < '.join([*seen, at])}", "an order without a circle")


def _check_needs(scenario: Scenario) -> Iterator[Fault]:
    for name, spec in scenario.interventions.items():
        for key in getattr(spec, "needs", ()):
            value: object = scenario
            for step in key.split("."):
                value = getattr(value, step, None)
            if value is None or value == {}:
                yield Fault(
                    ("interventions", name),
                    f"'{spec.kind}' needs {key}",
                    f"together with {key}",
                    rests_on=(key,),
                )


def _check_buses(scenario: Scenario) -> Iterator[Fault]:
    pickups = {} if scenario.traffic is None else scenario.traffic.pickups
    called = set()
    for name, spec in scenario.interventions.items():
        stop = getattr(spec, "bus_stop", None)
        if stop in pickups:
            called.add(stop)
            if not getattr(pickups[stop], "on_call", False):
                allowed = f"traffic.pickups.{stop}: {{kind: bus_stop, on_call: true, ...}}"
                yield Fault(("interventions", name, "bus_stop"), f"'{stop}' has no buses on call", allowed)
    for name, pickup in pickups.items():
        if getattr(pickup, "on_call", False) and name not in called:
            yield Fault(
                ("traffic", "pickups", name, "on_call"),
                "no intervention sends its buses",
                "together with an intervention of kind bus_evacuation",
                rests_on=("interventions",),
            )


def _check_waiting(scenario: Scenario) -> Iterator[Fault]:
    ordered = {
        name
        for playbook in scenario.response.playbooks.values()
        for step in playbook.steps.values()
        for name in interventions_of(scenario, step)
    }
    for name, spec in scenario.interventions.items():
        if getattr(spec, "by_playbook", False) and name not in ordered:
            yield Fault(
                ("interventions", name, "by_playbook"),
                "no step of a playbook orders it",
                f"its name or '{spec.kind}' under order of a step, or another trigger",
                rests_on=("response.playbooks",),
            )
