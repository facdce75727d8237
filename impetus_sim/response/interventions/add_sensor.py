"""Putting up sensors during a run: they say nothing before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from impetus_sim.registry import register
from impetus_sim.response.base import Intervention, InterventionSpec
from impetus_sim.response.terms import Terms
from impetus_sim.scenario.names import Texts


class AddSensorSpec(InterventionSpec):
    """Put up sensors.

    Parameters
    ----------
    sensors
        Entries of `sensing.sensors`, which speak from then on.
    """

    sensors: Annotated[Texts, Field(min_length=1)]

    needs: ClassVar[tuple[str, ...]] = ("sensing",)

    def references(self) -> list[tuple[str, str, str]]:
        """Return the sensors, and the hazard it waits for."""
        return [*super().references(), *(("sensors", "sensors", name) for name in self.sensors)]


@register("interventions", "add_sensor")
class AddSensor(Intervention):
    """Put up once; the sensors ask whether they have been."""

    Spec = AddSensorSpec
    terms = Terms(
        cost_eur=3000,
        lead_time_s=3600,
        staff=2,
        legal="Data protection law: purpose, necessity, impact assessment before cameras watch a public place.",
        privacy="images",
    )

    def act(self, n: int, causes: Sequence[int]) -> int:
        """Put up."""
        del n
        return self.world.log("sensors_added", self.name, causes=causes, sensors=",".join(self.spec.sensors))
