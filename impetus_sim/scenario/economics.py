"""The `economics` section: what an hour lost is worth, so that losses can be told in euros."""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from impetus_sim.scenario.quantities import Number, limits
from impetus_sim.scenario.spec import Spec, refuse

Euros = Annotated[Number, limits(low=0.0, high=1e6)]


class Economics(Spec):
    """What an hour lost is worth, EUR; what is left out is not counted.

    There are no defaults: studies of the same loss differ by an order of magnitude with who is asked and who is
    counted, so a city states its own values and where they are from (`Scenario.sources`). Uncertain values may be
    distributions: they are drawn for each replicate and shared by all options. Figures: docs/models/economics.md.

    Parameters
    ----------
    vehicle_hour
        An hour of delay of a vehicle with all in it.
    person_hour_without_power, person_hour_without_water, person_hour_without_phone
        An hour of a resident without the service.
    """

    vehicle_hour: Euros | None = None
    person_hour_without_power: Euros | None = None
    person_hour_without_water: Euros | None = None
    person_hour_without_phone: Euros | None = None

    @model_validator(mode="after")
    def _values_something(self) -> Economics:
        names = list(type(self).model_fields)
        if all(getattr(self, name) is None for name in names):
            refuse("no value is stated", allowed=", ".join(names))
        return self
