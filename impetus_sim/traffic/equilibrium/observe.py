"""Driving a loading to its end while its links are watched."""

from __future__ import annotations

import numpy as np

from impetus_sim.traffic.kernels.timed_paths import Times, fill_link_times, fill_waits
from impetus_sim.traffic.system import TrafficSystem


def observe(system: TrafficSystem, *, interval_s: float, limit_s: float) -> Times:
    """Advance a system until everybody has arrived or a limit is reached, and return what links took when.

    Parameters
    ----------
    interval_s
        Time between two looks.
    """
    road = system.road
    interval_us = round(interval_s * 1e6)
    entered, left, time_s, wait_in, wait_out = [], [], [], [], []
    for point in range(int(np.ceil(limit_s / interval_s)) + 1):
        system.advance(point * interval_us)
        sources = road.queues[road.source]
        entered.append(road.n_entered.copy())
        left.append(road.n_left.copy())
        time_s.append(road.time_us / 1e6)
        wait_out.append(sources["n_left"].astype(np.int64))
        wait_in.append(wait_out[-1] + sources["n_inside"])
        if system.is_over:
            break
    n = system.links.n_links
    free_s = system.links.length_m / system.links.speed_m_s
    times = Times(interval_s, np.empty((n, len(entered))), np.empty((n, len(entered))))
    fill_link_times(np.array(entered), np.array(left), np.array(time_s), free_s, interval_s, times.link)
    fill_waits(np.array(wait_in), np.array(wait_out), interval_s, times.wait)
    return times
