"""Bans: turns that nobody may take, areas that only some may enter, each in force from time to time or always.

Which turns and links a ban is about is known from the start; that it is in force is state. Who learns of a ban
late takes an older tree of ways, so each kept tree remembers which bans it was made under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.kernels.records import ALL_TURNS, MOST_TURNS
from impetus_sim.traffic.kernels.road import Road

MOST_AREA_BANS = 32
"""One bit each."""

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class TurnBan:
    """Turns that nobody may take: int (turns, 2), the link before and the link after."""

    turns: Ints


@dataclass(frozen=True, kw_only=True)
class AreaBan:
    """Links that vehicles may not enter.

    links: int (links,). passes: bool (goals,), destinations to which vehicles may enter all the same.
    """

    links: Ints
    passes: Mask


@dataclass(frozen=True, kw_only=True)
class Bans:
    """What each ban is about, by name; `always` are the turns, int (turns, 2), that signs ban from the start on."""

    turns: Mapping[str, TurnBan] = field(default_factory=dict)
    areas: Mapping[str, AreaBan] = field(default_factory=dict)
    always: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))


class BansInForce:
    """Which bans hold now, and which held when each kept tree of ways was made.

    Parameters
    ----------
    bans
        What they are about.
    road
        The network; lanes' turns and barred links are set in it.
    n_goals, n_kept
        Numbers of destinations and of trees kept.
    goal_links
        Links at whose end a destination is: they need a row of their own too.

    Raises
    ------
    InvalidInputError
        When there are more than fit, or a junction has too many outgoing links.
    """

    def __init__(self, bans: Bans, road: Road, *, n_goals: int, n_kept: int, goal_links: Ints) -> None:
        self._bans, self._road = bans, road
        if len(bans.areas) > MOST_AREA_BANS:
            raise InvalidInputError(f"{len(bans.areas)} bans of areas; at most {MOST_AREA_BANS} are possible")
        self.table = Table("traffic_bans", 0, {"key": "S64", "is_on": "u1", "in_tree": (np.uint8, n_kept)})
        self.passes = np.zeros(n_goals, np.uint32)
        for k, name in enumerate(sorted(bans.areas)):
            self.passes[bans.areas[name].passes] |= np.uint32(1 << k)
        turns = [bans.always, *(ban.turns for ban in bans.turns.values())]
        self._always = [(int(a), int(b)) for a, b in bans.always]
        self.split_links = np.unique(np.concatenate([goal_links, *(t[:, 0] for t in turns)]))
        node = road.to_node[self.split_links]
        crowded = np.flatnonzero(np.diff(road.first_out)[node] > MOST_TURNS)
        if len(crowded):
            raise InvalidInputError(
                f"turns cannot be banned at junction {node[crowded[0]]}: more than {MOST_TURNS} links leave it"
            )
        self.apply()

    @property
    def in_force(self) -> set[str]:
        """Names of the bans that hold now."""
        return self._names(self.table.is_on)

    def switch(self, name: str, *, is_on: bool) -> Ints:
        """Put a ban in force or lift it, and return the junctions where somebody may be waiting for that."""
        rows = np.flatnonzero(self.table.key == name.encode())
        if len(rows):
            self.table.is_on[rows[0]] = is_on
        else:
            none = np.zeros(self.table.in_tree.shape[1], np.uint8)
            self.table.append({"key": name.encode(), "is_on": is_on, "in_tree": none})
        self.apply()
        if name in self._bans.turns:
            return np.unique(self._road.to_node[self._bans.turns[name].turns[:, 0]])
        links = self._bans.areas[name].links
        return np.unique(self._road.queues["node"][self._road.source[links]])

    def note_tree(self, row: int) -> None:
        """Remember that the tree kept in a row is made under the bans in force now."""
        self.table.in_tree[:, row] = self.table.is_on

    def apply(self) -> None:
        """Set the turns of lanes and the barred links as the bans in force say."""
        road = self._road
        on = self.in_force
        road.barred[:] = self._barred(on)
        turns = road.queues["turns"]
        for link in self.split_links:
            turns[road.first_lane[link] : road.first_lane[link] + road.most_lanes[link]] = ALL_TURNS
        for before, after in self._turns(on):
            lanes = slice(
                int(road.first_lane[before]), int(road.first_lane[before] + road.most_lanes[before])
            )
            turns[lanes] &= ~np.uint32(1 << int(road.slot_of_link[after]))

    def banned_turns(self, tree: int | None) -> set[tuple[int, int]]:
        """Return the turns banned in the kept tree of a row; None, without traffic, has those always banned."""
        return set(self._turns(set() if tree is None else self._names(self.table.in_tree[:, tree])))

    def barred_links(self, tree: int | None) -> npt.NDArray[np.uint32]:
        """Return a bit for each ban of an area that holds on each link, (links,), in the kept tree of a row."""
        return self._barred(set() if tree is None else self._names(self.table.in_tree[:, tree]))

    def _barred(self, names: set[str]) -> npt.NDArray[np.uint32]:
        barred = np.zeros(len(self._road.barred), np.uint32)
        for k, name in enumerate(sorted(self._bans.areas)):
            if name in names:
                barred[self._bans.areas[name].links] |= np.uint32(1 << k)
        return barred

    def _names(self, is_on: npt.NDArray[np.uint8]) -> set[str]:
        return {key.decode() for key, on in zip(self.table.key, is_on, strict=True) if on}

    def _turns(self, names: set[str]) -> list[tuple[int, int]]:
        known = sorted(names & set(self._bans.turns))
        return [*self._always, *((int(a), int(b)) for name in known for a, b in self._bans.turns[name].turns)]
