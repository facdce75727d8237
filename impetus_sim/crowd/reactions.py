"""What people believe of a threat, and what they do about it: flight, freezing, hiding, following.

Whoever notices something that threatens believes it to be at a place: where it is for those who see it, and
elsewhere by an error that grows with distance for those who only hear it. They turn away from that place and
shun exits near it. How each person reacts is drawn once. Members of a group react as one. See
`impetus_sim.scenario.reactions` for sources and cautions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour
from impetus_sim.crowd.influences.base import Influence
from impetus_sim.crowd.kernels.look import (
    find_leaders,
    is_in_sight_of,
    turn_from_believed,
    weigh_believed_threat,
)
from impetus_sim.crowd.population import INSIDE
from impetus_sim.crowd.surroundings import Surroundings
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.scenario.reactions import Reactions, ThreatPerception
from impetus_sim.world.world import World

NONE_YET, FLIGHT, FREEZE, HIDE, FOLLOW = -1, 0, 1, 2, 3
HEARD, SEEN = 1, 2
LOOK_EVERY_S = 1.0
UNTIL_TOLD = 2**62
"""Tick until which those stay in hiding who were told to go in."""
"""How often people who follow look for somebody to follow."""


@dataclass(frozen=True, kw_only=True)
class HidingGround:
    """Where people hide: the goal that leads to the nearest place, and the flat ground cells of each place."""

    goal: int
    places: tuple[npt.NDArray[np.int64], ...]


class ThreatReactions(Behaviour, Influence):
    """Believed places and reactions of all people.

    Parameters
    ----------
    spec
        Section `threat_perception`.
    reactions
        Per population, in the order of the roster; None: everybody flees.
    decider
        int32 (people,): whose draw decides for each person; themselves, or the head of their group.
    hiding
        Where to hide, if anywhere.
    penalty_s
        Seconds that a believed threat right on the way adds to an exit.
    """

    def __init__(
        self,
        spec: ThreatPerception,
        reactions: list[Reactions | None],
        people: Table,
        world: World,
        *,
        decider: npt.NDArray[np.int32],
        hiding: HidingGround | None,
        penalty_s: float,
        seed: int,
        replicate: int,
    ) -> None:
        ground = world.ground
        self._spec, self._people, self._world = spec, people, world
        self._decider, self._hiding, self._penalty_s = decider, hiding, penalty_s
        self._seed, self._replicate = seed, replicate
        self._reaction, self._freeze_ticks, self._hide_ticks = self._draw_reactions(reactions)
        self._middles = np.array(
            [ground.exit_segments(e).reshape(-1, 2).mean(axis=0) for e in range(len(ground.exit_names))]
        ).reshape(-1, 2)
        self._shown = Surroundings(len(people), ground, reach_m=float(spec.follow_within))
        self.table = Table(
            "reactions",
            len(people),
            {
                "place_x": "f8",
                "place_y": "f8",
                "knows": "u1",
                "reaction": "i1",
                "until_tick": "i8",
                "leader": "i4",
            },
        )
        self.table.place_x[:] = self.table.place_y[:] = np.nan
        self.table.reaction[:] = NONE_YET
        self.table.until_tick[:] = self.table.leader[:] = -1

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.table]

    def noticed_threat(self, stimulus: int, rows: npt.NDArray[np.intp]) -> None:
        """Take over where these people believe the threat is, and let them react."""
        s, people, table = self._world.stimuli, self._people, self.table
        x, y = float(s.x[stimulus]), float(s.y[stimulus])
        distance = np.hypot(people.x[rows] - x, people.y[rows] - y)
        sees = distance <= self._spec.seen_within
        sees[sees] = self._have_sight(rows[sees], x, y)
        seeing, hearing = rows[sees], rows[~sees & (table.knows[rows] < SEEN)]
        table.place_x[seeing], table.place_y[seeing] = x, y
        table.knows[seeing] = SEEN
        # the error is a person's own and the same for all sounds of one origin
        name = s.key[stimulus].decode().rpartition(":")[0]
        u = rng.draw_uniforms(self._seed, self._replicate, f"crowd.hearing.{name}", people.uid[hearing])
        error = float(self._spec.hearing_error) * distance[~sees & (table.knows[rows] < SEEN)]
        table.place_x[hearing] = x + error * ndtri(u[:, 0])
        table.place_y[hearing] = y + error * ndtri(u[:, 1])
        table.knows[hearing] = HEARD
        self._react(rows)

    def alarmed(self, rows: npt.NDArray[np.intp]) -> None:
        """Keep those who are frozen or hide where they are until their time is up."""
        stays = rows[self._is_staying(rows)]
        self._people.move_tick[stays] = self.table.until_tick[stays]

    def told_to_shelter(self, rows: npt.NDArray[np.intp]) -> None:
        """Send people to the nearest hiding place, where they stay until told to come out."""
        table = self.table
        rows = rows[self._can_reach_hiding(rows)]
        table.reaction[rows] = HIDE
        self._people.is_leaving[rows] = 1
        self._hide(rows, self._world.tick)
        table.until_tick[rows] = self._people.move_tick[rows] = UNTIL_TOLD

    def told_to_come_out(self, rows: npt.NDArray[np.intp]) -> None:
        """Let those leave who went in because they were told to."""
        those = rows[self.table.until_tick[rows] == UNTIL_TOLD]
        self.table.until_tick[those] = self._people.move_tick[those] = self._world.tick

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Send to their hiding place those who hide; let those who follow take over a goal."""
        people, table = self._people, self.table
        starting = np.flatnonzero(
            (table.reaction == HIDE)
            & (table.until_tick < 0)
            & (people.state == INSIDE)
            & (people.is_leaving == 1)
        )
        if len(starting):
            self._hide(starting, tick)
        self._follow(crowd, tick)

    def adjust_wishes(
        self,
        crowd: CrowdSystem,
        tick: int,
        speed: npt.NDArray[np.float64],
        desired_x: npt.NDArray[np.float64],
        desired_y: npt.NDArray[np.float64],
    ) -> None:
        """Stop the frozen, hurry the fleeing, turn all who know of a threat away from it."""
        people, table, rows = self._people, self.table, crowd.inside
        knows = rows[table.knows[rows] > 0]
        if not len(knows):
            return
        frozen = knows[(table.reaction[knows] == FREEZE) & (table.until_tick[knows] > tick)]
        speed[frozen] = 0.0
        in_place = people.is_in_goal[knows] == 1
        fleeing = knows[~in_place & (people.is_walking[knows] == 1) & (table.reaction[knows] >= 0)]
        speed[fleeing] *= float(self._spec.run_factor)
        turn_from_believed(
            fleeing, people.x, people.y, table.place_x, table.place_y, float(self._spec.avoid_within),
            float(self._spec.strength), desired_x, desired_y,
        )  # fmt: skip

    def weigh(self, due: npt.NDArray[np.int32], out_s: npt.NDArray[np.float64]) -> None:
        """Shun exits near, or beyond, the believed place."""
        people, ground, table = self._people, self._world.ground, self.table
        weigh_believed_threat(
            due, people.x, people.y, table.place_x, table.place_y, float(self._spec.avoid_within),
            float(self._spec.strength), self._penalty_s, self._middles, self._world.goals.costs,
            out_s.shape[1], ground.x0, ground.y0, ground.cell, out_s,
        )  # fmt: skip

    def _draw_reactions(
        self, reactions: list[Reactions | None]
    ) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        people, resolution_us = self._people, self._world.resolution_us
        drawn = np.full(len(people), FLIGHT, np.int8)
        times = np.zeros((2, len(people)), np.int64)
        u = rng.draw_uniforms(self._seed, self._replicate, "crowd.reaction", people.uid[self._decider])
        for k, spec in enumerate(reactions):
            if spec is None:
                continue
            members = np.flatnonzero(people.population == k)
            edges = np.cumsum([float(spec.flight), float(spec.freeze), float(spec.hide), float(spec.follow)])
            which = np.searchsorted(edges, u[members, 0] * edges[-1], side="right")
            drawn[members] = np.minimum(which, FOLLOW)
            for row, distribution in enumerate((spec.freeze_for, spec.hide_for)):
                seconds = distribution.quantiles(u[members, row + 1])
                times[row, members] = np.ceil(seconds * 1e6 / resolution_us).astype(np.int64)
        return drawn, times[0], times[1]

    def _have_sight(self, rows: npt.NDArray[np.intp], x: float, y: float) -> npt.NDArray[np.bool_]:
        people, ground = self._people, self._world.ground
        out = np.zeros(len(rows), np.uint8)
        is_in_sight_of(rows, people.x, people.y, x, y, ground.inside, ground.x0, ground.y0, ground.cell, out)
        return out == 1

    def _react(self, rows: npt.NDArray[np.intp]) -> None:
        people, table, tick = self._people, self.table, self._world.tick
        fresh = rows[table.reaction[rows] == NONE_YET]
        table.reaction[fresh] = self._reaction[fresh]
        freezing = fresh[table.reaction[fresh] == FREEZE]
        table.until_tick[freezing] = tick + self._freeze_ticks[freezing]
        people.move_tick[freezing] = np.maximum(people.move_tick[freezing], table.until_tick[freezing])
        self.alarmed(rows)

    def _is_staying(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        table = self.table
        is_tied = (table.reaction[rows] == FREEZE) | (table.reaction[rows] == HIDE)
        return np.asarray(is_tied & (table.until_tick[rows] > self._world.tick))

    def _hide(self, rows: npt.NDArray[np.intp], tick: int) -> None:
        people, table, world, hiding = self._people, self.table, self._world, self._hiding
        assert hiding is not None
        ground = world.ground
        can_reach = self._can_reach_hiding(rows)
        table.reaction[rows[~can_reach]] = FLIGHT  # no way there: they flee
        rows = rows[can_reach]
        u = rng.draw_uniforms(self._seed, self._replicate, "crowd.hiding", people.uid[self._decider[rows]])
        cells = self._cells_to_hide(rows, u)
        people.spot_x[rows] = ground.x0 + (cells % ground.shape[1] + 0.5) * ground.cell
        people.spot_y[rows] = ground.y0 + (cells // ground.shape[1] + 0.5) * ground.cell
        people.goal[rows] = hiding.goal
        people.is_leaving[rows] = 0
        people.is_in_goal[rows] = 0
        people.nearest_m[rows] = np.inf
        people.blocked_s[rows] = 0.0
        table.until_tick[rows] = tick + self._hide_ticks[rows]
        people.move_tick[rows] = table.until_tick[rows]

    def _can_reach_hiding(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        assert self._hiding is not None
        people, world, ground = self._people, self._world, self._world.ground
        row = ((people.y[rows] - ground.y0) / ground.cell).astype(np.intp)
        column = ((people.x[rows] - ground.x0) / ground.cell).astype(np.intp)
        return np.asarray(np.isfinite(world.goals.costs[self._hiding.goal, row, column]))

    def _cells_to_hide(self, rows: npt.NDArray[np.intp], u: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        # Any cell of the nearest place: whoever hides spreads over it.
        assert self._hiding is not None
        ground, people, places = self._world.ground, self._people, self._hiding.places
        distance = np.empty((len(places), len(rows)))
        for k, cells in enumerate(places):
            x = ground.x0 + (cells % ground.shape[1] + 0.5) * ground.cell
            y = ground.y0 + (cells // ground.shape[1] + 0.5) * ground.cell
            distance[k] = [np.hypot(x - people.x[i], y - people.y[i]).min() for i in rows]
        nearest = distance.argmin(axis=0)
        chosen = [
            places[p][min(len(places[p]) - 1, int(v * len(places[p])))]
            for p, v in zip(nearest, u[:, 0], strict=True)
        ]
        return np.array(chosen, np.int64)

    def _follow(self, crowd: CrowdSystem, tick: int) -> None:
        people, table, ground = self._people, self.table, self._world.ground
        is_on_way = (people.state == INSIDE) & (people.is_leaving == 1) & (people.is_walking == 1)
        following = np.flatnonzero(is_on_way & (table.reaction == FOLLOW)).astype(np.int32)
        if not len(following):
            return
        every = max(1, self._world.ticks(LOOK_EVERY_S))
        if tick // every > (tick - crowd.step_ticks) // every:
            others = np.flatnonzero(is_on_way & (table.reaction != FOLLOW) & (people.goal >= 0))
            shown = self._shown
            shown.update(people, others.astype(np.int32))
            find_leaders(
                following, people.x, people.y, shown.order, shown.start, shown.x0, shown.y0, shown.reach,
                shown.n_columns, shown.n_rows, ground.inside, ground.x0, ground.y0, ground.cell, table.leader,
            )  # fmt: skip
        leader = table.leader[following]
        follows = (leader >= 0) & (people.state[leader] == INSIDE)
        goal = np.where(follows, people.goal[leader], -1)
        follows &= (goal >= 0) & (goal < len(self._middles))
        allowed = crowd.choice.may_use(following, goal)
        led = following[follows & allowed]
        people.goal[led] = people.goal[table.leader[led]]
        crowd.choice.is_led[led] = 1
