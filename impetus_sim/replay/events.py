"""Events of a run as markers on a timeline: in words, by group, thousands of the same kind folded into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from impetus_sim.analysis.cause_words import describe_data, describe_subjects
from impetus_sim.analysis.causes import Event, Trace

if TYPE_CHECKING:
    from impetus_sim.replay.opened import OpenedRecording

FOLD_FROM: Final = 40
"""Events of one kind beyond which they are folded."""
FOLD_WITHIN_S: Final = 10.0
"""Those of a kind that follow each other within this time become one marker."""

_GROUP_OF_WORD: Final = (
    ("people", ("people_", "injur", "harm_", "casualty", "stuck", "aware", "rumour", "stairs", "lift")),
    ("cyber", ("attack_", "asset_attacked", "asset_by_hand", "node_", "network_", "command_bl", "relay_bl")),
    ("detection", ("alert", "blind", "incident_", "call")),
    ("response", ("unit", "order", "step_", "decision", "message_", "playbook", "mission", "crew", "repair")),
    ("response", ("warning", "guidance", "siren", "cordon", "emergency_")),
    ("traffic", ("vehicle", "road", "signal", "street", "link", "cell_congested", "car", "bus", "lane")),
    ("infrastructure", ("asset", "power", "water", "grid", "phone", "outage", "feeder", "generator", "tie_")),
    ("infrastructure", ("relay", "pump", "contamination", "commanded", "tank", "island", "cable")),
)
"""Kinds of events by the words they begin with; asked in this order, after whose event it is."""


def group_of(event: Event, owners: Mapping[str, str]) -> str:
    """Return to which lane of the timeline an event belongs.

    Parameters
    ----------
    event
        To be shown.
    owners
        Lane by subject, for subjects that the scenario names as hazards, attackers or interventions.
    """
    if event.kind.startswith(_GROUP_OF_WORD[0][1]):
        return "people"
    if event.subject in owners:
        return owners[event.subject]
    for group, beginnings in _GROUP_OF_WORD:
        if event.kind.startswith(beginnings):
            return group
    return "hazard"


def owners_of(scenario: Mapping[str, Any]) -> dict[str, str]:
    """Return the lane of everything that a scenario names as hazard, intervention, attacker or detector."""
    cyber, detection = scenario.get("cyber") or {}, scenario.get("detection") or {}
    sections = (
        (scenario.get("hazards"), "hazard"),
        (scenario.get("interventions"), "response"),
        (cyber.get("attackers"), "cyber"),
        (detection.get("detectors"), "detection"),
    )
    return {name: group for held, group in sections for name in held or {}}


def describe_events(opened: OpenedRecording) -> list[dict[str, Any]]:
    """Return the markers of a run in the order of time."""
    trace, owners = opened.trace, owners_of(opened.scenario)
    by_kind: dict[str, list[Event]] = {}
    for event in trace.events.values():
        by_kind.setdefault(event.kind, []).append(event)
    marks = []
    for events in by_kind.values():
        folds = [[event] for event in events] if len(events) < FOLD_FROM else _fold(events)
        marks += [_describe(fold, trace, owners) for fold in folds]
    return sorted(marks, key=lambda mark: (mark["t"], mark["id"]))


def _fold(events: Sequence[Event]) -> list[list[Event]]:
    folds = [[events[0]]]
    for event in events[1:]:
        if event.t_s - folds[-1][-1].t_s <= FOLD_WITHIN_S:
            folds[-1].append(event)
        else:
            folds.append([event])
    return folds


def _describe(fold: Sequence[Event], trace: Trace, owners: Mapping[str, str]) -> dict[str, Any]:
    first = fold[0]
    subjects = tuple(dict.fromkeys(event.subject for event in fold if event.subject))
    mark: dict[str, Any] = {
        "id": first.id,
        "t": first.t_s,
        "kind": first.kind,
        "group": group_of(first, owners),
        "subject": first.subject,
        "text": describe_event(first)
        if len(fold) == 1
        else f"{_words(first)}: {describe_subjects(subjects)}",
        "x": first.x if first.has_place else None,
        "y": first.y if first.has_place else None,
        "causes": sorted({cause.id for event in fold for cause in trace.causes_of(event)}),
        "effects": sum(len(trace.effects_of(event)) for event in fold),
    }
    if len(fold) > 1:
        mark |= {"count": len(fold), "until": fold[-1].t_s}
    return mark


def _words(event: Event) -> str:
    return event.kind.replace("_", " ")


def describe_event(event: Event) -> str:
    """Return what happened to whom, with what is known, on one line without time and place."""
    text = _words(event)
    if event.subject:
        text += f": {event.subject.replace('_', ' ')}"
    return f"{text} ({describe_data(event.data)})" if event.data else text
