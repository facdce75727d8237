"""A fence that gives way: at a set time, or when the crowd beside it has been too much for some time.

Design loads of crowd barriers are line loads (3 kN/m for pens of standing spectators: Guide to Safety at Sports
Grounds, 6th ed. 2018), which a model of people's places cannot give. Density and crowd pressure are what it can
give; Helbing, Johansson and Al-Abideen (2007), Phys. Rev. E 75, 046109, saw turbulence and accidents above a crowd
pressure of 0.02 1/s2. What a fence bears is the planner's assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import model_validator
from shapely.geometry import Point

from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.base import Hazard
from impetus_sim.registry import register
from impetus_sim.scenario.quantities import Number, Seconds, limits
from impetus_sim.scenario.spec import Spec, refuse
from impetus_sim.world.context import PartContext

WATCH_S = 1.0


class FenceFallsSpec(Spec):
    """One fence or gate gives way and is open from then on.

    Parameters
    ----------
    gate
        Its name in `crowd.gates`.
    start
        When it gives way, s; with `density` or `pressure` the time from which it can.
    density
        It gives way when more people per m2 than this stand within 1 m of it on one side.
    pressure
        It gives way when crowd pressure there, density x variance of velocity, is above this, 1/s2.
    lasting
        The load must last for this long, s.
    """

    gate: str
    start: Seconds | None = None
    density: Annotated[Number, limits(low=0.1, high=20.0)] | None = None
    pressure: Annotated[Number, limits(low=1e-6, high=10.0)] | None = None
    lasting: Annotated[Seconds, limits(high=3600.0)] = 5.0

    @model_validator(mode="after")
    def _check_cause(self) -> FenceFallsSpec:
        if self.start is None and self.density is None and self.pressure is None:
            refuse("nothing makes it fall", key="start", allowed="start, density or pressure")
        return self

    def references(self) -> list[tuple[str, str, str]]:
        """Return the gate."""
        return [("gate", "gates", self.gate)]


@register("hazards", "fence_falls")
class FenceFalls(Hazard):
    """One fence; it falls once."""

    Spec = FenceFallsSpec
    reported_as = "crush"

    def __init__(self, name: str, spec: FenceFallsSpec, context: PartContext) -> None:
        super().__init__(name, spec, context)
        self._gate = self.world.ground.gate_names.index(spec.gate)
        self.watch_every_s = WATCH_S if self._waits_for_load else 0.0
        if self._waits_for_load:
            if self._gate in self.world.loaded_gates:
                raise InvalidInputError(
                    f"gate: another hazard already loads '{spec.gate}'", hint="one such hazard for each gate"
                )
            self.world.loaded_gates += (self._gate,)

    @property
    def _waits_for_load(self) -> bool:
        return self.spec.density is not None or self.spec.pressure is not None

    def find_place(self, context: PartContext) -> Point:
        """Return the middle of the fence."""
        ground = context.world.ground
        segments = ground.gate_segments(ground.gate_names.index(self.spec.gate))
        return Point(segments.reshape(-1, 2).mean(axis=0))

    def times_s(self) -> Sequence[float]:
        """Return when it falls of itself."""
        return [] if self._waits_for_load else [float(self.spec.start)]

    def is_due(self) -> bool:
        """Tell whether the load has lasted long enough; called every `watch_every_s`."""
        spec, gates, g = self.spec, self.world.gates, self._gate
        if self.world.time_s < (spec.start or 0.0) or gates.is_open[g]:
            gates.over_s[g] = 0.0
            return False
        is_over = spec.density is not None and gates.density[g] > spec.density
        is_over |= spec.pressure is not None and gates.pressure[g] > spec.pressure
        gates.over_s[g] = gates.over_s[g] + WATCH_S if is_over else 0.0
        return bool(is_over and gates.over_s[g] >= spec.lasting)

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Fall."""
        del n
        gates, g = self.world.gates, self._gate
        load = {"density": float(gates.density[g]), "pressure": float(gates.pressure[g])}
        event = self.log(
            "fence_failed", causes, gate=self.spec.gate, **(load if self._waits_for_load else {})
        )
        self.world.set_gate(self.spec.gate, is_open=True, causes=(event,))
        return event
