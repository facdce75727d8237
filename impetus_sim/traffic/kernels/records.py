"""Layout of the hot state of traffic: one record per vehicle, per queue and per junction.

Records rather than one array per field: an event reads and writes most fields of one vehicle and of two
queues, and a record of one or two cache lines costs one or two misses instead of ten.

Times are integer microseconds since the start, lengths integer millimetres. A *queue* is one lane of a link, or
the line of vehicles that wait beside the road to enter a link (a *source*). Queues are numbered by the junction
at which they discharge, so that a junction's queues are neighbours in memory.
"""

from __future__ import annotations

import numpy as np

NEVER = np.int64(2**62)
"""Time of what is not going to happen as things stand."""

NONE = -1
"""No vehicle, no link."""
LEAVES = -2
"""A vehicle's wanted link when it has arrived: it leaves the road at the end of its link."""
NO_WAY = -3
"""A vehicle's wanted link when no open way leads to its destination."""

CLOSED, BARRED = 1, 2
"""Of a link that not everybody may enter: nobody may; those may for whom no ban on it holds (`Road.barred`)."""
ALL_TURNS = np.uint32(0xFFFFFFFF)
"""Turns of a lane from which every outgoing link may be taken."""
MOST_TURNS = 32
"""Outgoing links of a junction at which turns can be banned."""

STATIC = -1
"""A vehicle's tree when its driver knows the streets but not the traffic."""

PLANNED, WAITING, ON_LINK, ARRIVED, HELD, ABANDONED, CANCELLED, AT_STOP = range(8)
"""States of a vehicle: yet to depart; beside the road, waiting to enter; on a link; arrived; taken off the road
because no open way leads on (it departs again when one does); left standing by its driver for good; given up
before it departed; at a stop, to drive on."""

VEHICLE = np.dtype(
    [
        ("ready_us", "i8"),  # earliest time at the end of its link, were nobody in its way
        ("entered_us", "i8"),  # on to its link
        ("queue", "i4"),  # in which it stands, NONE while on no link
        ("behind", "i4"),  # vehicle that follows in the same queue
        ("want", "i4"),  # link wanted at the next junction, or LEAVES, NO_WAY
        ("goal", "i4"),  # row of the route trees
        ("path", "i4"),  # next entry of the list of paths, NONE for those that follow trees
        ("size_mm", "i4"),  # road taken in a jam, gap included
        ("speed_mm_s", "i4"),  # own greatest speed
        ("tree", "i1"),  # age of the route tree that it follows, in updates; STATIC for ways without traffic
        ("state", "i1"),
        ("kind", "i1"),  # vehicle class
        ("stands", "i1"),  # 1 while it is stopped before a place on its link (`traffic.stops`)
        ("travelled_mm", "i8"),
        ("n_links", "i4"),  # links travelled so far
        ("origin", "i4"),  # junction where it enters the network
        ("depart_us", "i8"),  # wanted to set out at first
        ("sets_out_us", "i8"),  # sets out, or sets out again after it was held
        ("left_us", "i8"),  # arrived, or was taken off
        ("asks_us", "i8"),  # held up by a full link, looks for another way at the earliest
    ],
    align=True,
)

QUEUE = np.dtype(
    [
        ("ready_us", "i8"),  # earliest time at which its head may cross, NEVER when empty
        ("exit_us", "i8"),  # earliest next exit, by headway
        (
            "exit_pace",
            "f8",
        ),  # microseconds per millimetre of vehicle for leaving, greater where something holds up
        ("busy_us", "i8"),  # time that heads spent at the end of the lane, of all that left
        ("head", "i4"),
        ("tail", "i4"),
        ("link", "i4"),  # of the lane; for a source the link that it feeds
        ("n_inside", "i4"),
        ("n_left", "i4"),  # vehicles that ever left
        ("ring_first", "i4"),  # its exits lie in the ring from here on
        ("ring_size", "i4"),  # a power of two; 0 for a source
        ("first_turn", "i4"),  # of the junction's outgoing links, in the table of turns
        ("entry_us", "i8"),  # earliest next entry, by headway
        ("entered_mm", "i8"),  # length of all vehicles that ever entered
        ("freed_mm", "i8"),  # length of those whose places are known to be free at the upstream end
        ("wave_us", "i8"),  # time a freed place takes to reach the upstream end
        ("pace", "f8"),  # microseconds per millimetre of vehicle at capacity
        ("freed", "i4"),  # vehicles that left and freed those places
        ("length_mm", "i4"),  # of road
        ("node", "i4"),  # at which it discharges
        ("weight", "f4"),  # share that it claims where queues compete for one link
        ("turns", "u4"),  # bit per outgoing link of the junction that may be taken from this lane
        ("is_wanted", "i1"),  # somebody upstream waits for a place
        ("is_source", "i1"),
        ("group", "i1"),  # signal group, NONE without a signal
        ("is_followed", "i1"),  # by car following, which says who is at the line and who has room
    ],
    align=True,
)
"""128 bytes: what leaving touches, then what entering touches."""

EXIT = np.dtype([("at_us", "i8"), ("left_mm", "i8")], align=True)
"""One exit from a queue: when, and length of all vehicles that had left by then, this one included."""
