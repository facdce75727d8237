"""Questions about all vehicles at once, answered in one pass over their records."""

from __future__ import annotations

from impetus_sim.kernels.compile import event_kernel
from impetus_sim.traffic.kernels.records import ABANDONED, ARRIVED, CANCELLED


@event_kernel
def anybody_to_drive(vehicles, parked_us):  # type: ignore[no-untyped-def]
    """Tell whether somebody drives or will: not arrived, left, given up, nor parked till `parked_us`."""
    for k in range(len(vehicles)):
        v = vehicles[k]
        if v.state not in (ARRIVED, ABANDONED, CANCELLED) and v.sets_out_us < parked_us:
            return True
    return False


@event_kernel
def mark_goals_in_use(vehicles, out_in_use):  # type: ignore[no-untyped-def]
    """Mark the destinations that some vehicle is still to reach by a tree; others are left as they are."""
    for k in range(len(vehicles)):
        v = vehicles[k]
        if v.path < 0 and v.state not in (ARRIVED, ABANDONED, CANCELLED):
            out_in_use[v.goal] = True
