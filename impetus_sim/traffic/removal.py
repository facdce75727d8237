"""Taking vehicles off the road before they have arrived: towed away, or driven on to a plot of land."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from impetus_sim.traffic.kernels.queues import place_free_us
from impetus_sim.traffic.kernels.records import NEVER, NONE
from impetus_sim.traffic.kernels.road import Road


def take_out(row: int, place_mm: float, now_us: int, road: Road, vehicles: npt.NDArray[np.void]) -> None:
    """Take a vehicle out of its queue: who is behind closes up, and its place becomes free at the upstream end.

    Those behind it move up by its length; the wave of that reaches the upstream end of the lane after it has come
    from the vehicle's place, and nobody enters the room before it does.

    Parameters
    ----------
    row
        A vehicle that stands in a queue; its queue is not changed in its own record.
    place_mm
        How far along its link it is; 0 for one that waits beside the road.
    now_us
        The time.
    road, vehicles
        State; overwritten. The junctions at both ends are still to be called.
    """
    k = int(vehicles["queue"][row])
    queue = road.queues[k]
    before = _before(row, k, road, vehicles)
    behind, size_mm = int(vehicles["behind"][row]), int(vehicles["size_mm"][row])
    if not queue["is_source"]:
        link = int(queue["link"])
        free_us = int(place_free_us(size_mm, now_us, k, road))
        wave_us = now_us + int(place_mm / max(1, road.length_mm[link]) * queue["wave_us"])
        if queue["is_followed"]:
            queue["freed_mm"] -= size_mm  # the next step of car following says whether there is room
        elif free_us > now_us:  # the lane is full, or a wave is on its way: whichever comes first
            queue["entry_us"] = max(int(queue["entry_us"]), min(free_us, wave_us))
        road.n_left[link] += 1
        road.time_us[link] += now_us - vehicles["entered_us"][row]
    queue["entered_mm"] -= size_mm
    queue["n_inside"] -= 1
    if before == NONE:
        queue["head"] = behind
        queue["ready_us"] = head_ready_us(queue, vehicles)
    else:
        vehicles["behind"][before] = behind
    if behind == NONE:
        queue["tail"] = before
    vehicles["behind"][row] = NONE


def head_ready_us(queue: np.void, vehicles: npt.NDArray[np.void]) -> int:
    """Return when a lane's head may cross at the earliest; by car following not before its next step says so."""
    if queue["head"] == NONE or queue["is_followed"]:
        return int(NEVER)
    return max(int(vehicles["ready_us"][queue["head"]]), int(queue["exit_us"]))


def _before(row: int, k: int, road: Road, vehicles: npt.NDArray[np.void]) -> int:
    # The vehicle ahead in the same queue.
    before, vehicle = NONE, int(road.queues["head"][k])
    while vehicle != row:
        before, vehicle = vehicle, int(vehicles["behind"][vehicle])
    return before
