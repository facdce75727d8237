"""Building the road's arrays from links, and changing it while a run goes on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.traffic.kernels import agenda as agendas
from impetus_sim.traffic.kernels.records import ALL_TURNS, EXIT, NEVER, NONE, QUEUE
from impetus_sim.traffic.kernels.road import NO_SLOT, Road

CAR_M = 7.5
"""Road that a car takes in a jam, gap included (133 cars per km and lane)."""
REACTION_S = 1.0
"""Time for which a driver follows the one ahead; the backward wave runs at `CAR_M` over it (Newell 2002)."""
SHORTEST_VEHICLE_M = 4.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Links:
    """Links as a table; one row each.

    from_node, to_node: junction numbers. length_m, speed_m_s: float. n_lanes: int.
    lane_capacity: vehicles per second and lane; car_m: metres of road that a car takes in a jam.
    weight: share that each lane claims where streams merge; by default its capacity. entering: what vehicles beside
    the road claim where they enter, of that.
    spare_lanes: int, lanes of the opposite direction that a link may be given; none when left out.
    """

    n_nodes: int
    from_node: Ints
    to_node: Ints
    length_m: Floats
    speed_m_s: Floats
    n_lanes: Ints
    lane_capacity: Floats
    car_m: Floats
    weight: Floats | None = None
    entering: float = 1.0
    spare_lanes: Ints | None = None

    @property
    def most_lanes(self) -> Ints:
        """Lanes that a link can have, those it may be given included."""
        return self.n_lanes if self.spare_lanes is None else self.n_lanes + self.spare_lanes

    @property
    def n_links(self) -> int:
        """Number of links."""
        return len(self.from_node)

    def at_end(self, links: Ints) -> Ints:
        """Return the numbers of places at the ends of links: they come after those of all junctions.

        Who sets out there takes the turns of the link, and who goes there comes by it.
        """
        return np.asarray(links) + self.n_nodes

    def junctions_of(self, places: Ints) -> Ints:
        """Return the junctions of places, each a junction or the end of a link as by `at_end`."""
        link = np.maximum(np.asarray(places) - self.n_nodes, 0)
        return np.asarray(np.where(places < self.n_nodes, places, self.to_node[link]), np.int64)


def lanes_both_ways(links: Links) -> Ints:
    """Return the lanes of each link's street, both directions together, int64 (links,)."""
    ends = list(zip(links.from_node.tolist(), links.to_node.tolist(), links.n_lanes.tolist(), strict=True))
    lanes: dict[tuple[int, int], int] = {}
    for start, end, n in ends:
        lanes[start, end] = max(lanes.get((start, end), 0), n)
    return np.array([n + lanes.get((end, start), 0) for start, end, n in ends], np.int64)


def capacity_of(speed_m_s: Floats, *, car_m: float = CAR_M, reaction_s: float = REACTION_S) -> Floats:
    """Return a lane's capacity, vehicles/s: where free flow meets the backward wave (triangular diagram)."""
    return 1.0 / (reaction_s + car_m / np.asarray(speed_m_s, np.float64))


def one_lane_links(n_nodes: int, ends: Ints, *, length_m: float, speed_m_s: float) -> Links:
    """Return alike one-lane links, one for each row of `ends`, int (links, 2): from and to."""
    n = len(ends)
    speed = np.full(n, speed_m_s)
    return Links(
        n_nodes=n_nodes,
        from_node=ends[:, 0],
        to_node=ends[:, 1],
        length_m=np.full(n, length_m),
        speed_m_s=speed,
        n_lanes=np.ones(n, np.int64),
        lane_capacity=capacity_of(speed),
        car_m=np.full(n, CAR_M),
    )


def build_road(links: Links, *, least_vehicle_m: float = SHORTEST_VEHICLE_M) -> Road:
    """Build the arrays.

    Raises
    ------
    InvalidInputError
        When a link has no length, speed, lane or capacity, or a junction has more outgoing links than fit.
    """
    _require_sound(links)
    n, n_nodes = links.n_links, links.n_nodes
    order = np.argsort(links.from_node, kind="stable")
    first_out = np.searchsorted(links.from_node[order], np.arange(n_nodes + 1)).astype(np.int32)
    if n and int(np.diff(first_out).max()) >= NO_SLOT:
        most = int(np.diff(first_out).max())
        raise InvalidInputError(f"a junction has {most} outgoing links; at most {NO_SLOT - 1} are possible")
    # queues: the lanes of every link at its end, and a source per link at its start, in the order of junctions
    link_of = np.concatenate([np.repeat(np.arange(n), links.most_lanes), np.arange(n)])
    is_source = np.arange(len(link_of)) >= int(links.most_lanes.sum())
    node_of = np.where(is_source, links.from_node[link_of], links.to_node[link_of])
    by_node = np.lexsort((link_of, is_source, node_of))
    link_of, is_source, node_of = link_of[by_node], is_source[by_node], node_of[by_node]
    queues = np.zeros(len(link_of), QUEUE)
    queues["ready_us"] = NEVER
    queues["head"] = queues["tail"] = NONE
    queues["link"], queues["node"] = link_of, node_of
    queues["is_source"] = is_source
    queues["group"] = NONE
    queues["turns"] = ALL_TURNS
    car_mm = CAR_M * 1000.0
    queues["length_mm"] = np.maximum(np.rint(links.length_m / links.car_m * car_mm), np.rint(car_mm))[link_of]
    queues["pace"] = (1e6 / (links.lane_capacity * car_mm))[link_of]
    queues["exit_pace"] = np.where(is_source, 0.0, queues["pace"])
    headway_in_jam_s = 1.0 / links.lane_capacity - links.car_m / links.speed_m_s
    wave_m_s = links.car_m / np.maximum(headway_in_jam_s, 1e-3)
    queues["wave_us"] = np.rint(1e6 * np.maximum(links.length_m, links.car_m) / wave_m_s)[link_of]
    weight = links.lane_capacity if links.weight is None else links.weight
    queues["weight"] = np.where(is_source, links.entering, 1.0) * weight[link_of]
    places = np.ceil(queues["length_mm"] / (least_vehicle_m * 1000.0)) + 3
    ring = np.where(is_source, 0, 2 ** np.ceil(np.log2(places))).astype(np.int64)
    queues["ring_size"] = ring
    queues["ring_first"] = np.cumsum(ring) - ring
    n_out = np.diff(first_out)[node_of]
    queues["first_turn"] = np.cumsum(n_out) - n_out
    lanes = np.flatnonzero(~is_source)
    first_lane = np.zeros(n, np.int32)
    first_lane[link_of[lanes][::-1]] = lanes[::-1]
    source = np.zeros(n, np.int32)
    source[link_of[is_source]] = np.flatnonzero(is_source)
    slot_of_link = np.zeros(n, np.uint8)
    slot_of_link[order] = np.arange(n) - first_out[links.from_node[order]]
    agenda = np.full(2 * agendas.padded(n_nodes), NEVER, np.int64)
    return Road(
        queues=queues,
        look_us=np.full(len(queues), NEVER, np.int64),
        exits=np.zeros(int(ring.sum()) + 1, EXIT),
        first_queue=np.searchsorted(node_of, np.arange(n_nodes + 1)).astype(np.int32),
        first_lane=first_lane,
        most_lanes=links.most_lanes.astype(np.int32),
        n_lanes=links.n_lanes.astype(np.int32),
        source=source,
        to_node=links.to_node.astype(np.int32),
        length_mm=np.rint(links.length_m * 1000.0).astype(np.int64),
        speed_mm_s=links.speed_m_s * 1000.0,
        is_closed=np.zeros(n, np.uint8),
        barred=np.zeros(n, np.uint32),
        first_out=first_out,
        out_link=order.astype(np.int32),
        slot_of_link=slot_of_link,
        turn_finish=np.zeros(int(n_out.sum()) + 1),
        link_served=np.zeros(n),
        node_pace=np.zeros(n_nodes),
        node_open_us=np.zeros(n_nodes, np.int64),
        signal_of=np.full(n_nodes, NONE, np.int32),
        agenda=agenda,
        times=agenda[len(agenda) // 2 :],
        n_entered=np.zeros(n, np.int64),
        n_left=np.zeros(n, np.int64),
        time_us=np.zeros(n, np.int64),
    )


def _require_sound(links: Links) -> None:
    for name, least in (
        ("length_m", 0.0),
        ("speed_m_s", 0.0),
        ("n_lanes", 0),
        ("lane_capacity", 0.0),
        ("car_m", 0.0),
    ):
        values = np.asarray(getattr(links, name))
        bad = np.flatnonzero(~(values > least))
        if len(bad):
            raise InvalidInputError(
                f"link {bad[0]}: {name} is {values[bad[0]]}", hint="it must be greater than zero"
            )
