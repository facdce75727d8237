"""One run: the clock, the loop, checkpoints."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.engine.assemble import assemble
from impetus_sim.engine.couple import couple
from impetus_sim.engine.mesa_adapter import CityModel
from impetus_sim.errors import InvalidInputError
from impetus_sim.kernels.compile import set_threads
from impetus_sim.recording.checkpoint import Checkpoint
from impetus_sim.recording.digest import DigestChain
from impetus_sim.world.phases import Phase

if TYPE_CHECKING:
    from impetus_sim.arrays import Table
    from impetus_sim.maps.city import City
    from impetus_sim.scenario.model import Scenario

DIGEST_EVERY_S = 1.0
"""The digest is chained once a simulated second, whatever is recorded; for systems that say so less often."""
_log = logging.getLogger(__name__)


class Simulation:
    """A scenario in motion.

    Parameters
    ----------
    scenario
        The scenario, with or without distributions still to be drawn.
    seed, replicate
        Root of all randomness.
    threads
        Threads of the compiled kernels; the result does not depend on it.
    check
        Verify conservation laws after every step.
    city
        The opened map, where the caller has it already.

    Examples
    --------
    >>> sim = Simulation(load_scenario("room.yaml"), seed=7)  # doctest: +SKIP
    >>> sim.run_until(60.0)                                   # doctest: +SKIP
    >>> sim.crowd.positions.shape                             # doctest: +SKIP
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        replicate: int = 0,
        threads: int | None = None,
        check: bool = False,
        city: City | None = None,
    ) -> None:
        self.scenario = scenario
        self.seed = scenario.run.seed if seed is None else seed
        self.replicate = replicate
        self.city = scenario.open_map() if city is None else city
        wanted = scenario.run.threads if threads is None else threads
        self.threads = set_threads(wanted)
        if self.threads < wanted:
            _log.warning("%d threads asked, %d are there: using %d", wanted, self.threads, self.threads)
        self._check = check
        drawn = scenario.draw(self.seed, replicate)
        self.drawn = drawn
        systems = assemble(drawn, self.city, seed=self.seed, replicate=replicate)
        self.systems = systems
        self.world, self.crowd = systems.world, systems.crowd
        self.hazards, self.response = systems.hazards, systems.response
        rooms = systems.control_rooms
        operators = [] if rooms is None else rooms.operators
        self.model = CityModel(self, [self.response.commander, *operators])
        self.digest = DigestChain()
        self.duration_ticks = drawn.time.duration_ticks
        self._digest_ticks = max(1, self.world.ticks(DIGEST_EVERY_S))
        self._is_started = False
        self._seen_couplings: set[str] = set()

    @property
    def tick(self) -> int:
        """The present tick."""
        return self.world.tick

    @property
    def time_s(self) -> float:
        """Simulated seconds since the start."""
        return self.world.time_s

    @property
    def decision_interval_s(self) -> float:
        """Time between two decisions of the agents, s."""
        return self.world.seconds(self.response.decide_ticks)

    @property
    def couplings(self) -> list[str]:
        """Names of the couplings that have been active so far, sorted."""
        return sorted(self._seen_couplings)

    @property
    def is_over(self) -> bool:
        """Whether the time is up, or everybody has come and gone."""
        return self.tick >= self.duration_ticks or (self._is_started and self._all_over)

    @property
    def _all_over(self) -> bool:
        return all(system.is_over for system in self.systems.acting)

    @property
    def tables(self) -> dict[str, list[Table]]:
        """Every table that a later step reads, by system."""
        return {s.name: s.state for s in self.systems.acting} | {"world": self.world.state}

    def counts(self) -> dict[str, Any]:
        """Return the numbers that systems record at a frame."""
        held: dict[str, Any] = {}
        for system in self.systems.acting:
            held |= system.counts()
        return held

    def run_until(self, time_s: float, *, after_tick: Callable[[Simulation], None] | None = None) -> None:
        """Run to a time, or to the end of the run if that is sooner.

        Parameters
        ----------
        time_s
            Simulated seconds since the start.
        after_tick
            Called after each tick at which something happened.
        """
        target = min(self.world.ticks(time_s), self.duration_ticks)
        if not self._is_started:
            self._process(0)
            if after_tick:
                after_tick(self)
        while not self.is_over and self.tick < target:
            due = min(self._next_tick(), target)
            self._process(due)
            if after_tick:
                after_tick(self)

    def _next_tick(self) -> int:
        """Return the next tick at which anything is due."""
        now = self.tick
        due = [t for system in self.systems.acting if (t := system.next_tick(now)) is not None]
        return min([*due, (now // self._digest_ticks + 1) * self._digest_ticks])

    def _process(self, tick: int) -> None:
        """Process one tick, phase by phase (`Phase` is their order)."""
        self.world.tick = tick
        for phase in Phase:
            for system in self.systems.acting:
                if system.phase is phase and system.is_due(tick):
                    system.advance(tick)
            if phase is Phase.PROCESSES:
                self.response.crew.drain(tick)
            elif phase is Phase.DECISIONS and tick % self.response.decide_ticks == 0:
                self.model.decide(tick)
                self.response.crew.drain(tick)
            elif phase is Phase.COUPLINGS:
                self._seen_couplings.update(couple(self.world, self.systems, tick))
            elif phase is Phase.RECORD:
                self._chain(tick)
        self._is_started = True
        if self._check:
            for system in self.systems.acting:
                system.require_laws()

    def _chain(self, tick: int) -> None:
        is_last = self.is_over
        if tick % self._digest_ticks == 0 or is_last:
            due = {"world"}
            for system in self.systems.acting:
                system.check_finite()
                if is_last or tick % self.world.ticks(system.digest_every_s) == 0:
                    due.add(system.name)
            self.digest.update(tick, {name: held for name, held in self.tables.items() if name in due})

    def capture(self) -> Checkpoint:
        """Return the whole state at the present tick, as arrays."""
        return Checkpoint(
            tick=self.tick,
            tables={
                table.name: {name: column.copy() for name, column in table.columns.items()}
                for tables in self.tables.values()
                for table in tables
            },
            attributes={**self.digest.to_attributes(), "couplings": ",".join(self.couplings)},
        )

    def checkpoint(self, path: Path | str) -> Path:
        """Write the whole state to a file, from which `restore` goes on.

        The file is a recording without frames: `impetus info` and `impetus branch` read it too.
        """
        from impetus_sim.engine.record import save_checkpoint

        return save_checkpoint(self, path)

    @staticmethod
    def restore(path: Path | str, *, at_s: float | None = None, threads: int | None = None) -> Simulation:
        """Return a simulation in the state of a checkpoint file, or of a recording at a moment.

        Parameters
        ----------
        path
            From `checkpoint`, or any recording.
        at_s
            The moment, s; default the last checkpoint. The time from the checkpoint before it is computed again.
        """
        from impetus_sim.engine.branch import restore

        return restore(path, at_s=at_s, threads=threads)

    def take_over(self, checkpoint: Checkpoint) -> None:
        """Take over the state of a checkpoint of the same scenario, seed and replicate.

        A branch may restore into a scenario with other hazards, interventions or settings: what has happened
        stays, what is due later follows from the new scenario.

        Raises
        ------
        InvalidInputError
            When its tables are not those of this engine version.
        """
        try:
            if not np.array_equal(checkpoint.tables["crowd"]["uid"], self.crowd.people.uid):
                raise ValueError("its people are others")
            # what only the new scenario has starts as it is built
            optional = {t.name for system in self.systems.acting for t in system.optional_state}
            fresh = optional - set(checkpoint.tables)
            for tables in self.tables.values():
                for table in tables:
                    if table.name in fresh or (not len(table) and table.name not in checkpoint.tables):
                        continue  # of a part that only the branch has, and that has not acted yet
                    table.load(checkpoint.tables[table.name])
        except (KeyError, ValueError) as error:
            raise InvalidInputError(
                f"the checkpoint does not fit this engine: {error}",
                hint="it was made by another version of impetus_sim, or of another scenario; run it again",
            ) from error
        self.digest = DigestChain.from_attributes(checkpoint.attributes)
        self._seen_couplings = set(filter(None, str(checkpoint.attributes.get("couplings", "")).split(",")))
        self.world.tick = checkpoint.tick
        for system in self.systems.acting:
            system.restored(checkpoint.tick)
        self._is_started = True
