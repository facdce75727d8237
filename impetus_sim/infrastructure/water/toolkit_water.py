"""Water hydraulics by the EPANET toolkit, stepped: it stands still between events and takes inputs at any second.

Between two solutions EPANET moves tanks on with constant flows. So nothing need be solved until an event of its own
(a step or pattern of the file, a tank that is full or empty, a control, a rule) or an input; how often somebody
asks in between changes no result. The toolkit counts whole seconds: an input takes effect at the next one.

Parts cut off from every reservoir and every tank with water get nothing: their demand is taken out before the
solution, which would otherwise fail or give pressures without meaning.

The toolkit's inner state cannot be written. After a restart the inputs are played again from the start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError, RunFailedError
from impetus_sim.infrastructure.change import NO_CAUSE, Change
from impetus_sim.infrastructure.clock import US_PER_S
from impetus_sim.infrastructure.water.holds import Holds
from impetus_sim.infrastructure.water.hydraulics import DemandLaw, Hydraulics
from impetus_sim.infrastructure.water.supply import WAITING, Floats, Input, Water, edge_kind

_RUNS_M3_S = 1e-6
"""A pump that moves less stands."""


class ToolkitWater(Water):
    """A water network from an EPANET file.

    Parameters
    ----------
    path
        EPANET input file (.inp).
    law
        What junctions get of what they ask for.
    start_s
        Time of the file's patterns and clock at the start of the run, s.
    has_tracer
        Whether a substance can be let in, and is followed; costs time.
    name
        Of the file in messages; its path when left out.

    Raises
    ------
    InvalidInputError
        When the toolkit is not installed, or does not accept the file.
    """

    def __init__(
        self,
        path: Path,
        *,
        law: DemandLaw | None = None,
        start_s: int = 0,
        has_tracer: bool = False,
        name: str | None = None,
    ) -> None:
        self._name = name
        self._path, self._law, self._start_s, self._has_tracer = path, law or DemandLaw(), start_s, has_tracer
        hydraulics = self._open()
        node_ids, link_ids = hydraulics.project.ids("node"), hydraulics.project.ids("link")
        super().__init__(
            node_ids,
            tuple(node_ids[k] for k in hydraulics.tanks.nodes),
            tuple(link_ids[k] for k in hydraulics.pump_links),
            link_ids,
        )
        amounts = ("factor", "requested_m3_s", "delivered_m3_s", "unserved_m3", "pressure_m", "tracer_mg_l")
        self.places = Table("water_places", len(node_ids), dict.fromkeys(amounts, "f8") | {"is_cut": "u1"})
        self.tanks = Table(
            "water_tanks", len(self.tank_ids), {"volume_m3": "f8", "inflow_m3_s": "f8", "edge": "i1"}
        )
        self._holds = Holds(len(self.pump_ids), len(link_ids))
        self.pumps, self.links = self._holds.pumps, self._holds.links
        self.tables = [self.inputs, self.clock, self.places, self.tanks, self.pumps, self.links]
        self._begin(hydraulics)

    def _open(self) -> Hydraulics:
        return Hydraulics(self._path, self._law, self._start_s, self._has_tracer, name=self._name)

    def _begin(self, hydraulics: Hydraulics) -> None:
        self._hydraulics = hydraulics
        self._holds.begin(hydraulics.project, hydraulics.controls, hydraulics.pump_links)
        for table in (self.places, self.tanks, self.clock):
            for column in table.columns.values():
                column[:] = 0
        self.places.factor[:] = 1.0
        self._solve()

    # -- time --------------------------------------------------------------------------------------------------

    def _time_of_input(self, at_us: int) -> int:
        return -(-at_us // US_PER_S) * US_PER_S

    @property
    def _now_s(self) -> int:
        return int(self.clock.now_us[0]) // US_PER_S

    def advance(self, until_us: int) -> list[Change]:
        """Act on everything due up to and including a time, in its order."""
        changes: list[Change] = []
        while True:
            waiting = self._waiting()
            times_us = self.inputs.at_us[waiting]
            if not len(waiting) or (first_us := int(times_us.min())) > until_us:
                break
            changes += self._go_to(first_us // US_PER_S)
            changes += self._act(waiting[times_us == first_us])
        changes += self._pass_events(until_us // US_PER_S)
        self.clock.done_us[0] = max(until_us, int(self.clock.done_us[0]))
        return changes

    def _pass_events(self, until_s: int) -> list[Change]:
        changes: list[Change] = []
        while (due_s := int(self.clock.due_us[0]) // US_PER_S) <= until_s:
            changes += self._move(due_s)
        return changes

    def _go_to(self, second: int) -> list[Change]:
        changes = self._pass_events(second)
        while self._now_s < second:
            changes += self._move(second)
        return changes

    def _move(self, second: int) -> list[Change]:
        # Tanks on to a second, or to what the toolkit finds before it.
        taken_s, is_event = self._hydraulics.step(self._now_s, second - self._now_s)
        self.places.unserved_m3[:] += taken_s * (self.places.requested_m3_s - self.places.delivered_m3_s)
        self.clock.now_us[0] += taken_s * US_PER_S
        if is_event:
            self._holds.undo_rules()
            return self._solve()
        self._hydraulics.read_tanks(self.tanks)
        self._set_due()
        return []

    def _set_due(self) -> None:
        self.clock.due_us[0] = self._hydraulics.due_s(self._now_s) * US_PER_S

    # -- inputs ------------------------------------------------------------------------------------------------

    def set_leak(self, place: int, area_m2: float, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Open a hole at a junction, or mend it (0).

        Raises
        ------
        InvalidInputError
            When it is no junction, or emitters of the file have another exponent than a hole.
        """
        self._hydraulics.require_leak(place)
        super().set_leak(place, area_m2, at_us=at_us, cause=cause)

    def set_tracer(self, place: int, kg_s: float, *, at_us: int, cause: int = NO_CAUSE) -> None:
        """Let a substance in at a place, or stop it (0).

        Raises
        ------
        InvalidInputError
            When the network was opened without a tracer.
        """
        if not self._has_tracer:
            raise InvalidInputError("water: no tracer is followed", hint="ToolkitWater(..., has_tracer=True)")
        self._put(Input.TRACER, place, len(self.place_ids), kg_s, at_us, cause)

    def _act(self, rows: npt.NDArray[np.int64]) -> list[Change]:
        # Inputs of one second, in the order in which they came, and one solution.
        causes: dict[int, int] = {}
        for row in rows:
            kind, subject = int(self.inputs.kind[row]), int(self.inputs.subject[row])
            self._write(kind, subject, float(self.inputs.value[row]))
            self.inputs.batch[row] = self.clock.batch[0]
            if kind in (Input.PUMP_POWER, Input.PUMP_MODE):
                causes[subject] = int(self.inputs.cause[row])
        self.clock.batch[0] += 1
        return self._solve(causes, int(self.inputs.cause[rows[-1]]))

    def _write(self, kind: int, subject: int, value: float) -> None:
        if kind == Input.PUMP_POWER:
            self._holds.set_power(subject, value > 0.0, self._now_s)
        elif kind == Input.PUMP_MODE:
            self._holds.set_mode(subject, int(value), self._now_s)
        elif kind == Input.LINK:
            self._holds.set_link(subject, value > 0.0, self._now_s)
        elif kind == Input.LEAK:
            self._hydraulics.write_leak(subject, value)
        elif kind == Input.TRACER:
            self._hydraulics.write_tracer(subject, value)
        else:
            self.places.factor[subject] = value
            if not self.places.is_cut[subject]:
                self._hydraulics.demands.write(subject, value)

    # -- solution ----------------------------------------------------------------------------------------------

    def _solve(self, causes: dict[int, int] | None = None, cause: int = NO_CAUSE) -> list[Change]:
        # Causes of what pumps do by input; the other cause is that of parts cut off by the same inputs.
        n_cut = int(self.places.is_cut.sum())
        edges, ran = self.tanks.edge.copy(), self.pumps.flow_m3_s > _RUNS_M3_S
        is_first = int(self.clock.due_us[0]) == 0
        self._hydraulics.solve(self._now_s, self.places, self.tanks, self.pumps)
        self._set_due()
        if is_first:
            return []
        at_us = int(self.clock.now_us[0])
        runs = self.pumps.flow_m3_s > _RUNS_M3_S
        changes = [
            Change(
                at_us=at_us,
                kind="pump_started" if runs[k] else "pump_stopped",
                subject=self.pump_ids[k],
                cause=(causes or {}).get(int(k), NO_CAUSE),
            )
            for k in np.flatnonzero(runs != ran)
        ]
        changes += [
            Change(at_us=at_us, kind=edge_kind(was, now), subject=self.tank_ids[k])
            for k, (was, now) in enumerate(zip(edges.tolist(), self.tanks.edge.tolist(), strict=True))
            if was != now
        ]
        now_cut = int(self.places.is_cut.sum())
        if now_cut != n_cut:
            kind = "water_cut_off" if now_cut > n_cut else "water_reconnected"
            data = {"n_junctions": now_cut}
            changes.append(Change(at_us=at_us, kind=kind, subject="water", cause=cause, data=data))
        return changes

    # -- restart -----------------------------------------------------------------------------------------------

    def restored(self) -> None:
        """Open the network anew and play all inputs again, up to the time of the tables that were loaded.

        Raises
        ------
        RunFailedError
            When that does not lead to the state of the tables: another version of the toolkit or of the file.
        """
        saved = {table.name: _copy(table) for table in self.tables}
        self._begin(self._open())
        batch = saved["water_inputs"]["batch"]
        self.inputs.batch[:] = WAITING
        for number in range(int(saved["water_clock"]["batch"][0])):
            rows = np.flatnonzero(batch == number)
            self._go_to(int(self.inputs.at_us[rows[0]]) // US_PER_S)
            self._act(rows)
        self._go_to(int(saved["water_clock"]["now_us"][0]) // US_PER_S)
        self.clock.done_us[:] = saved["water_clock"]["done_us"]
        for table in self.tables:
            for name, column in table.columns.items():
                if not np.array_equal(column, saved[table.name][name], equal_nan=column.dtype.kind == "f"):
                    raise RunFailedError(
                        f"water: '{self._path.name}', played again, differs in {table.name}.{name}",
                        hint="restore with the file and the version of wntr that the run began with",
                    )

    # -- outputs -----------------------------------------------------------------------------------------------

    def requested_m3_s(self) -> Floats:
        """Return what each node asks for now, m3/s."""
        return self.places.requested_m3_s.copy()

    def delivered_m3_s(self) -> Floats:
        """Return what each node gets now, m3/s, without what leaks."""
        return self.places.delivered_m3_s.copy()

    def _since_solved_s(self) -> float:
        return max(0.0, float(self.clock.done_us[0] - self.clock.now_us[0]) / US_PER_S)

    def unserved_m3(self) -> Floats:
        """Return what each node asked for and did not get since the start, m3."""
        lacking = self.places.requested_m3_s - self.places.delivered_m3_s
        return self.places.unserved_m3 + lacking * self._since_solved_s()

    def pressures_m(self) -> Floats:
        """Return the pressure at each node now, m of water; nan where it is cut off from any source."""
        return np.where(self.places.is_cut, np.nan, self.places.pressure_m)

    def pump_power_w(self) -> Floats:
        """Return what each pump draws now, W (efficiency of the file, 75 % where it names none)."""
        return self.pumps.power_w.copy()

    def tanks_hold(self) -> npt.NDArray[np.bool_]:
        """Return whether each tank holds water that can leave it."""
        return np.asarray(self.tanks.edge >= 0)

    def tracer_mg_l(self) -> Floats:
        """Return the concentration of the tracer at each node, mg/l, as of the last solution."""
        return self.places.tracer_mg_l.copy()

    def tank_levels_m(self) -> Floats:
        """Return the level in each tank at the time that is done, m above its floor."""
        added = self.tanks.inflow_m3_s * self._since_solved_s()
        return np.array(
            [
                self._hydraulics.tanks.level_after_m(k, self.tanks.volume_m3[k], added[k])
                for k in range(len(added))
            ]
        )


def _copy(table: Table) -> dict[str, npt.NDArray[Any]]:
    return {name: column.copy() for name, column in table.columns.items()}
