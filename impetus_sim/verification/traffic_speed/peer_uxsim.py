"""The peer UXsim (T. Seo): kinematic waves with platoons, in its compiled and its Python engine."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable

import numpy as np

from impetus_sim.verification.traffic_speed.cases import GREEN_S, TrafficCase
from impetus_sim.verification.traffic_speed.outcome import Outcome, Stopwatch

REACTION_S = 1.0


def uxsim_version() -> str:
    """Return the peer's version, or "" when it is not installed."""
    try:
        return importlib.metadata.version("uxsim")
    except importlib.metadata.PackageNotFoundError:
        return ""


class UxsimSide:
    """A case in UXsim.

    Parameters
    ----------
    platoon
        Its ``deltan``; its step is as many seconds.
    is_compiled
        Its C++ engine, or that in Python.

    It keeps its cumulative curves per link while it runs; its log of every vehicle's positions is off, since ours
    keeps none either.
    """

    def __init__(
        self, case: TrafficCase, *, platoon: int, is_compiled: bool = True, threads: int = 1
    ) -> None:
        engine = "C++" if is_compiled else "Python"
        self.name = f"UXsim {engine}, " + ("single cars" if platoon == 1 else f"platoons of {platoon}")
        self.version = f"uxsim {uxsim_version()}"
        self._case, self._platoon, self._is_compiled, self._threads = case, platoon, is_compiled, threads

    def prepare(self) -> Callable[[], Outcome]:
        """Build network and vehicles, and return what runs them."""
        from uxsim import World

        case, links = self._case, self._case.links
        options = {"cpp": True, "threads": self._threads} if self._is_compiled else {}
        world = World(
            name="", deltan=self._platoon, reaction_time=REACTION_S, tmax=case.horizon_s,
            duo_update_time=case.every_s, print_mode=0, save_mode=0, show_mode=0, random_seed=1,
            vehicle_logging_timestep_interval=-1, **options,
        )  # fmt: skip
        signal = [0] if case.group is None else [GREEN_S] * (int(case.group.max()) + 1)
        for node, (x, y) in enumerate(case.node_xy):
            world.addNode(str(node), float(x), float(y), signal=signal)
        lanes = np.ones(links.n_links, np.int64) if case.peer_lanes is None else case.peer_lanes
        for k in range(links.n_links):
            world.addLink(
                f"link{k}", str(links.from_node[k]), str(links.to_node[k]), float(links.length_m[k]),
                free_flow_speed=float(links.speed_m_s[k]), jam_density=1.0 / float(links.car_m[k]),
                number_of_lanes=int(lanes[k]),
                merge_priority=1.0 if links.weight is None else float(links.weight[k]),
                signal_group=[0 if case.group is None else int(case.group[k])],
            )  # fmt: skip
        demand = case.demand(self._platoon)
        step_s = self._platoon * REACTION_S
        for origin, goal, depart_s in zip(demand.origin, demand.goal, demand.depart_s, strict=True):
            # its Python engine counts departures in steps
            world.addVehicle(str(origin), str(goal), int(depart_s // step_s), departure_time_is_time_step=1)
        return lambda: self._run(world, demand.n_vehicles)

    def _run(self, world: object, n_trips: int) -> Outcome:
        watch = Stopwatch()
        world.exec_simulation()  # type: ignore[attr-defined]
        wall_s, cpu_s = watch.read()
        world.analyzer.basic_analysis()  # type: ignore[attr-defined]
        analyzer = world.analyzer  # type: ignore[attr-defined]
        return Outcome(
            wall_s=wall_s,
            cpu_s=cpu_s,
            n_trips=n_trips,
            n_done=int(analyzer.trip_completed),
            mean_trip_s=float(analyzer.average_travel_time),
        )
