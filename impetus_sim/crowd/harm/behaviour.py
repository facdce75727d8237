"""Each person's doses: density, crowd pressure, time in levels of service, gases, and laws of harm over them.

Gases act at every step, density and pressure are looked at every `Harm.every`. Positions and velocities are those
after the step's move.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from impetus_sim import rng
from impetus_sim.arrays import Table
from impetus_sim.crowd.harm.events import HarmLog
from impetus_sim.crowd.harm.law import Conditions, HarmLaw
from impetus_sim.crowd.harm.levels import LEVELS, QUEUE, WALKWAY
from impetus_sim.crowd.harm.surroundings import Surroundings
from impetus_sim.crowd.harm.toxicity import dose_rate
from impetus_sim.crowd.lying import Lying
from impetus_sim.crowd.population import REMOVED
from impetus_sim.crowd.system import CrowdSystem
from impetus_sim.scenario.harm import Harm
from impetus_sim.world.world import World

Rows = npt.NDArray[np.int32]


class HarmBehaviour(Lying):
    """Follows what happens to people.

    Parameters
    ----------
    spec
        The section ``crowd.harm``, drawn.
    laws
        By name, sorted.
    people, world
        As in the crowd.
    seed, replicate
        Root of the draws of susceptibility.
    """

    def __init__(
        self,
        spec: Harm,
        laws: Mapping[str, HarmLaw],
        people: Table,
        world: World,
        *,
        seed: int,
        replicate: int,
    ) -> None:
        self.spec, self.laws = spec, dict(laws)
        n = len(people)
        self.table = Table("harm", n, {**COLUMNS, **{f"dose_{name}": "f8" for name in self.laws}})
        for name in self.laws:
            self.table.columns[f"dose_{name}"][:] = 0.0
        self.chances = Table("harm_chances", n, {name: ("f8", 3) for name in self.laws})
        self.table.seen_tick[:] = -1
        self.table.incapacitated_tick[:] = -1
        self.table.incapacitated_cause[:] = -1
        self._bears = _draw_limits(people, spec.toxicity.spread, seed=seed, replicate=replicate)
        self._every = max(1, world.ticks(spec.every))
        self._surroundings = Surroundings(world.ground)
        self._log = HarmLog(world, self.laws)

    @property
    def state(self) -> list[Table]:
        """Tables that a later step reads."""
        return [self.table, self.chances, self._log.table] if self.laws else [self.table, self._log.table]

    @property
    def is_down(self) -> npt.NDArray[np.bool_]:
        """bool (people,): who was incapacitated by gases."""
        return np.asarray(self.table.incapacitated_tick >= 0)

    def couplings(self, crowd: CrowdSystem) -> list[str]:
        """Return the coupling of gases to people, once there are gases."""
        air = crowd.world.air
        return ["gases_harm_people"] if air is not None and air.is_present else []

    def after_move(self, crowd: CrowdSystem, tick: int) -> None:
        """Add to the doses, and log what has happened to people."""
        rows = crowd.inside
        air = crowd.world.air
        if air is not None and air.is_present and len(rows):
            self._breathe(crowd, rows, tick)
        if tick % self._every == 0:
            rows = crowd.inside
            if len(rows):
                self._look_around(crowd, rows)
            self._log.write(crowd.people, self.table, self.chances)

    def _breathe(self, crowd: CrowdSystem, rows: Rows, tick: int) -> None:
        people, table, air = crowd.people, self.table, crowd.world.air
        assert air is not None
        gases = air.gases_at(people.x[rows], people.y[rows])
        rate = dose_rate(*gases, hyperventilation=float(self.spec.toxicity.hyperventilation))
        table.gas_dose[rows] += rate * crowd.step_s
        fallen = rows[(table.gas_dose[rows] >= self._bears[rows]) & (table.incapacitated_tick[rows] < 0)]
        if not len(fallen):
            return
        table.incapacitated_tick[fallen] = tick
        table.incapacitated_cause[fallen] = air.nearest_source(people.x[fallen], people.y[fallen])
        self.lay_down(crowd, fallen)
        if self.spec.toxicity.incapacitated == "remove":
            people.state[fallen] = REMOVED
            crowd.refresh()

    def _look_around(self, crowd: CrowdSystem, rows: Rows) -> None:
        table, seconds = self.table, crowd.world.seconds(self._every)
        self._follow(crowd.people, rows, crowd.world.tick, seconds)
        self._surroundings.compute(table, rows, table.density, table.pressure)
        density, pressure = table.density[rows], table.pressure[rows]
        table.peak_density[rows] = np.maximum(table.peak_density[rows], density)
        table.peak_pressure[rows] = np.maximum(table.peak_pressure[rows], pressure)
        table.walkway_s[rows, np.searchsorted(WALKWAY, density, side="right")] += seconds
        table.queue_s[rows, np.searchsorted(QUEUE, density, side="right")] += seconds
        conditions = Conditions(density, pressure, table.gas_dose[rows], seconds)
        for name, law in self.laws.items():
            dose = table.columns[f"dose_{name}"]
            grown = law.add(dose[rows], conditions)
            changed = grown != dose[rows]
            if changed.any():
                dose[rows] = grown
                self.chances.columns[name][rows[changed]] = np.column_stack(law.chances(grown[changed]))

    def _follow(self, people: Table, rows: Rows, tick: int, seconds: float) -> None:
        """Take velocities over the time since the last look; those of the last step for whoever is new."""
        table = self.table
        for position, velocity, momentary in (("x", "vx", people.vx), ("y", "vy", people.vy)):
            here, before = people.columns[position][rows], table.columns[position][rows]
            was_seen = table.seen_tick[rows] == tick - self._every
            table.columns[velocity][rows] = np.where(was_seen, (here - before) / seconds, momentary[rows])
            table.columns[position][rows] = here
        table.seen_tick[rows] = tick


COLUMNS = {
    "x": "f8",
    "y": "f8",
    "vx": "f8",
    "vy": "f8",
    "seen_tick": "i8",
    "density": "f8",
    "pressure": "f8",
    "peak_density": "f8",
    "peak_pressure": "f8",
    "walkway_s": ("f8", len(LEVELS)),
    "queue_s": ("f8", len(LEVELS)),
    "gas_dose": "f8",
    "incapacitated_tick": "i8",
    "incapacitated_cause": "i8",
}
"""Columns of the table ``harm``, one row per person, beside ``dose_<name>`` of each law.

x, y, vx, vy: place at the last look, m, and mean velocity before it, m/s; seen_tick: when that was, -1 for never.
density, pressure: at the last look, people/m2 and 1/s2; peaks of both. walkway_s, queue_s: seconds in each of
Fruin's levels A to F, of walkways and of queues. gas_dose: fractional effective dose. incapacitated_tick: -1
for not; incapacitated_cause: the event of the source, -1 for none. The table ``harm_chances`` has one column
per law, shape (n, 3): low, central and high chance of being a casualty.
"""


def _draw_limits(people: Table, spread: float, *, seed: int, replicate: int) -> npt.NDArray[np.float64]:
    """Draw the dose at which each person is incapacitated, shape (n,)."""
    if spread == 0.0:
        return np.ones(len(people))
    uniforms = rng.draw_uniforms(seed, replicate, "crowd.harm.susceptibility", people.uid)[:, 0]
    return np.exp(spread * ndtri(uniforms))
