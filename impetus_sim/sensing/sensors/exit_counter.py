"""People counters at exits: how many have crossed since the last reading.

Each person who crosses is missed with one chance, and each who is not missed is counted twice with another: of n
people, m = n - Binomial(n, miss) are seen and m + Binomial(m, twice) are said. Overhead stereo and time-of-flight
counters reach some 95 to 99 % by their makers; light barriers far less when people pass side by side. The
defaults are chosen values in that range, not measured ones.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from impetus_sim.arrays import Table
from impetus_sim.errors import InvalidInputError
from impetus_sim.registry import register
from impetus_sim.scenario.names import Texts
from impetus_sim.scenario.quantities import FixedSeconds, Share, limits
from impetus_sim.scenario.spec import refuse
from impetus_sim.sensing.base import (
    NO_CAUSE,
    Devices,
    Reading,
    Said,
    Sensor,
    SensorContext,
    SensorSpec,
    stand_alone,
    with_causes,
)
from impetus_sim.sensing.draws import miscounts

ALL = "all"


class ExitCounterSpec(SensorSpec):
    """Counters at exits of the walkable ground.

    Parameters
    ----------
    exits
        Names of exits, or ``all``; one device each.
    at
        Not given: a counter stands at its exit.
    needs
        One asset that all of them need, or ``none``.
    every
        Time between two readings, s.
    miss, twice
        Share of people who are not counted, and of those counted who are counted twice.
    """

    exits: Annotated[Texts, Field(min_length=1)] = (ALL,)
    every: Annotated[FixedSeconds, limits(above=0.0)] = 10.0
    miss: Share = 0.03
    twice: Share = 0.01

    @model_validator(mode="after")
    def _check_exits(self) -> ExitCounterSpec:
        if self.at is not None:
            refuse("a counter stands where its exit is", key="at", allowed="exits: a name, several, or all")
        return self

    @property
    def has_place(self) -> bool:
        """Exits say where."""
        return True

    def references(self) -> list[tuple[str, str, str]]:
        """Return the exits that are named."""
        return [("exits", "exits", name) for name in self.exits if name != ALL]


@register("sensors", "exit_counter")
class ExitCounter(Sensor):
    """Counts people who leave through exits."""

    Spec = ExitCounterSpec
    says = (Said("people_passing", "{people}"),)

    def __init__(self, name: str, spec: ExitCounterSpec, context: SensorContext) -> None:
        super().__init__(name, spec, context)
        self._table = Table(f"sensor_{name}", len(self.devices), {"n_seen": "i8"})

    def place_devices(self, context: SensorContext) -> Devices:
        """Return a device at each exit."""
        ground = context.world.ground
        names = self._exit_names(ground.exit_names)
        self._exits: npt.NDArray[np.intp] = np.array([ground.exit_names.index(n) for n in names], np.intp)
        middles = [ground.exit_segments(int(k)).reshape(-1, 2).mean(axis=0) for k in self._exits]
        ids = [self.name if len(names) == 1 else f"{self.name}_{exit_name}" for exit_name in names]
        devices = stand_alone(ids, [m[0] for m in middles], [m[1] for m in middles])
        return self.share_asset(devices, context)

    def _exit_names(self, known: tuple[str, ...]) -> list[str]:
        wanted = known if ALL in self.spec.exits else self.spec.exits
        missing = [name for name in wanted if name not in known]
        if missing or not wanted:
            raise InvalidInputError(
                f"exits: '{missing[0]}' is not an exit here" if missing else "exits: the ground has none",
                hint=f"exits: {', '.join(known) or 'none'}",
            )
        return sorted(set(wanted))

    @property
    def state(self) -> list[Table]:
        """How many each device has seen pass."""
        return [self._table]

    def begin(self) -> None:
        """Take who has left so far as counted."""
        self._table.n_seen[:] = self.world.exits.n_left[self._exits]

    def read(self, serial: int) -> Reading:
        """Return the people counted since the last reading; the cause is what made the last of them leave."""
        n_left = self.world.exits.n_left[self._exits]
        passed = n_left - self._table.n_seen
        self._table.n_seen[:] = n_left
        spec = self.spec
        counted = miscounts(self.keys, serial, passed, miss=spec.miss, twice=spec.twice)
        return with_causes(counted.astype(np.float64), self._causes())

    def _causes(self) -> npt.NDArray[np.int64]:
        # what made the last of them aware who left since the last reading, -1 where nobody was
        left, world = self.scene.left(), self.world
        is_new = (left.tick > world.tick - world.ticks(self.spec.every)) & (left.cause >= 0)
        causes = np.full(len(self.devices), NO_CAUSE, np.int64)
        for device, number in enumerate(self._exits):
            own = np.flatnonzero(is_new & (left.exit == number))
            if len(own):
                causes[device] = left.cause[own[np.argmax(left.tick[own])]]
        return causes
