"""The `infrastructure` section: power, water, telecom and controllers under the city, and who repairs them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from impetus_sim.scenario.places import listed
from impetus_sim.scenario.power import Power
from impetus_sim.scenario.quantities import (
    Count,
    FixedNumber,
    FixedSeconds,
    Number,
    Quantity,
    Seconds,
    Share,
    limits,
)
from impetus_sim.scenario.spec import Entries, Named, Spec, none_is_empty, refuse
from impetus_sim.scenario.water import Water
from impetus_sim.scenario.zones import ZonePlaces

ServiceName = Literal["power", "telecom", "control", "water", "fuel"]


class NeedChange(Spec):
    """What assets of a kind need, other than the rule says.

    Parameters
    ----------
    assets
        Ids such as ``cell_3``, or kinds such as ``cell``.
    service
        The need: ``power``, ``telecom``, ``control``, ``water`` or ``fuel``.
    buffer
        How long they go on without it, s.
    level_without
        Level that is left to them after that.
    probability
        Chance that the lack is felt at all.
    """

    assets: Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]
    service: ServiceName
    buffer: Seconds | None = None
    level_without: Share | None = None
    probability: Share | None = None

    @model_validator(mode="after")
    def _check_change(self) -> NeedChange:
        if self.buffer is None and self.level_without is None and self.probability is None:
            refuse("nothing changes", allowed="buffer, level_without or probability")
        return self


class Repair(Spec):
    """Crews who repair what is broken, and tankers that bring fuel.

    Parameters
    ----------
    crews, tankers
        How many; crews are spread over the depots, tankers are at each.
    order
        Which of the broken assets comes first: that which serves most ``people_per_hour`` of work,
        ``hospitals_first``, ``nearest_first``, or the order ``optimised`` for person-hours without service.
    shift_begins, shift_hours
        Hour of the day at which crews begin, and hours for which they take on work.
    parts
        Spare parts at each depot; never lacking when left out.
    report_after
        Time until somebody knows of a failure, s.
    """

    crews: Annotated[Count, limits(low=1, high=1000)] = 2
    tankers: Annotated[Count, limits(low=1, high=1000)] = 1
    order: Literal["people_per_hour", "hospitals_first", "nearest_first", "optimised"] = "people_per_hour"
    shift_begins: Annotated[FixedNumber, limits(high=23.99)] = 0.0
    shift_hours: Annotated[FixedNumber, limits(above=0.0, high=24.0)] = 24.0
    parts: Annotated[Count, limits(high=10_000)] | None = None
    report_after: Seconds = 300.0


class Phones(Spec):
    """How phones are used.

    Parameters
    ----------
    crisis_calls
        How many times their usual calls people make from the moment the first of them is alarmed; 5 to 10 in the
        first hour of a disaster (recalled).
    """

    crisis_calls: Annotated[Number, limits(low=1.0, high=100.0)] = 5.0


TYPICAL: Final = "typical"


class _PeopleEach(Quantity):
    """A number of people, or `TYPICAL`."""

    def parse(self, raw: Any) -> Any:
        return raw if raw == TYPICAL else super().parse(raw)

    def allowed(self) -> str:
        return f"{TYPICAL}, or a number from {self.low:g} to {self.high:g}"

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [{"const": TYPICAL}, super().json_schema()]}


PeopleEach = Annotated[float | str, _PeopleEach("number", low=1.0, high=1e6, fixed=True)]


class Density(Spec):
    """How many of its devices a city has: people for each one, or ``typical`` for a figure with a source.

    What the map holds counts; the rest is made along the streets where people are, and marked synthetic.

    Parameters
    ----------
    transformer
        Most people behind one transformer, with their block and street lights; by load and reach alone when left
        out.
    cell
        Most people of a cell.
    camera, siren, sign, petrol_station
        People for each one; those of the map alone when left out.
    """

    transformer: PeopleEach | None = None
    cell: PeopleEach | None = None
    camera: PeopleEach | None = None
    siren: PeopleEach | None = None
    sign: PeopleEach | None = None
    petrol_station: PeopleEach | None = None


def _typical_of_all(raw: Any) -> Any:
    return dict.fromkeys(Density.model_fields, TYPICAL) if raw == TYPICAL else none_is_empty(raw)


class Infrastructure(Spec):
    """What the city runs on. It is built from the map; what the map does not show is synthetic and marked so.

    Parameters
    ----------
    needs
        Changes of what assets need, by names of your own.
    repair
        Crews; nothing is repaired when left out.
    power
        Of the grid.
    water
        Of the water supply.
    phones
        Calls.
    density
        How many transformers, cells, cameras and the like there are; ``typical`` for all of them.
    districts
        Areas by which losses of service are told, by names of your own; the map's parts of town when left out.
    hour_load
        Load of the grid as a share of the peak for which it was built.
    record_every
        Time between recorded states, s.
    """

    needs: Entries[NeedChange] = Field(default_factory=Named)
    repair: Repair | None = None
    power: Annotated[Power, BeforeValidator(none_is_empty)] = Field(default_factory=Power)
    water: Annotated[Water, BeforeValidator(none_is_empty)] = Field(default_factory=Water)
    phones: Annotated[Phones, BeforeValidator(none_is_empty)] = Field(default_factory=Phones)
    density: Annotated[Density, BeforeValidator(_typical_of_all)] = Field(default_factory=Density)
    districts: ZonePlaces = Field(default_factory=Named)
    hour_load: Annotated[Share, limits(above=0.0)] = 0.7
    record_every: Annotated[FixedSeconds, limits(above=0.0)] = 10.0
