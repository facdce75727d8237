"""Cascades told as trees: from a first cause down to the assets that lost their service, alike ones as one branch.

An event that leads to no loss is left out; one with several causes hangs below the first of them, so that each loss
is told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from impetus_sim.analysis.causes import Event, Trace
from impetus_sim.analysis.infrastructure.recorded import RecordedAssets

FELL: Final = "level_fell"
MODE: Final = "mode_changed"


@dataclass(frozen=True, kw_only=True)
class Branch:
    """Events of one kind about one kind of asset, below the same branch.

    kind: of the events. asset_kind: of what they are about; empty for what is no asset. subjects: each once, in the
    order of time. first_s, last_s: s. people: supplied by those assets. n_lost: assets that lost service here and
    below, each counted once. is_loss: whether these did. branches: below, in the order of time.
    """

    kind: str
    asset_kind: str
    subjects: tuple[str, ...]
    first_s: float
    last_s: float
    people: float
    n_lost: int
    is_loss: bool
    branches: tuple[Branch, ...]


def build_cascades(trace: Trace, assets: RecordedAssets) -> list[Branch]:
    """Return the cascade of each first cause that cost an asset its service, the widest first."""
    return _Builder(trace, assets).build()


def is_loss(event: Event) -> bool:
    """Return whether an event says that an asset gives less, or shows what nobody ordered."""
    return event.kind == FELL or (event.kind == MODE and bool(event.data.get("mode")))


class _Builder:
    def __init__(self, trace: Trace, assets: RecordedAssets) -> None:
        self.trace = trace
        self.kind_of = dict(zip(assets.ids.tolist(), assets.kinds.tolist(), strict=True))
        self.people_of = dict(zip(assets.ids.tolist(), assets.people.tolist(), strict=True))
        self.below: dict[int, list[Event]] = {}

    def build(self) -> list[Branch]:
        losses = [e for e in self.trace.events.values() if is_loss(e) and e.subject in self.kind_of]
        roots: dict[int, Event] = {}
        hung: set[int] = set()
        waiting = list(losses)
        while waiting:
            event = waiting.pop()
            if event.id in hung:
                continue
            hung.add(event.id)
            causes = self.trace.causes_of(event)
            if causes:
                self.below.setdefault(causes[0].id, []).append(event)
                waiting.append(causes[0])
            else:
                roots[event.id] = event
        branches = [self._branch([event])[0] for event in roots.values()]
        return sorted(branches, key=lambda branch: (-branch.n_lost, branch.first_s, branch.subjects))

    def _branch(self, events: list[Event]) -> tuple[Branch, set[str]]:
        """Return the branch of alike events, and the assets that lost service in it."""
        events = sorted(events, key=lambda event: (event.t_s, event.id))
        groups: dict[tuple[str, str], list[Event]] = {}
        for event in sorted(
            (below for above in events for below in self.below.get(above.id, ())),
            key=lambda event: (event.t_s, event.id),
        ):
            groups.setdefault((event.kind, self.kind_of.get(event.subject, "")), []).append(event)
        made = [self._branch(group) for group in groups.values()]
        subjects = tuple(dict.fromkeys(event.subject for event in events if event.subject))
        loses = is_loss(events[0]) and events[0].subject in self.kind_of
        lost = (set(subjects) if loses else set()).union(*(below for _, below in made))
        branch = Branch(
            kind=events[0].kind,
            asset_kind=self.kind_of.get(events[0].subject, ""),
            subjects=subjects,
            first_s=events[0].t_s,
            last_s=events[-1].t_s,
            people=sum(self.people_of.get(subject, 0.0) for subject in subjects),
            n_lost=len(lost),
            is_loss=loses,
            branches=tuple(branch for branch, _ in made),
        )
        return branch, lost
