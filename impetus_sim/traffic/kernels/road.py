"""The arrays that the kernels of traffic work on, under one name each."""

from __future__ import annotations

from typing import Any, NamedTuple


class Road(NamedTuple):
    """Junctions, links and queues. Static unless said; see `traffic.road` for who builds it.

    queues: QUEUE records (queues,), state. look_us: int64 (queues,), state: when its head is looked at next (apart,
    so that those of a junction are one line of memory). exits: EXIT records, state, see `QUEUE.ring_first`.
    first_queue: int32 (nodes + 1,), queues that discharge at a junction.
    first_lane, most_lanes: int32 (links,), queues of a link. n_lanes: int32 (links,), state: the first so many are
    in its direction now. source: int32 (links,), queue that waits to enter it.
    to_node: int32 (links,). length_mm: int64 (links,). speed_mm_s: float64 (links,), state.
    is_closed: uint8 (links,), state: 0 where everybody may enter, else CLOSED or BARRED. barred: uint32 (links,),
    state: a bit for each ban that holds on the link, see `Ways.passes`.
    first_out: int32 (nodes + 1,) into out_link: int32, outgoing links of each junction, by number.
    slot_of_link: uint8 (links,), position of each among them.
    turn_finish: float64, state: service that each queue had per outgoing link, over its weight.
    link_served: float64 (links,), state: the same clock for the link's entry.
    node_pace: float64 (nodes,), microseconds per millimetre of vehicle, 0 where the junction itself is no limit,
    state. node_open_us: int64 (nodes,), state. signal_of: int32 (nodes,), NONE without.
    agenda: int64, state, see `agenda`; times: its leaves, when each junction's next event is.
    n_entered, n_left: int64 (links,), state: vehicles so far. time_us: int64 (links,), state: their times summed.
    """

    queues: Any
    look_us: Any
    exits: Any
    first_queue: Any
    first_lane: Any
    most_lanes: Any
    n_lanes: Any
    source: Any
    to_node: Any
    length_mm: Any
    speed_mm_s: Any
    is_closed: Any
    barred: Any
    first_out: Any
    out_link: Any
    slot_of_link: Any
    turn_finish: Any
    link_served: Any
    node_pace: Any
    node_open_us: Any
    signal_of: Any
    agenda: Any
    times: Any
    n_entered: Any
    n_left: Any
    time_us: Any


class Ways(NamedTuple):
    """Which way vehicles go.

    next_slot: uint8 (kept + 1, goals, rows), position of the next link among the junction's outgoing ones, NO_SLOT
    where no way leads on; the last tree is that of ways without traffic. goal_node: int32 (goals,), the junction,
    or the row of the link by whose end the destination is reached. row_at_end: int32 (links,), row of the trees for
    who comes from a link: the junction at its end, or a row of its own where turns from it can be banned or a
    destination lies. passes: uint32 (goals,), a bit for each ban that does not hold for who goes there.
    newest: int64 (2,), row of the newest tree and how many have been made.
    paths: int32, links of fixed routes one after another, each route ended by LEAVES.
    dwell_us: int64, time spent on the same entry's link beside driving.
    patience_us: int64 (1,), after which a driver held up at a junction takes another way; 0 for never.
    """

    next_slot: Any
    goal_node: Any
    row_at_end: Any
    passes: Any
    newest: Any
    paths: Any
    dwell_us: Any
    patience_us: Any


NO_SLOT = 255
