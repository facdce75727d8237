"""Link-level walking as a behaviour of the crowd: steps of the links, and people across the border both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.behaviour import Behaviour, Rows
from impetus_sim.crowd.influences.base import Influence
from impetus_sim.crowd.kernels import border as border_kernels
from impetus_sim.crowd.kernels.links import AT_HOME, DONE, LYING, QUEUED, WALKING
from impetus_sim.crowd.links.areas import SwitchAreas
from impetus_sim.crowd.links.border import Border
from impetus_sim.crowd.links.routes import REFERENCE_SPEED_M_S
from impetus_sim.crowd.links.system import LinkSystem
from impetus_sim.crowd.population import INSIDE, LEFT, ON_LINK
from impetus_sim.errors import RunFailedError
from impetus_sim.world.world import World

if TYPE_CHECKING:
    from impetus_sim.crowd.system import CrowdSystem

OUT = 0
"""Index of the destination `out`, to which alarmed people flee."""


class LinkWalking(Behaviour):
    """The city around the focus.

    Parameters
    ----------
    system, border, areas
        Links, the border, and the areas of two-dimensional ground.
    closable
        Links of each intervention that closes streets: name to bool (links,).
    door_capacity
        Most people per second and metre of width through an exit, both ways together.
    link_ticks, record_ticks, step_s
        Link step, and time between recorded states, in ticks; crowd step in s.
    key
        Stream key of the spots at which people come in.
    """

    def __init__(
        self,
        world: World,
        people: Table,
        system: LinkSystem,
        border: Border,
        areas: SwitchAreas,
        *,
        closable: Mapping[str, npt.NDArray[np.bool_]],
        door_capacity: float,
        link_ticks: int,
        record_ticks: int,
        step_s: float,
        key: npt.NDArray[np.uint32],
    ) -> None:
        self._world, self._people = world, people
        self.system, self.border, self.areas = system, border, areas
        self._closable, self._key = closable, key
        self.link_ticks, self._record_ticks = link_ticks, record_ticks
        n_exits = len(world.ground.exit_names)
        self.table = Table("links_border", n_exits, {"n_in": "i8", "n_out": "i8", "allowance": "f8"})
        self.progress = Table("links_progress", 1, {"n_left": "i8", "n_orders": "i8"})
        self.closed = Table("links_closed", system.network.n_links, {"n_orders": "i4"})
        widths = np.array([world.ground.exit_width_m(e) for e in range(n_exits)], np.float64)
        self._gain = door_capacity * widths * step_s
        self._most = np.maximum(1.0, 2.0 * self._gain)
        self._tied = np.flatnonzero(np.diff(border.in_start) > 0)
        self._goal_of = np.array([d.goal for d in system.destinations], np.int64)
        self._near, self._came = np.zeros(len(people), np.int32), np.zeros(len(people), np.int32)
        self._spots = np.zeros(len(people), np.int32)
        self._is_attached = False
        self._set_open()
        self._write_positions()

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [*self.system.state, self.table, self.progress, self.closed, *self.areas.state]

    @property
    def n_left(self) -> int:
        """People who have reached a destination on the network."""
        return int(self.progress.n_left[0])

    def counts(self) -> dict[str, Any]:
        """Return the counts to be recorded: arrivals on the network, and passages of each exit both ways."""
        return {
            "left_network": self.n_left,
            "border_in": self.table.n_in.copy(),
            "border_out": self.table.n_out.copy(),
        }

    def describe(self) -> dict[str, dict[str, Any]]:
        """Return the links' geometry, widths and speed-density relation."""
        network, relation = self.system.network, self.system.relation
        return {
            "links": {
                "first_point": network.first,
                "point_x": network.point_x,
                "point_y": network.point_y,
                "length_m": network.length,
                "width_m": network.width,
                "width_guessed": network.is_width_guessed.astype(np.uint8),
                "area": network.link_area,
                "name": np.array(network.names, dtype=object),
                "relation": relation.name,
                "relation_density": relation.densities,
                "relation_share": relation.share,
                "relation_free_speed_m_s": np.array(relation.free_speed),
                "flow_capacity": np.array(self.system.capacity),
            }
        }

    def record_links(self, tick: int) -> dict[str, Any] | None:
        """Return who is where on the links, every `record_ticks`."""
        if tick % self._record_ticks:
            return None
        p = self.system.people
        is_on = (p.mode == WALKING) | (p.mode == QUEUED)
        return {
            "link": np.where(is_on, p.link, -1).astype(np.int32),
            "offset_dm": np.where(is_on, np.minimum(np.round(10.0 * p.offset), 65_535), 0).astype(np.uint16),
            "n_on": self.system.links.n_on.copy(),
            "is_closed": (self.closed.n_orders > 0).astype(np.uint8),
        }

    def before_choice(self, crowd: CrowdSystem, tick: int) -> None:
        """Advance the links where they are due, then let people in over the border."""
        if not self._is_attached:
            crowd.choice.influences.append(TimeBeyond(self))
            self._is_attached = True
        if tick % self.link_ticks == 0:
            self._advance(crowd, tick)
        np.minimum(self.table.allowance + self._gain, self._most, out=self.table.allowance)
        self._admit(crowd, tick)

    def _advance(self, crowd: CrowdSystem, tick: int) -> None:
        people, system, resolution = self._people, self.system, self._world.resolution_us
        self._serve_orders()
        self._set_open()
        done = system.advance((tick - self.link_ticks) * resolution, tick * resolution)
        if len(done):
            people.state[done] = LEFT
            people.left_tick[done] = -(-system.people.arrival_us[done] // resolution)
            people.is_walking[done] = 0
            system.people.link[done] = -1
            self.progress.n_left[0] += len(done)
        on_link = people.state == ON_LINK
        is_alarmed = (people.move_tick >= 0) & (people.move_tick <= tick)
        settles = self._goal_of[system.people.destination] >= 0
        system.people.destination[on_link & is_alarmed & settles] = OUT
        may_go = on_link & (system.people.mode == AT_HOME) & (people.held_by == 0)
        may_go &= np.where(settles, people.enter_tick <= tick, is_alarmed)
        rows = np.flatnonzero(may_go)
        self._let_through_areas(rows)
        system.set_out(rows, tick * resolution)
        self._write_positions()
        if self.areas.switch(self, crowd, tick):
            self._set_open()
            self._write_positions()
            crowd.refresh()

    def _let_through_areas(self, rows: npt.NDArray[np.intp]) -> None:
        # Who has left the ground stays outside, unless no other way is left.
        p, system = self.system.people, self.system
        shy = rows[p.shuns[rows] == 1]
        ends = system.end_node[np.stack([p.link[shy] & ~1, p.link[shy] | 1])]
        no_way = ~np.isfinite(system.routes.times[1, p.destination[shy], ends]).any(axis=0)
        p.shuns[shy[no_way]] = 0

    def _serve_orders(self) -> None:
        orders, progress = self._world.streets, self.progress
        if orders is None:
            return
        for k in range(int(progress.n_orders[0]), len(orders)):
            links = self._closable[orders.key[k].decode()]
            self.closed.n_orders[links] += 1 if orders.is_closed[k] else -1
        progress.n_orders[0] = len(orders)

    def _set_open(self) -> None:
        network, active = self.system.network, self.areas.is_active
        is_open = (self.closed.n_orders == 0) & ~np.append(active, False)[network.link_area]
        self.exit_is_active = np.append(active, False)[self.border.area_of_exit]
        self.system.set_open(
            is_open, (self._world.exits.is_open[: len(self.exit_is_active)] == 1) & self.exit_is_active
        )

    def _write_positions(self) -> None:
        people = self._people
        skip = (people.state != ON_LINK) | (people.beyond_tick > self._world.tick)
        self.system.find_positions(people.x, people.y, skip)

    def _admit(self, crowd: CrowdSystem, tick: int) -> None:
        people, border, p, s = self._people, self.border, self.system.people, self.system.links
        exits = self._tied[(self._world.exits.is_open[self._tied] == 1) & self.exit_is_active[self._tied]]
        n = border_kernels.admit(
            self._key, tick, tick * self._world.resolution_us, exits, border.in_start, border.in_dirs,
            border.spot_start, border.spot_x, border.spot_y, self.table.allowance, crowd.inside, crowd.n_inside,
            people.uid, people.x, people.y, people.radius, float(people.radius.max(initial=0.0)), p.arrival_us,
            p.behind, p.destination, p.shuns, s.n_on, s.n_queue, s.head, s.tail, s.next_out_us, s.n_out,
            self.system.headway, self.system.routes.hops, self.system.end_node, self._near, self._came, self._spots,
        )  # fmt: skip
        if n:
            rows, spots = self._came[:n].copy(), self._spots[:n]
            exits_used = np.searchsorted(border.spot_start, spots, side="right") - 1
            np.add.at(self.table.n_in, exits_used, 1)
            np.add.at(self._world.exits.allowance, exits_used, -1.0)
            share = self.system.share[p.link[rows] >> 1]
            pace = people.desired_speed[rows] * share
            people.facing_x[rows], people.facing_y[rows] = border.spot_nx[spots], border.spot_ny[spots]
            people.vx[rows] = pace * border.spot_nx[spots]
            people.vy[rows] = pace * border.spot_ny[spots]
            self.bring_in(rows, tick)
            crowd.refresh()

    def bring_in(self, rows: Rows, tick: int) -> None:
        """Make people walk on the ground who were on links; positions and velocities have been set."""
        people, p = self._people, self.system.people
        goal = self._goal_of[p.destination[rows]]
        people.state[rows] = INSIDE
        people.is_walking[rows] = 1
        people.is_in_goal[rows] = 0
        people.nearest_m[rows] = np.inf
        people.blocked_s[rows] = 0.0
        people.goal[rows] = goal
        people.beyond_tick[rows] = 0
        leaving = rows[goal < 0]
        people.is_leaving[leaving] = 1
        started = (people.move_tick[leaving] >= 0) & (people.move_tick[leaving] <= tick)
        people.move_tick[leaving[~started]] = tick
        p.mode[rows] = DONE
        p.link[rows] = -1
        p.behind[rows] = -1

    def take_off_links(self, rows: npt.NDArray[np.intp]) -> None:
        """Take people off links whose other people, if any, keep their places."""
        p, s = self.system.people, self.system.links
        on = rows[(p.mode[rows] == WALKING) | (p.mode[rows] == QUEUED)]
        np.add.at(s.n_on, p.link[on], -1)
        np.add.at(s.n_out, p.link[on], 1)
        for d in np.unique(p.link[rows[p.mode[rows] == QUEUED]]):
            s.n_queue[d] = 0
            s.head[d] = s.tail[d] = -1

    def stop(self, crowd: CrowdSystem, rows: npt.NDArray[np.intp]) -> None:
        """Let those of `rows` who are on links lie beside them."""
        del crowd
        mode = self.system.people.mode[rows]
        fallen = rows[(self._people.state[rows] == ON_LINK) & (mode != LYING)]
        if len(fallen):
            self.system.lie_beside(fallen)

    def take_away(self, crowd: CrowdSystem, rows: npt.NDArray[np.intp]) -> None:
        """Take those of `rows` off the network who lie beside a link."""
        del crowd
        p = self.system.people
        lying = rows[p.mode[rows] == LYING]
        p.mode[lying] = DONE
        p.link[lying] = -1

    def log(self, kind: str, subject: str, *, x: float, y: float, **data: Any) -> int:
        """Append an event to the world's."""
        return self._world.log(kind, subject, x=x, y=y, **data)

    def limit_exits(self, crowd: CrowdSystem, tick: int, lets: npt.NDArray[np.uint8]) -> None:
        """Keep people in where the links beyond an exit are full, or their flow is used up for now."""
        now = tick * self._world.resolution_us
        for e in self._tied:
            if lets[e] and not self.system.has_room(self.border.dirs_in(int(e)) ^ 1, now).any():
                lets[e] = 0

    def take_over(self, crowd: CrowdSystem, tick: int, rows: Rows, exits: npt.NDArray[np.int16]) -> Rows:
        """Put people who have crossed the border on to links; those of exits without links leave."""
        is_tied = np.diff(self.border.in_start)[exits] > 0
        now = tick * self._world.resolution_us
        for row, e in zip(rows[is_tied].tolist(), exits[is_tied].tolist(), strict=True):
            self._put_on_link(row, e, now)
            self.table.n_out[e] += 1
            self.table.allowance[e] -= 1.0
        taken = rows[is_tied]
        people = self._people
        people.state[taken] = ON_LINK
        people.is_walking[taken] = 0
        people.vx[taken] = 0.0
        people.vy[taken] = 0.0
        people.goal[taken] = -1
        people.beyond_tick[taken] = tick + crowd.beyond_ticks
        return rows[~is_tied]

    def _put_on_link(self, row: int, exit_index: int, now: int) -> None:
        p, system = self.system.people, self.system
        if self._goal_of[p.destination[row]] >= 0:
            p.destination[row] = OUT
        p.shuns[row] = 1
        away = self.border.dirs_in(exit_index) ^ 1
        times = system.routes.times[1, p.destination[row], system.end_node[away]]
        times = times + system.network.length[away >> 1] / REFERENCE_SPEED_M_S
        # several links may lead away: the fastest that has room, or the fastest of all
        order = np.lexsort((away, times, ~system.has_room(away, now)))
        system.enter(row, int(away[order[0]]), now)

    def restored(self, crowd: CrowdSystem) -> None:
        """Find the ways again; they follow from what is closed."""
        self._set_open()
        self.system.refresh()

    def require_laws(self, crowd: CrowdSystem) -> None:
        """Raise when people on links are miscounted, or the two sides of the border differ."""
        people, system = self._people, self.system

        def fail(text: str) -> None:
            raise RunFailedError(f"at {self._world.time_s:g} s: {text}")

        system.require_counts(fail)
        on_link = people.state == ON_LINK
        if not np.array_equal(on_link, system.people.mode != DONE):
            row = int(np.argmax(on_link != (system.people.mode != DONE)))
            fail(f"person {int(people.uid[row])} is on a link for one side and not for the other")
        dirs = self.border.in_dirs
        inside = np.add.reduceat(
            np.append((system.links.n_out - system.links.n_ended)[dirs], 0),
            self.border.in_start[:-1][self._tied],
        )
        outside = np.add.reduceat(
            np.append(system.links.n_in[dirs ^ 1], 0), self.border.in_start[:-1][self._tied]
        )
        fixed = self.areas.is_permanent[self.border.area_of_exit[self._tied]]
        for k in np.flatnonzero(fixed):
            e = self._tied[k]
            # who turns round before a shut exit counts once each way on the links; who ends their way there, or
            # steps aside because none leads on, does not come in
            if inside[k] - outside[k] != self.table.n_in[e] - self.table.n_out[e]:
                fail(
                    f"exit '{self._world.ground.exit_names[e]}': links passed {inside[k]} people in and "
                    f"{outside[k]} out, the ground {self.table.n_in[e]} and {self.table.n_out[e]}"
                )


class TimeBeyond(Influence):
    """The time from each exit on to where somebody is going; exits from which no way leads there count as shut."""

    def __init__(self, links: LinkWalking) -> None:
        self._links = links

    def weigh(self, due: npt.NDArray[np.int32], out_s: npt.NDArray[np.float64]) -> None:
        """Add the time beyond."""
        links = self._links
        destination = links.system.people.destination[due]
        settles = np.array([d.goal >= 0 for d in links.system.destinations])
        out_s += links.system.routes.beyond_s[np.where(settles[destination], OUT, destination)]
