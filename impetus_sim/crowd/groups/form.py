"""Forming groups: who belongs together, drawn once, before people get their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.population import Roster, set_profile
from impetus_sim.scenario.crowd import Crowd
from impetus_sim.scenario.groups import Groups

Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class GroupList:
    """All groups of a run, as one running list.

    start: int32 (groups + 1,), first place of each group in `members`. members: int32 rows, the head first.
    of: int32 (people,), group of each person or -1. head: int32 (people,), the head of the person's group, or the
    person. spec: per group, its population's section.
    """

    start: Rows
    members: Rows
    of: Rows
    head: Rows
    spec: tuple[Groups, ...]

    def __len__(self) -> int:
        return len(self.start) - 1


def form_groups(
    crowd: Crowd, people: Table, roster: Roster, *, seed: int, replicate: int
) -> GroupList | None:
    """Form the groups of all populations; None where no population has any.

    Members get the head's pre-movement time and time of arrival, for they decide and come together.
    """
    groups: list[list[int]] = []
    specs: list[Groups] = []
    for k, name in enumerate(roster.populations):
        spec = crowd.populations[name].groups
        if spec is None:
            continue
        rows = np.flatnonzero(people.population == k)
        u = rng.draw_uniforms(seed, replicate, "crowd.group", people.uid[rows])
        rows = rows[np.argsort(u[:, 0], kind="stable")][: round(float(spec.share) * len(rows))]
        formed = (
            _compose(spec, rows, crowd, people, roster, seed, replicate)
            if spec.of
            else _join(spec, rows, people, roster, seed, replicate)
        )
        groups += formed
        specs += [spec] * len(formed)
    if not groups:
        return None
    return _list(groups, specs, people)


def _list(groups: Sequence[Sequence[int]], specs: Sequence[Groups], people: Table) -> GroupList:
    members = np.array([i for group in groups for i in group], np.int32)
    start = np.concatenate([[0], np.cumsum([len(group) for group in groups])]).astype(np.int32)
    of = np.full(len(people), -1, np.int32)
    of[members] = np.repeat(np.arange(len(groups)), np.diff(start))
    head = np.arange(len(people), dtype=np.int32)
    head[members] = np.repeat(members[start[:-1]], np.diff(start))
    for column in ("premovement_s", "enter_tick", "move_tick"):
        people.columns[column][members] = people.columns[column][head[members]]
    return GroupList(start=start, members=members, of=of, head=head, spec=tuple(specs))


def _join(
    spec: Groups, rows: npt.NDArray[np.intp], people: Table, roster: Roster, seed: int, replicate: int
) -> list[list[int]]:
    sizes = _draw_sizes(spec, people.uid[rows], seed, replicate)
    if spec.leader is None:
        first, rest = rows[:0], rows
    else:
        leads = people.profile[rows] == roster.profiles.index(spec.leader)
        n_groups = min(len(sizes), int(leads.sum()))
        first = rows[leads][:n_groups]
        rest = rows[~np.isin(rows, first)]
        sizes = sizes[:n_groups]
    groups, at = [], 0
    for g, size in enumerate(sizes):
        group = [int(first[g])] if spec.leader is not None else []
        wanted = size - len(group)
        group += [int(i) for i in rest[at : at + wanted]]
        at += wanted
        if len(group) > 1:
            groups.append(group)
    return groups


def _draw_sizes(spec: Groups, uid: npt.NDArray[np.uint64], seed: int, replicate: int) -> list[int]:
    # One draw per group, keyed by the person at its place in the shuffled order; what is left over is too
    # small for the last size drawn, and stays alone or makes a smaller group.
    names = sorted(spec.size, key=int)
    edges = np.cumsum([float(spec.size[name]) for name in names])
    u = rng.draw_uniforms(seed, replicate, "crowd.group_size", uid)[:, 0]
    which = np.minimum(np.searchsorted(edges, u * edges[-1], side="right"), len(names) - 1)
    sizes, left = [], len(uid)
    for k in which:
        size = min(int(names[k]), left)
        if size < 2:
            break
        sizes.append(size)
        left -= size
    return sizes


def _compose(
    spec: Groups,
    rows: npt.NDArray[np.intp],
    crowd: Crowd,
    people: Table,
    roster: Roster,
    seed: int,
    replicate: int,
) -> list[list[int]]:
    template = [name for name in sorted(spec.of) for _ in range(int(spec.of[name]))]
    if spec.leader is not None:
        template.remove(spec.leader)
        template.insert(0, spec.leader)
    n_groups = len(rows) // len(template)
    dealt = rows[: n_groups * len(template)].reshape(n_groups, len(template))
    for name in sorted(spec.of):
        members = dealt[:, [k for k, wanted in enumerate(template) if wanted == name]].ravel()
        set_profile(people, np.sort(members), name, crowd, roster, seed=seed, replicate=replicate)
    return [[int(i) for i in group] for group in dealt]
