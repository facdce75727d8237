"""The causal trace told in steps: events of one kind from the same root become one step, with times and delays.

Those of one step come from events of the same kinds, and none of them led to another, unless to more of the same
by the same. A run has thousands of
events, a story has ten. Only what lies on a way from a root to harm is kept; where nobody came to harm, what lies
on a way to the last effects.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from impetus_sim.analysis.causes import Event, Trace

_Group = tuple[str, str, int, frozenset[str], frozenset[int]]

HARM_KINDS: Final = frozenset({"people_injured", "people_incapacitated", "harm_threshold", "casualty_died"})
"""Kinds of events that are harm to people."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Events of one kind that come from the same roots by events of the same kinds.

    Parameters
    ----------
    kind
        What happened.
    subjects
        To whom or what, in the order of time, each once.
    n_events
        How many events it stands for.
    first_s, last_s
        Times of the first and the last, s.
    people
        People whom they harmed, where events say so.
    n_aware
        People whom they made aware.
    is_root, is_harm
        Whether they have no cause; whether they are harm.
    """

    kind: str
    subjects: tuple[str, ...]
    n_events: int
    first_s: float
    last_s: float
    people: int
    n_aware: int
    is_root: bool
    is_harm: bool


@dataclass(frozen=True, kw_only=True)
class Link:
    """That one step led to another.

    Parameters
    ----------
    cause, effect
        Positions among the steps.
    n_events
        Events of the effect that name an event of the cause.
    least_delay_s, median_delay_s
        Time from cause to effect, s.
    """

    cause: int
    effect: int
    n_events: int
    least_delay_s: float
    median_delay_s: float


@dataclass(frozen=True, kw_only=True)
class CauseGraph:
    """Steps in the order of their first events, and the links between them."""

    steps: tuple[Step, ...]
    links: tuple[Link, ...]

    def causes_of(self, step: int) -> list[Link]:
        """Return the links that lead to a step from others, the most frequent first."""
        found = [link for link in self.links if link.effect == step and link.cause != step]
        return sorted(found, key=lambda link: (-link.n_events, link.cause))


def build_cause_graph(trace: Trace) -> CauseGraph:
    """Return the steps from roots to harm.

    Parameters
    ----------
    trace
        All events of a run.
    """
    kept = {event.id for event in _on_way_to_harm(trace)}
    roots, generations = _roots_of(trace), _generations_of(trace)
    groups: dict[_Group, list[Event]] = {}
    group_of: dict[int, _Group] = {}
    for event in trace.events.values():
        if event.id in kept:
            group_of[event.id] = _repeated(event, trace, group_of) or _group(event, trace, roots, generations)
            groups.setdefault(group_of[event.id], []).append(event)
    ordered = sorted(groups.values(), key=lambda events: (events[0].t_s, events[0].id))
    step_of = {event.id: k for k, events in enumerate(ordered) for event in events}
    return CauseGraph(
        steps=tuple(_to_step(events, trace) for events in ordered),
        links=tuple(_links(trace, step_of)),
    )


def _repeated(event: Event, trace: Trace, group_of: dict[int, _Group]) -> _Group | None:
    # one shot after the other, by the same: one step
    for cause in trace.causes_of(event):
        if (cause.kind, cause.subject) == (event.kind, event.subject):
            return group_of.get(cause.id)
    return None


def _group(
    event: Event, trace: Trace, roots: dict[int, frozenset[int]], generations: dict[int, int]
) -> _Group:
    parents = frozenset(cause.kind for cause in trace.causes_of(event))
    subject = "" if parents else event.subject
    return (event.kind, subject, generations[event.id], parents, roots[event.id])


def _on_way_to_harm(trace: Trace) -> list[Event]:
    ends = [event for event in trace.events.values() if event.kind in HARM_KINDS]
    if not ends:
        ends = [e for e in trace.events.values() if trace.causes_of(e) and not trace.effects_of(e)]
    return trace.origins(*ends)


def _roots_of(trace: Trace) -> dict[int, frozenset[int]]:
    # causes come first in the order of ids; one that claims otherwise adds nothing
    roots: dict[int, frozenset[int]] = {}
    for event in sorted(trace.events.values(), key=lambda event: event.id):
        causes = trace.causes_of(event)
        if not causes:
            roots[event.id] = frozenset((event.id,))
            continue
        roots[event.id] = frozenset().union(*(roots.get(cause.id, frozenset()) for cause in causes))
    return roots


def _generations_of(trace: Trace) -> dict[int, int]:
    # how many events of its own kind stand before it on the longest way: an effect is never in its cause's step
    longest: dict[int, dict[str, int]] = {}
    own: dict[int, int] = {}
    for event in sorted(trace.events.values(), key=lambda event: event.id):
        before: dict[str, int] = {}
        for cause in trace.causes_of(event):
            for kind, count in longest.get(cause.id, {}).items():
                before[kind] = max(before.get(kind, 0), count)
        own[event.id] = before.get(event.kind, 0)
        longest[event.id] = before | {event.kind: own[event.id] + 1}
    return own


def _to_step(events: list[Event], trace: Trace) -> Step:
    return Step(
        kind=events[0].kind,
        subjects=tuple(dict.fromkeys(event.subject for event in events if event.subject)),
        n_events=len(events),
        first_s=events[0].t_s,
        last_s=events[-1].t_s,
        people=sum(_people(event) for event in events) if events[0].kind in HARM_KINDS else 0,
        n_aware=trace.count_aware(events),
        is_root=not trace.causes_of(events[0]),
        is_harm=events[0].kind in HARM_KINDS,
    )


def _people(event: Event) -> int:
    number = event.data.get("people", 0)
    return int(number) if isinstance(number, int | float) else 0


def _links(trace: Trace, step_of: dict[int, int]) -> Iterable[Link]:
    delays: dict[tuple[int, int], list[float]] = {}
    for event in trace.events.values():
        if event.id not in step_of:
            continue
        for cause in trace.causes_of(event):
            if cause.id in step_of:
                pair = (step_of[cause.id], step_of[event.id])
                delays.setdefault(pair, []).append(event.t_s - cause.t_s)
    for (cause_step, effect_step), found in sorted(delays.items()):
        yield Link(
            cause=cause_step,
            effect=effect_step,
            n_events=len(found),
            least_delay_s=min(found),
            median_delay_s=median(found),
        )
