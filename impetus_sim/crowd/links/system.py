"""The tables of people on links and the step that moves them; see `impetus_sim.crowd.kernels.links`.

Model (docs/models/link_walking.md): speed falls with the density of both directions together; a link holds
jam density times area; flow out of and on to it is limited by its width, shared by the directions in proportion
to their people; beyond the density of the highest flow it takes in no more than it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.crowd.kernels import links as kernels
from impetus_sim.crowd.kernels.links import AT_HOME, DONE, LYING, QUEUED, WALKING
from impetus_sim.crowd.links.routes import Crossings, Destination, Routes, find_routes
from impetus_sim.crowd.links.speed import SpeedDensity
from impetus_sim.world.walk_network import WalkNetwork

LEAST_SHARE = 0.1
"""Share of the flow that a direction has at least against the other."""
RECOVERY = 0.95
"""A link beyond the density of its highest flow takes in this share of what it moves, so that it recovers."""
LEAST_INFLOW = 0.05
"""Share of the capacity that a link always takes in while it has room."""

PEOPLE_COLUMNS = {
    "mode": "u1",
    "link": "i4",
    "offset": "f8",
    "since_us": "i8",
    "arrival_us": "i8",
    "behind": "i4",
    "destination": "i2",
    "shuns": "u1",
}
"""One row per person. mode: see `kernels.links`. link: directed link; offset: m from its start; since_us: moment
for which it holds; arrival_us: at the queue or the end. behind: the next in the queue. destination: index; shuns:
1 for who has left two-dimensional ground and stays outside."""
LINK_COLUMNS = {
    "n_on": "i4",
    "n_queue": "i4",
    "head": "i4",
    "tail": "i4",
    "next_out_us": "i8",
    "next_in_us": "i8",
    "n_in": "i8",
    "n_out": "i8",
    "n_joined": "i8",
    "n_ended": "i8",
}
"""One row per directed link: people on it and in its queue, both ends of the queue, earliest time of the next
passage out and in; cumulative counts of those who came in at its start, went out, joined along it, and ended
their way at its end (of those who went out)."""


class LinkSystem:
    """People on the links of a network.

    Parameters
    ----------
    network
        Static.
    speeds
        Free speed of each person, m/s, float64 (people,).
    destinations
        Where people are going.
    crossings
        Ways through two-dimensional ground, all of them; see `set_open`.
    relation
        Speed by density.
    flow_capacity
        Persons per second and metre of width; that of `relation` when None.
    n_exits
        Exits of the ground.
    """

    def __init__(
        self,
        network: WalkNetwork,
        speeds: npt.NDArray[np.float64],
        *,
        destinations: Sequence[Destination],
        relation: SpeedDensity,
        crossings: Crossings | None = None,
        flow_capacity: float | None = None,
        n_exits: int = 0,
    ) -> None:
        self.network, self.relation = network, relation
        self.destinations = list(destinations)
        self.capacity = relation.capacity if flow_capacity is None else flow_capacity
        n_people, n_links = len(speeds), network.n_links
        self._speeds = speeds
        self.crossings = crossings or Crossings(
            node=np.empty(0, np.int64),
            exit=np.empty(0, np.int64),
            cost_s=np.empty((0, 0)),
            goal_s=np.empty((0, 0)),
        )
        self._n_exits = n_exits
        self.people = Table("link_people", n_people, PEOPLE_COLUMNS)
        self.people.mode[:] = DONE
        self.people.link[:] = -1
        self.people.behind[:] = -1
        self.links = Table("links", 2 * n_links, LINK_COLUMNS)
        self.links.head[:] = -1
        self.links.tail[:] = -1
        self.area = network.length * network.width
        self.storage = np.maximum(1, np.floor(self.area * relation.jam_density)).astype(np.int32)
        self.end_node = np.column_stack([network.v, network.u]).ravel().astype(np.int32)
        self.share = np.ones(n_links)
        self.queue_m = np.zeros(2 * n_links)
        self.headway = np.ones(2 * n_links, np.int64)
        self.in_headway = np.ones(2 * n_links, np.int64)
        self._width_jam = np.ones(2 * n_links)
        self._due, self._done = np.zeros(n_people, np.int32), np.zeros(n_people, np.int32)
        size = n_people + 2 * n_links
        self._time, self._waiting = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self._heap = np.zeros(size + 1, np.int32)
        self._wait_next = np.zeros(2 * n_links, np.int32)
        self._wait_head, self._wait_tail = np.zeros(n_links, np.int32), np.zeros(n_links, np.int32)
        self._open_key: bytes | None = None
        self.is_open = np.ones(n_links, bool)
        self.routes: Routes
        self.set_open(self.is_open, np.ones(n_exits, bool))
        self.refresh()

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.people, self.links]

    def set_open(self, is_open: npt.NDArray[np.bool_], exit_is_open: npt.NDArray[np.bool_]) -> bool:
        """Set which links are open and through which exits people come in; return whether ways were found anew."""
        key = is_open.tobytes() + exit_is_open.tobytes()
        if key == self._open_key:
            return False
        self._open_key, self.is_open = key, is_open.copy()
        network = self.network
        self.routes = find_routes(
            network.u, network.v, network.length, is_open, network.n_nodes, self.destinations, self.crossings,
            n_exits=self._n_exits, exit_is_open=exit_is_open,
        )  # fmt: skip
        return True

    def refresh(self) -> None:
        """Compute what follows from the counts: speed, lengths of queues, flows; at the start of each step."""
        on, queued = self.links.n_on, self.links.n_queue
        width, jam = self.network.width, self.relation.jam_density
        total = on[0::2] + on[1::2]
        opposite = on.reshape(-1, 2)[:, ::-1].ravel()
        share = np.where(opposite == 0, 1.0, np.maximum(LEAST_SHARE, on / np.maximum(1, on + opposite)))
        in_share = np.where(opposite == 0, 1.0, np.maximum(LEAST_SHARE, (on + 1) / (on + opposite + 1)))
        two_widths = np.repeat(width, 2)
        self._width_jam[:] = two_widths * share * jam
        self.queue_m[:] = np.minimum(np.repeat(self.network.length, 2), queued / self._width_jam)
        n_queued = queued[0::2] + queued[1::2]
        free = np.maximum(self.area - n_queued / jam, 0.05 * self.area)
        # the others that somebody on the link meets: alone on a short link nobody is slowed
        density = np.clip((total - n_queued - 1) / free, 0.0, jam)
        self.share[:] = self.relation.at(density)
        self.headway[:] = np.maximum(1, 1e6 / (self.capacity * two_widths * share))
        moved = RECOVERY * density * self.share * self.relation.free_speed
        taken = np.where(
            density <= self.relation.critical_density,
            self.capacity,
            np.clip(moved, LEAST_INFLOW * self.capacity, self.capacity),
        )
        self.in_headway[:] = np.maximum(1, 1e6 / (np.repeat(taken, 2) * two_widths * in_share))

    def advance(self, t0: int, t1: int) -> npt.NDArray[np.int32]:
        """Advance everybody from `t0` to `t1`, microseconds; return the rows of those who have arrived."""
        self.refresh()
        p, s, network = self.people, self.links, self.network
        n_due = kernels.walk_on(
            p.mode, p.link, p.offset, p.since_us, p.arrival_us, self._speeds, self.share, self.queue_m,
            network.length, t1, self._due,
        )  # fmt: skip
        n_done = kernels.pass_nodes(
            t0, t1, self._due, n_due, p.mode, p.link, p.offset, p.since_us, p.arrival_us, p.behind, p.destination,
            p.shuns, self._speeds, s.n_on, s.n_queue, s.head, s.tail, s.next_out_us, s.next_in_us, s.n_in,
            s.n_out, s.n_ended, self.headway, self.in_headway, self.share, self.queue_m, network.length,
            self._width_jam, self.storage, self.end_node, self.routes.hops, self._time, self._waiting, self._heap,
            self._wait_next, self._wait_head, self._wait_tail, self._done,
        )  # fmt: skip
        kernels.line_up(s.head, p.behind, network.length, self._width_jam, p.offset)
        return np.sort(self._done[:n_done])

    def put_beside(
        self, rows: npt.NDArray[np.intp], links: npt.NDArray[np.intp], offsets: npt.NDArray[np.float64]
    ) -> None:
        """Put people beside links (in houses, on the kerb); `set_out` lets them walk. Offsets count from u, m."""
        self.people.mode[rows] = AT_HOME
        self.people.link[rows] = 2 * links
        self.people.offset[rows] = offsets

    def set_out(self, rows: npt.NDArray[np.intp], t_us: int) -> int:
        """Let people beside links walk off where the link is not crowded; return how many do."""
        crowded = np.floor(self.area * self.relation.critical_density)
        room = np.minimum(self.storage, np.maximum(1, crowded)).astype(np.int32)
        p, s = self.people, self.links
        return int(kernels.set_out(
            rows, len(rows), t_us, p.mode, p.link, p.offset, p.since_us, p.arrival_us, p.behind, p.destination,
            p.shuns, self._speeds, s.n_on, s.n_joined, self.network.length, room, self.end_node,
            self.routes.times,
        ))  # fmt: skip

    def lie_beside(self, rows: npt.NDArray[np.intp]) -> None:
        """Put people on or beside links beside theirs for good; those behind them in a queue move up.

        On the link they count as having ended their way there.
        """
        p, s = self.people, self.links
        for row in rows[p.mode[rows] == QUEUED].tolist():
            self._leave_queue(row)
        on = rows[(p.mode[rows] == WALKING) | (p.mode[rows] == QUEUED)]
        directed = p.link[on]
        np.add.at(s.n_on, directed, -1)
        np.add.at(s.n_out, directed, 1)
        np.add.at(s.n_ended, directed, 1)
        back = on[directed % 2 == 1]
        p.offset[back] = self.network.length[p.link[back] >> 1] - p.offset[back]
        p.link[on] = directed & ~1
        p.mode[rows] = LYING

    def _leave_queue(self, row: int) -> None:
        p, s = self.people, self.links
        d = int(p.link[row])
        before, at = -1, int(s.head[d])
        while at != row:
            before, at = at, int(p.behind[at])
        after = int(p.behind[row])
        if before < 0:
            s.head[d] = after
        else:
            p.behind[before] = after
        if after < 0:
            s.tail[d] = before
        p.behind[row] = -1
        s.n_queue[d] -= 1

    def has_room(self, directed: npt.NDArray[np.int64], t_us: int) -> npt.NDArray[np.bool_]:
        """Return whether each directed link takes somebody in now."""
        on = self.links.n_on
        return (on[directed] + on[directed ^ 1] < self.storage[directed >> 1]) & (
            self.links.next_in_us[directed] <= t_us
        )

    def enter(self, row: int, directed: int, t_us: int) -> None:
        """Put somebody at the start of a directed link at a moment between two steps."""
        p, s = self.people, self.links
        p.behind[row] = -1
        kernels.enter_link(
            row, directed, t_us, t_us, p.mode, p.link, p.offset, p.since_us, p.arrival_us, self._speeds, self.share,
            self.queue_m, self.network.length, s.n_on, s.n_in, s.next_in_us, self.in_headway,
        )  # fmt: skip
        p.offset[row] = 0.0
        p.since_us[row] = t_us

    def find_positions(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], skip: npt.NDArray[np.bool_]
    ) -> None:
        """Write the positions of everybody on or beside a link, m; those of `skip` are left as they are."""
        p, network = self.people, self.network
        kernels.find_positions(
            p.mode, p.link, p.offset, network.length, network.first, network.point_x, network.point_y,
            network.along, skip, x, y,
        )  # fmt: skip

    def require_counts(self, fail: Callable[[str], None]) -> None:
        """Call `fail` with a sentence when counts of links and people differ."""
        p = self.people
        on = (p.mode == WALKING) | (p.mode == QUEUED)
        counted = np.bincount(p.link[on], minlength=len(self.links))
        queued = np.bincount(p.link[p.mode == QUEUED], minlength=len(self.links))
        if not np.array_equal(counted, self.links.n_on) or not np.array_equal(queued, self.links.n_queue):
            k = int(np.argmax((counted != self.links.n_on) | (queued != self.links.n_queue)))
            fail(
                f"directed link {k} counts {self.links.n_on[k]} people ({self.links.n_queue[k]} in its queue), but "
                f"{counted[k]} ({queued[k]}) are on it"
            )
