"""From cause to harm and back: the causal trace of a run as a graph of events.

Every event carries the ids of its causes. A cause always has a smaller id or was at least no later, so
the graph has no cycles; one that claims otherwise is walked without going round.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from impetus_sim.analysis.ground import read_texts
from impetus_sim.analysis.people import NEVER, People, read_people, read_resolution_s
from impetus_sim.recording.reader import Recording


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event of a run.

    Parameters
    ----------
    id
        Number that causes refer to.
    t_s
        When, seconds.
    kind, subject
        What happened, and to whom or what.
    x, y
        Where, metres; NaN where there is no place.
    causes
        Ids of the events that caused it.
    data
        More, by name.
    n_aware
        People made aware by it.
    """

    id: int
    t_s: float
    kind: str
    subject: str
    x: float
    y: float
    causes: tuple[int, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    n_aware: int = 0

    @property
    def has_place(self) -> bool:
        """Whether it happened at a place."""
        return bool(np.isfinite(self.x) and np.isfinite(self.y))


def first_of_each(events: Iterable[Event]) -> list[Event]:
    """Return the first event of each kind and subject, in the order given."""
    first: dict[tuple[str, str], Event] = {}
    for event in events:
        first.setdefault((event.kind, event.subject), event)
    return list(first.values())


class Trace:
    """The events of a run and who caused whom.

    Parameters
    ----------
    events
        In any order, ids unique.
    """

    def __init__(self, events: Iterable[Event]) -> None:
        ordered = sorted(events, key=lambda event: (event.t_s, event.id))
        self.events: dict[int, Event] = {event.id: event for event in ordered}
        self._effects: dict[int, list[int]] = {}
        for event in ordered:
            for cause in event.causes:
                self._effects.setdefault(cause, []).append(event.id)

    def __len__(self) -> int:
        return len(self.events)

    def causes_of(self, event: Event) -> list[Event]:
        """Return the direct causes that are in the trace."""
        return [self.events[cause] for cause in event.causes if cause in self.events]

    def effects_of(self, event: Event) -> list[Event]:
        """Return the direct effects, in the order of time."""
        return [self.events[effect] for effect in self._effects.get(event.id, ())]

    @property
    def roots(self) -> list[Event]:
        """Events without a cause."""
        return [event for event in self.events.values() if not self.causes_of(event)]

    def find(self, subject: str) -> list[Event]:
        """Return the events whose subject is, or contains, a text; case does not matter."""
        wanted = subject.casefold()
        exact = [event for event in self.events.values() if event.subject.casefold() == wanted]
        return exact or [event for event in self.events.values() if wanted in event.subject.casefold()]

    def reach(self, *starts: Event) -> list[Event]:
        """Return events with everything they led to, in the order of time."""
        return self._walk(starts, self.effects_of)

    def origins(self, *ends: Event) -> list[Event]:
        """Return events with everything that led to them, in the order of time."""
        return self._walk(ends, self.causes_of)

    def _walk(self, starts: Sequence[Event], following: Callable[[Event], list[Event]]) -> list[Event]:
        seen = {start.id for start in starts}
        waiting = list(starts)
        while waiting:
            for other in following(waiting.pop()):
                if other.id not in seen:
                    seen.add(other.id)
                    waiting.append(other)
        return [event for event in self.events.values() if event.id in seen]

    def count_aware(self, events: Sequence[Event]) -> int:
        """Return how many people these events made aware."""
        return sum(event.n_aware for event in events)

    def count_kinds(self) -> dict[str, int]:
        """Return the number of events by kind, most frequent first."""
        return dict(Counter(event.kind for event in self.events.values()).most_common())


def read_trace(recording: Recording) -> Trace:
    """Return the causal trace of a recording, with the people each event made aware."""
    columns = recording.events()
    n = len(columns.get("id", ()))
    aware = _count_aware(read_people(recording))
    resolution_s = read_resolution_s(recording)
    texts = {name: read_texts(columns[name]) if name in columns else [""] * n for name in _TEXT_COLUMNS}
    places = {axis: np.asarray(columns.get(axis, np.full(n, np.nan)), float) for axis in ("x", "y")}
    return Trace(
        Event(
            id=int(columns["id"][i]),
            t_s=int(columns["tick"][i]) * resolution_s,
            kind=texts["kind"][i],
            subject=texts["subject"][i],
            x=float(places["x"][i]),
            y=float(places["y"][i]),
            causes=tuple(int(part) for part in texts["causes"][i].split(",") if part.strip()),
            data=_read_data(texts["data"][i]),
            n_aware=aware.get(int(columns["id"][i]), 0),
        )
        for i in range(n)
    )


_TEXT_COLUMNS = ("kind", "subject", "causes", "data")


def _count_aware(people: People) -> dict[int, int]:
    causes = people.aware_cause[(people.aware_tick != NEVER) & (people.aware_cause != NEVER)]
    ids, counts = np.unique(causes, return_counts=True)
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))


def _read_data(text: str) -> Mapping[str, Any]:
    if not text.strip():
        return {}
    try:
        data = json.loads(text)
    except json.JSONDecodeError:  # cut off at the width of the column
        return {"data": text}
    return data if isinstance(data, dict) else {"data": data}


def format_chain(trace: Trace, start: Event) -> list[str]:
    """Return the tree of effects of one event, one line each; an event met before is only referred to."""
    lines: list[str] = []
    seen: set[int] = set()
    stack: list[tuple[Event, str, str]] = [(start, "", "")]
    while stack:
        event, own_prefix, child_prefix = stack.pop()
        if event.id in seen:
            lines.append(f"{own_prefix}{format_event(event)}  (see above)")
            continue
        seen.add(event.id)
        lines.append(own_prefix + format_event(event))
        effects = trace.effects_of(event)
        for index in reversed(range(len(effects))):
            is_last = index == len(effects) - 1
            branch, below = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
            stack.append((effects[index], child_prefix + branch, child_prefix + below))
    return lines


def format_event(event: Event) -> str:
    """Return an event on one line: time, kind, subject, what is known, people made aware."""
    text = f"{event.t_s:8.2f} s  {event.kind}"
    if event.subject:
        text += f"  {event.subject}"
    if event.has_place:
        text += f"  at ({event.x:.1f}, {event.y:.1f}) m"
    if event.data:
        text += "  " + ", ".join(f"{name} {value}" for name, value in event.data.items())
    if event.n_aware:
        text += f"  -> {count_people(event.n_aware)} aware"
    return f"{text}  [{event.id}]"


def count_people(n: int) -> str:
    """Return ``1 person`` or ``1 200 people``."""
    return "1 person" if n == 1 else f"{n:,} people".replace(",", " ")
