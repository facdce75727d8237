"""Our side of the bench."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from impetus_sim.kernels.compile import set_threads
from impetus_sim.traffic.kernels.records import ARRIVED
from impetus_sim.traffic.signals import Phase, SignalPlan
from impetus_sim.traffic.system import TrafficSystem
from impetus_sim.traffic.vehicles import Trips, build_vehicles
from impetus_sim.verification.traffic_speed.cases import GREEN_S, TrafficCase
from impetus_sim.verification.traffic_speed.outcome import Outcome, Stopwatch
from impetus_sim.version import __version__

US = 1_000_000


class OurSide:
    """A case in our engine.

    Parameters
    ----------
    platoon
        Vehicles that move as one; 1 for single cars.
    sample_s
        Time between two points of the cumulative curves.
    """

    version = f"impetus_sim {__version__}"

    def __init__(
        self, case: TrafficCase, *, platoon: int = 1, threads: int = 1, sample_s: float = 5.0
    ) -> None:
        self.name = "single cars" if platoon == 1 else f"platoons of {platoon}"
        self.threads = threads
        self._case, self._platoon, self._sample_s = case, platoon, sample_s

    def prepare(self) -> Callable[[], Outcome]:
        """Build network and vehicles, and return what runs them."""
        case, demand = self._case, self._case.demand(self._platoon)
        goals, goal_row = np.unique(demand.goal, return_inverse=True)
        trips = Trips(depart_s=demand.depart_s, origin=demand.origin, goal=goal_row, units=self._platoon)
        system = TrafficSystem(
            case.links,
            build_vehicles(trips, renewal=case.renewal),
            goals,
            plans=_plans(case),
            every_s=case.every_s,
        )
        return lambda: self._run(system)

    def _run(self, system: TrafficSystem) -> Outcome:
        set_threads(self.threads)
        watch = Stopwatch()
        link_tables(system, self._case.horizon_s, self._sample_s, self._case.every_s)
        wall_s, cpu_s = watch.read()
        set_threads(1)
        vehicles = system.vehicles
        done = vehicles["state"] == ARRIVED
        trip_us = (vehicles["left_us"] - vehicles["depart_us"])[done]
        return Outcome(
            wall_s=wall_s,
            cpu_s=cpu_s,
            n_trips=len(vehicles) * self._platoon,
            n_done=int(done.sum()) * self._platoon,
            mean_trip_s=float(trip_us.mean()) / US if len(trip_us) else float("nan"),
        )


def link_tables(
    system: TrafficSystem, horizon_s: float, sample_s: float, look_s: float
) -> tuple[npt.NDArray[np.int32], dict[str, npt.NDArray[np.float64]]]:
    """Run a system until nobody drives any more, and return cumulative curves and the table of links.

    Returns
    -------
    Vehicles in and out of each link at each sample, (samples, 2, links); and per link how many entered, how many
    left, and their mean time, s.
    """
    road, n = system.road, int(horizon_s / sample_s)
    times_us = np.rint(np.arange(1, n + 1) * sample_s * US).astype(np.int64)
    curves = np.zeros((n, 2, len(road.to_node)), np.int32)
    looks = max(1, round(look_s / sample_s))
    for k in range(0, n, looks):
        system.advance_sampled(times_us[k : k + looks], curves[k : k + looks])
        if system.is_over:
            curves[k + looks :] = curves[min(k + looks, n) - 1]
            break
    left = np.maximum(road.n_left, 1)
    table = {
        "n_entered": road.n_entered.astype(np.float64),
        "n_left": road.n_left.astype(np.float64),
        "mean_time_s": road.time_us / left / US,
    }
    return curves, table


def _plans(case: TrafficCase) -> list[SignalPlan]:
    if case.group is None:
        return []
    phases = [Phase(groups=(group,), green_s=GREEN_S) for group in range(int(case.group.max()) + 1)]
    by_node: dict[int, dict[int | tuple[int, int], int]] = {}
    for link, node in enumerate(case.links.to_node):
        by_node.setdefault(int(node), {})[link] = int(case.group[link])
    return [SignalPlan(node=node, phases=phases, group_of_link=own) for node, own in by_node.items()]
