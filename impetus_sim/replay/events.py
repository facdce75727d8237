"""Events of a run as markers on a timeline: in words, by group, thousands of the same kind folded into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from impetus_sim.analysis.cause_words import describe_subjects
from impetus_sim.analysis.causes import Event, Trace

FOLD_FROM: Final = 40
"""Events of one kind beyond which they are folded."""
FOLD_WITHIN_S: Final = 10.0
"""Those of a kind that follow each other within this time become one marker."""

_GROUP_OF_WORD: Final = (
    ("cyber", ("controller", "cyber", "intrusion", "malware", "attack_step", "compromis", "credential")),
    ("detection", ("alert", "alarm_raised", "detect", "blind")),
    ("response", ("unit", "order", "task", "mission", "casualty", "request", "hospital", "intervention", "playbook",
                  "triage", "ambulance", "crew", "repair")),
    ("traffic", ("vehicle", "road", "signal", "traffic", "link", "street", "line_", "bus_", "lane")),
    ("infrastructure", ("asset", "power", "water", "grid", "phone", "outage", "service", "feeder", "generator",
                        "relay", "shed", "pipe", "cell")),
    ("people", ("people", "crowd", "exit", "gate", "evacu", "harm", "stage", "queue", "injur", "warned", "aware")),
)  # fmt: skip


def group_of(event: Event) -> str:
    """Return to which lane of the timeline an event belongs; what no word claims is a hazard's."""
    for group, words in _GROUP_OF_WORD:
        if any(word in event.kind for word in words):
            return group
    return "hazard"


def describe_events(trace: Trace) -> list[dict[str, Any]]:
    """Return the markers of a run in the order of time."""
    by_kind: dict[str, list[Event]] = {}
    for event in trace.events.values():
        by_kind.setdefault(event.kind, []).append(event)
    marks = []
    for events in by_kind.values():
        folds = [[event] for event in events] if len(events) < FOLD_FROM else _fold(events)
        marks += [_describe(fold, trace) for fold in folds]
    return sorted(marks, key=lambda mark: (mark["t"], mark["id"]))


def _fold(events: Sequence[Event]) -> list[list[Event]]:
    folds = [[events[0]]]
    for event in events[1:]:
        if event.t_s - folds[-1][-1].t_s <= FOLD_WITHIN_S:
            folds[-1].append(event)
        else:
            folds.append([event])
    return folds


def _describe(fold: Sequence[Event], trace: Trace) -> dict[str, Any]:
    first = fold[0]
    subjects = tuple(dict.fromkeys(event.subject for event in fold if event.subject))
    mark: dict[str, Any] = {
        "id": first.id,
        "t": first.t_s,
        "kind": first.kind,
        "group": group_of(first),
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
    if event.data:
        text += (
            " (" + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in event.data.items()) + ")"
        )
    return text
