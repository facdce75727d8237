"""A network open in the toolkit, in SI units: what is cut off, the solution of an instant, the next event.

Sources: Rossman et al. (2020), EPANET 2.2 User Manual, EPA/600/R-20/133; Wagner, Shamir and Marks (1988), Journal
of Water Resources Planning and Management 114(3) (demand by pressure).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.kernels.islands import find_islands
from impetus_sim.infrastructure.water.codes import Count, Link, LinkKind, Node, NodeKind, Option, Time
from impetus_sim.infrastructure.water.controls import SimpleControls
from impetus_sim.infrastructure.water.demands import Demands
from impetus_sim.infrastructure.water.project import Project
from impetus_sim.infrastructure.water.supply import GRAVITY_M_S2, HOLE_DISCHARGE, Floats
from impetus_sim.infrastructure.water.tanks import EDGE_M, Tanks

_EXTRA_TRIALS = 10
"""Where the file would have a run end at the first solution that does not balance, as some do after a failure."""
_NEVER_ENDS_S = 1_000_000_000
_DAY_S = 86_400
_HOLE_EXPONENT = 0.5
_HOLDING_HOLE = 1.0
"""Coefficient of an emitter, in the file's units."""
_MAX_REPEATS = 8
"""Solutions of one instant, while what is cut off still changes by them."""
_MG_PER_MINUTE = 6e7
"""One kg/s."""


@dataclass(frozen=True, kw_only=True)
class DemandLaw:
    """What a junction gets of what it asks for.

    Parameters
    ----------
    by_pressure
        Whether it gets less at low pressure; else all, as long as it is connected.
    minimum_m, required_m
        Pressures, m of water: nothing below the first, all from the second on.
    exponent
        Power of the share of the way in between; 0.5 is Wagner's law.
    """

    by_pressure: bool = True
    minimum_m: float = 0.0
    required_m: float = 20.0
    exponent: float = 0.5


class Hydraulics:
    """A network at time zero, nothing solved yet.

    Parameters
    ----------
    path
        EPANET input file (.inp).
    law
        Of demand.
    start_s
        Time of the file's patterns and clock at the start, s.
    has_tracer
        Whether a substance can be let in, and is followed.
    name
        Of the file in messages; its path when left out.

    Raises
    ------
    InvalidInputError
        When the toolkit is not installed, or does not accept the file.
    """

    def __init__(
        self, path: Path, law: DemandLaw, start_s: int, has_tracer: bool, *, name: str | None = None
    ) -> None:
        project = Project(path, name=name)
        self.project = project
        project.write_time(Time.DURATION, _NEVER_ENDS_S)
        project.write_time(Time.PATTERN_START, project.time_s(Time.PATTERN_START) + start_s)
        project.write_time(Time.CLOCK_START, (project.time_s(Time.CLOCK_START) + start_s) % _DAY_S)
        if project.option(Option.EXTRA_TRIALS) < 0:
            project.write_option(Option.EXTRA_TRIALS, _EXTRA_TRIALS)
        self._has_tracer = has_tracer
        self._pressures_per_m = _pressures_per_m(project)
        self._write_law(law)
        kinds = project.kinds("node")
        self._is_junction, self._is_reservoir = kinds == NodeKind.JUNCTION, kinds == NodeKind.RESERVOIR
        self.pump_links = np.flatnonzero(project.kinds("link") == LinkKind.PUMP)
        self._from, self._to = project.link_ends()
        self._elevation_m = project.node_values(Node.ELEVATION) * project.length_m
        self._emitters = project.node_values(Node.EMITTER)
        self._holes = self._emitters.copy()
        self._held: set[int] = set()
        self.tanks = Tanks(project)
        self.demands = Demands(project)
        self.controls = SimpleControls(project, self.tanks)
        self.has_rules = project.count(Count.RULES) > 0
        self._rule_step_s = project.time_s(Time.RULE_STEP)
        self._boundaries = (
            (project.time_s(Time.PATTERN_STEP), project.time_s(Time.PATTERN_START)),
            (project.time_s(Time.REPORT_STEP), 0),
        )
        self._event_s = 0
        self._seen = b""
        project.begin()
        if has_tracer:
            project.begin_tracer("tracer")

    def _write_law(self, law: DemandLaw) -> None:
        if law.by_pressure and not 0.0 <= law.minimum_m < law.required_m:
            raise InvalidInputError(
                f"water: all is served from {law.required_m} m and nothing up to {law.minimum_m} m",
                hint="required pressure above the minimum one, neither below 0",
            )
        unit = self._pressures_per_m if law.by_pressure else 0.0
        self.project.write_demand_model(
            law.by_pressure, law.minimum_m * unit, law.required_m * unit, law.exponent
        )

    # -- inputs ------------------------------------------------------------------------------------------------

    def require_leak(self, node: int) -> None:
        """Refuse a hole where there can be none.

        Raises
        ------
        InvalidInputError
            When the node is no junction, or emitters of the file have another exponent than a hole.
        """
        if not 0 <= node < len(self._is_junction) or not self._is_junction[node]:
            raise InvalidInputError(f"water: only a junction can leak, and row {node} is none")
        if self._emitters.any() and self.project.option(Option.EMITTER_EXPONENT) != _HOLE_EXPONENT:
            raise InvalidInputError("water: emitters of the file have an exponent other than a hole's 0.5")

    def write_leak(self, node: int, area_m2: float) -> None:
        """Open a hole at a junction: Q = 0.75 A sqrt(2 g p), through the toolkit's emitters."""
        self.project.write_option(Option.EMITTER_EXPONENT, _HOLE_EXPONENT)
        flow_m3_s = HOLE_DISCHARGE * area_m2 * np.sqrt(2.0 * GRAVITY_M_S2)  # at 1 m of pressure
        coefficient = flow_m3_s / self.project.flow_m3_s / np.sqrt(self._pressures_per_m)
        self._holes[node] = self._emitters[node] + coefficient
        hole = _HOLDING_HOLE if node in self._held else 0.0
        self.project.write_node(node, Node.EMITTER, self._holes[node] + hole)

    def write_tracer(self, node: int, kg_s: float) -> None:
        """Let a substance in at a node."""
        self.project.write_source(node, kg_s * _MG_PER_MINUTE)

    # -- steps -------------------------------------------------------------------------------------------------

    def step(self, now_s: int, at_most_s: int) -> tuple[int, bool]:
        """Move tanks on by the flows of now; return seconds taken, and whether the end has to be solved.

        It has not where rules were looked at and none acted.
        """
        before = self._states() if self.has_rules else None
        taken_s = self.project.step(at_most_s)
        if self._has_tracer:
            self.project.step_tracer()
        is_event = taken_s < at_most_s or now_s + taken_s >= self._event_s
        if before is not None:
            is_event |= not np.array_equal(before, self._states())
        return taken_s, is_event

    def _states(self) -> Floats:
        return np.concatenate([self.project.link_values(Link.STATUS), self.project.link_values(Link.SETTING)])

    def due_s(self, now_s: int) -> int:
        """Return when the toolkit has to be moved on, s: at its next event, or at the next look at its rules."""
        if not self.has_rules:
            return self._event_s
        return min(self._event_s, (now_s // self._rule_step_s + 1) * self._rule_step_s)

    def solve(self, now_s: int, places: Table, tanks: Table, pumps: Table) -> None:
        """Solve the hydraulics of an instant and write what came out into the columns of three tables."""
        self._cut_off(places)
        for _ in range(_MAX_REPEATS):
            self.project.solve()
            if not self._cut_off(places):
                break
        if self._has_tracer:
            self.project.solve_tracer()
            places.tracer_mg_l[:] = self.project.node_values(Node.QUALITY)
        project = self.project
        places.pressure_m[:] = project.node_values(Node.HEAD) * project.length_m - self._elevation_m
        places.requested_m3_s[:] = self.demands.requested_m3_s(now_s, places.factor) * self._is_junction
        lacking = project.node_values(Node.DEMAND_DEFICIT) * project.flow_m3_s
        served = np.clip(places.requested_m3_s - lacking, 0.0, places.requested_m3_s)
        places.delivered_m3_s[:] = np.where(places.is_cut, 0.0, served)
        self.tanks.read()
        tanks.inflow_m3_s[:] = self.tanks.inflow_m3_s
        self.read_tanks(tanks)
        pumps.flow_m3_s[:] = project.link_values(Link.FLOW, self.pump_links) * project.flow_m3_s
        pumps.power_w[:] = project.link_values(Link.ENERGY, self.pump_links) * 1e3
        self._event_s = self._next_event_s(now_s, tanks.volume_m3)

    def read_tanks(self, tanks: Table) -> None:
        """Take over what tanks hold now."""
        tanks.volume_m3[:] = self.tanks.volumes_m3()
        levels_m = self.tanks.levels_m()
        is_full = levels_m >= self.tanks.highest_m - EDGE_M
        is_empty = levels_m <= self.tanks.lowest_m + EDGE_M
        tanks.edge[:] = is_full.astype(np.int8) - is_empty

    def _next_event_s(self, now_s: int, volumes_m3: Floats) -> int:
        # As the toolkit finds its own next step.
        next_s = now_s + self.project.time_s(Time.NEXT_EVENT)  # the file's step, or a tank full or empty
        for step_s, start_s in self._boundaries:
            next_s = min(next_s, ((now_s + start_s) // step_s + 1) * step_s - start_s)
        return self.controls.next_s(now_s, next_s, volumes_m3)

    def _cut_off(self, places: Table) -> bool:
        # Take out the demand of junctions that hang on no source, give it back to others; whether any changed.
        is_open = self.project.link_values(Link.STATUS) > 0.0
        is_open[self.pump_links] = self.project.link_values(Link.SETTING, self.pump_links) > 0.0
        has_water = self.tanks.levels_m() > self.tanks.lowest_m + EDGE_M
        seen = is_open.tobytes() + has_water.tobytes()
        if seen == self._seen:
            return False
        self._seen = seen
        island = np.empty(self.project.n_nodes, np.int32)
        find_islands(self._from, self._to, is_open, island)
        has_source = np.zeros(self.project.n_nodes, bool)
        has_source[island[self._is_reservoir]] = True
        has_source[island[self.tanks.nodes[has_water]]] = True
        is_cut = self._is_junction & ~has_source[island]
        self._hold_heads(island, is_cut)
        changed = np.flatnonzero(is_cut != places.is_cut.astype(bool))
        for node in changed:
            self.demands.write(int(node), 0.0 if is_cut[node] else float(places.factor[node]))
        places.is_cut[changed] = is_cut[changed]
        return len(changed) > 0

    def _hold_heads(self, island: npt.NDArray[np.int32], is_cut: npt.NDArray[np.bool_]) -> None:
        # Where no water moves and no source is, heads are undetermined but for shut links, and the solver fails by
        # rounding (error 110). A hole at the lowest junction of such a part sets its head and lets nothing out.
        cut = np.flatnonzero(is_cut)
        cut = cut[np.lexsort((cut, self._elevation_m[cut], island[cut]))]
        lowest = cut[np.unique(island[cut], return_index=True)[1]]
        for node in sorted(self._held ^ set(lowest.tolist())):
            hole = _HOLDING_HOLE if node not in self._held else 0.0
            self.project.write_node(node, Node.EMITTER, self._holes[node] + hole)
        self._held = set(lowest.tolist())


def _pressures_per_m(project: Project) -> float:
    """Return how many of the file's units of pressure a metre of water is (psi, kPa or m; specific gravity inside).

    The toolkit does not tell its unit of pressure: a solution of time zero shows it.
    """
    project.begin()
    project.solve()
    height_m = (project.node_values(Node.HEAD) - project.node_values(Node.ELEVATION)) * project.length_m
    most = int(np.argmax(np.abs(height_m)))
    ratio = project.node_value(most, Node.PRESSURE) / height_m[most]
    project.end()
    return float(ratio)
